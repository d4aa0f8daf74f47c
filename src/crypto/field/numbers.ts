/** Numbers of a field (generator.ts, modulus.ts): to and from bytes, and their inverses. All by the same steps for every number. */

import { inverse } from "./division-steps.ts";

/** What it takes to read and write numbers modulo a prime. */
export interface Products {
  readonly LIMBS: number;
  /** Bits of the prime. */
  readonly BITS: number;
  readonly PRIME: Float64Array;
  readonly RR: Float64Array;
  mul(r: Float64Array, a: Float64Array, b: Float64Array): void;
}

/** What a generated module has for numbers. */
export interface PrimeField extends Products {
  readonly ONE: Float64Array;
  sqr(r: Float64Array, a: Float64Array): void;
  wipe(): void;
}

const MASK = (1 << 24) - 1;

/** As many limbs as the longest numbers have, those of P-521. */
export const MOST = 22;
/** 1 as a factor: what a number times R is without it. */
const UNIT: Float64Array = Float64Array.of(1, ...new Array<number>(MOST - 1).fill(0));
/** A number on its way, its digits, and then zeros. */
const limbs: Float64Array = new Float64Array(MOST);
const digits: Int32Array = new Int32Array(MOST);

/**
 * A number from big-endian bytes, up to 3 · LIMBS of them, in the form that it is kept in.
 * @param result where it goes, if that is not to be a new array
 */
export function toField(
  { LIMBS, RR, mul }: Products,
  bytes: Uint8Array,
  result: Float64Array = new Float64Array(LIMBS),
): Float64Array {
  readDigits(LIMBS, bytes);
  for (let i = 0; i < LIMBS; i++) result[i] = digits[i];
  digits.fill(0);
  mul(result, result, RR);
  return result;
}

/** The canonical number below the prime, as big-endian bytes. */
export function fromField(field: Products, a: Float64Array, length: number): Uint8Array {
  makeCanonical(field, a);
  const bytes = new Uint8Array(length);
  for (let at = length - 1, limb = 0, shift = 0; at >= 0; at--) {
    bytes[at] = digits[limb] >> shift;
    shift += 8;
    if (shift < 24) continue;
    shift = 0;
    limb++;
  }
  digits.fill(0);
  return bytes;
}

/** Whether a number is 0 modulo the prime. */
export function isZero(field: Products, a: Float64Array): boolean {
  makeCanonical(field, a);
  let all = 0;
  for (let i = 0; i < field.LIMBS; i++) all |= digits[i];
  digits.fill(0);
  return all === 0;
}

/** r = 1 / a; 0 for 0, and that alone. */
export function invert(field: Products, r: Float64Array, a: Float64Array): void {
  makeCanonical(field, a);
  invertDigits(field, r);
}

/** 1 / x, in the form that numbers are kept in, of x in big-endian bytes, below the prime; 0 for 0. */
export function inverseOfBytes(
  field: Products,
  bytes: Uint8Array,
  result: Float64Array = new Float64Array(field.LIMBS),
): Float64Array {
  readDigits(field.LIMBS, bytes);
  invertDigits(field, result);
  return result;
}

function invertDigits({ LIMBS, BITS, PRIME, RR, mul }: Products, r: Float64Array): void {
  inverse(r, digits, PRIME, LIMBS, BITS);
  digits.fill(0);
  mul(r, r, RR);
}

function readDigits(count: number, bytes: Uint8Array): void {
  let at = bytes.length - 1;
  for (let i = 0; i < count && at >= 0; i++, at -= 3) {
    digits[i] = bytes[at];
    if (at > 0) digits[i] |= bytes[at - 1] << 8;
    if (at > 1) digits[i] |= bytes[at - 2] << 16;
  }
}

/** Leaves the digits, from 0 to 2²⁴ − 1, of the number below the prime. A product is about half the prime at most. */
function makeCanonical({ LIMBS, PRIME, mul }: Products, a: Float64Array): void {
  mul(limbs, a, UNIT);
  const last = LIMBS - 1;
  let carry = 0;
  for (let i = 0; i < last; i++) {
    const sum = limbs[i] + carry;
    digits[i] = sum & MASK;
    carry = sum >> 24;
  }
  const top = limbs[last] + carry;
  const isNegative = top >> 31;
  carry = 0;
  for (let i = 0; i < last; i++) {
    const sum = digits[i] + (PRIME[i] & isNegative) + carry;
    digits[i] = sum & MASK;
    carry = sum >> 24;
  }
  digits[last] = top + (PRIME[last] & isNegative) + carry;
  limbs.fill(0);
}
