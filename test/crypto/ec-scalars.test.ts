import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { i2osp, os2ip } from "../../src/bytes/bytes.ts";
import { curves, pointsOf } from "../../src/crypto/ec-curves.ts";
import { bits2int, isInRange, scalarsOf } from "../../src/crypto/ec-scalars.ts";
import type { CurveName } from "../../src/crypto/engine.ts";
import { fromField, inverseOfBytes, invert, isZero, toField } from "../../src/crypto/field/numbers.ts";

describe.each(Object.keys(curves) as CurveName[])("modulo the order of %s", (curve) => {
  const { orderBytes, orderBits } = curves[curve];
  const { Fn } = pointsOf(curve);
  const n = Fn.ORDER;
  const field = scalarsOf(curve);
  const bytes = (value: bigint) => i2osp(value, orderBytes);
  const value = (limbs: Float64Array) => os2ip(fromField(field, limbs, orderBytes));
  const number = fc.oneof(
    fc.constantFrom(0n, 1n, 2n, n / 2n, n / 2n + 1n, n - 2n, n - 1n),
    fc.bigInt({ min: 0n, max: n - 1n }),
  );

  test("numbers go through limbs unchanged, and what is above the order is reduced", () => {
    const above = fc.bigInt({ min: n, max: 2n ** BigInt(8 * orderBytes) - 1n });
    fc.assert(
      fc.property(fc.oneof(number, above), (a) => {
        expect(value(toField(field, bytes(a)))).toBe(a % n);
      }),
    );
  });

  test("sums and products are those of noble, and only 0 is 0", () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [x, y] = [toField(field, bytes(a)), toField(field, bytes(b))];
        const sum = x.map((limb, i) => limb + (y[i] as number));
        expect(value(sum)).toBe(Fn.add(a, b));
        expect(isZero(field, sum)).toBe(Fn.add(a, b) === 0n);
        field.mul(x, x, y);
        expect(value(x)).toBe(Fn.mul(a, b));
      }),
    );
    const one = toField(field, bytes(1n));
    expect(
      isZero(
        field,
        toField(field, bytes(n - 1n)).map((limb, i) => limb + (one[i] as number)),
      ),
    ).toBe(true);
  });

  test("an inverse is the one that noble finds", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: n - 1n }), (a) => {
        expect(value(inverseOfBytes(field, bytes(a)))).toBe(Fn.inv(a));
        const own = toField(field, bytes(a));
        invert(field, own, own);
        expect(value(own)).toBe(Fn.inv(a));
      }),
      { numRuns: 300 },
    );
  });

  test("so are those of numbers at both ends, of powers of two, and of neighbours of fractions of the order", () => {
    const edges = [1n, 2n, 3n, n - 1n, n - 2n, n - 3n, (n + 1n) / 2n, (n - 1n) / 2n];
    for (let bits = 1n; bits < BigInt(orderBits); bits += 3n) {
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
    for (const a of edges.map((edge) => edge % n).filter((edge) => edge > 0n)) {
      expect(value(inverseOfBytes(field, bytes(a)))).toBe(Fn.inv(a));
    }
  });

  test("zero has no inverse: it gives zero", () => {
    expect(value(inverseOfBytes(field, bytes(0n)))).toBe(0n);
  });

  test("a number is in range from 1 to the order less one", () => {
    for (const a of [1n, 2n, n - 2n, n - 1n]) expect(isInRange(bytes(a), field.order)).toBe(true);
    for (const a of [0n, n, n + 1n, 2n ** BigInt(8 * orderBytes) - 1n]) {
      expect(isInRange(bytes(a), field.order)).toBe(false);
    }
    const any = fc.uint8Array({ minLength: orderBytes, maxLength: orderBytes });
    fc.assert(
      fc.property(any, (a) => {
        expect(isInRange(a, field.order)).toBe(os2ip(a) > 0n && os2ip(a) < n);
      }),
    );
  });

  test("of a byte string of any length the leftmost bits are taken, as many as the order has", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (a) => {
        const excess = Math.max(0, 8 * a.length - orderBits);
        expect(os2ip(bits2int(field, a))).toBe(os2ip(a) >> BigInt(excess));
      }),
    );
  });
});
