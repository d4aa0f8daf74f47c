/** That no sum of montgomery.ts is ever rounded, whatever the limbs are, read off the source (support/exactness.ts). */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROWS_AT_ONCE } from "../../../src/crypto/rsa/rows.ts";
import { constant, ExactModule, type Range, within } from "../../support/exactness.ts";

const source = (name: string): string =>
  readFileSync(join(import.meta.dirname, `../../../src/crypto/rsa/${name}.ts`), "utf8");

const numbers = (values: readonly number[]): Range[] => values.map(constant);
const widths = Array.from({ length: 25 }, (_, width) => width);
const UNITS = numbers(widths.map((width) => 2 ** -width));
const ROUNDERS = numbers(widths.map((width) => 3 * 2 ** (51 + width)));

/** Limbs up to `most`, the highest up to a share of it, as the number is so much less than R. */
const limbsTo = (most: number, limbs: number, share: number): Range[] =>
  Array.from({ length: limbs }, (_, i) => within(i < limbs - 1 ? most : Math.ceil(share * most)));

// Width and limbs as montgomery.ts has them for moduli of 1024, 1536, 2876 and 4096 bits.
test.each([
  [24, 44],
  [24, 66],
  [24, 121],
  [23, 187],
])("Limbs of %i bits, %i of them, are multiplied and reduced without a rounding", (width, limbs) => {
  const half = 2 ** (width - 1);
  const COLUMNS = Array.from({ length: 400 }, () => constant(0));
  const ROWS = Array.from({ length: 2 * ROWS_AT_ONCE - 1 }, () => constant(0));
  const rows = new ExactModule(source("rows"), { COLUMNS, ROWS, UNITS, ROUNDERS });
  const montgomery = new ExactModule(source("montgomery"), { UNITS, ROUNDERS });
  const [count, w] = [constant(limbs), constant(width)];
  // A thousandth beyond; 1.2 times a sixteenth of R, and a modulus of a sixteenth.
  const number = limbsTo(1.001 * half, limbs, 0.16);

  function clear(): void {
    COLUMNS.fill(constant(0));
    ROWS.fill(constant(0));
  }

  function reduce(scaled: Range[], isCarriedBetween: boolean, scale: number): Range[] {
    const result = Array.from({ length: limbs }, () => constant(0));
    const zero = constant(0);
    if (isCarriedBetween) montgomery.call("carry", COLUMNS, zero, COLUMNS, constant(2 * limbs), constant(1), w);
    for (let i = 1; i < ROWS_AT_ONCE; i++) ROWS[ROWS_AT_ONCE - 1 + i] = scaled[i] as Range;
    for (let i = 0; i < limbs; i += ROWS_AT_ONCE) {
      rows.call("takeLowBits", scaled, constant(i), w);
      rows.call("addRows", scaled, constant(ROWS_AT_ONCE), count, constant(i));
    }
    montgomery.call("carry", COLUMNS, count, result, count, constant(scale), w);
    montgomery.call("carry", result, zero, result, count, constant(1), w);
    return result;
  }

  function multiply(a: Range[], b: Range[]): void {
    clear();
    for (let i = 0; i < limbs; i += ROWS_AT_ONCE) {
      for (let j = 0; j < ROWS_AT_ONCE; j++) ROWS[j] = a[i + j] as Range;
      rows.call("addRows", b, constant(0), count, constant(i));
    }
  }

  // Where the multiples of the modulus would be too much beside a product, it is carried before; where not, they are so much less.
  const room = (127 * 4 ** (24 - width) - limbs) / limbs;
  for (const isCarriedBetween of room < 1 ? [true, false] : [false]) {
    const scaled = limbsTo(isCarriedBetween ? half : Math.min(1, room) * half, limbs, 0.125);
    for (const scale of [1, 2]) {
      clear();
      for (let i = 0; i < limbs; i += ROWS_AT_ONCE) {
        rows.call("squareLimbs", number, constant(i));
        rows.call("addRows", number, constant(i + ROWS_AT_ONCE), count, constant(i));
      }
      for (const { bound } of reduce(scaled, isCarriedBetween, scale)) expect(bound).toBeLessThanOrEqual(1.001 * half);
    }
    multiply(number, number);
    for (const { bound } of reduce(scaled, isCarriedBetween, 1)) expect(bound).toBeLessThanOrEqual(1.001 * half);
  }
  expect(() => multiply(limbsTo(3 * half, limbs, 1), limbsTo(3 * half, limbs, 1))).toThrow("in units of 2^0");
});
