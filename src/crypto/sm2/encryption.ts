/** SM2 public key encryption (GB/T 32918.4-2016): C1 ‖ C3 ‖ C2. */

import { be32, concat, equalBytes, i2osp, os2ip, wipe } from "../../bytes/bytes.ts";
import type { Rng } from "../engine.ts";
import { sm3 } from "../sm3.ts";
import { decodePoint, FIELD_BYTES, n, POINT_BYTES, type Point, points, randomScalar } from "./curve.ts";

const HASH_BYTES = 32;
/** C1 and C3. */
export const OVERHEAD_BYTES: number = POINT_BYTES + HASH_BYTES;

/** GB/T 32918.4, 6.1. @throws RangeError when the message is empty */
export function encrypt(publicKey: Point, message: Uint8Array, rng: Rng): Uint8Array {
  if (message.length === 0) throw new RangeError("SM2 encrypts a message of at least 1 byte");
  for (;;) {
    const ciphertext = encryptWithNonce(publicKey, message, randomScalar(n - 1n, rng));
    if (ciphertext !== undefined) return ciphertext;
  }
}

/** Steps A2 to A8 of GB/T 32918.4, 6.1, for k in [1, n − 1]; `undefined` where they ask for another k. */
export function encryptWithNonce(publicKey: Point, message: Uint8Array, k: bigint): Uint8Array | undefined {
  const C1 = points().BASE.multiply(k).toBytes(false);
  const shared = sharedPoint(publicKey, k);
  const C2 = masked(message, shared);
  const ciphertext = C2 && concat(C1, check(message, shared), C2);
  wipe(shared);
  return ciphertext;
}

/** GB/T 32918.4, 7.1: the message, or `undefined` for every failure alike. */
export function decrypt(secret: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
  const C1 = ciphertext.length > OVERHEAD_BYTES ? decodePoint(ciphertext.subarray(0, POINT_BYTES)) : undefined;
  if (C1 === undefined) return undefined;
  const shared = sharedPoint(C1, os2ip(secret));
  const message = masked(ciphertext.subarray(OVERHEAD_BYTES), shared);
  const expected = check(message ?? new Uint8Array(), shared);
  const isIntact = equalBytes(expected, ciphertext.subarray(POINT_BYTES, OVERHEAD_BYTES));
  wipe(shared, expected);
  if (message !== undefined && isIntact) return message;
  wipe(message);
  return undefined;
}

/** x2 ‖ y2: the cofactor is 1 and the order prime, so the point is not infinity. */
function sharedPoint(point: Point, scalar: bigint): Uint8Array {
  const { x, y } = point.multiply(scalar).toAffine();
  return concat(i2osp(x, FIELD_BYTES), i2osp(y, FIELD_BYTES));
}

/** The data under t = KDF(x2 ‖ y2) (GB/T 32918.4, 5.4.3); `undefined` when t is all zero (6.1, A5; 7.1, B4). */
function masked(data: Uint8Array, shared: Uint8Array): Uint8Array | undefined {
  const out = new Uint8Array(data.length);
  let seen = 0;
  for (let offset = 0, counter = 1; offset < data.length; offset += HASH_BYTES, counter++) {
    const t = sm3(concat(shared, be32(counter)));
    const end = Math.min(HASH_BYTES, data.length - offset);
    for (let i = 0; i < end; i++) {
      seen |= t[i];
      out[offset + i] = data[offset + i] ^ t[i];
    }
    wipe(t);
  }
  return seen === 0 ? undefined : out;
}

/** C3 = SM3(x2 ‖ M ‖ y2) (6.1, A7). */
function check(message: Uint8Array, shared: Uint8Array): Uint8Array {
  return sm3
    .create()
    .update(shared.subarray(0, FIELD_BYTES))
    .update(message)
    .update(shared.subarray(FIELD_BYTES))
    .digest();
}
