/** SHA-256 (FIPS 180-4, 6.2), also from any chaining value, for HMAC keys that are prepared up to one. */

import { putWord, viewOf } from "./block-cipher.ts";

const BLOCK = 64;

/** H(0) (5.3.3). */
// biome-ignore format: a table
const INITIAL: Int32Array = Int32Array.of(
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
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

/** The message schedule of the block at hand. */
const W: Int32Array = new Int32Array(64);

/** The hash of a message that comes in parts, from H(0) or from where whole blocks have led. */
export class Sha256 {
  /** H: the chaining value, and after {@link finish} the digest, as big-endian words. */
  readonly H: Int32Array = Int32Array.from(INITIAL);
  readonly #held: Uint8Array = new Uint8Array(BLOCK);
  readonly #heldView: DataView = viewOf(this.#held);
  /** Bytes so far. */
  #length = 0;

  /** Begins anew after the `length` bytes, whole blocks, that gave this chaining value. */
  goOn(H: Int32Array, length: number): this {
    for (let i = 0; i < 8; i++) this.H[i] = H[i];
    this.#length = length;
    return this;
  }

  update(data: Uint8Array): this {
    let at = 0;
    let held = this.#length % BLOCK;
    this.#length += data.length;
    if (data.length >= BLOCK) {
      if (held > 0) {
        for (; held < BLOCK; at++, held++) this.#held[held] = data[at];
        compress(this.H, this.#heldView, 0);
        held = 0;
      }
      const blocks = viewOf(data);
      for (; at + BLOCK <= data.length; at += BLOCK) compress(this.H, blocks, at);
    }
    for (; at < data.length; at++) {
      this.#held[held++] = data[at];
      if (held < BLOCK) continue;
      compress(this.H, this.#heldView, 0);
      held = 0;
    }
    return this;
  }

  /** Pads (5.1.1), and leaves the digest in {@link H}. */
  finish(): Int32Array {
    let held = this.#length % BLOCK;
    this.#held[held++] = 0x80;
    if (held > BLOCK - 8) {
      this.#held.fill(0, held);
      compress(this.H, this.#heldView, 0);
      held = 0;
    }
    this.#held.fill(0, held);
    this.#heldView.setInt32(BLOCK - 8, this.#length / 2 ** 29);
    this.#heldView.setInt32(BLOCK - 4, this.#length << 3);
    compress(this.H, this.#heldView, 0);
    return this.H;
  }

  /** The hash of this state's digest behind what led to another chaining value, as HMAC needs it. */
  finishInto(H: Int32Array, length: number): Int32Array {
    this.finish();
    for (let i = 0; i < 8; i++) this.#heldView.setInt32(4 * i, this.H[i]);
    this.goOn(H, length).#length += 32;
    return this.finish();
  }

  destroy(): void {
    for (let i = 0; i < 8; i++) this.H[i] = 0;
    this.#held.fill(0);
    W.fill(0);
  }
}

/** Where a whole message is hashed, one at a time, so that it needs no state of its own. */
const inOneGo: Sha256 = new Sha256();

/** The digest of a whole message. */
export function sha256(data: Uint8Array): Uint8Array {
  const digest = bytesOf(inOneGo.goOn(INITIAL, 0).update(data).finish());
  inOneGo.destroy();
  return digest;
}

/** A chaining value as bytes. */
export function bytesOf(H: Int32Array): Uint8Array {
  const bytes = new Uint8Array(4 * H.length);
  for (let i = 0; i < H.length; i++) putWord(H[i], bytes, 4 * i);
  return bytes;
}

/** Steps 1 to 4 of 6.2.2, for the block at `at`. */
function compress(H: Int32Array, block: DataView, at: number): void {
  for (let t = 0; t < 16; t++) W[t] = block.getInt32(at + 4 * t);
  for (let t = 16; t < 64; t++) {
    const x = W[t - 15];
    const y = W[t - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[t] = (s1 + W[t - 7] + s0 + W[t - 16]) | 0;
  }
  let a = H[0];
  let b = H[1];
  let c = H[2];
  let d = H[3];
  let e = H[4];
  let f = H[5];
  let g = H[6];
  let h = H[7];
  for (let t = 0; t < 64; t++) {
    const S1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const T1 = (h + S1 + (g ^ (e & (f ^ g))) + K[t] + W[t]) | 0;
    const S0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const T2 = (S0 + ((a & b) | (c & (a | b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + T1) | 0;
    d = c;
    c = b;
    b = a;
    a = (T1 + T2) | 0;
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
