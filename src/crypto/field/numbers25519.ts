/** Numbers modulo 2²⁵⁵ − 19: powers, and the little-endian form of RFC 7748, 5. */

import * as field from "./curve25519.ts";
import { LIMBS, mul, ONE, ROOT_OF_MINUS_ONE, sqr } from "./curve25519.ts";
import { fromField, invert, toField } from "./numbers.ts";

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

export function plus(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((limb, i) => limb + b[i]);
}

export function minus(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((limb, i) => limb - b[i]);
}

export function scaled(a: Float64Array, factor: number): Float64Array {
  return a.map((limb) => factor * limb);
}

export function product(a: Float64Array, b: Float64Array): Float64Array {
  const result = number();
  mul(result, a, b);
  return result;
}

/** A product that is 0 has one form. */
export function isZero(a: Float64Array): boolean {
  return product(a, ONE).every((limb) => limb === 0);
}

export function parityOf(x: Float64Array): number {
  const bytes = toBytes(x);
  const parity = bytes[0] & 1;
  bytes.fill(0);
  return parity;
}

/** 1 / a, and 0 for 0. */
export function inverseOf(a: Float64Array): Float64Array {
  const result = number();
  invert(field, result, a);
  return result;
}

/**
 * The chain of powers of a that leads to a^((p − 5) / 8), with exponent 2²⁵² − 3: each is the last one squared so often,
 * times an earlier one. The powers 0 to 10 are those of 2^k − 1, with k = 1, 2, 4, 5, 10, 20, 40, 80, 160, 240 and 250.
 */
// biome-ignore format: a table
const CHAIN: readonly (readonly [squarings: number, times: number])[] = [
  [1, 0], [2, 1], [1, 0], [5, 3], [10, 4], [20, 5], [40, 6], [80, 7], [80, 7], [10, 4], [2, 0],
];

/** a^((p − 5) / 8). */
export function rootPower(a: Float64Array): Float64Array {
  const powers = [number(a)];
  CHAIN.forEach(([squarings, times], step) => {
    const next = number(powers[step]);
    for (let i = 0; i < squarings; i++) sqr(next, next);
    mul(next, next, powers[times]);
    powers.push(next);
  });
  return powers.pop() as Float64Array;
}

/** A root of u / v (RFC 8032, 5.1.3, steps 2 and 3): u v³ (u v⁷)^((p − 5) / 8), or that times √−1. `undefined` if it is no square. */
export function rootOfQuotient(u: Float64Array, v: Float64Array): Float64Array | undefined {
  const [numerator, denominator] = [product(u, ONE), product(v, ONE)];
  const v2 = product(denominator, denominator);
  const uv3 = product(product(v2, denominator), numerator);
  const root = product(uv3, rootPower(product(uv3, product(v2, v2))));
  const found = product(product(root, root), denominator);
  if (isZero(minus(found, numerator))) return root;
  return isZero(plus(found, numerator)) ? product(root, ROOT_OF_MINUS_ONE) : undefined;
}

/** u / w in little-endian bytes, 0 where w is 0; wipes both. */
export function quotient(u: Float64Array, w: Float64Array): Uint8Array {
  const inverse = inverseOf(w);
  const result = product(u, inverse);
  const bytes = toBytes(result);
  for (const part of [u, w, inverse, result]) part.fill(0);
  return bytes;
}
