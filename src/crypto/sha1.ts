/** SHA-1 (FIPS 180-4, 6.1). */

import type { Compression } from "./merkle-damgard.ts";

/** H(0) (5.3.1). */
const INITIAL: Int32Array = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);

/** K, for twenty rounds each (4.2.1). */
const K: Int32Array = Int32Array.of(0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6);

/** The message schedule (6.1.2, step 1); wiped by {@link wipe}. */
const W: Int32Array = new Int32Array(80);

/** Steps 1 to 4 of 6.1.2, for the block at `at`. */
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
  for (let t = 0; t < 80; t++) {
    const phase = (t / 20) | 0;
    const f = phase === 0 ? d ^ (b & (c ^ d)) : phase === 2 ? (b & c) | (d & (b | c)) : b ^ c ^ d;
    const T = (((a << 5) | (a >>> 27)) + f + e + K[phase] + W[t]) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = T;
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
