/** Points of edwards25519 as bytes (RFC 8032, 5.1.2 and 5.1.3), and as u-coordinates of curve25519 (RFC 7748, 4.1). */

import { DOUBLE_D, ONE } from "./curve25519.ts";
import type { Point } from "./edwards.ts";
import {
  ENCODED_BYTES,
  fromBytes,
  inverseOf,
  isZero,
  minus,
  number,
  parityOf,
  plus,
  product,
  quotient,
  rootOfQuotient,
  scaled,
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
  // Steps 2 and 3: x² = (y² − 1) / (dy² + 1), here with both times 2.
  const YY = product(Y, Y);
  const X = rootOfQuotient(scaled(minus(YY, ONE), 2), plus(product(DOUBLE_D, YY), scaled(ONE, 2)));
  // Step 4: 0 has no sign.
  if (X === undefined || (sign === 1 && isZero(X))) return undefined;
  const signed = scaled(X, parityOf(X) === sign ? 1 : -1);
  return { X: signed, Y, Z: number(ONE), T: product(signed, Y) };
}

export function encodePoint({ X, Y, Z }: Point): Uint8Array {
  const inverse = inverseOf(Z);
  const x = product(X, inverse);
  const y = product(Y, inverse);
  const bytes = toBytes(y);
  bytes[LAST] |= parityOf(x) << 7;
  for (const part of [inverse, x, y]) part.fill(0);
  return bytes;
}

/** u = (1 + y) / (1 − y), and 0 for the neutral point. */
export function encodeU({ Y, Z }: Point): Uint8Array {
  return quotient(plus(Z, Y), minus(Z, Y));
}
