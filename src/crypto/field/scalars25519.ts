/**
 * Scalars of edwards25519, modulo L = 2²⁵² + 27742317777372353535851937790883648493 (RFC 8032, 5.1): limbs and Montgomery's
 * method as in generator.ts, but in loops, because a signature needs few products. The same steps for all values.
 */

import { fromField, type Products, toField } from "./numbers.ts";

const LIMBS = 11;
const BITS = 253;
const M: number = 3 * 2 ** 75;
const I: number = 2 ** -24;

/** L in limbs. */
const ORDER: Float64Array = Float64Array.of(-666643, 6494813, -2729966, -6096995, -2164257, 21, 0, 0, 0, 0, 4096);
/** R² mod L, with R = 2²⁶⁴. */
const RR: Float64Array = Float64Array.of(
  -5065220,
  1747861,
  8326961,
  3814718,
  1859974,
  -3449755,
  -672154,
  7590424,
  4050668,
  8138906,
  283,
);
/** −1/L mod 2²⁴. */
const FACTOR = 5537307;

/** As generated modules have it, and fromField and toField take it. */
const field: Products = { LIMBS, BITS, PRIME: ORDER, RR, mul };

/** Bytes of a scalar. */
export const SCALAR_BYTES: number = 32;

/** r = a · b / R. The result may be an operand. */
function mul(r: Float64Array, a: Float64Array, b: Float64Array): void {
  const z = new Float64Array(2 * LIMBS);
  for (let i = 0; i < LIMBS; i++) {
    const factor = a[i];
    for (let j = 0; j < LIMBS; j++) z[i + j] += factor * b[j];
  }
  for (let i = 0; i < LIMBS; i++) {
    let m = FACTOR * (z[i] - (z[i] + M - M));
    m -= m + M - M;
    for (let j = 0; j < LIMBS; j++) z[i + j] += m * ORDER[j];
    z[i + 1] += z[i] * I;
  }
  for (let i = 0, carry = 0; i < LIMBS; i++) {
    const sum = z[LIMBS + i] + carry;
    const high = i < LIMBS - 1 ? sum + M - M : 0;
    r[i] = sum - high;
    carry = high * I;
  }
  z.fill(0);
}

/** A scalar in limbs, times R. */
export type Scalar = Float64Array;

/** The scalar of little-endian bytes, up to 64, modulo L. */
export function scalarOf(bytes: Uint8Array): Scalar {
  const reversed = Uint8Array.from(bytes).reverse();
  const split = Math.max(0, bytes.length - 3 * LIMBS);
  const low = toField(field, reversed.subarray(split));
  if (split > 0) {
    const high = toField(field, reversed.subarray(0, split));
    mul(high, high, RR);
    for (let i = 0; i < LIMBS; i++) low[i] += high[i];
    high.fill(0);
  }
  reversed.fill(0);
  return low;
}

/** 32 big-endian bytes, below L. */
export function bytesOf(scalar: Scalar): Uint8Array {
  return fromField(field, scalar, SCALAR_BYTES);
}

/** a · b + c. */
export function multiplyAdd(a: Scalar, b: Scalar, c: Scalar): Scalar {
  const result = new Float64Array(LIMBS);
  mul(result, a, b);
  for (let i = 0; i < LIMBS; i++) result[i] += c[i];
  return result;
}

/** A copy with the bits of step 2 of RFC 8032, 5.1.5, which are those of RFC 7748, 5. */
export function clamp(scalar: Uint8Array): Uint8Array {
  const clamped = Uint8Array.from(scalar);
  clamped[0] &= 0b1111_1000;
  clamped[31] = (clamped[31] & 0b0111_1111) | 0b0100_0000;
  return clamped;
}
