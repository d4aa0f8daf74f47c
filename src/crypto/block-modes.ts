/** Modes of operation over any block cipher of 16-byte blocks: ECB, CBC and CTR (SP 800-38A). */

import {
  BLOCK,
  type BlockCipher,
  byteOf,
  clearBlock,
  LONG,
  OUT,
  putOut,
  putWord,
  viewOf,
  wordAt,
} from "./block-cipher.ts";

/** ECB over whole blocks (6.1). @throws RangeError for another length */
export function ecbEncrypt(cipher: BlockCipher, blocks: Uint8Array): Uint8Array {
  return eachBlock(blocks, (a, b, c, d) => cipher.encrypt(a, b, c, d));
}

/** The inverse of {@link ecbEncrypt}. @throws RangeError for another length */
export function ecbDecrypt(cipher: BlockCipher, blocks: Uint8Array): Uint8Array {
  return eachBlock(blocks, (a, b, c, d) => cipher.decrypt(a, b, c, d));
}

function eachBlock(blocks: Uint8Array, crypt: BlockCipher["encrypt"]): Uint8Array {
  requireBlocks(blocks);
  const out = new Uint8Array(blocks.length);
  const [from, to] = [viewOf(blocks), viewOf(out)];
  for (let at = 0; at < blocks.length; at += BLOCK) {
    crypt(from.getInt32(at), from.getInt32(at + 4), from.getInt32(at + 8), from.getInt32(at + 12));
    putOut(to, at);
  }
  clearBlock(OUT);
  return out;
}

/** CBC over whole blocks, no padding (6.2). @throws RangeError for another IV or length */
export function cbcEncrypt(cipher: BlockCipher, iv: Uint8Array, blocks: Uint8Array): Uint8Array {
  requireCbc(iv, blocks);
  const out = new Uint8Array(blocks.length);
  const [from, to] = [viewOf(blocks), viewOf(out)];
  setOut(viewOf(iv), 0);
  for (let at = 0; at < blocks.length; at += BLOCK) {
    xorOut(from, at);
    cipher.encrypt(OUT[0], OUT[1], OUT[2], OUT[3]);
    putOut(to, at);
  }
  clearBlock(OUT);
  return out;
}

/** The inverse of {@link cbcEncrypt}. @throws RangeError for another IV or length */
export function cbcDecrypt(cipher: BlockCipher, iv: Uint8Array, blocks: Uint8Array): Uint8Array {
  requireCbc(iv, blocks);
  const out = new Uint8Array(blocks.length);
  const [from, to] = [viewOf(blocks), viewOf(out)];
  for (let at = 0; at < blocks.length; at += BLOCK) {
    cipher.decrypt(from.getInt32(at), from.getInt32(at + 4), from.getInt32(at + 8), from.getInt32(at + 12));
    if (at === 0) xorOut(viewOf(iv), 0);
    else xorOut(from, at - BLOCK);
    putOut(to, at);
  }
  clearBlock(OUT);
  return out;
}

/** {@link counterMode} by one kind of cipher. */
export type CounterMode<Cipher> = (
  cipher: Cipher,
  counter: Int32Array,
  width: 1 | 4,
  data: Uint8Array,
  byteLength: number,
  out: Uint8Array,
) => void;

/** CTR from a counter block, 128-bit big-endian increment (6.5). @throws RangeError for another length */
export function ctr(cipher: BlockCipher, counterBlock: Uint8Array, data: Uint8Array): Uint8Array {
  return ctrBy(counterMode, cipher, counterBlock, data);
}

/** {@link ctr} by one kind of cipher. */
export function ctrBy<Cipher>(
  run: CounterMode<Cipher>,
  cipher: Cipher,
  counterBlock: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  requireRange(counterBlock.length === BLOCK, `a CTR counter block must be ${BLOCK} bytes`);
  const counter = Int32Array.from([0, 4, 8, 12], (at) => wordAt(counterBlock, at));
  const out = new Uint8Array(data.length);
  run(cipher, counter, 4, data, data.length, out);
  return out;
}

/**
 * The first `byteLength` bytes of the data under the key stream from a counter block, to the front of `out`, which may
 * be the data itself. The last `width` words of the block count up (B.1), and stand where the next block would begin.
 */
export function counterMode(
  cipher: BlockCipher,
  counter: Int32Array,
  width: 1 | 4,
  data: Uint8Array,
  byteLength: number,
  out: Uint8Array,
): void {
  let at = 0;
  if (byteLength >= LONG) {
    const [from, to] = [viewOf(data), viewOf(out)];
    for (; at + BLOCK <= byteLength; at += BLOCK) {
      nextStream(cipher, counter, width);
      xorOut(from, at);
      putOut(to, at);
    }
  }
  for (; at + BLOCK <= byteLength; at += BLOCK) {
    nextStream(cipher, counter, width);
    for (let i = 0; i < 4; i++) putWord(wordAt(data, at + 4 * i) ^ OUT[i], out, at + 4 * i);
  }
  if (at < byteLength) {
    nextStream(cipher, counter, width);
    for (let i = 0; at + i < byteLength; i++) out[at + i] = data[at + i] ^ byteOf(OUT, i);
  }
  clearBlock(OUT);
}

/** Leaves the next block of the key stream in {@link OUT}. */
export function nextStream(cipher: BlockCipher, counter: Int32Array, width: 1 | 4): void {
  cipher.encrypt(counter[0], counter[1], counter[2], counter[3]);
  increment(counter, width);
}

/** The standard incrementing function (SP 800-38A, B.1) over the last words of a block. */
export function increment(counter: Int32Array, width: 1 | 4): void {
  for (let i = 3; i >= 4 - width; i--) {
    counter[i]++;
    if (counter[i] !== 0) return;
  }
}

function setOut(from: DataView, at: number): void {
  for (let i = 0; i < 4; i++) OUT[i] = from.getInt32(at + 4 * i);
}

function xorOut(from: DataView, at: number): void {
  OUT[0] ^= from.getInt32(at);
  OUT[1] ^= from.getInt32(at + 4);
  OUT[2] ^= from.getInt32(at + 8);
  OUT[3] ^= from.getInt32(at + 12);
}

/** @throws RangeError for an IV or data that CBC without padding does not take. */
export function requireCbc(iv: Uint8Array, blocks: Uint8Array): void {
  requireRange(iv.length === BLOCK, `a CBC IV must be ${BLOCK} bytes`);
  requireRange(blocks.length % BLOCK === 0, `CBC data must be whole blocks of ${BLOCK} bytes`);
}

/** @throws RangeError for data that ECB does not take. */
export function requireBlocks(blocks: Uint8Array): void {
  requireRange(blocks.length % BLOCK === 0, `ECB data must be whole blocks of ${BLOCK} bytes`);
}

/** @throws RangeError unless the condition holds. */
export function requireRange(condition: boolean, message: string): asserts condition {
  if (!condition) throw new RangeError(message);
}
