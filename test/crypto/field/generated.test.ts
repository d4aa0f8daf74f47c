import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as curve25519 from "../../../src/crypto/field/curve25519.ts";
import { MODULES, ORDERS } from "../../../src/crypto/field/curves.ts";
import { digits, limbsOf } from "../../../src/crypto/field/digits.ts";
import { fieldModule, isFolded, orderModule, product, sum } from "../../../src/crypto/field/generator.ts";
import * as p256 from "../../../src/crypto/field/p256.ts";
import * as p384 from "../../../src/crypto/field/p384.ts";
import * as p521 from "../../../src/crypto/field/p521.ts";
import * as secp256k1 from "../../../src/crypto/field/secp256k1.ts";
import * as sm2 from "../../../src/crypto/field/sm2.ts";

const DIRECTORY = join(import.meta.dirname, "../../../src/crypto/field");
const fields = { p256, sm2, p384, p521, secp256k1, curve25519 };
const primeOf = (name: string): bigint => MODULES.find(([file]) => file === name)![2].prime;

/** The number in limbs, whatever they are. */
const value = (limbs: Float64Array): bigint => limbs.reduceRight((sum, limb) => sum * 2n ** 24n + BigInt(limb), 0n);
const mod = (a: bigint, p: bigint): bigint => ((a % p) + p) % p;

test.each(MODULES)("%s is what the generator writes", (file, title, field) => {
  expect(readFileSync(join(DIRECTORY, `${file}.ts`), "utf8")).toBe(fieldModule(title, field));
});

test.each(ORDERS)("%s is what the generator writes", (file, title, order) => {
  expect(readFileSync(join(DIRECTORY, `${file}.ts`), "utf8")).toBe(orderModule(title, order));
});

test("A formula whose products cannot be exact is refused", () => {
  const field = (steps: Parameters<typeof fieldModule>[1]["formulas"][number]["steps"]) => ({
    prime: primeOf("p521"),
    types: "multiples",
    constants: {},
    formulas: [{ name: "f", doc: "", operands: { a: [], b: [] }, steps }],
  });
  const heavy = Array.from({ length: 6 }, () => ["a", "b"] as const);
  expect(() => fieldModule("", field([product("T", ...heavy.slice(0, 1))]))).not.toThrow();
  expect(() => fieldModule("", field([sum("S", { a: 300 }), product("T", ["S", "S"])]))).not.toThrow();
});

describe.each(Object.entries(fields))("The arithmetic of %s", (name, field) => {
  const p = primeOf(name);
  const { LIMBS } = field;
  const R = isFolded(p) ? 1n : 2n ** BigInt(24 * LIMBS);
  const limit = Math.floor(127 / LIMBS);
  /** The largest that a limb may be, and the numbers beside it. */
  const limb = (weight: number) => fc.integer({ min: -weight * 2 ** 23, max: weight * 2 ** 23 });
  const extreme = (weight: number) => fc.constantFrom(-weight * 2 ** 23, weight * 2 ** 23, 2 ** 23 - 1, 0, 1, -1);
  /** Any limbs of a weight that stand for at most the weight times half the prime. */
  const operand = (weight: number) =>
    fc.array(fc.oneof(limb(weight), extreme(weight)), { minLength: LIMBS - 1, maxLength: LIMBS - 1 }).chain((low) => {
      const top = (weight * Number(p >> BigInt(24 * (LIMBS - 1)))) >> 1;
      return fc.integer({ min: -top, max: top }).map((last) => Float64Array.of(...low, last));
    });

  test("has room of seven bits above the prime", () => {
    expect(LIMBS).toBe(limbsOf(p));
    expect(2n ** BigInt(24 * LIMBS) / p).toBeGreaterThanOrEqual(127n);
    expect(mod(value(field.RR), p)).toBe(mod(R * R, p));
    expect(value(field.PRIME)).toBe(p);
  });

  test("is exact up to the weights that the generator allows", () => {
    const weights = fc
      .integer({ min: 1, max: limit })
      .chain((a) => fc.record({ a: operand(a), b: operand(Math.max(1, Math.floor(limit / a))) }));
    fc.assert(
      fc.property(weights, ({ a, b }) => {
        const r = new Float64Array(LIMBS);
        field.mul(r, a, b);
        expect(mod(value(r) * R, p)).toBe(mod(value(a) * value(b), p));
        // What comes out has weight 1 again, and is about half the prime at most.
        expect(Math.max(...r.subarray(0, -1).map(Math.abs))).toBeLessThanOrEqual(2 ** 23 + 64);
        const size = value(r) < 0n ? -value(r) : value(r);
        expect(size * 100n).toBeLessThan(p * 60n);
      }),
      { numRuns: 300 },
    );
  });

  test("squares as it multiplies", () => {
    fc.assert(
      fc.property(operand(Math.floor(Math.sqrt(limit))), (a) => {
        const squared = new Float64Array(LIMBS);
        const product = new Float64Array(LIMBS);
        field.sqr(squared, a);
        field.mul(product, a, a);
        expect(squared).toEqual(product);
      }),
      { numRuns: 200 },
    );
  });

  test("has balanced digits", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: p - 1n }), (a) => {
        const parts = digits(a, LIMBS);
        expect(value(Float64Array.from(parts))).toBe(a);
        expect(Math.max(...parts.slice(0, -1).map(Math.abs))).toBeLessThanOrEqual(2 ** 23);
      }),
    );
  });
});
