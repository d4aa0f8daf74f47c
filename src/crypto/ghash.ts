/** GHASH (SP 800-38D, 6.3 and 6.4) under a prepared hash subkey. Blocks are four big-endian words, bit 0 on top. */

import { BLOCK, clearBlock, LONG, viewOf, wordAt } from "./block-cipher.ts";
import { wordPool } from "./word-pool.ts";

/** The hash that is being computed, one at a time. Whoever reads it wipes it. */
export const Y: Int32Array = new Int32Array(4);

/** x^128 = x^7 + x^2 + x + 1 (6.3): what comes in on top for a bit that falls out below. */
const R = 0xe1000000;

/** The same for eight bits that fall out. Filled for the first key. */
const R8: Int32Array = new Int32Array(256);

/**
 * The products of H with each value of four bits and the same times x^4, and the products with each value of each of the
 * 16 bytes of a block, in words.
 */
const SMALL_WORDS = 2 * 4 * 16;
const LARGE_WORDS = 4 * 256 * BLOCK;

const smallTables = wordPool(SMALL_WORDS);
const NONE: Int32Array = new Int32Array(0);

/** Blocks that a key hashes before it is given a large table: as long as they take with the small one, its making takes. */
const EARNED_BLOCKS = 64;

/** The large tables. A constant of this module, so that V8 knows its address: lookups are twice as fast as in an own array. */
const tables: Int32Array = new Int32Array(8 * LARGE_WORDS);
/** Whose table is where, and whose goes when all are taken: the one that has had it longest. */
const owners: (GhashKey | undefined)[] = new Array(tables.length / LARGE_WORDS).fill(undefined);
let oldest = 0;

/** The block at hand, X of 6.4. */
const X: Int32Array = new Int32Array(4);

/** A hash subkey H with its tables. */
export class GhashKey {
  #small: Int32Array = smallTables.take();
  /** Where the large table begins, or −1. */
  #large = -1;
  #hashedBlocks = 0;

  constructor(h0: number, h1: number, h2: number, h3: number) {
    if (R8[1] === 0) fillReduction();
    const small = this.#small;
    small[32] = h0;
    small[33] = h1;
    small[34] = h2;
    small[35] = h3;
    fillProducts(small, 0, 16);
    // The entry for the lowest bit is H · x^3, and x^4 is where the next four bits begin.
    timesX(small, 4, 64 + 32);
    fillProducts(small, 64, 16);
  }

  /** Leaves in {@link Y} the GHASH of `first` and the front of `second`, each padded to blocks, and of their lengths. */
  hash(first: Uint8Array, second: Uint8Array, secondBytes: number): void {
    this.#hashedBlocks += Math.ceil(first.length / BLOCK) + Math.ceil(secondBytes / BLOCK) + 1;
    if (this.#large < 0 && this.#hashedBlocks > EARNED_BLOCKS) this.#takeTable();
    clearBlock(Y);
    this.#update(first, first.length);
    this.#update(second, secondBytes);
    X[0] = first.length / 2 ** 29;
    X[1] = first.length << 3;
    X[2] = secondBytes / 2 ** 29;
    X[3] = secondBytes << 3;
    this.#absorb();
    clearBlock(X);
  }

  destroy(): void {
    if (this.#small !== NONE) smallTables.give(this.#small);
    this.#small = NONE;
    this.#leaveTable();
  }

  #update(data: Uint8Array, byteLength: number): void {
    let at = 0;
    if (byteLength >= LONG) {
      const view = viewOf(data);
      for (; at + BLOCK <= byteLength; at += BLOCK) {
        for (let i = 0; i < 4; i++) X[i] = view.getInt32(at + 4 * i);
        this.#absorb();
      }
    }
    for (; at + BLOCK <= byteLength; at += BLOCK) {
      for (let i = 0; i < 4; i++) X[i] = wordAt(data, at + 4 * i);
      this.#absorb();
    }
    if (at === byteLength) return;
    clearBlock(X);
    for (let i = 0; at + i < byteLength; i++) X[i >> 2] |= data[at + i] << (24 - 8 * (i & 3));
    this.#absorb();
  }

  /** Y = (Y ⊕ X) · H (6.4, step 3). */
  #absorb(): void {
    if (this.#large < 0) absorbSmall(this.#small);
    else absorbLarge(this.#large);
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

/** By Shoup's method: from the last byte of the block on, each step moves the product by x^8. */
function absorbSmall(table: Int32Array): void {
  let y0 = 0;
  let y1 = 0;
  let y2 = 0;
  let y3 = 0;
  let out = 0;
  let high = 0;
  let low = 0;
  for (let word = 3; word >= 0; word--) {
    const bits = Y[word] ^ X[word];
    out = R8[y3 & 255];
    high = (bits >>> 2) & 60;
    low = 64 + ((bits << 2) & 60);
    y3 = ((y3 >>> 8) | (y2 << 24)) ^ table[high + 3] ^ table[low + 3];
    y2 = ((y2 >>> 8) | (y1 << 24)) ^ table[high + 2] ^ table[low + 2];
    y1 = ((y1 >>> 8) | (y0 << 24)) ^ table[high + 1] ^ table[low + 1];
    y0 = (y0 >>> 8) ^ out ^ table[high] ^ table[low];
    out = R8[y3 & 255];
    high = (bits >>> 10) & 60;
    low = 64 + ((bits >>> 6) & 60);
    y3 = ((y3 >>> 8) | (y2 << 24)) ^ table[high + 3] ^ table[low + 3];
    y2 = ((y2 >>> 8) | (y1 << 24)) ^ table[high + 2] ^ table[low + 2];
    y1 = ((y1 >>> 8) | (y0 << 24)) ^ table[high + 1] ^ table[low + 1];
    y0 = (y0 >>> 8) ^ out ^ table[high] ^ table[low];
    out = R8[y3 & 255];
    high = (bits >>> 18) & 60;
    low = 64 + ((bits >>> 14) & 60);
    y3 = ((y3 >>> 8) | (y2 << 24)) ^ table[high + 3] ^ table[low + 3];
    y2 = ((y2 >>> 8) | (y1 << 24)) ^ table[high + 2] ^ table[low + 2];
    y1 = ((y1 >>> 8) | (y0 << 24)) ^ table[high + 1] ^ table[low + 1];
    y0 = (y0 >>> 8) ^ out ^ table[high] ^ table[low];
    out = R8[y3 & 255];
    high = (bits >>> 26) & 60;
    low = 64 + ((bits >>> 22) & 60);
    y3 = ((y3 >>> 8) | (y2 << 24)) ^ table[high + 3] ^ table[low + 3];
    y2 = ((y2 >>> 8) | (y1 << 24)) ^ table[high + 2] ^ table[low + 2];
    y1 = ((y1 >>> 8) | (y0 << 24)) ^ table[high + 1] ^ table[low + 1];
    y0 = (y0 >>> 8) ^ out ^ table[high] ^ table[low];
  }
  Y[0] = y0;
  Y[1] = y1;
  Y[2] = y2;
  Y[3] = y3;
}

/** The sum of one product for each byte of the block, from the table that begins at `base`. */
function absorbLarge(base: number): void {
  let y0 = 0;
  let y1 = 0;
  let y2 = 0;
  let y3 = 0;
  for (let word = 0, from = base; word < 4; word++, from += 4096) {
    const bits = Y[word] ^ X[word];
    const i = from + ((bits >>> 22) & 1020);
    const j = from + 1024 + ((bits >>> 14) & 1020);
    const k = from + 2048 + ((bits >>> 6) & 1020);
    const l = from + 3072 + ((bits << 2) & 1020);
    y0 ^= tables[i] ^ tables[j] ^ tables[k] ^ tables[l];
    y1 ^= tables[i + 1] ^ tables[j + 1] ^ tables[k + 1] ^ tables[l + 1];
    y2 ^= tables[i + 2] ^ tables[j + 2] ^ tables[k + 2] ^ tables[l + 2];
    y3 ^= tables[i + 3] ^ tables[j + 3] ^ tables[k + 3] ^ tables[l + 3];
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
      const to = at + 4 * (i + j);
      const one = at + 4 * i;
      const other = at + 4 * j;
      table[to] = table[one] ^ table[other];
      table[to + 1] = table[one + 1] ^ table[other + 1];
      table[to + 2] = table[one + 2] ^ table[other + 2];
      table[to + 3] = table[one + 3] ^ table[other + 3];
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

function fillReduction(): void {
  for (let bits = 0; bits < 256; bits++) {
    let value = bits;
    for (let i = 0; i < 8; i++) value = (value >>> 1) ^ (value & 1 ? R : 0);
    R8[bits] = value;
  }
}
