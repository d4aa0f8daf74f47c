/** Output and cipher feedback, and ciphertext stealing (SP 800-38A and its addendum), over a block cipher's CBC and ECB. */

import { concat, wipe } from "../bytes/bytes.ts";
import type { AesKey } from "./engine.ts";

const BLOCK = 16;

type Ecb = Pick<AesKey, "ecbEncrypt">;
type Cbc = Pick<AesKey, "cbcEncrypt" | "cbcDecrypt">;

/** OFB (SP 800-38A, 6.4), either way: the key stream is the CBC encryption of zeros. */
export function ofb(cipher: Pick<Cbc, "cbcEncrypt">, iv: Uint8Array, data: Uint8Array): Uint8Array {
  if (data.length === 0) return new Uint8Array(0);
  const stream = cipher.cbcEncrypt(iv, new Uint8Array(Math.ceil(data.length / BLOCK) * BLOCK));
  const out = data.map((byte, i) => byte ^ stream[i]);
  wipe(stream);
  return out;
}

/** CFB with segments of `segmentBytes` (SP 800-38A, 6.3); the last one may be shorter. */
export function cfbEncrypt(cipher: Ecb, iv: Uint8Array, data: Uint8Array, segmentBytes: number): Uint8Array {
  const out = new Uint8Array(data.length);
  let input: Uint8Array = Uint8Array.from(iv);
  for (let at = 0; at < data.length; at += segmentBytes) {
    const stream = cipher.ecbEncrypt(input);
    const end = Math.min(segmentBytes, data.length - at);
    for (let i = 0; i < end; i++) out[at + i] = data[at + i] ^ stream[i];
    wipe(stream);
    input = concat(input.subarray(segmentBytes), out.subarray(at, at + segmentBytes));
  }
  return out;
}

/** The inverse of {@link cfbEncrypt}. */
export function cfbDecrypt(cipher: Ecb, iv: Uint8Array, data: Uint8Array, segmentBytes: number): Uint8Array {
  const out = new Uint8Array(data.length);
  const seen = concat(iv, data);
  for (let at = 0; at < data.length; at += segmentBytes) {
    const stream = cipher.ecbEncrypt(seen.slice(at, at + BLOCK));
    const end = Math.min(segmentBytes, data.length - at);
    for (let i = 0; i < end; i++) out[at + i] = data[at + i] ^ stream[i];
    wipe(stream);
  }
  return out;
}

/** CBC-CS1 (addendum to SP 800-38A): whole blocks are CBC's; otherwise the last block but one is cut to the length. */
export function ctsEncrypt(cipher: Cbc, iv: Uint8Array, data: Uint8Array): Uint8Array {
  requireBlock(data);
  const rest = data.length % BLOCK;
  if (rest === 0) return cipher.cbcEncrypt(iv, data);
  const padded = concat(data, new Uint8Array(BLOCK - rest));
  const whole = cipher.cbcEncrypt(iv, padded);
  wipe(padded);
  const cut = whole.length - 2 * BLOCK + rest;
  return concat(whole.subarray(0, cut), whole.subarray(whole.length - BLOCK));
}

/** The inverse of {@link ctsEncrypt}. */
export function ctsDecrypt(cipher: Cbc, iv: Uint8Array, data: Uint8Array): Uint8Array {
  requireBlock(data);
  const rest = data.length % BLOCK;
  if (rest === 0) return cipher.cbcDecrypt(iv, data);
  const cut = data.length - BLOCK;
  const last = data.subarray(cut);
  const stolen = cipher.cbcDecrypt(new Uint8Array(BLOCK), last);
  const plaintext = cipher.cbcDecrypt(iv, concat(data.subarray(0, cut), stolen.subarray(rest), last));
  wipe(stolen);
  return plaintext.slice(0, data.length);
}

function requireBlock(data: Uint8Array): void {
  if (data.length < BLOCK) throw new RangeError(`ciphertext stealing needs a block of ${BLOCK} bytes`);
}
