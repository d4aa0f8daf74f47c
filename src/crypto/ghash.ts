/** GHASH (SP 800-38D, 6.3 and 6.4) under a prepared hash subkey. Blocks are four big-endian words, bit 0 on top. */

import { BLOCK, clearBlock, LONG, viewOf, wordAt } from "./block-cipher.ts";
import { TablePlaces } from "./table-places.ts";

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

/** Blocks that a key hashes before it is given a large table: as long as they take with the small one, its making takes. */
const EARNED_BLOCKS = 64;

/**
 * The tables of the keys that hash. Constants of this module, so that V8 knows their address and length: lookups are up to
 * twice as fast as in an array of the key's own.
 */
const small: Int32Array = new Int32Array(64 * SMALL_WORDS);
const large: Int32Array = new Int32Array(8 * LARGE_WORDS);
const smallPlaces: TablePlaces<GhashKey> = new TablePlaces(small, SMALL_WORDS, (key) => key.leaveSmall());
const largePlaces: TablePlaces<GhashKey> = new TablePlaces(large, LARGE_WORDS, (key) => key.leaveLarge());

/** The block at hand, X of 6.4. */
const X: Int32Array = new Int32Array(4);

/** A hash subkey H, and its tables while they are in use. */
export class GhashKey {
  #h0: number;
  #h1: number;
  #h2: number;
  #h3: number;
  /** Where the tables begin, or −1. */
  #small = -1;
  #large = -1;
  #hashedBlocks = 0;

  constructor(h0: number, h1: number, h2: number, h3: number) {
    this.#h0 = h0;
    this.#h1 = h1;
    this.#h2 = h2;
    this.#h3 = h3;
  }

  /** Leaves in {@link Y} the GHASH of `first` and the front of `second`, each padded to blocks, and of their lengths. */
  hash(first: Uint8Array, second: Uint8Array, secondBytes: number): void {
    this.#hashedBlocks += Math.ceil(first.length / BLOCK) + Math.ceil(secondBytes / BLOCK) + 1;
    if (this.#large < 0) {
      if (this.#small < 0) this.#makeSmall();
      if (this.#hashedBlocks > EARNED_BLOCKS) this.#makeLarge();
    }
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
    this.leaveSmall();
    this.leaveLarge();
    this.#h0 = 0;
    this.#h1 = 0;
    this.#h2 = 0;
    this.#h3 = 0;
  }

  /** Only for the places of tables: the next message makes it again. */
  leaveSmall(): void {
    if (this.#small >= 0) smallPlaces.leave(this.#small);
    this.#small = -1;
  }

  /** The same; it has to be earned again. */
  leaveLarge(): void {
    if (this.#large < 0) return;
    largePlaces.leave(this.#large);
    this.#large = -1;
    this.#hashedBlocks = 0;
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

  #makeSmall(): void {
    if (R8[1] === 0) fillReduction();
    const at = smallPlaces.take(this);
    this.#small = at;
    small[at + 32] = this.#h0;
    small[at + 33] = this.#h1;
    small[at + 34] = this.#h2;
    small[at + 35] = this.#h3;
    fillSixteen(at);
    // The entry for the lowest bit is H · x^3, and x^4 is where the next four bits begin.
    timesX(small, at + 4, at + 64 + 32);
    fillSixteen(at + 64);
  }

  #makeLarge(): void {
    const base = largePlaces.take(this);
    this.#large = base;
    // The products with the topmost byte, and from there on with x^8 times those of the byte above.
    for (let i = 0; i < 4; i++) large[base + 4 * 128 + i] = small[this.#small + 32 + i];
    for (let i = 0; i < BLOCK; i++) {
      const at = base + 1024 * i;
      fillProducts(large, at, 256);
      if (i < BLOCK - 1) timesX(large, at + 4, at + 1024 + 4 * 128);
    }
    this.leaveSmall();
  }
}

/** By Shoup's method: from the last byte of the block on, each step moves the product by x^8. */
function absorbSmall(base: number): void {
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
    high = base + ((bits >>> 2) & 60);
    low = base + 64 + ((bits << 2) & 60);
    y3 = ((y3 >>> 8) | (y2 << 24)) ^ small[high + 3] ^ small[low + 3];
    y2 = ((y2 >>> 8) | (y1 << 24)) ^ small[high + 2] ^ small[low + 2];
    y1 = ((y1 >>> 8) | (y0 << 24)) ^ small[high + 1] ^ small[low + 1];
    y0 = (y0 >>> 8) ^ out ^ small[high] ^ small[low];
    out = R8[y3 & 255];
    high = base + ((bits >>> 10) & 60);
    low = base + 64 + ((bits >>> 6) & 60);
    y3 = ((y3 >>> 8) | (y2 << 24)) ^ small[high + 3] ^ small[low + 3];
    y2 = ((y2 >>> 8) | (y1 << 24)) ^ small[high + 2] ^ small[low + 2];
    y1 = ((y1 >>> 8) | (y0 << 24)) ^ small[high + 1] ^ small[low + 1];
    y0 = (y0 >>> 8) ^ out ^ small[high] ^ small[low];
    out = R8[y3 & 255];
    high = base + ((bits >>> 18) & 60);
    low = base + 64 + ((bits >>> 14) & 60);
    y3 = ((y3 >>> 8) | (y2 << 24)) ^ small[high + 3] ^ small[low + 3];
    y2 = ((y2 >>> 8) | (y1 << 24)) ^ small[high + 2] ^ small[low + 2];
    y1 = ((y1 >>> 8) | (y0 << 24)) ^ small[high + 1] ^ small[low + 1];
    y0 = (y0 >>> 8) ^ out ^ small[high] ^ small[low];
    out = R8[y3 & 255];
    high = base + ((bits >>> 26) & 60);
    low = base + 64 + ((bits >>> 22) & 60);
    y3 = ((y3 >>> 8) | (y2 << 24)) ^ small[high + 3] ^ small[low + 3];
    y2 = ((y2 >>> 8) | (y1 << 24)) ^ small[high + 2] ^ small[low + 2];
    y1 = ((y1 >>> 8) | (y0 << 24)) ^ small[high + 1] ^ small[low + 1];
    y0 = (y0 >>> 8) ^ out ^ small[high] ^ small[low];
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
    y0 ^= large[i] ^ large[j] ^ large[k] ^ large[l];
    y1 ^= large[i + 1] ^ large[j + 1] ^ large[k + 1] ^ large[l + 1];
    y2 ^= large[i + 2] ^ large[j + 2] ^ large[k + 2] ^ large[l + 2];
    y3 ^= large[i + 3] ^ large[j + 3] ^ large[k + 3] ^ large[l + 3];
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

/** {@link fillProducts} of the small tables' sixteen entries, written out: half the time for a key of one message. */
function fillSixteen(at: number): void {
  timesX(small, at + 32, at + 16);
  timesX(small, at + 16, at + 8);
  timesX(small, at + 8, at + 4);
  for (let word = at; word < at + 4; word++) {
    const h = small[word + 32];
    const x = small[word + 16];
    const xx = small[word + 8];
    const xxx = small[word + 4];
    small[word + 12] = xx ^ xxx;
    small[word + 20] = x ^ xxx;
    small[word + 24] = x ^ xx;
    small[word + 28] = x ^ xx ^ xxx;
    small[word + 36] = h ^ xxx;
    small[word + 40] = h ^ xx;
    small[word + 44] = h ^ xx ^ xxx;
    small[word + 48] = h ^ x;
    small[word + 52] = h ^ x ^ xxx;
    small[word + 56] = h ^ x ^ xx;
    small[word + 60] = h ^ x ^ xx ^ xxx;
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
