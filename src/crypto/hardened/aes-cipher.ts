/** AES (FIPS 197) on two blocks at once without tables: the key expansion, the cipher and the inverse cipher on slices. */

import { type AesBlockCipher, OUT, readAesKey } from "../block-cipher.ts";
import { wordPool } from "../word-pool.ts";
import { inverseSubBytes, subBytes } from "./s-box.ts";
import { addRoundKey, inverseMixColumns, inverseShiftRows, lastRound, Q, round, transpose } from "./slices.ts";

/** Slices of one round key, and words of the round keys of a key of 256 bits. */
const ROUND = 8;
const MAX_ROUNDS = 14;
const schedules = wordPool(ROUND * (MAX_ROUNDS + 1));
const NONE: Int32Array = new Int32Array(0);

/** The two blocks at hand, four words each; one pair for all keys, and a constant of its module. */
export const PAIR: Int32Array = new Int32Array(8);

/** The round keys as words (5.2), while they are made. */
const w: Int32Array = new Int32Array(4 * (MAX_ROUNDS + 1));
const keyWords: Int32Array = new Int32Array(8);

/** The schedule of one AES key, in slices. */
export class HardenedAesCipher implements AesBlockCipher {
  #rk: Int32Array = schedules.take();
  /** Nr; 0 once the key is destroyed. */
  #rounds = 0;

  /** @throws RangeError when the key is not of 16, 24 or 32 bytes. */
  constructor(key: Uint8Array) {
    this.rekey(keyWords, readAesKey(key, keyWords));
    keyWords.fill(0);
  }

  /** KEYEXPANSION (5.2) of a key of 4, 6 or 8 words, in the place of the schedule before. */
  rekey(key: Int32Array, Nk: 4 | 6 | 8): void {
    this.#rounds = Nk + 6;
    const words = 4 * (this.#rounds + 1);
    for (let i = 0; i < Nk; i++) w[i] = key[i];
    for (let i = Nk, Rcon = 1; i < words; i++) {
      let temp = w[i - 1];
      if (i % Nk === 0) {
        temp = substituted((temp << 8) | (temp >>> 24)) ^ (Rcon << 24);
        Rcon = (Rcon << 1) ^ (-(Rcon >> 7) & 0x11b);
      } else if (Nk > 6 && i % Nk === 4) {
        temp = substituted(temp);
      }
      w[i] = w[i - Nk] ^ temp;
    }
    for (let i = 0; i <= this.#rounds; i++) this.#slice(i);
    w.fill(0);
    Q.fill(0);
  }

  /** CIPHER (5.1) of both blocks of {@link PAIR}, in place. */
  encryptPair(): void {
    this.#requireLive();
    const rk = this.#rk;
    const last = ROUND * this.#rounds;
    load();
    addRoundKey(rk, 0);
    for (let at = ROUND; at < last; at += ROUND) {
      subBytes();
      round(rk, at);
    }
    subBytes();
    lastRound(rk, last);
    store();
  }

  /** INVCIPHER (5.3) of both blocks of {@link PAIR}, in place. */
  decryptPair(): void {
    this.#requireLive();
    const rk = this.#rk;
    load();
    addRoundKey(rk, ROUND * this.#rounds);
    for (let at = ROUND * (this.#rounds - 1); at > 0; at -= ROUND) {
      inverseShiftRows();
      inverseSubBytes();
      addRoundKey(rk, at);
      inverseMixColumns();
    }
    inverseShiftRows();
    inverseSubBytes();
    addRoundKey(rk, 0);
    store();
  }

  encrypt(a: number, b: number, c: number, d: number): void {
    setFirst(a, b, c, d);
    this.encryptPair();
    takeFirst();
  }

  decrypt(a: number, b: number, c: number, d: number): void {
    setFirst(a, b, c, d);
    this.decryptPair();
    takeFirst();
  }

  /** A second schedule of the same key with a life of its own. */
  clone(): HardenedAesCipher {
    const copy = new HardenedAesCipher(ZERO_KEY);
    copy.#rk.set(this.#rk);
    copy.#rounds = this.#rounds;
    return copy;
  }

  destroy(): void {
    if (this.#rounds === 0) return;
    this.#rounds = 0;
    schedules.give(this.#rk);
    this.#rk = NONE;
  }

  /** The slices of a round key, the same for both blocks, with the S-box's constant in all but the first. */
  #slice(index: number): void {
    for (let i = 0; i < ROUND; i++) Q[i] = w[4 * index + (i >> 1)];
    transpose();
    for (let i = 0; i < ROUND; i++) this.#rk[ROUND * index + i] = Q[i] ^ (index > 0 ? CONSTANT[i] : 0);
  }

  #requireLive(): void {
    if (this.#rounds === 0) throw new Error("AES key was destroyed");
  }
}

const ZERO_KEY: Uint8Array = new Uint8Array(16);

/** 63 (5.1.1) in every byte: MIXCOLUMNS leaves it as it is, and so it may be added with the round key. */
const CONSTANT: Int32Array = Int32Array.of(-1, -1, 0, 0, 0, -1, -1, 0);

function load(): void {
  for (let i = 0; i < 4; i++) {
    Q[2 * i] = PAIR[i];
    Q[2 * i + 1] = PAIR[4 + i];
  }
  transpose();
}

function store(): void {
  transpose();
  for (let i = 0; i < 4; i++) {
    PAIR[i] = Q[2 * i];
    PAIR[4 + i] = Q[2 * i + 1];
  }
}

/** A block by itself, beside zeros. */
function setFirst(a: number, b: number, c: number, d: number): void {
  PAIR[0] = a;
  PAIR[1] = b;
  PAIR[2] = c;
  PAIR[3] = d;
  for (let i = 4; i < 8; i++) PAIR[i] = 0;
}

function takeFirst(): void {
  for (let i = 0; i < 4; i++) OUT[i] = PAIR[i];
  wipePair();
}

/** For a mode that is done: nothing of the last blocks stays. */
export function wipePair(): void {
  for (let i = 0; i < 8; i++) {
    PAIR[i] = 0;
    Q[i] = 0;
  }
}

/** SUBWORD (5.2): a column among zeros. */
function substituted(word: number): number {
  Q.fill(0);
  Q[0] = word;
  transpose();
  subBytes();
  transpose();
  return Q[0] ^ 0x63636363;
}
