/** SM4 (GB/T 32907-2016; ISO/IEC 18033-3:2010/Amd 1) and its modes. */

import { fromHex } from "../bytes/bytes.ts";
import { type BlockCipher, OUT, viewOf } from "./block-cipher.ts";
import { cbcDecrypt, cbcEncrypt, ctr } from "./block-modes.ts";
import type { Sm4Key } from "./engine.ts";
import { BLOCKWISE, GcmKey } from "./gcm.ts";

const KEY_BYTES = 16;
const ROUNDS = 32;

/** The S-box (6.2.1). */
const S: Uint8Array = fromHex(
  [
    "d690e9fecce13db716b614c228fb2c052b679a762abe04c3aa44132649860699",
    "9c4250f491ef987a33540b43edcfac62e4b31ca9c908e89580df94fa758f3fa6",
    "4707a7fcf37317ba83593c19e6854fa8686b81b27164da8bf8eb0f4b70569d35",
    "1e240e5e6358d1a225227c3b01217887d40046579fd327524c3602e7a0c4c89e",
    "eabf8ad240c738b5a3f7f2cef96115a1e0ae5da49b341a55ad933230f58cb1e3",
    "1df6e22e8266ca60c02923ab0d534e6fd5db3745defd8e2f03ff6a726d6c5b51",
    "8d1baf92bbddbc7f11d95c411f105ad80ac13188a5cd7bbd2d74d012b8e5b4b0",
    "8969974a0c96777e65b9f109c56ec68418f07dec3adc4d2079ee5f3ed7cb3948",
  ].join(""),
);

/** T = L ∘ τ (6.2), a table for each byte of the word: L commutes with rotations, so that one makes the others. */
const T0: Int32Array = Int32Array.from(S, (s) => diffuse(s << 24));
const [T1, T2, T3] = [8, 16, 24].map((bits) => T0.map((word) => (word >>> bits) | (word << (32 - bits)))) as [
  Int32Array,
  Int32Array,
  Int32Array,
];

/** The family key and the fixed keys (7.3). */
const FK: readonly number[] = [0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc];
const CK: Int32Array = Int32Array.from({ length: ROUNDS }, (_, i) =>
  [0, 1, 2, 3].reduce((word, j) => (word << 8) | ((7 * (4 * i + j)) & 0xff), 0),
);

/**
 * A prepared SM4 key. The methods throw RangeError for an IV, a tag length or a data length that the mode does not
 * have, and Error after `destroy`.
 * @throws RangeError when the key is not of 16 bytes.
 */
export function sm4Key(key: Uint8Array): Sm4Key {
  if (key.length !== KEY_BYTES) throw new RangeError(`an SM4 key must be ${KEY_BYTES} bytes, not ${key.length}`);
  const cipher = new Sm4Cipher(key);
  const gcm = new GcmKey(cipher, BLOCKWISE);
  let isDestroyed = false;

  function live<T>(what: T): T {
    if (isDestroyed) throw new Error("SM4 key was destroyed");
    return what;
  }

  return {
    gcmSeal: (iv, aad, plaintext, tagBytes) => live(gcm).seal(iv, aad, plaintext, tagBytes),
    gcmOpen: (iv, aad, sealed, tagBytes) => live(gcm).open(iv, aad, sealed, tagBytes),
    cbcEncrypt: (iv, blocks) => cbcEncrypt(live(cipher), iv, blocks),
    cbcDecrypt: (iv, blocks) => cbcDecrypt(live(cipher), iv, blocks),
    ctr: (counter, data) => ctr(live(cipher), counter, data),
    destroy() {
      isDestroyed = true;
      gcm.destroy();
      cipher.destroy();
    },
  };
}

/** The round keys of one SM4 key; decryption has them in reverse (7.2). */
class Sm4Cipher implements BlockCipher {
  readonly #up: Int32Array;
  readonly #down: Int32Array;

  constructor(key: Uint8Array) {
    this.#up = expand(key);
    this.#down = Int32Array.from(this.#up).reverse();
  }

  encrypt(a: number, b: number, c: number, d: number): void {
    crypt(this.#up, a, b, c, d);
  }

  decrypt(a: number, b: number, c: number, d: number): void {
    crypt(this.#down, a, b, c, d);
  }

  destroy(): void {
    this.#up.fill(0);
    this.#down.fill(0);
  }
}

/** The key expansion (7.3). */
function expand(key: Uint8Array): Int32Array {
  const view = viewOf(key);
  const words = new Int32Array(4 + ROUNDS);
  for (let i = 0; i < 4; i++) words[i] = view.getInt32(4 * i) ^ FK[i];
  for (let i = 0; i < ROUNDS; i++) {
    const B = substitute(words[i + 1] ^ words[i + 2] ^ words[i + 3] ^ CK[i]);
    words[i + 4] = words[i] ^ B ^ rotate(B, 13) ^ rotate(B, 23);
  }
  const keys = words.slice(4);
  words.fill(0);
  return keys;
}

/** 32 rounds and the reverse transform R (7.1). */
function crypt(keys: Int32Array, a: number, b: number, c: number, d: number): void {
  for (let i = 0; i < ROUNDS; i += 4) {
    a ^= transform(b ^ c ^ d ^ keys[i]);
    b ^= transform(c ^ d ^ a ^ keys[i + 1]);
    c ^= transform(d ^ a ^ b ^ keys[i + 2]);
    d ^= transform(a ^ b ^ c ^ keys[i + 3]);
  }
  OUT[0] = d;
  OUT[1] = c;
  OUT[2] = b;
  OUT[3] = a;
}

function transform(x: number): number {
  return T0[x >>> 24] ^ T1[(x >>> 16) & 0xff] ^ T2[(x >>> 8) & 0xff] ^ T3[x & 0xff];
}

/** τ (6.2.1): the S-box on each byte. */
function substitute(x: number): number {
  return (S[x >>> 24] << 24) | (S[(x >>> 16) & 0xff] << 16) | (S[(x >>> 8) & 0xff] << 8) | S[x & 0xff];
}

/** L (6.2.2). */
function diffuse(B: number): number {
  return B ^ rotate(B, 2) ^ rotate(B, 10) ^ rotate(B, 18) ^ rotate(B, 24);
}

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}
