/** Modes of operation over any block cipher of 16-byte blocks: CBC and CTR (SP 800-38A), GCM (SP 800-38D). */

import { ghash } from "@noble/ciphers/_polyval.js";
import { be64, concat, equalBytes, wipe } from "../bytes/bytes.ts";

export const BLOCK = 16;

/** Lengths of GCM tags (SP 800-38D, 5.2.1.2). */
export const GCM_TAGS: readonly number[] = [4, 8, 12, 13, 14, 15, BLOCK];

/** A block cipher under one key. `from` and `to` may be the same array. */
export interface BlockCipher {
  encryptBlock(from: Uint8Array, fromOffset: number, to: Uint8Array, toOffset: number): void;
  decryptBlock(from: Uint8Array, fromOffset: number, to: Uint8Array, toOffset: number): void;
}

/** CBC over whole blocks, no padding (SP 800-38A, 6.2). @throws RangeError for another IV or length */
export function cbcEncrypt(cipher: BlockCipher, iv: Uint8Array, blocks: Uint8Array): Uint8Array {
  requireCbc(iv, blocks);
  const out = new Uint8Array(blocks.length);
  const chained = Uint8Array.from(iv);
  for (let offset = 0; offset < blocks.length; offset += BLOCK) {
    for (let i = 0; i < BLOCK; i++) chained[i] ^= blocks[offset + i];
    cipher.encryptBlock(chained, 0, chained, 0);
    out.set(chained, offset);
  }
  return out;
}

/** The inverse of {@link cbcEncrypt}. @throws RangeError for another IV or length */
export function cbcDecrypt(cipher: BlockCipher, iv: Uint8Array, blocks: Uint8Array): Uint8Array {
  requireCbc(iv, blocks);
  const out = new Uint8Array(blocks.length);
  for (let offset = 0; offset < blocks.length; offset += BLOCK) {
    cipher.decryptBlock(blocks, offset, out, offset);
    for (let i = 0; i < BLOCK; i++) out[offset + i] ^= offset === 0 ? iv[i] : blocks[offset - BLOCK + i];
  }
  return out;
}

/** CTR from a counter block, 128-bit big-endian increment (SP 800-38A, 6.5). @throws RangeError for another length */
export function ctr(cipher: BlockCipher, counter: Uint8Array, data: Uint8Array): Uint8Array {
  requireRange(counter.length === BLOCK, `a CTR counter block must be ${BLOCK} bytes`);
  return counterMode(cipher, counter, data, BLOCK);
}

/**
 * GCM encryption (SP 800-38D, 7.1): ciphertext followed by the tag.
 * @throws RangeError for an empty IV or a tag of another length than {@link GCM_TAGS}
 */
export function gcmSeal(
  cipher: BlockCipher,
  iv: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
  tagBytes: number,
): Uint8Array {
  const { J0, H } = gcmStart(cipher, iv, tagBytes);
  const ciphertext = counterMode(cipher, incremented(J0, 4), plaintext, 4);
  const tag = gcmTag(cipher, H, J0, aad, ciphertext);
  wipe(H, J0);
  return concat(ciphertext, tag.subarray(0, tagBytes));
}

/**
 * GCM decryption (SP 800-38D, 7.2): the plaintext, or `undefined` when the tag does not match. Nothing is deciphered
 * before the tag has been checked.
 * @throws RangeError for an empty IV or a tag of another length than {@link GCM_TAGS}
 */
export function gcmOpen(
  cipher: BlockCipher,
  iv: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
  tagBytes: number,
): Uint8Array | undefined {
  const { J0, H } = gcmStart(cipher, iv, tagBytes);
  if (sealed.length < tagBytes) return undefined;
  const ciphertext = sealed.subarray(0, sealed.length - tagBytes);
  const expected = gcmTag(cipher, H, J0, aad, ciphertext).subarray(0, tagBytes);
  const isAuthentic = equalBytes(expected, sealed.subarray(ciphertext.length));
  wipe(expected);
  return isAuthentic ? counterMode(cipher, incremented(J0, 4), ciphertext, 4) : undefined;
}

/** The hash subkey and the pre-counter block (SP 800-38D, 7.1, steps 1 and 2). */
function gcmStart(cipher: BlockCipher, iv: Uint8Array, tagBytes: number): { J0: Uint8Array; H: Uint8Array } {
  requireRange(iv.length >= 1, "a GCM IV must not be empty");
  requireRange(GCM_TAGS.includes(tagBytes), `a GCM tag must be ${GCM_TAGS.join(", ")} bytes`);
  const H = new Uint8Array(BLOCK);
  cipher.encryptBlock(H, 0, H, 0);
  const J0 =
    iv.length === 12 ? concat(iv, Uint8Array.of(0, 0, 0, 1)) : hashed(H, iv, concat(be64(0), be64(8 * iv.length)));
  return { J0, H };
}

/** Steps 5 and 6 of SP 800-38D, 7.1, the tag in full. */
function gcmTag(
  cipher: BlockCipher,
  H: Uint8Array,
  J0: Uint8Array,
  aad: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array {
  const S = hashed(H, aad, ciphertext, concat(be64(8 * aad.length), be64(8 * ciphertext.length)));
  return counterMode(cipher, J0, S, 4);
}

/** GHASH (SP 800-38D, 6.4) of parts that are each padded with zeros to whole blocks, as noble's `update` does. */
function hashed(H: Uint8Array, ...parts: Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const state = ghash.create(H, length);
  for (const part of parts) state.update(part);
  return state.digest();
}

/** The data under the key stream from a counter block whose last `counterBytes` count up. */
function counterMode(cipher: BlockCipher, start: Uint8Array, data: Uint8Array, counterBytes: number): Uint8Array {
  const out = new Uint8Array(data.length);
  const stream = new Uint8Array(BLOCK);
  let counter = start;
  for (let offset = 0; offset < data.length; offset += BLOCK) {
    cipher.encryptBlock(counter, 0, stream, 0);
    const end = Math.min(BLOCK, data.length - offset);
    for (let i = 0; i < end; i++) out[offset + i] = data[offset + i] ^ stream[i];
    counter = incremented(counter, counterBytes);
  }
  wipe(stream);
  return out;
}

/** The standard incrementing function (SP 800-38A, B.1; SP 800-38D, 6.2) over the last bytes of a block. */
function incremented(counter: Uint8Array, counterBytes: number): Uint8Array {
  const next = Uint8Array.from(counter);
  for (let i = BLOCK - 1; i >= BLOCK - counterBytes; i--) {
    next[i]++;
    if (next[i] !== 0) break;
  }
  return next;
}

function requireCbc(iv: Uint8Array, blocks: Uint8Array): void {
  requireRange(iv.length === BLOCK, `a CBC IV must be ${BLOCK} bytes`);
  requireRange(blocks.length % BLOCK === 0, `CBC data must be whole blocks of ${BLOCK} bytes`);
}

function requireRange(condition: boolean, message: string): asserts condition {
  if (!condition) throw new RangeError(message);
}
