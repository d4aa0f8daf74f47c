/** Numbers modulo 2²⁵⁵ − 19: powers, and the little-endian form of RFC 7748, 5. */

import * as field from "./curve25519.ts";
import { LIMBS, mul, ONE, sqr } from "./curve25519.ts";
import { fromField, toField } from "./numbers.ts";

/** Of a number, or of a point encoded. */
export const ENCODED_BYTES: number = 32;

/** A copy, or 0. */
export const number = (value?: Float64Array): Float64Array =>
  value === undefined ? new Float64Array(LIMBS) : Float64Array.from(value);

/** The number in 32 little-endian bytes, whose highest bit is left out; from the prime up it is reduced. */
export function fromBytes(bytes: Uint8Array): Float64Array {
  const reversed = Uint8Array.from(bytes).reverse();
  reversed[0] &= 0x7f;
  const result = toField(field, reversed);
  reversed.fill(0);
  return result;
}

export function toBytes(a: Float64Array): Uint8Array {
  return fromField(field, a, ENCODED_BYTES).reverse();
}

export function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((limb, i) => limb - b[i]);
}

/** A product that is 0 has one form. */
export function isZero(a: Float64Array): boolean {
  const product = number();
  mul(product, a, ONE);
  return product.every((limb) => limb === 0);
}

export function parityOf(x: Float64Array): number {
  const bytes = toBytes(x);
  const parity = bytes[0] & 1;
  bytes.fill(0);
  return parity;
}

/**
 * The chain of powers of a that leads to a^((p − 5) / 8), with exponent 2²⁵² − 3, and on to a^(p − 2): each is the last one
 * squared so often, times an earlier one. The powers 0 to 10 are those of 2^k − 1, with k = 1, 2, 4, 5, 10, 20, 40, 80,
 * 160, 240 and 250.
 */
// biome-ignore format: a table
const CHAIN: readonly (readonly [squarings: number, times: number])[] = [
  [1, 0], [2, 1], [1, 0], [5, 3], [10, 4], [20, 5], [40, 6], [80, 7], [80, 7], [10, 4], [2, 0], [3, 1],
];
/** Steps to the exponent (p − 5) / 8 … */
export const ROOT: number = 11;
/** … and to p − 2, of the inverse. */
export const INVERSE: number = 12;

/** r = a^e after so many steps of the chain. */
export function power(r: Float64Array, a: Float64Array, steps: number): void {
  const powers = [number(a)];
  for (let step = 0; step < steps; step++) {
    const [squarings, times] = CHAIN[step];
    const next = number(powers[step]);
    for (let i = 0; i < squarings; i++) sqr(next, next);
    mul(next, next, powers[times]);
    powers.push(next);
  }
  r.set(powers[steps]);
  for (const power of powers) power.fill(0);
}

/** u / w in little-endian bytes, 0 where w is 0; wipes both. */
export function quotient(u: Float64Array, w: Float64Array): Uint8Array {
  power(w, w, INVERSE);
  mul(u, u, w);
  const bytes = toBytes(u);
  u.fill(0);
  w.fill(0);
  return bytes;
}
