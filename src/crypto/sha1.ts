/** SHA-1 (FIPS 180-4, 6.1). */

import type { Compression } from "./merkle-damgard.ts";

/** H(0) (5.3.1). */
const INITIAL: Int32Array = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);

/** The message schedule (6.1.2, step 1); wiped by {@link wipe}. */
const W: Int32Array = new Int32Array(80);

/**
 * Steps 1 to 4 of 6.1.2, for the block at `at`, with f and K of 4.1.1 and 4.2.1 for twenty rounds each. Five rounds are written
 * out, so that the working variables change names instead of places.
 */
function compress(H: Int32Array, block: DataView, at: number): void {
  for (let i = 0; i < 16; i++) W[i] = block.getInt32(at + 4 * i);
  for (let i = 16; i < 80; i++) {
    const x = W[i - 3] ^ W[i - 8] ^ W[i - 14] ^ W[i - 16];
    W[i] = (x << 1) | (x >>> 31);
  }
  let a = H[0];
  let b = H[1];
  let c = H[2];
  let d = H[3];
  let e = H[4];
  // biome-ignore format: a line for each round
  for (let t = 0; t < 20; t += 5) {
    e = (e + (a << 5 | a >>> 27) + (d ^ b & (c ^ d)) + 0x5a827999 + W[t]) | 0; b = b << 30 | b >>> 2;
    d = (d + (e << 5 | e >>> 27) + (c ^ a & (b ^ c)) + 0x5a827999 + W[t + 1]) | 0; a = a << 30 | a >>> 2;
    c = (c + (d << 5 | d >>> 27) + (b ^ e & (a ^ b)) + 0x5a827999 + W[t + 2]) | 0; e = e << 30 | e >>> 2;
    b = (b + (c << 5 | c >>> 27) + (a ^ d & (e ^ a)) + 0x5a827999 + W[t + 3]) | 0; d = d << 30 | d >>> 2;
    a = (a + (b << 5 | b >>> 27) + (e ^ c & (d ^ e)) + 0x5a827999 + W[t + 4]) | 0; c = c << 30 | c >>> 2;
  }
  // biome-ignore format: a line for each round
  for (let t = 20; t < 40; t += 5) {
    e = (e + (a << 5 | a >>> 27) + (b ^ c ^ d) + 0x6ed9eba1 + W[t]) | 0; b = b << 30 | b >>> 2;
    d = (d + (e << 5 | e >>> 27) + (a ^ b ^ c) + 0x6ed9eba1 + W[t + 1]) | 0; a = a << 30 | a >>> 2;
    c = (c + (d << 5 | d >>> 27) + (e ^ a ^ b) + 0x6ed9eba1 + W[t + 2]) | 0; e = e << 30 | e >>> 2;
    b = (b + (c << 5 | c >>> 27) + (d ^ e ^ a) + 0x6ed9eba1 + W[t + 3]) | 0; d = d << 30 | d >>> 2;
    a = (a + (b << 5 | b >>> 27) + (c ^ d ^ e) + 0x6ed9eba1 + W[t + 4]) | 0; c = c << 30 | c >>> 2;
  }
  // biome-ignore format: a line for each round
  for (let t = 40; t < 60; t += 5) {
    e = (e + (a << 5 | a >>> 27) + (b & c | d & (b | c)) + 0x8f1bbcdc + W[t]) | 0; b = b << 30 | b >>> 2;
    d = (d + (e << 5 | e >>> 27) + (a & b | c & (a | b)) + 0x8f1bbcdc + W[t + 1]) | 0; a = a << 30 | a >>> 2;
    c = (c + (d << 5 | d >>> 27) + (e & a | b & (e | a)) + 0x8f1bbcdc + W[t + 2]) | 0; e = e << 30 | e >>> 2;
    b = (b + (c << 5 | c >>> 27) + (d & e | a & (d | e)) + 0x8f1bbcdc + W[t + 3]) | 0; d = d << 30 | d >>> 2;
    a = (a + (b << 5 | b >>> 27) + (c & d | e & (c | d)) + 0x8f1bbcdc + W[t + 4]) | 0; c = c << 30 | c >>> 2;
  }
  // biome-ignore format: a line for each round
  for (let t = 60; t < 80; t += 5) {
    e = (e + (a << 5 | a >>> 27) + (b ^ c ^ d) + 0xca62c1d6 + W[t]) | 0; b = b << 30 | b >>> 2;
    d = (d + (e << 5 | e >>> 27) + (a ^ b ^ c) + 0xca62c1d6 + W[t + 1]) | 0; a = a << 30 | a >>> 2;
    c = (c + (d << 5 | d >>> 27) + (e ^ a ^ b) + 0xca62c1d6 + W[t + 2]) | 0; e = e << 30 | e >>> 2;
    b = (b + (c << 5 | c >>> 27) + (d ^ e ^ a) + 0xca62c1d6 + W[t + 3]) | 0; d = d << 30 | d >>> 2;
    a = (a + (b << 5 | b >>> 27) + (c ^ d ^ e) + 0xca62c1d6 + W[t + 4]) | 0; c = c << 30 | c >>> 2;
  }
  H[0] += a;
  H[1] += b;
  H[2] += c;
  H[3] += d;
  H[4] += e;
}

function wipe(): void {
  W.fill(0);
}

export const sha1: Compression = { blockBytes: 64, digestBytes: 20, initial: INITIAL, compress, wipe };
