/** SM3 (GB/T 32905-2016; ISO/IEC 10118-3:2018, 17). */

import type { Compression } from "./merkle-damgard.ts";

/** The initial value (4.1). */
// biome-ignore format: a table
const INITIAL: Int32Array = Int32Array.of(
  0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
);

/** T_j <<< j (4.2 and 5.3.3), for each round. */
const T: Int32Array = Int32Array.from({ length: 64 }, (_, j) => {
  const word = j < 16 ? 0x79cc4519 : 0x7a879d8a;
  return (word << (j & 31)) | (word >>> (-j & 31));
});

/** The message expansion W (5.3.2); wiped by {@link wipe}. */
const W: Int32Array = new Int32Array(68);

/** The compression function (5.3.3). Rounds 0 to 15 have FF and GG without their nonlinear part (4.3). */
function compress(H: Int32Array, block: DataView, at: number): void {
  for (let j = 0; j < 16; j++) W[j] = block.getInt32(at + 4 * j);
  for (let j = 16; j < 68; j++) {
    const w3 = W[j - 3];
    const w13 = W[j - 13];
    const X = W[j - 16] ^ W[j - 9] ^ ((w3 << 15) | (w3 >>> 17));
    W[j] = X ^ ((X << 15) | (X >>> 17)) ^ ((X << 23) | (X >>> 9)) ^ ((w13 << 7) | (w13 >>> 25)) ^ W[j - 6];
  }
  let a = H[0];
  let b = H[1];
  let c = H[2];
  let d = H[3];
  let e = H[4];
  let f = H[5];
  let g = H[6];
  let h = H[7];
  for (let j = 0; j < 64; j++) {
    const isEarly = j < 16;
    const a12 = (a << 12) | (a >>> 20);
    const x = (a12 + e + T[j]) | 0;
    const SS1 = (x << 7) | (x >>> 25);
    const FF = isEarly ? a ^ b ^ c : (a & b) | (c & (a | b));
    const GG = isEarly ? e ^ f ^ g : g ^ (e & (f ^ g));
    const TT1 = (FF + d + (SS1 ^ a12) + (W[j] ^ W[j + 4])) | 0;
    const TT2 = (GG + h + SS1 + W[j]) | 0;
    d = c;
    c = (b << 9) | (b >>> 23);
    b = a;
    a = TT1;
    h = g;
    g = (f << 19) | (f >>> 13);
    f = e;
    e = TT2 ^ ((TT2 << 9) | (TT2 >>> 23)) ^ ((TT2 << 17) | (TT2 >>> 15));
  }
  H[0] ^= a;
  H[1] ^= b;
  H[2] ^= c;
  H[3] ^= d;
  H[4] ^= e;
  H[5] ^= f;
  H[6] ^= g;
  H[7] ^= h;
}

function wipe(): void {
  W.fill(0);
}

export const sm3: Compression = { blockBytes: 64, digestBytes: 32, initial: INITIAL, compress, wipe };
