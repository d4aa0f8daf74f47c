/** SM2 public key encryption (GB/T 32918.4-2016): C1 ‖ C3 ‖ C2. */

import { be32, concat, equalBytes, i2osp, wipe } from "../../bytes/bytes.ts";
import type { Rng } from "../engine.ts";
import { digest, hashState } from "../hash.ts";
import { FIELD_BYTES, n, POINT_BYTES, randomScalar, sm2Curve } from "./curve.ts";

const HASH_BYTES = 32;
/** C1 and C3. */
export const OVERHEAD_BYTES: number = POINT_BYTES + HASH_BYTES;

/** A public key P prepared to encrypt: k·P as 04 ‖ x ‖ y. */
type Multiple = (k: Uint8Array) => Uint8Array;

/** GB/T 32918.4, 6.1. @throws RangeError when the message is empty */
export function encrypt(multiple: Multiple, message: Uint8Array, rng: Rng): Uint8Array {
  if (message.length === 0) throw new RangeError("SM2 encrypts a message of at least 1 byte");
  for (;;) {
    const k = i2osp(randomScalar(n - 1n, rng), FIELD_BYTES);
    const ciphertext = encryptWithNonce(multiple, message, k);
    wipe(k);
    if (ciphertext !== undefined) return ciphertext;
  }
}

/** Steps A2 to A8 of GB/T 32918.4, 6.1, for k in [1, n − 1]; `undefined` where they ask for another k. */
export function encryptWithNonce(multiple: Multiple, message: Uint8Array, k: Uint8Array): Uint8Array | undefined {
  const C1 = sm2Curve().group.multiplyBase(k);
  const shared = multiple(k).subarray(1);
  const C2 = masked(message, shared);
  const ciphertext = C2 && concat(C1, check(message, shared), C2);
  wipe(shared);
  return ciphertext;
}

/** GB/T 32918.4, 7.1: the message, or `undefined` for every failure alike. */
export function decrypt(secret: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
  const { group, isPoint } = sm2Curve();
  const C1 = ciphertext.subarray(0, POINT_BYTES);
  if (ciphertext.length <= OVERHEAD_BYTES || !isPoint(C1)) return undefined;
  const shared = group.multiple(C1, secret).subarray(1);
  const message = masked(ciphertext.subarray(OVERHEAD_BYTES), shared);
  const expected = check(message ?? new Uint8Array(), shared);
  const isIntact = equalBytes(expected, ciphertext.subarray(POINT_BYTES, OVERHEAD_BYTES));
  wipe(shared, expected);
  if (message !== undefined && isIntact) return message;
  wipe(message);
  return undefined;
}

/** The data under t = KDF(x2 ‖ y2) (GB/T 32918.4, 5.4.3); `undefined` when t is all zero (6.1, A5; 7.1, B4). */
function masked(data: Uint8Array, shared: Uint8Array): Uint8Array | undefined {
  const out = new Uint8Array(data.length);
  let seen = 0;
  for (let offset = 0, counter = 1; offset < data.length; offset += HASH_BYTES, counter++) {
    const t = digest("SM3", concat(shared, be32(counter)));
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
  const state = hashState("SM3");
  for (const part of [shared.subarray(0, FIELD_BYTES), message, shared.subarray(FIELD_BYTES)]) state.update(part);
  return state.digest();
}
