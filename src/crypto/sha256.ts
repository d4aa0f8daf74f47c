/**
 * SHA-256 (FIPS 180-4, 6.2), also from any chaining value, for HMAC keys that are prepared up to one; and SHA-224 (6.3). What
 * merkle-damgard.ts has for all hashes is here once more for SHA-256 alone: its short HMACs take a third longer by code that
 * other hashes share.
 */

import { LONG, putWord, viewOf, wordAt } from "./block-cipher.ts";
import type { Compression } from "./merkle-damgard.ts";

const BLOCK = 64;

/** H(0) (5.3.3). */
// biome-ignore format: a table
export const INITIAL: Int32Array = Int32Array.of(
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
);

/** H(0) of SHA-224 (5.3.2). */
// biome-ignore format: a table
const INITIAL_224: Int32Array = Int32Array.of(
  0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4,
);

/** K (4.2.2). */
// biome-ignore format: a table
const K: Int32Array = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
);

/** The hash of a message that comes in parts, from H(0) or from where whole blocks have led. */
export class Sha256 {
  /** H: the chaining value, and after {@link finish} the digest, as big-endian words. */
  readonly H: Int32Array = Int32Array.from(INITIAL);
  /** M: the block that is being filled. */
  readonly #block: DataView = new DataView(new ArrayBuffer(BLOCK));
  /** Bytes so far. */
  #length = 0;

  /** Begins anew after the `length` bytes, whole blocks, that gave this chaining value. */
  goOn(H: Int32Array, length: number): this {
    for (let i = 0; i < 8; i++) this.H[i] = H[i];
    this.#length = length;
    return this;
  }

  update(data: Uint8Array): this {
    const block = this.#block;
    let at = 0;
    let held = this.#length % BLOCK;
    this.#length += data.length;
    while (at < data.length) {
      if (held === 0 && data.length - at >= LONG) {
        at = this.#wholeBlocks(data, at);
      } else if (held % 4 === 0 && data.length - at >= 4) {
        block.setInt32(held, wordAt(data, at));
        at += 4;
        held += 4;
      } else {
        block.setUint8(held++, data[at++]);
      }
      if (held < BLOCK) continue;
      compress(this.H, block, 0);
      held = 0;
    }
    return this;
  }

  /** Pads (5.1.1), and leaves the digest in {@link H}. */
  finish(): Int32Array {
    const block = this.#block;
    let held = this.#length % BLOCK;
    block.setUint8(held++, 0x80);
    while (held % 4 !== 0) block.setUint8(held++, 0);
    if (held > BLOCK - 8) {
      for (; held < BLOCK; held += 4) block.setInt32(held, 0);
      compress(this.H, block, 0);
      held = 0;
    }
    for (; held < BLOCK - 8; held += 4) block.setInt32(held, 0);
    block.setInt32(BLOCK - 8, this.#length / 2 ** 29);
    block.setInt32(BLOCK - 4, this.#length << 3);
    compress(this.H, block, 0);
    return this.H;
  }

  /** The hash of this state's digest behind the block that led to another chaining value, as HMAC needs it. */
  finishInto(H: Int32Array): Int32Array {
    this.finish();
    const block = this.#block;
    for (let i = 0; i < 8; i++) block.setInt32(4 * i, this.H[i]);
    block.setInt32(32, 0x80000000);
    for (let at = 36; at < BLOCK - 4; at += 4) block.setInt32(at, 0);
    block.setInt32(BLOCK - 4, (BLOCK + 32) << 3);
    compress(this.goOn(H, BLOCK).H, block, 0);
    return this.H;
  }

  destroy(): void {
    for (let i = 0; i < 8; i++) this.H[i] = 0;
    for (let at = 0; at < BLOCK; at += 4) this.#block.setInt32(at, 0);
  }

  /** Takes up the whole blocks from `at` on, and gives what is behind them. */
  #wholeBlocks(data: Uint8Array, at: number): number {
    const view = viewOf(data);
    for (; at + BLOCK <= data.length; at += BLOCK) compress(this.H, view, at);
    return at;
  }
}

/** Where a whole message is hashed, one at a time, so that it needs no state of its own. */
const inOneGo: Sha256 = new Sha256();

/** The digest of a whole message. */
export function sha256(data: Uint8Array): Uint8Array {
  const digest = new Uint8Array(32);
  putDigest(inOneGo.goOn(INITIAL, 0).update(data).finish(), digest);
  inOneGo.destroy();
  return digest;
}

/** Leaves in H the chaining value that one block leads to. */
export function chainFrom(H: Int32Array, block: DataView): void {
  for (let i = 0; i < 8; i++) H[i] = INITIAL[i];
  compress(H, block, 0);
}

/** A chaining value as bytes, to the beginning of some. */
export function putDigest(H: Int32Array, to: Uint8Array): void {
  for (let i = 0; i < H.length; i++) putWord(H[i], to, 4 * i);
}

/**
 * Steps 1 to 4 of 6.2.2, for the block at `at`. Sixteen rounds are written out, so that the working variables change names
 * instead of places, and the schedule keeps the sixteen words that the next ones are made of: a fifth faster than a loop.
 */
export function compress(H: Int32Array, block: DataView, at: number): void {
  let w0 = block.getInt32(at);
  let w1 = block.getInt32(at + 4);
  let w2 = block.getInt32(at + 8);
  let w3 = block.getInt32(at + 12);
  let w4 = block.getInt32(at + 16);
  let w5 = block.getInt32(at + 20);
  let w6 = block.getInt32(at + 24);
  let w7 = block.getInt32(at + 28);
  let w8 = block.getInt32(at + 32);
  let w9 = block.getInt32(at + 36);
  let w10 = block.getInt32(at + 40);
  let w11 = block.getInt32(at + 44);
  let w12 = block.getInt32(at + 48);
  let w13 = block.getInt32(at + 52);
  let w14 = block.getInt32(at + 56);
  let w15 = block.getInt32(at + 60);
  let a = H[0];
  let b = H[1];
  let c = H[2];
  let d = H[3];
  let e = H[4];
  let f = H[5];
  let g = H[6];
  let h = H[7];
  // Of Σ0, σ0 and σ1, what turns alike turns once: x, y. Maj takes the sum of its first two from the round before: p, q.
  let x = 0;
  let y = 0;
  let p = 0;
  let q = b ^ c;
  // biome-ignore format: a line or two for each round and each word
  for (let t = 0; ; ) {
    h = (h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (g ^ e & (f ^ g)) + K[t + 0 ] + w0 ) | 0; d = (d + h) | 0;
    x = a ^ (a >>> 9 | a << 23); x = a ^ (x >>> 11 | x << 21); p = a ^ b; h = (h + (x >>> 2 | x << 30) + (b ^ p & q)) | 0;
    g = (g + ((d >>> 6 | d << 26) ^ (d >>> 11 | d << 21) ^ (d >>> 25 | d << 7)) + (f ^ d & (e ^ f)) + K[t + 1 ] + w1 ) | 0; c = (c + g) | 0;
    x = h ^ (h >>> 9 | h << 23); x = h ^ (x >>> 11 | x << 21); q = h ^ a; g = (g + (x >>> 2 | x << 30) + (a ^ p & q)) | 0;
    f = (f + ((c >>> 6 | c << 26) ^ (c >>> 11 | c << 21) ^ (c >>> 25 | c << 7)) + (e ^ c & (d ^ e)) + K[t + 2 ] + w2 ) | 0; b = (b + f) | 0;
    x = g ^ (g >>> 9 | g << 23); x = g ^ (x >>> 11 | x << 21); p = g ^ h; f = (f + (x >>> 2 | x << 30) + (h ^ p & q)) | 0;
    e = (e + ((b >>> 6 | b << 26) ^ (b >>> 11 | b << 21) ^ (b >>> 25 | b << 7)) + (d ^ b & (c ^ d)) + K[t + 3 ] + w3 ) | 0; a = (a + e) | 0;
    x = f ^ (f >>> 9 | f << 23); x = f ^ (x >>> 11 | x << 21); q = f ^ g; e = (e + (x >>> 2 | x << 30) + (g ^ p & q)) | 0;
    d = (d + ((a >>> 6 | a << 26) ^ (a >>> 11 | a << 21) ^ (a >>> 25 | a << 7)) + (c ^ a & (b ^ c)) + K[t + 4 ] + w4 ) | 0; h = (h + d) | 0;
    x = e ^ (e >>> 9 | e << 23); x = e ^ (x >>> 11 | x << 21); p = e ^ f; d = (d + (x >>> 2 | x << 30) + (f ^ p & q)) | 0;
    c = (c + ((h >>> 6 | h << 26) ^ (h >>> 11 | h << 21) ^ (h >>> 25 | h << 7)) + (b ^ h & (a ^ b)) + K[t + 5 ] + w5 ) | 0; g = (g + c) | 0;
    x = d ^ (d >>> 9 | d << 23); x = d ^ (x >>> 11 | x << 21); q = d ^ e; c = (c + (x >>> 2 | x << 30) + (e ^ p & q)) | 0;
    b = (b + ((g >>> 6 | g << 26) ^ (g >>> 11 | g << 21) ^ (g >>> 25 | g << 7)) + (a ^ g & (h ^ a)) + K[t + 6 ] + w6 ) | 0; f = (f + b) | 0;
    x = c ^ (c >>> 9 | c << 23); x = c ^ (x >>> 11 | x << 21); p = c ^ d; b = (b + (x >>> 2 | x << 30) + (d ^ p & q)) | 0;
    a = (a + ((f >>> 6 | f << 26) ^ (f >>> 11 | f << 21) ^ (f >>> 25 | f << 7)) + (h ^ f & (g ^ h)) + K[t + 7 ] + w7 ) | 0; e = (e + a) | 0;
    x = b ^ (b >>> 9 | b << 23); x = b ^ (x >>> 11 | x << 21); q = b ^ c; a = (a + (x >>> 2 | x << 30) + (c ^ p & q)) | 0;
    h = (h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (g ^ e & (f ^ g)) + K[t + 8 ] + w8 ) | 0; d = (d + h) | 0;
    x = a ^ (a >>> 9 | a << 23); x = a ^ (x >>> 11 | x << 21); p = a ^ b; h = (h + (x >>> 2 | x << 30) + (b ^ p & q)) | 0;
    g = (g + ((d >>> 6 | d << 26) ^ (d >>> 11 | d << 21) ^ (d >>> 25 | d << 7)) + (f ^ d & (e ^ f)) + K[t + 9 ] + w9 ) | 0; c = (c + g) | 0;
    x = h ^ (h >>> 9 | h << 23); x = h ^ (x >>> 11 | x << 21); q = h ^ a; g = (g + (x >>> 2 | x << 30) + (a ^ p & q)) | 0;
    f = (f + ((c >>> 6 | c << 26) ^ (c >>> 11 | c << 21) ^ (c >>> 25 | c << 7)) + (e ^ c & (d ^ e)) + K[t + 10] + w10) | 0; b = (b + f) | 0;
    x = g ^ (g >>> 9 | g << 23); x = g ^ (x >>> 11 | x << 21); p = g ^ h; f = (f + (x >>> 2 | x << 30) + (h ^ p & q)) | 0;
    e = (e + ((b >>> 6 | b << 26) ^ (b >>> 11 | b << 21) ^ (b >>> 25 | b << 7)) + (d ^ b & (c ^ d)) + K[t + 11] + w11) | 0; a = (a + e) | 0;
    x = f ^ (f >>> 9 | f << 23); x = f ^ (x >>> 11 | x << 21); q = f ^ g; e = (e + (x >>> 2 | x << 30) + (g ^ p & q)) | 0;
    d = (d + ((a >>> 6 | a << 26) ^ (a >>> 11 | a << 21) ^ (a >>> 25 | a << 7)) + (c ^ a & (b ^ c)) + K[t + 12] + w12) | 0; h = (h + d) | 0;
    x = e ^ (e >>> 9 | e << 23); x = e ^ (x >>> 11 | x << 21); p = e ^ f; d = (d + (x >>> 2 | x << 30) + (f ^ p & q)) | 0;
    c = (c + ((h >>> 6 | h << 26) ^ (h >>> 11 | h << 21) ^ (h >>> 25 | h << 7)) + (b ^ h & (a ^ b)) + K[t + 13] + w13) | 0; g = (g + c) | 0;
    x = d ^ (d >>> 9 | d << 23); x = d ^ (x >>> 11 | x << 21); q = d ^ e; c = (c + (x >>> 2 | x << 30) + (e ^ p & q)) | 0;
    b = (b + ((g >>> 6 | g << 26) ^ (g >>> 11 | g << 21) ^ (g >>> 25 | g << 7)) + (a ^ g & (h ^ a)) + K[t + 14] + w14) | 0; f = (f + b) | 0;
    x = c ^ (c >>> 9 | c << 23); x = c ^ (x >>> 11 | x << 21); p = c ^ d; b = (b + (x >>> 2 | x << 30) + (d ^ p & q)) | 0;
    a = (a + ((f >>> 6 | f << 26) ^ (f >>> 11 | f << 21) ^ (f >>> 25 | f << 7)) + (h ^ f & (g ^ h)) + K[t + 15] + w15) | 0; e = (e + a) | 0;
    x = b ^ (b >>> 9 | b << 23); x = b ^ (x >>> 11 | x << 21); q = b ^ c; a = (a + (x >>> 2 | x << 30) + (c ^ p & q)) | 0;
    t += 16;
    if (t === 64) break;
    x = w1 ^ (w1 >>> 11 | w1 << 21); y = w14 ^ (w14 >>> 2 | w14 << 30);
    w0  = (w0 + ((x >>> 7 | x << 25) ^ w1 >>> 3) + w9 + ((y >>> 17 | y << 15) ^ w14 >>> 10)) | 0;
    x = w2 ^ (w2 >>> 11 | w2 << 21); y = w15 ^ (w15 >>> 2 | w15 << 30);
    w1  = (w1 + ((x >>> 7 | x << 25) ^ w2 >>> 3) + w10 + ((y >>> 17 | y << 15) ^ w15 >>> 10)) | 0;
    x = w3 ^ (w3 >>> 11 | w3 << 21); y = w0 ^ (w0 >>> 2 | w0 << 30);
    w2  = (w2 + ((x >>> 7 | x << 25) ^ w3 >>> 3) + w11 + ((y >>> 17 | y << 15) ^ w0 >>> 10)) | 0;
    x = w4 ^ (w4 >>> 11 | w4 << 21); y = w1 ^ (w1 >>> 2 | w1 << 30);
    w3  = (w3 + ((x >>> 7 | x << 25) ^ w4 >>> 3) + w12 + ((y >>> 17 | y << 15) ^ w1 >>> 10)) | 0;
    x = w5 ^ (w5 >>> 11 | w5 << 21); y = w2 ^ (w2 >>> 2 | w2 << 30);
    w4  = (w4 + ((x >>> 7 | x << 25) ^ w5 >>> 3) + w13 + ((y >>> 17 | y << 15) ^ w2 >>> 10)) | 0;
    x = w6 ^ (w6 >>> 11 | w6 << 21); y = w3 ^ (w3 >>> 2 | w3 << 30);
    w5  = (w5 + ((x >>> 7 | x << 25) ^ w6 >>> 3) + w14 + ((y >>> 17 | y << 15) ^ w3 >>> 10)) | 0;
    x = w7 ^ (w7 >>> 11 | w7 << 21); y = w4 ^ (w4 >>> 2 | w4 << 30);
    w6  = (w6 + ((x >>> 7 | x << 25) ^ w7 >>> 3) + w15 + ((y >>> 17 | y << 15) ^ w4 >>> 10)) | 0;
    x = w8 ^ (w8 >>> 11 | w8 << 21); y = w5 ^ (w5 >>> 2 | w5 << 30);
    w7  = (w7 + ((x >>> 7 | x << 25) ^ w8 >>> 3) + w0 + ((y >>> 17 | y << 15) ^ w5 >>> 10)) | 0;
    x = w9 ^ (w9 >>> 11 | w9 << 21); y = w6 ^ (w6 >>> 2 | w6 << 30);
    w8  = (w8 + ((x >>> 7 | x << 25) ^ w9 >>> 3) + w1 + ((y >>> 17 | y << 15) ^ w6 >>> 10)) | 0;
    x = w10 ^ (w10 >>> 11 | w10 << 21); y = w7 ^ (w7 >>> 2 | w7 << 30);
    w9  = (w9 + ((x >>> 7 | x << 25) ^ w10 >>> 3) + w2 + ((y >>> 17 | y << 15) ^ w7 >>> 10)) | 0;
    x = w11 ^ (w11 >>> 11 | w11 << 21); y = w8 ^ (w8 >>> 2 | w8 << 30);
    w10 = (w10 + ((x >>> 7 | x << 25) ^ w11 >>> 3) + w3 + ((y >>> 17 | y << 15) ^ w8 >>> 10)) | 0;
    x = w12 ^ (w12 >>> 11 | w12 << 21); y = w9 ^ (w9 >>> 2 | w9 << 30);
    w11 = (w11 + ((x >>> 7 | x << 25) ^ w12 >>> 3) + w4 + ((y >>> 17 | y << 15) ^ w9 >>> 10)) | 0;
    x = w13 ^ (w13 >>> 11 | w13 << 21); y = w10 ^ (w10 >>> 2 | w10 << 30);
    w12 = (w12 + ((x >>> 7 | x << 25) ^ w13 >>> 3) + w5 + ((y >>> 17 | y << 15) ^ w10 >>> 10)) | 0;
    x = w14 ^ (w14 >>> 11 | w14 << 21); y = w11 ^ (w11 >>> 2 | w11 << 30);
    w13 = (w13 + ((x >>> 7 | x << 25) ^ w14 >>> 3) + w6 + ((y >>> 17 | y << 15) ^ w11 >>> 10)) | 0;
    x = w15 ^ (w15 >>> 11 | w15 << 21); y = w12 ^ (w12 >>> 2 | w12 << 30);
    w14 = (w14 + ((x >>> 7 | x << 25) ^ w15 >>> 3) + w7 + ((y >>> 17 | y << 15) ^ w12 >>> 10)) | 0;
    x = w0 ^ (w0 >>> 11 | w0 << 21); y = w13 ^ (w13 >>> 2 | w13 << 30);
    w15 = (w15 + ((x >>> 7 | x << 25) ^ w0 >>> 3) + w8 + ((y >>> 17 | y << 15) ^ w13 >>> 10)) | 0;
  }
  H[0] += a;
  H[1] += b;
  H[2] += c;
  H[3] += d;
  H[4] += e;
  H[5] += f;
  H[6] += g;
  H[7] += h;
}

/** SHA-256 for messages in parts. */
export const sha256InParts: Compression = { blockBytes: 64, digestBytes: 32, initial: INITIAL, compress };
export const sha224: Compression = { blockBytes: 64, digestBytes: 28, initial: INITIAL_224, compress };
