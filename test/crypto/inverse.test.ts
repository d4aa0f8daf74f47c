import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { curves, pointsOf } from "../../src/crypto/ec-curves.ts";
import type { CurveName } from "../../src/crypto/engine.ts";
import { inverse } from "../../src/crypto/inverse.ts";

describe.each(Object.keys(curves) as CurveName[])("modulo the order of %s", (curve) => {
  const { Fn } = pointsOf(curve);
  const n = Fn.ORDER;

  test("an inverse is the one that noble finds", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: n - 1n }), (a) => {
        expect(inverse(a, n)).toBe(Fn.inv(a));
      }),
      { numRuns: 300 },
    );
  });

  test("so are those of numbers at both ends, of powers of two, and of neighbours of fractions of the modulus", () => {
    const edges = [1n, 2n, 3n, n - 1n, n - 2n, n - 3n, (n + 1n) / 2n, (n - 1n) / 2n];
    for (let bits = 1n; bits < BigInt(curves[curve].orderBits); bits += 3n) {
      edges.push(
        1n << bits,
        (1n << bits) - 1n,
        (1n << bits) + 1n,
        n - (1n << (bits - 1n)),
        n >> bits,
        (n >> bits) + 1n,
      );
    }
    for (let divisor = 3n; divisor < 200n; divisor++) edges.push(n / divisor, n / divisor + 1n, (2n * n) / divisor);
    for (const a of edges.map((edge) => edge % n).filter((edge) => edge > 0n)) expect(inverse(a, n)).toBe(Fn.inv(a));
  });
});

test("zero has no inverse: it gives zero", () => {
  expect(inverse(0n, pointsOf("P-256").Fn.ORDER)).toBe(0n);
});
