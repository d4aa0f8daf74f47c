/** scrypt (RFC 7914). */

import { viewOf } from "./block-cipher.ts";
import { pbkdf2 } from "./pbkdf2.ts";

/** Memory that a hash may take: a stored cost is not to be a way to stop the process. */
const MAX_BYTES = 2 ** 30;

/**
 * RFC 7914, 6, with PBKDF2-HMAC-SHA-256.
 * @throws RangeError when N is no power of two above 1, or the parameters take more than 1 GiB
 */
export function scrypt(
  password: Uint8Array,
  salt: Uint8Array,
  { N, r, p }: { readonly N: number; readonly r: number; readonly p: number },
  byteLength: number,
): Uint8Array {
  const isPowerOfTwo = Number.isInteger(Math.log2(N)) && N > 1;
  const counts = [N, r, p].every((count) => Number.isSafeInteger(count) && count > 0);
  if (!isPowerOfTwo || !counts || 128 * r * (N + p) > MAX_BYTES) {
    throw new RangeError(`scrypt takes a power of two N, and at most ${MAX_BYTES} bytes, not N=${N}, r=${r}, p=${p}`);
  }
  const B = pbkdf2(password, { hash: "SHA256", salt, iterations: 1 }, p * 128 * r);
  const view = viewOf(B);
  const words = 32 * r;
  const V = new Int32Array(words * N);
  const X = new Int32Array(words);
  const Y = new Int32Array(words);
  for (let block = 0; block < p; block++) {
    const at = 4 * words * block;
    for (let i = 0; i < words; i++) X[i] = view.getInt32(at + 4 * i, true);
    mix(X, Y, V, N, words);
    for (let i = 0; i < words; i++) view.setInt32(at + 4 * i, X[i], true);
  }
  const derived = pbkdf2(password, { hash: "SHA256", salt: B, iterations: 1 }, byteLength);
  for (const memory of [B, V, X, Y]) memory.fill(0);
  return derived;
}

/** scryptROMix (5): X is the block and the result, Y and V are memory. */
function mix(X: Int32Array, Y: Int32Array, V: Int32Array, N: number, words: number): void {
  V.set(X);
  for (let i = 1; i < N; i++) mixBlock(V, words * (i - 1), V, words * i, words);
  mixBlock(V, words * (N - 1), X, 0, words);
  for (let i = 0; i < N; i++) {
    const from = words * (X[words - 16] & (N - 1));
    for (let k = 0; k < words; k++) Y[k] = X[k] ^ V[from + k];
    mixBlock(Y, 0, X, 0, words);
  }
}

/** scryptBlockMix (4), of the words at `from` to those at `to`: the even parts of 16 words before the odd ones. */
function mixBlock(input: Int32Array, from: number, output: Int32Array, to: number, words: number): void {
  let before = input;
  let beforeAt = from + words - 16;
  for (let i = 0; i < words; i += 32) {
    const even = to + i / 2;
    const odd = even + words / 2;
    salsa(before, beforeAt, input, from + i, output, even);
    salsa(output, even, input, from + i + 16, output, odd);
    before = output;
    beforeAt = odd;
  }
}

/** Salsa20/8 (3) of the exclusive or of 16 words and 16 others. */
function salsa(a: Int32Array, aAt: number, b: Int32Array, bAt: number, to: Int32Array, at: number): void {
  const y0 = a[aAt + 0] ^ b[bAt + 0];
  const y1 = a[aAt + 1] ^ b[bAt + 1];
  const y2 = a[aAt + 2] ^ b[bAt + 2];
  const y3 = a[aAt + 3] ^ b[bAt + 3];
  const y4 = a[aAt + 4] ^ b[bAt + 4];
  const y5 = a[aAt + 5] ^ b[bAt + 5];
  const y6 = a[aAt + 6] ^ b[bAt + 6];
  const y7 = a[aAt + 7] ^ b[bAt + 7];
  const y8 = a[aAt + 8] ^ b[bAt + 8];
  const y9 = a[aAt + 9] ^ b[bAt + 9];
  const y10 = a[aAt + 10] ^ b[bAt + 10];
  const y11 = a[aAt + 11] ^ b[bAt + 11];
  const y12 = a[aAt + 12] ^ b[bAt + 12];
  const y13 = a[aAt + 13] ^ b[bAt + 13];
  const y14 = a[aAt + 14] ^ b[bAt + 14];
  const y15 = a[aAt + 15] ^ b[bAt + 15];
  let x0 = y0;
  let x1 = y1;
  let x2 = y2;
  let x3 = y3;
  let x4 = y4;
  let x5 = y5;
  let x6 = y6;
  let x7 = y7;
  let x8 = y8;
  let x9 = y9;
  let x10 = y10;
  let x11 = y11;
  let x12 = y12;
  let x13 = y13;
  let x14 = y14;
  let x15 = y15;
  let v: number;
  // biome-ignore format: a line for each step
  for (let round = 0; round < 8; round += 2) {
    v = (x0 + x12) | 0; x4 ^= (v << 7) | (v >>> 25);
    v = (x4 + x0) | 0; x8 ^= (v << 9) | (v >>> 23);
    v = (x8 + x4) | 0; x12 ^= (v << 13) | (v >>> 19);
    v = (x12 + x8) | 0; x0 ^= (v << 18) | (v >>> 14);
    v = (x5 + x1) | 0; x9 ^= (v << 7) | (v >>> 25);
    v = (x9 + x5) | 0; x13 ^= (v << 9) | (v >>> 23);
    v = (x13 + x9) | 0; x1 ^= (v << 13) | (v >>> 19);
    v = (x1 + x13) | 0; x5 ^= (v << 18) | (v >>> 14);
    v = (x10 + x6) | 0; x14 ^= (v << 7) | (v >>> 25);
    v = (x14 + x10) | 0; x2 ^= (v << 9) | (v >>> 23);
    v = (x2 + x14) | 0; x6 ^= (v << 13) | (v >>> 19);
    v = (x6 + x2) | 0; x10 ^= (v << 18) | (v >>> 14);
    v = (x15 + x11) | 0; x3 ^= (v << 7) | (v >>> 25);
    v = (x3 + x15) | 0; x7 ^= (v << 9) | (v >>> 23);
    v = (x7 + x3) | 0; x11 ^= (v << 13) | (v >>> 19);
    v = (x11 + x7) | 0; x15 ^= (v << 18) | (v >>> 14);
    v = (x0 + x3) | 0; x1 ^= (v << 7) | (v >>> 25);
    v = (x1 + x0) | 0; x2 ^= (v << 9) | (v >>> 23);
    v = (x2 + x1) | 0; x3 ^= (v << 13) | (v >>> 19);
    v = (x3 + x2) | 0; x0 ^= (v << 18) | (v >>> 14);
    v = (x5 + x4) | 0; x6 ^= (v << 7) | (v >>> 25);
    v = (x6 + x5) | 0; x7 ^= (v << 9) | (v >>> 23);
    v = (x7 + x6) | 0; x4 ^= (v << 13) | (v >>> 19);
    v = (x4 + x7) | 0; x5 ^= (v << 18) | (v >>> 14);
    v = (x10 + x9) | 0; x11 ^= (v << 7) | (v >>> 25);
    v = (x11 + x10) | 0; x8 ^= (v << 9) | (v >>> 23);
    v = (x8 + x11) | 0; x9 ^= (v << 13) | (v >>> 19);
    v = (x9 + x8) | 0; x10 ^= (v << 18) | (v >>> 14);
    v = (x15 + x14) | 0; x12 ^= (v << 7) | (v >>> 25);
    v = (x12 + x15) | 0; x13 ^= (v << 9) | (v >>> 23);
    v = (x13 + x12) | 0; x14 ^= (v << 13) | (v >>> 19);
    v = (x14 + x13) | 0; x15 ^= (v << 18) | (v >>> 14);
  }
  to[at + 0] = x0 + y0;
  to[at + 1] = x1 + y1;
  to[at + 2] = x2 + y2;
  to[at + 3] = x3 + y3;
  to[at + 4] = x4 + y4;
  to[at + 5] = x5 + y5;
  to[at + 6] = x6 + y6;
  to[at + 7] = x7 + y7;
  to[at + 8] = x8 + y8;
  to[at + 9] = x9 + y9;
  to[at + 10] = x10 + y10;
  to[at + 11] = x11 + y11;
  to[at + 12] = x12 + y12;
  to[at + 13] = x13 + y13;
  to[at + 14] = x14 + y14;
  to[at + 15] = x15 + y15;
}
