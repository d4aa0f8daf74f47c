/** GHASH (SP 800-38D, 6.3 and 6.4) under a prepared hash subkey. Blocks are four big-endian words, bit 0 on top. */

import { BLOCK, viewOf } from "./block-cipher.ts";

/** The hash that is being computed, one at a time. Whoever reads it wipes it. */
export const Y: Int32Array = new Int32Array(4);

/** x^128 = x^7 + x^2 + x + 1 (6.3): what comes in on top for a bit that falls out below. */
const R = 0xe1000000;

/** The same for four bits that fall out. */
const R4: Int32Array = Int32Array.from({ length: 16 }, (_, bits) => {
  let value = bits;
  for (let i = 0; i < 4; i++) value = (value >>> 1) ^ (value & 1 ? R : 0);
  return value;
});

/** The products of H with each value of four bits, and with each value of each of the 16 bytes of a block, in words. */
const SMALL_WORDS = 4 * 16;
const LARGE_WORDS = 4 * 256 * BLOCK;

/** Blocks that a key hashes before it is given a large table: as long as they take with the small one, its making takes. */
const EARNED_BLOCKS = 64;

/** The large tables. A constant of this module, so that V8 knows its address: lookups are twice as fast as in an own array. */
const tables: Int32Array = new Int32Array(8 * LARGE_WORDS);
/** Whose table is where, and whose goes when all are taken: the one that has had it longest. */
const owners: (GhashKey | undefined)[] = new Array(tables.length / LARGE_WORDS).fill(undefined);
let oldest = 0;

/** Y ⊕ X of the step at hand. */
const X: Int32Array = new Int32Array(4);

/** A block that is not one of the data's: padded, or of the lengths. */
const last: Uint8Array = new Uint8Array(BLOCK);
const lastView: DataView = viewOf(last);

/** A hash subkey H with its tables. */
export class GhashKey {
  readonly #small: Int32Array = new Int32Array(SMALL_WORDS);
  /** Where the large table begins, or −1. */
  #large = -1;
  #hashedBlocks = 0;

  constructor(h0: number, h1: number, h2: number, h3: number) {
    this.#small.set([h0, h1, h2, h3], 4 * 8);
    fillProducts(this.#small, 0, 16);
  }

  /** Leaves in {@link Y} the GHASH of both parts, each padded to whole blocks, and of their lengths in bits. */
  hash(first: Uint8Array, second: Uint8Array): void {
    this.#hashedBlocks += Math.ceil(first.length / BLOCK) + Math.ceil(second.length / BLOCK) + 1;
    if (this.#large < 0 && this.#hashedBlocks > EARNED_BLOCKS) this.#takeTable();
    Y.fill(0);
    this.#update(first);
    this.#update(second);
    lastView.setInt32(0, first.length / 2 ** 29);
    lastView.setInt32(4, first.length << 3);
    lastView.setInt32(8, second.length / 2 ** 29);
    lastView.setInt32(12, second.length << 3);
    this.#absorb(lastView, BLOCK);
    last.fill(0);
  }

  destroy(): void {
    this.#small.fill(0);
    this.#leaveTable();
    this.#hashedBlocks = 0;
  }

  #update(data: Uint8Array): void {
    const rest = data.length % BLOCK;
    this.#absorb(viewOf(data), data.length - rest);
    if (rest === 0) return;
    last.fill(0);
    last.set(data.subarray(data.length - rest));
    this.#absorb(lastView, BLOCK);
  }

  /** Y = (Y ⊕ X) · H (6.4, step 3) for each whole block X. */
  #absorb(blocks: DataView, byteLength: number): void {
    if (this.#large < 0) absorbSmall(this.#small, blocks, byteLength);
    else absorbLarge(this.#large, blocks, byteLength);
  }

  #takeTable(): void {
    const free = owners.indexOf(undefined);
    const place = free >= 0 ? free : oldest;
    if (free < 0) oldest = (oldest + 1) % owners.length;
    const owner = owners[place];
    if (owner !== undefined) owner.#leaveTable();
    owners[place] = this;
    this.#large = place * LARGE_WORDS;
    // The products with the topmost byte, and from there on with x^8 times those of the byte above.
    tables.set(this.#small.subarray(4 * 8, 4 * 9), this.#large + 4 * 128);
    for (let i = 0; i < BLOCK; i++) {
      const at = this.#large + 1024 * i;
      fillProducts(tables, at, 256);
      if (i < BLOCK - 1) timesX(tables, at + 4, at + 1024 + 4 * 128);
    }
  }

  #leaveTable(): void {
    if (this.#large < 0) return;
    tables.fill(0, this.#large, this.#large + LARGE_WORDS);
    owners[this.#large / LARGE_WORDS] = undefined;
    this.#large = -1;
    this.#hashedBlocks = 0;
  }
}

/** By Shoup's method: from the last four bits of the block on, each step moves the product by x^4. */
function absorbSmall(table: Int32Array, blocks: DataView, byteLength: number): void {
  let [y0, y1, y2, y3] = [Y[0], Y[1], Y[2], Y[3]];
  for (let at = 0; at < byteLength; at += BLOCK) {
    X[0] = y0 ^ blocks.getInt32(at);
    X[1] = y1 ^ blocks.getInt32(at + 4);
    X[2] = y2 ^ blocks.getInt32(at + 8);
    X[3] = y3 ^ blocks.getInt32(at + 12);
    y0 = y1 = y2 = y3 = 0;
    for (let word = 3; word >= 0; word--) {
      for (let bits = X[word], i = 0; i < 8; i++, bits >>>= 4) {
        const out = R4[y3 & 15];
        const entry = (bits & 15) << 2;
        y3 = ((y3 >>> 4) | (y2 << 28)) ^ table[entry + 3];
        y2 = ((y2 >>> 4) | (y1 << 28)) ^ table[entry + 2];
        y1 = ((y1 >>> 4) | (y0 << 28)) ^ table[entry + 1];
        y0 = (y0 >>> 4) ^ out ^ table[entry];
      }
    }
  }
  Y[0] = y0;
  Y[1] = y1;
  Y[2] = y2;
  Y[3] = y3;
}

/** The sum of one product for each byte of the block, from the table that begins at `base`. */
function absorbLarge(base: number, blocks: DataView, byteLength: number): void {
  let [y0, y1, y2, y3] = [Y[0], Y[1], Y[2], Y[3]];
  for (let at = 0; at < byteLength; at += BLOCK) {
    X[0] = y0 ^ blocks.getInt32(at);
    X[1] = y1 ^ blocks.getInt32(at + 4);
    X[2] = y2 ^ blocks.getInt32(at + 8);
    X[3] = y3 ^ blocks.getInt32(at + 12);
    y0 = y1 = y2 = y3 = 0;
    for (let word = 0, from = base; word < 4; word++, from += 4096) {
      const bits = X[word];
      const i = from + ((bits >>> 22) & 1020);
      const j = from + 1024 + ((bits >>> 14) & 1020);
      const k = from + 2048 + ((bits >>> 6) & 1020);
      const l = from + 3072 + ((bits << 2) & 1020);
      y0 ^= tables[i] ^ tables[j] ^ tables[k] ^ tables[l];
      y1 ^= tables[i + 1] ^ tables[j + 1] ^ tables[k + 1] ^ tables[l + 1];
      y2 ^= tables[i + 2] ^ tables[j + 2] ^ tables[k + 2] ^ tables[l + 2];
      y3 ^= tables[i + 3] ^ tables[j + 3] ^ tables[k + 3] ^ tables[l + 3];
    }
  }
  Y[0] = y0;
  Y[1] = y1;
  Y[2] = y2;
  Y[3] = y3;
}

/** From the entry with only the top bit, all products of a table of `count` entries at `at`; bit 0 is the highest. */
function fillProducts(table: Int32Array, at: number, count: number): void {
  for (let i = count >> 1; i > 1; i >>= 1) timesX(table, at + 4 * i, at + 2 * i);
  for (let i = 2; i < count; i <<= 1) {
    for (let j = 1; j < i; j++) {
      const [to, one, other] = [at + 4 * (i + j), at + 4 * i, at + 4 * j];
      for (let word = 0; word < 4; word++) table[to + word] = table[one + word] ^ table[other + word];
    }
  }
}

/** V · x (6.3, step 3). */
function timesX(table: Int32Array, from: number, to: number): void {
  const last = table[from + 3];
  table[to + 3] = (last >>> 1) | (table[from + 2] << 31);
  table[to + 2] = (table[from + 2] >>> 1) | (table[from + 1] << 31);
  table[to + 1] = (table[from + 1] >>> 1) | (table[from] << 31);
  table[to] = (table[from] >>> 1) ^ (last & 1 ? R : 0);
}
