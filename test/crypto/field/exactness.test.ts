/**
 * That no sum of the arithmetic on doubles is ever rounded, whatever the limbs are: read off the source by bounds
 * (support/exactness.ts), and not tried with numbers, of which those at random stay far below.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ed25519 } from "@noble/curves/ed25519.js";
import { beforeAll, describe, expect, test } from "vitest";
import { curves, pointsOf } from "../../../src/crypto/ec-curves.ts";
import type { CurveName } from "../../../src/crypto/engine.ts";
import { MODULES, ORDERS } from "../../../src/crypto/field/curves.ts";
import { digits, limbsOf } from "../../../src/crypto/field/digits.ts";
import { minusInverse } from "../../../src/crypto/field/division-steps.ts";
import { isFolded } from "../../../src/crypto/field/generator.ts";
import { n } from "../../../src/crypto/sm2/curve.ts";
import { constant, ExactModule, either, type Range, type Value, within } from "../../support/exactness.ts";

const source = (name: string): string =>
  readFileSync(join(import.meta.dirname, `../../../src/crypto/field/${name}.ts`), "utf8");

/** Limbs of a number that may be anything up to their bounds. */
type Limbs = Range[];

const each = (count: number, limb: Range): Limbs => Array.from({ length: count }, () => limb);
const zeros = (count: number): Limbs => each(count, constant(0));
const numbers = (values: readonly number[]): Limbs => values.map(constant);
const times = (weight: number, a: Limbs): Limbs => a.map(({ bound }) => within(weight * bound));
/** The largest number that the limbs make. */
const largest = (a: Limbs): bigint => a.reduceRight((sum, { bound }) => sum * 2n ** 24n + BigInt(bound), 0n);

const bitsOf = (value: bigint): number => value.toString(2).length;
/** As division-steps.ts takes them, 24 at a time. */
const batchesFor = (bits: number): number => Math.ceil(Math.floor((45907 * bits + 26313) / 19929) / 24);

/** What division steps keep beside f and g: at most half of the prime more with each batch. */
function quotient(prime: bigint): Limbs {
  const limbs = limbsOf(prime);
  const most = (BigInt(batchesFor(bitsOf(prime)) + 2) * prime) / 2n;
  return [...each(limbs - 1, within(2 ** 23)), within(Number(most >> BigInt(24 * (limbs - 1))) + 1)];
}

/** Makes numbers from those kept until none is new: their bounds then hold after any calls in any order. */
function keptBy(limbs: number, made: (kept: Limbs) => Iterable<Limbs>): Limbs {
  let kept = zeros(limbs);
  for (let round = 0; round < 40; round++) {
    const before = kept;
    for (const a of made(before)) kept = kept.map((limb, i) => either(limb, a[i] as Range));
    if (kept.every(({ bound }, i) => bound === before[i]?.bound)) return kept;
  }
  throw new Error(`numbers grow: ${kept.map(({ bound }) => bound)}`);
}

/** Multiplies; `weight` is that of the two factors together. */
interface Multiplication {
  readonly prime: bigint;
  readonly weight: number;
  readonly RR: Limbs;
  multiply(a: Limbs, b: Limbs): Limbs;
}

/** Numbers from bytes, from division steps, and products of sums. */
function* products({ prime, weight, RR, multiply }: Multiplication, kept: Limbs): Iterable<Limbs> {
  yield multiply(each(kept.length, within(2 ** 24 - 1)), RR);
  yield multiply(quotient(prime), RR);
  yield multiply(times(weight, kept), kept);
}

/** Whether a product with 1 is from minus to plus the prime, as numbers.ts makes it canonical. */
function expectCanonical({ prime, weight }: Multiplication, kept: Limbs): void {
  for (const { bound } of kept) expect(bound).toBeLessThan(1.02 * 2 ** 23);
  if (isFolded(prime)) {
    expect(largest(kept)).toBeLessThan(prime);
  } else {
    const multiple = prime * largest(each(kept.length, within(2 ** 23)));
    expect(largest(times(weight, kept)) + multiple).toBeLessThan(prime << BigInt(24 * kept.length));
  }
}

/** The function `mul` of a module, or another of the same parameters and more. */
function multiplicationBy(module: ExactModule, name = "mul", ...more: Value[]): Multiplication["multiply"] {
  return (a, b) => {
    const r = zeros(a.length);
    module.call(name, r, a, b, ...more);
    return r;
  };
}

describe.each(MODULES)("The arithmetic of %s", (name, _title, { prime, formulas, constants }) => {
  const limbs = limbsOf(prime);
  // As the generator has it: so many products of limbs in a column.
  const weight = Math.floor(127 / limbs);
  const module = new ExactModule(source(name));
  const RR = module.constant("RR") as Limbs;
  const multiplication = { prime, weight, RR, multiply: multiplicationBy(module) };
  const pointOf = (part: () => Limbs) =>
    Object.fromEntries(["X", "Y", "Z", "T", "U", "W"].map((name) => [name, part()]));
  let kept: Limbs;
  const make = function* (kept: Limbs): Iterable<Limbs> {
    yield* products(multiplication, kept);
    for (const name of ["ONE", ...Object.keys(constants)]) yield module.constant(name) as Limbs;
    for (const { name, operands } of formulas) {
      const r = pointOf(() => zeros(limbs));
      const given = Object.values(operands).map((parts) => (parts.length === 0 ? kept : pointOf(() => kept)));
      module.call(name, r, ...given);
      yield* Object.values(r);
    }
  };
  beforeAll(() => {
    kept = keptBy(limbs, make);
  });

  test("is exact in every formula, however often and with whatever numbers", () => {
    expectCanonical(multiplication, kept);
    const root = Math.floor(Math.sqrt(weight));
    expect(() => module.call("sqr", zeros(limbs), times(root, kept))).not.toThrow();
  });

  test("would not be with limbs twice as heavy", () => {
    expect(() => multiplication.multiply(times(2 * weight, kept), kept)).toThrow("in units of 2^0");
  });
});

describe("Products modulo the order of", () => {
  /** Sums of so many numbers times one, or of two times two, are multiplied at most. */
  const weight = 4;
  const orders = [
    ...(Object.keys(curves) as CurveName[]).map((name) => ({ name, order: pointsOf(name).Fn.ORDER })),
    { name: "SM2", order: n },
    { name: "edwards25519", order: ed25519.Point.Fn.ORDER },
  ];

  test.each(orders)("$name are exact, and come out below it", ({ order }) => {
    const limbs = limbsOf(order);
    const prime = digits(order, limbs);
    const module = new ExactModule(source("modulus"), { columns: zeros(44) });
    const more = [numbers(prime), constant(minusInverse(prime[0] as number)), constant(limbs)];
    const RR = numbers(digits((1n << BigInt(48 * limbs)) % order, limbs));
    const multiplication = { prime: order, weight, RR, multiply: multiplicationBy(module, "multiply", ...more) };
    expectCanonical(
      multiplication,
      keptBy(limbs, (kept) => products(multiplication, kept)),
    );
  });

  test.each(ORDERS)("%s, written out, are exact, too", (name, _title, prime) => {
    const module = new ExactModule(source(name));
    const RR = module.constant("RR") as Limbs;
    const multiplication = { prime, weight, RR, multiply: multiplicationBy(module) };
    expectCanonical(
      multiplication,
      keptBy(limbsOf(prime), (kept) => products(multiplication, kept)),
    );
  });
});

test.each([
  ...MODULES.map(([name, , { prime }]) => ({ name, prime })),
  ...ORDERS.map(([name, , prime]) => ({ name, prime })),
])("Division steps modulo the prime of $name are exact", ({ prime }) => {
  const limbs = limbsOf(prime);
  // f and g begin as the prime and as digits from bytes; d and e as 0 and 1. Their highest limbs follow from their size.
  const low = each(limbs - 1, within(2 ** 24));
  const top = Number(prime >> BigInt(24 * (limbs - 1))) + 1;
  const [F, G] = [0, 1].map(() => [...low, within(top)]) as [Limbs, Limbs];
  const [D, E] = [quotient(prime), quotient(prime)];
  const matrix = each(4, within(2 ** 24));
  const digitsOfPrime = digits(prime, limbs);
  const module = new ExactModule(source("division-steps"), { F, G, D, E, matrix, BITS: constant(24) });
  const factor = constant(minusInverse(digitsOfPrime[0] as number));
  module.call("advance", constant(limbs), numbers(digitsOfPrime), factor);
  for (const part of [F, G, D, E])
    for (const { bound } of part.slice(0, -1)) expect(bound).toBeLessThanOrEqual(2 ** 23);
});
