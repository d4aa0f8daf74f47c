/** GHASH (SP 800-38D, 6.3 and 6.4) under a prepared hash subkey. Blocks are four big-endian words, bit 0 on top. */

import { BLOCK, clearBlock, LONG, viewOf, wordAt } from "./block-cipher.ts";

/** The hash that is being computed, one at a time. Whoever reads it wipes it. */
export const Y: Int32Array = new Int32Array(4);

/** x^128 = x^7 + x^2 + x + 1 (6.3): what comes in on top for a bit that falls out below. */
const R = 0xe1000000;

/** Products of H with each value of four bits, and those times x^4: what a key of few blocks has. */
const HALVES = 2 * 16;
/** Products of H with each value of a byte, and how many keys have them. */
const BYTES = 256;
const PLACES = 16;
/** Blocks that a key hashes before it is given the latter, which then have been worth their making. */
const EARNED_BLOCKS = 64;

/**
 * A word of each product: first those by halves of bytes, of one key at a time, then those by bytes. Constants of this
 * module, whose address V8 knows; one check of an index does for the four words.
 */
const P0: Int32Array = new Int32Array(HALVES + PLACES * BYTES);
const P1: Int32Array = new Int32Array(P0.length);
const P2: Int32Array = new Int32Array(P0.length);
const P3: Int32Array = new Int32Array(P0.length);

/** Whose the products by halves are. */
let current: GhashKey | undefined;
/** Whose the others are, and which go when all are taken: those of the key that has had them longest. */
const owners: (GhashKey | undefined)[] = new Array(PLACES).fill(undefined);
let oldest = 0;

/** A hash subkey H, which has its products when it hashes. */
export class GhashKey {
  #h0: number;
  #h1: number;
  #h2: number;
  #h3: number;
  /** Where its products by bytes begin, or 0. */
  #bytes = 0;
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
    if (this.#bytes === 0) this.#takeProducts();
    clearBlock(Y);
    this.#update(first, first.length);
    this.#update(second, secondBytes);
    this.#absorb((first.length / 2 ** 29) | 0, first.length << 3, (secondBytes / 2 ** 29) | 0, secondBytes << 3);
  }

  destroy(): void {
    this.#h0 = this.#h1 = this.#h2 = this.#h3 = 0;
    if (current === this) {
      current = undefined;
      clearProducts(0, HALVES);
    }
    this.#leaveBytes();
  }

  #update(data: Uint8Array, byteLength: number): void {
    let at = 0;
    if (byteLength >= LONG) {
      const view = viewOf(data);
      for (; at + BLOCK <= byteLength; at += BLOCK) {
        this.#absorb(view.getInt32(at), view.getInt32(at + 4), view.getInt32(at + 8), view.getInt32(at + 12));
      }
    }
    for (; at + BLOCK <= byteLength; at += BLOCK) {
      this.#absorb(wordAt(data, at), wordAt(data, at + 4), wordAt(data, at + 8), wordAt(data, at + 12));
    }
    if (at === byteLength) return;
    for (let i = 0; at + i < byteLength; i++) Y[i >> 2] ^= data[at + i] << (24 - 8 * (i & 3));
    this.#absorb(0, 0, 0, 0);
  }

  /** Y = (Y ⊕ X) · H (6.4, step 3). */
  #absorb(x0: number, x1: number, x2: number, x3: number): void {
    if (this.#bytes === 0) multiplyByHalves(x0 ^ Y[0], x1 ^ Y[1], x2 ^ Y[2], x3 ^ Y[3]);
    else multiplyByBytes(this.#bytes, x0 ^ Y[0], x1 ^ Y[1], x2 ^ Y[2], x3 ^ Y[3]);
  }

  #takeProducts(): void {
    if (this.#hashedBlocks > EARNED_BLOCKS) {
      const free = owners.indexOf(undefined);
      const place = free >= 0 ? free : oldest;
      if (free < 0) oldest = (oldest + 1) % PLACES;
      const before = owners[place];
      if (before !== undefined) before.#leaveBytes();
      owners[place] = this;
      this.#bytes = HALVES + place * BYTES;
      fillBytes(this.#bytes, this.#h0, this.#h1, this.#h2, this.#h3);
    } else if (current !== this) {
      current = this;
      fillHalves(this.#h0, this.#h1, this.#h2, this.#h3);
    }
  }

  #leaveBytes(): void {
    if (this.#bytes === 0) return;
    clearProducts(this.#bytes, BYTES);
    owners[(this.#bytes - HALVES) / BYTES] = undefined;
    this.#bytes = 0;
    this.#hashedBlocks = 0;
  }
}

/** The products of H with each value of four bits, then those of H · x^4. Those with 0 are there. */
function fillHalves(h0: number, h1: number, h2: number, h3: number): void {
  putSingles(0, 16, h0, h1, h2, h3);
  for (let at = 0; at < HALVES; at += 16) {
    addUp(P0, at);
    addUp(P1, at);
    addUp(P2, at);
    addUp(P3, at);
  }
}

/** Of a byte's eight bits, the products with each alone, where it is in tables of `size` values from `at` on. */
function putSingles(at: number, size: number, v0: number, v1: number, v2: number, v3: number): void {
  for (let i = 0, bit = size >> 1; i < 8; i++) {
    P0[at + bit] = v0;
    P1[at + bit] = v1;
    P2[at + bit] = v2;
    P3[at + bit] = v3;
    // V · x (6.3, step 3).
    const out = -(v3 & 1) & R;
    v3 = (v3 >>> 1) | (v2 << 31);
    v2 = (v2 >>> 1) | (v1 << 31);
    v1 = (v1 >>> 1) | (v0 << 31);
    v0 = (v0 >>> 1) ^ out;
    bit >>= 1;
    if (bit > 0) continue;
    bit = size >> 1;
    at += size;
  }
}

/** From a word of the products with one bit those with several: written out, they take half as long as in a loop. */
function addUp(P: Int32Array, at: number): void {
  const v1 = P[at + 1];
  const v2 = P[at + 2];
  const v4 = P[at + 4];
  const v8 = P[at + 8];
  const v3 = v2 ^ v1;
  const v12 = v8 ^ v4;
  P[at + 3] = v3;
  P[at + 5] = v4 ^ v1;
  P[at + 6] = v4 ^ v2;
  P[at + 7] = v4 ^ v3;
  P[at + 9] = v8 ^ v1;
  P[at + 10] = v8 ^ v2;
  P[at + 11] = v8 ^ v3;
  P[at + 12] = v12;
  P[at + 13] = v12 ^ v1;
  P[at + 14] = v12 ^ v2;
  P[at + 15] = v12 ^ v3;
}

/** The products of H with each value of a byte, from `at` on. That with 0 is there. */
function fillBytes(at: number, h0: number, h1: number, h2: number, h3: number): void {
  putSingles(at, BYTES, h0, h1, h2, h3);
  for (let bit = 2; bit < BYTES; bit <<= 1) {
    for (let i = at + 1; i < at + bit; i++) {
      P0[i + bit] = P0[i] ^ P0[at + bit];
      P1[i + bit] = P1[i] ^ P1[at + bit];
      P2[i + bit] = P2[i] ^ P2[at + bit];
      P3[i + bit] = P3[i] ^ P3[at + bit];
    }
  }
}

/**
 * Y = X · H: the products of the last byte of every word, each where its word is, then all of them times x^8 and those of the
 * bytes before: three steps in place of the fifteen of Shoup's method, and one reduction (López and Dahab's comb, 2000).
 */
function multiplyByHalves(x0: number, x1: number, x2: number, x3: number): void {
  let z0 = 0;
  let z1 = 0;
  let z2 = 0;
  let z3 = 0;
  let z4 = 0;
  let z5 = 0;
  let z6 = 0;
  let z7 = 0;
  for (let shift = 0; shift < 32; shift += 8) {
    z7 = (z7 >>> 8) | (z6 << 24);
    z6 = (z6 >>> 8) | (z5 << 24);
    z5 = (z5 >>> 8) | (z4 << 24);
    z4 = (z4 >>> 8) | (z3 << 24);
    z3 = (z3 >>> 8) | (z2 << 24);
    z2 = (z2 >>> 8) | (z1 << 24);
    z1 = (z1 >>> 8) | (z0 << 24);
    z0 >>>= 8;
    let i = (x0 >>> (shift + 4)) & 15;
    let j = ((x0 >>> shift) & 15) | 16;
    z0 ^= P0[i] ^ P0[j];
    z1 ^= P1[i] ^ P1[j];
    z2 ^= P2[i] ^ P2[j];
    z3 ^= P3[i] ^ P3[j];
    i = (x1 >>> (shift + 4)) & 15;
    j = ((x1 >>> shift) & 15) | 16;
    z1 ^= P0[i] ^ P0[j];
    z2 ^= P1[i] ^ P1[j];
    z3 ^= P2[i] ^ P2[j];
    z4 ^= P3[i] ^ P3[j];
    i = (x2 >>> (shift + 4)) & 15;
    j = ((x2 >>> shift) & 15) | 16;
    z2 ^= P0[i] ^ P0[j];
    z3 ^= P1[i] ^ P1[j];
    z4 ^= P2[i] ^ P2[j];
    z5 ^= P3[i] ^ P3[j];
    i = (x3 >>> (shift + 4)) & 15;
    j = ((x3 >>> shift) & 15) | 16;
    z3 ^= P0[i] ^ P0[j];
    z4 ^= P1[i] ^ P1[j];
    z5 ^= P2[i] ^ P2[j];
    z6 ^= P3[i] ^ P3[j];
  }
  reduce(z0, z1, z2, z3, z4, z5, z6, z7);
}

/** The same by the products with whole bytes, which begin at `at`. */
function multiplyByBytes(at: number, x0: number, x1: number, x2: number, x3: number): void {
  let z0 = 0;
  let z1 = 0;
  let z2 = 0;
  let z3 = 0;
  let z4 = 0;
  let z5 = 0;
  let z6 = 0;
  let z7 = 0;
  for (let shift = 0; shift < 32; shift += 8) {
    z7 = (z7 >>> 8) | (z6 << 24);
    z6 = (z6 >>> 8) | (z5 << 24);
    z5 = (z5 >>> 8) | (z4 << 24);
    z4 = (z4 >>> 8) | (z3 << 24);
    z3 = (z3 >>> 8) | (z2 << 24);
    z2 = (z2 >>> 8) | (z1 << 24);
    z1 = (z1 >>> 8) | (z0 << 24);
    z0 >>>= 8;
    let i = at + ((x0 >>> shift) & 255);
    z0 ^= P0[i];
    z1 ^= P1[i];
    z2 ^= P2[i];
    z3 ^= P3[i];
    i = at + ((x1 >>> shift) & 255);
    z1 ^= P0[i];
    z2 ^= P1[i];
    z3 ^= P2[i];
    z4 ^= P3[i];
    i = at + ((x2 >>> shift) & 255);
    z2 ^= P0[i];
    z3 ^= P1[i];
    z4 ^= P2[i];
    z5 ^= P3[i];
    i = at + ((x3 >>> shift) & 255);
    z3 ^= P0[i];
    z4 ^= P1[i];
    z5 ^= P2[i];
    z6 ^= P3[i];
  }
  reduce(z0, z1, z2, z3, z4, z5, z6, z7);
}

/**
 * Y = Z modulo x^128 + x^7 + x^2 + x + 1 (6.3): each of the last four words comes in again four words before. The last byte of z7
 * is 0, as a product was moved by 15 bytes at most, so that z7 does not reach z4.
 */
function reduce(z0: number, z1: number, z2: number, z3: number, z4: number, z5: number, z6: number, z7: number): void {
  Y[3] = z3 ^ z7 ^ (z7 >>> 1) ^ (z7 >>> 2) ^ (z7 >>> 7) ^ (z6 << 31) ^ (z6 << 30) ^ (z6 << 25);
  Y[2] = z2 ^ z6 ^ (z6 >>> 1) ^ (z6 >>> 2) ^ (z6 >>> 7) ^ (z5 << 31) ^ (z5 << 30) ^ (z5 << 25);
  Y[1] = z1 ^ z5 ^ (z5 >>> 1) ^ (z5 >>> 2) ^ (z5 >>> 7) ^ (z4 << 31) ^ (z4 << 30) ^ (z4 << 25);
  Y[0] = z0 ^ z4 ^ (z4 >>> 1) ^ (z4 >>> 2) ^ (z4 >>> 7);
}

function clearProducts(at: number, count: number): void {
  for (let i = at; i < at + count; i++) P0[i] = P1[i] = P2[i] = P3[i] = 0;
}
