/** Points of edwards25519 as bytes (RFC 8032, 5.1.2 and 5.1.3), and as u-coordinates of curve25519 (RFC 7748, 4.1). */

import { DOUBLE_D, LIMBS, mul, ONE, ROOT_OF_MINUS_ONE, sqr } from "./curve25519.ts";
import type { Point } from "./edwards.ts";
import {
  difference,
  ENCODED_BYTES,
  fromBytes,
  INVERSE,
  isZero,
  number,
  parityOf,
  power,
  quotient,
  ROOT,
  toBytes,
} from "./numbers25519.ts";

const LAST: number = ENCODED_BYTES - 1;

/** The point, with Z = 1; `undefined` for any other 32 bytes, and for encodings of a point that are not the one of toBytes. */
export function decodePoint(encoded: Uint8Array): Point | undefined {
  const sign = encoded[LAST] >> 7;
  const Y = fromBytes(encoded);
  const canonical = toBytes(Y);
  canonical[LAST] |= sign << 7;
  if (canonical.some((byte, i) => byte !== encoded[i])) return undefined;
  const X = rootOf(Y);
  // Step 4: 0 has no sign.
  if (X === undefined || (sign === 1 && isZero(X))) return undefined;
  if (parityOf(X) !== sign) for (let i = 0; i < LIMBS; i++) X[i] = -X[i];
  const T = number();
  mul(T, X, Y);
  return { X, Y, Z: number(ONE), T };
}

/** A root of x² = u / v, where u = y² − 1 and v = dy² + 1, here both times 2 (steps 2 and 3). */
function rootOf(y: Float64Array): Float64Array | undefined {
  const [u, v, v3, x, power7] = [number(), number(), number(), number(), number()];
  sqr(u, y);
  mul(v, u, DOUBLE_D);
  for (let i = 0; i < LIMBS; i++) {
    u[i] = 2 * (u[i] - ONE[i]);
    v[i] += 2 * ONE[i];
  }
  mul(v, v, ONE);
  mul(u, u, ONE);
  sqr(v3, v);
  mul(v3, v3, v);
  // x = u v³ (u v⁷)^((p − 5) / 8)
  mul(x, v3, u);
  mul(power7, v3, x);
  mul(power7, power7, v);
  power(power7, power7, ROOT);
  mul(x, x, power7);
  const square = v3;
  sqr(square, x);
  mul(square, square, v);
  if (isZero(difference(square, u))) return x;
  for (let i = 0; i < LIMBS; i++) u[i] = -u[i];
  if (!isZero(difference(square, u))) return undefined;
  mul(x, x, ROOT_OF_MINUS_ONE);
  return x;
}

export function encodePoint({ X, Y, Z }: Point): Uint8Array {
  const [x, y] = [number(), number()];
  power(y, Z, INVERSE);
  mul(x, X, y);
  mul(y, Y, y);
  const bytes = toBytes(y);
  bytes[LAST] |= parityOf(x) << 7;
  x.fill(0);
  y.fill(0);
  return bytes;
}

/** u = (1 + y) / (1 − y), and 0 for the neutral point. */
export function encodeU({ Y, Z }: Point): Uint8Array {
  const [u, w] = [number(), number()];
  for (let i = 0; i < LIMBS; i++) {
    u[i] = Z[i] + Y[i];
    w[i] = Z[i] - Y[i];
  }
  return quotient(u, w);
}
