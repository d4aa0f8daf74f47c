/** Scalars of edwards25519, modulo L = 2²⁵² + 27742317777372353535851937790883648493 (RFC 8032, 5.1). */

import { modulus } from "./modulus.ts";
import { fromField, type Products, toField } from "./numbers.ts";

const field: Products = modulus(2n ** 252n + 27742317777372353535851937790883648493n);
const { LIMBS, RR, mul } = field;

/** Bytes of a scalar. */
export const SCALAR_BYTES: number = 32;

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
