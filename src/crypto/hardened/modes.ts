/** ECB, CBC and CTR (SP 800-38A); where blocks do not wait for one another, two at once. */

import { BLOCK, byteOf, putWord, wordAt } from "../block-cipher.ts";
import { increment, requireBlocks, requireCbc } from "../block-modes.ts";
import { type HardenedAesCipher, PAIR, wipePair } from "./aes-cipher.ts";

/** Bytes of two blocks. */
const TWO = 2 * BLOCK;

/** ECB over whole blocks (6.1). @throws RangeError for another length */
export function ecbEncrypt(cipher: HardenedAesCipher, blocks: Uint8Array): Uint8Array {
  requireBlocks(blocks);
  return eachPair(blocks, () => cipher.encryptPair());
}

/** The inverse of {@link ecbEncrypt}. @throws RangeError for another length */
export function ecbDecrypt(cipher: HardenedAesCipher, blocks: Uint8Array): Uint8Array {
  requireBlocks(blocks);
  return eachPair(blocks, () => cipher.decryptPair());
}

/** CBC over whole blocks, no padding (6.2), one at a time: each waits for the one before. @throws RangeError for another IV or length */
export function cbcEncrypt(cipher: HardenedAesCipher, iv: Uint8Array, blocks: Uint8Array): Uint8Array {
  requireCbc(iv, blocks);
  const out = new Uint8Array(blocks.length);
  for (let i = 0; i < 4; i++) PAIR[i] = wordAt(iv, 4 * i);
  for (let at = 0; at < blocks.length; at += BLOCK) {
    for (let i = 0; i < 4; i++) PAIR[i] ^= wordAt(blocks, at + 4 * i);
    cipher.encryptPair();
    for (let i = 0; i < 4; i++) putWord(PAIR[i], out, at + 4 * i);
  }
  wipePair();
  return out;
}

/** CBC decryption over whole blocks, no padding (6.2). @throws RangeError for another IV or length */
export function cbcDecrypt(cipher: HardenedAesCipher, iv: Uint8Array, blocks: Uint8Array): Uint8Array {
  requireCbc(iv, blocks);
  const out = eachPair(blocks, () => cipher.decryptPair());
  for (let i = 0; i < out.length; i++) out[i] ^= i < BLOCK ? iv[i] : blocks[i - BLOCK];
  return out;
}

/**
 * The first `byteLength` bytes of the data under the key stream from a counter block, to the front of `out`. The last `width`
 * words of the block count up (B.1).
 */
export function counterMode(
  cipher: HardenedAesCipher,
  counter: Int32Array,
  width: 1 | 4,
  data: Uint8Array,
  byteLength: number,
  out: Uint8Array,
): void {
  for (let at = 0; at < byteLength; at += TWO) {
    for (let i = 0; i < 4; i++) PAIR[i] = counter[i];
    increment(counter, width);
    for (let i = 0; i < 4; i++) PAIR[4 + i] = counter[i];
    increment(counter, width);
    cipher.encryptPair();
    const length = Math.min(TWO, byteLength - at);
    for (let i = 0; i < length >> 2; i++) putWord(wordAt(data, at + 4 * i) ^ PAIR[i], out, at + 4 * i);
    for (let i = length & ~3; i < length; i++) out[at + i] = data[at + i] ^ byteOf(PAIR, i);
  }
  wipePair();
}

/** Whole blocks by two; an odd one at the end beside what was there before. */
function eachPair(blocks: Uint8Array, crypt: () => void): Uint8Array {
  const out = new Uint8Array(blocks.length);
  for (let at = 0; at < blocks.length; at += TWO) {
    const words = Math.min(TWO, blocks.length - at) >> 2;
    for (let i = 0; i < words; i++) PAIR[i] = wordAt(blocks, at + 4 * i);
    crypt();
    for (let i = 0; i < words; i++) putWord(PAIR[i], out, at + 4 * i);
  }
  wipePair();
  return out;
}
