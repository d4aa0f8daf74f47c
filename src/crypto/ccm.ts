/** CCM (SP 800-38C; RFC 3610) over any block cipher's CBC and CTR. */

import { be32, concat, equalBytes, wipe } from "../bytes/bytes.ts";
import type { AesKey } from "./engine.ts";

const BLOCK = 16;

/** What CCM needs of a block cipher under a key. */
export type CcmCipher = Pick<AesKey, "cbcEncrypt" | "ctr">;

/**
 * Generation and encryption (SP 800-38C, 6.1): ciphertext followed by the tag.
 * @throws RangeError for a nonce not of 7 to 13 bytes, an odd tag or one not of 4 to 16 bytes, or a plaintext too long
 * for the nonce.
 */
export function ccmSeal(
  cipher: CcmCipher,
  nonce: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
  tagBytes: number,
): Uint8Array {
  requireCcm(nonce, plaintext.length, tagBytes);
  const T = tagOf(cipher, nonce, aad, plaintext, tagBytes);
  const masked = counterMode(cipher, nonce, T, plaintext);
  wipe(T);
  return concat(masked.subarray(BLOCK), masked.subarray(0, tagBytes));
}

/**
 * Decryption and verification (SP 800-38C, 6.2): the plaintext, or `undefined` when the tag does not match.
 * @throws RangeError for what {@link ccmSeal} does not take either.
 */
export function ccmOpen(
  cipher: CcmCipher,
  nonce: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
  tagBytes: number,
): Uint8Array | undefined {
  const length = sealed.length - tagBytes;
  requireCcm(nonce, Math.max(0, length), tagBytes);
  if (length < 0) return undefined;
  const maskedTag = new Uint8Array(BLOCK);
  maskedTag.set(sealed.subarray(length));
  const clear = counterMode(cipher, nonce, maskedTag, sealed.subarray(0, length));
  const plaintext = clear.slice(BLOCK);
  const T = tagOf(cipher, nonce, aad, plaintext, tagBytes);
  const isAuthentic = equalBytes(T.subarray(0, tagBytes), clear.subarray(0, tagBytes));
  wipe(T, clear);
  if (isAuthentic) return plaintext;
  wipe(plaintext);
  return undefined;
}

/** CTR from Ctr0 on (SP 800-38C, A.3): the tag's block first, then the text. Ctr0's counter has q bytes of its own. */
function counterMode(cipher: CcmCipher, nonce: Uint8Array, tag: Uint8Array, text: Uint8Array): Uint8Array {
  const counter = new Uint8Array(BLOCK);
  counter[0] = 14 - nonce.length;
  counter.set(nonce, 1);
  return cipher.ctr(counter, concat(tag, text));
}

/** T (SP 800-38C, 6.1, steps 1 to 4) in a whole block: the CBC-MAC of B0, the associated data and the plaintext. */
function tagOf(
  cipher: CcmCipher,
  nonce: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
  tagBytes: number,
): Uint8Array {
  const B = concat(
    firstBlock(nonce, aad.length > 0, plaintext.length, tagBytes),
    padded(concat(encodedLength(aad.length), aad)),
    padded(plaintext),
  );
  const chained = cipher.cbcEncrypt(new Uint8Array(BLOCK), B);
  const T = chained.slice(-BLOCK);
  wipe(B, chained);
  return T;
}

/** B0 (SP 800-38C, A.2.1): flags, nonce, and the plaintext's length in q bytes. */
function firstBlock(nonce: Uint8Array, hasAad: boolean, length: number, tagBytes: number): Uint8Array {
  const q = 15 - nonce.length;
  const block = new Uint8Array(BLOCK);
  block[0] = (hasAad ? 64 : 0) + 8 * ((tagBytes - 2) / 2) + (q - 1);
  block.set(nonce, 1);
  for (let i = BLOCK - 1, rest = length; rest > 0; i--, rest = Math.floor(rest / 256)) block[i] = rest % 256;
  return block;
}

/** The associated data's length (SP 800-38C, A.2.2); nothing where there is none. */
function encodedLength(length: number): Uint8Array {
  if (length === 0) return new Uint8Array(0);
  return length < 0xff00 ? be32(length).subarray(2) : concat(Uint8Array.of(0xff, 0xfe), be32(length));
}

function padded(data: Uint8Array): Uint8Array {
  const blocks = new Uint8Array(BLOCK * Math.ceil(data.length / BLOCK));
  blocks.set(data);
  return blocks;
}

function requireCcm(nonce: Uint8Array, length: number, tagBytes: number): void {
  if (nonce.length < 7 || nonce.length > 13) throw new RangeError("a CCM nonce must be 7 to 13 bytes");
  if (tagBytes % 2 !== 0 || tagBytes < 4 || tagBytes > 16) {
    throw new RangeError("a CCM tag must be 4, 6, 8, 10, 12, 14 or 16 bytes");
  }
  if (length > maxCcmBytes(nonce.length)) throw new RangeError("the data is too long for a CCM nonce of this length");
}

/** The longest plaintext under a nonce of that length: q = 15 − n bytes say how long it is (SP 800-38C, A.1). */
export function maxCcmBytes(nonceBytes: number): number {
  return 2 ** Math.min(32, 8 * (15 - nonceBytes)) - 1;
}
