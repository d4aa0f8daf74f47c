/** The seam between block ciphers of 16-byte blocks and the modes over them: blocks are four big-endian words. */

export const BLOCK = 16;

/**
 * A block cipher under one key. The block goes in as words and comes out in {@link OUT}, so that no call needs memory
 * of its own.
 */
export interface BlockCipher {
  encrypt(a: number, b: number, c: number, d: number): void;
  decrypt(a: number, b: number, c: number, d: number): void;
}

/** A cipher that takes another key, of 4, 6 or 8 words, in the place of the one it has. */
export interface RekeyableCipher extends BlockCipher {
  rekey(key: Int32Array, Nk: 4 | 6 | 8): void;
  destroy(): void;
}

/** The schedule of one AES key. */
export interface AesBlockCipher extends RekeyableCipher {
  /** A second schedule of the same key with a life of its own. */
  clone(): AesBlockCipher;
}

/** AES under a key of 16, 24 or 32 bytes, for whoever may be given another than that by tables. */
export type AesCipherMaker = (key: Uint8Array) => RekeyableCipher;

/**
 * The last block that any cipher gave. One for all of them, and a constant of its module: V8 then knows its address.
 * Whoever asks a cipher reads it at once, and a mode wipes it when it is done.
 */
export const OUT: Int32Array = new Int32Array(4);

/** The bytes as words of any alignment; V8 compiles its accesses to single loads and stores. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Bytes from which on a message is read through {@link viewOf}. For a shorter one, making a view takes longer than
 * putting words together.
 */
export const LONG = 256;

/** The word of four bytes. */
export function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

/** The inverse of {@link wordAt}. */
export function putWord(word: number, bytes: Uint8Array, at: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

/** Puts the words of an AES key into `words`, and gives their number Nk (FIPS 197, 5). @throws RangeError for another length */
export function readAesKey(key: Uint8Array, words: Int32Array): 4 | 6 | 8 {
  if (key.length !== 16 && key.length !== 24 && key.length !== 32) {
    throw new RangeError(`AES key must be 16, 24 or 32 bytes, not ${key.length}`);
  }
  const Nk = (key.length / 4) as 4 | 6 | 8;
  for (let i = 0; i < Nk; i++) words[i] = wordAt(key, 4 * i);
  return Nk;
}

/** Byte `i` of a block whose words are given. */
export function byteOf(words: Int32Array, i: number): number {
  return (words[i >> 2] >>> (24 - 8 * (i & 3))) & 0xff;
}

/** Writes {@link OUT} to a whole block of bytes. */
export function putOut(to: DataView, at: number): void {
  to.setInt32(at, OUT[0]);
  to.setInt32(at + 4, OUT[1]);
  to.setInt32(at + 8, OUT[2]);
  to.setInt32(at + 12, OUT[3]);
}

/** One block of words over another; built-in functions take longer for four words. */
export function copyBlock(from: Int32Array, to: Int32Array): void {
  for (let i = 0; i < 4; i++) to[i] = from[i];
}

export function clearBlock(words: Int32Array): void {
  for (let i = 0; i < 4; i++) words[i] = 0;
}
