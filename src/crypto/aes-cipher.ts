/** AES (FIPS 197) on one block, by tables: the key expansion, the cipher, and the equivalent inverse cipher. */

import { type AesBlockCipher, type AesCipherMaker, OUT, readAesKey } from "./block-cipher.ts";
import { wordPool } from "./word-pool.ts";

/** Nr for a key of 256 bits, the most there is; shorter keys leave the first rounds out. */
const MAX_ROUNDS = 14;

/** Words of the round keys of Nr rounds (5.2). */
const scheduleWords = (rounds: number): number => 4 * (rounds + 1);

const schedules = wordPool(scheduleWords(MAX_ROUNDS));
const NONE: Int32Array = new Int32Array(0);

/** The S-box (5.1.1) and its inverse (5.3.2). */
const S: Uint8Array = new Uint8Array(256);
const INV_S: Uint8Array = new Uint8Array(256);

/**
 * SUBBYTES and MIXCOLUMNS of a byte in each row of its column, and the inverses of both. Each is a constant of this module,
 * because V8 then knows its address and length; they are filled for the first key, so that loading costs nothing.
 */
const T0: Int32Array = new Int32Array(256);
const T1: Int32Array = new Int32Array(256);
const T2: Int32Array = new Int32Array(256);
const T3: Int32Array = new Int32Array(256);
const D0: Int32Array = new Int32Array(256);
const D1: Int32Array = new Int32Array(256);
const D2: Int32Array = new Int32Array(256);
const D3: Int32Array = new Int32Array(256);

/** A key on its way into a schedule. */
const keyWords: Int32Array = new Int32Array(8);

/** The schedule of one AES key. */
export class AesCipher implements AesBlockCipher {
  /** The round keys, the last of them always in the last four words. */
  #up: Int32Array = schedules.take();
  /** Those of the equivalent inverse cipher (5.3.5), from the first use of it. */
  #down: Int32Array | undefined;
  /** Nr; 0 once the key is destroyed. */
  #rounds = 0;

  /** @throws RangeError when the key is not of 16, 24 or 32 bytes. */
  constructor(key: Uint8Array) {
    this.rekey(keyWords, readAesKey(key, keyWords));
    for (let i = 0; i < 8; i++) keyWords[i] = 0;
  }

  /** KEYEXPANSION (5.2) of a key of 4, 6 or 8 words, in the place of the schedule before. */
  rekey(key: Int32Array, Nk: 4 | 6 | 8): void {
    if (S[0] === 0) fillTables();
    this.#dropInverse();
    this.#rounds = Nk + 6;
    if (Nk === 8) expand256(this.#up, key);
    else expand(this.#up, key, Nk);
  }

  /**
   * CIPHER (5.1). Written out, for V8 takes the rounds of a loop a third slower. Each word goes to {@link OUT} as well, which
   * the last round overwrites: V8 otherwise keeps its look-ups apart until the next round asks for their sum, a twentieth slower.
   */
  encrypt(a: number, b: number, c: number, d: number): void {
    const rk = this.#up;
    let e = 0;
    let f = 0;
    let g = 0;
    let h = 0;
    if (this.#rounds === 14) {
      a ^= rk[0];
      b ^= rk[1];
      c ^= rk[2];
      d ^= rk[3];
      OUT[0] = e = T0[a >>> 24] ^ T1[(b >>> 16) & 255] ^ T2[(c >>> 8) & 255] ^ T3[d & 255] ^ rk[4];
      OUT[1] = f = T0[b >>> 24] ^ T1[(c >>> 16) & 255] ^ T2[(d >>> 8) & 255] ^ T3[a & 255] ^ rk[5];
      OUT[2] = g = T0[c >>> 24] ^ T1[(d >>> 16) & 255] ^ T2[(a >>> 8) & 255] ^ T3[b & 255] ^ rk[6];
      OUT[3] = h = T0[d >>> 24] ^ T1[(a >>> 16) & 255] ^ T2[(b >>> 8) & 255] ^ T3[c & 255] ^ rk[7];
      OUT[0] = a = T0[e >>> 24] ^ T1[(f >>> 16) & 255] ^ T2[(g >>> 8) & 255] ^ T3[h & 255] ^ rk[8];
      OUT[1] = b = T0[f >>> 24] ^ T1[(g >>> 16) & 255] ^ T2[(h >>> 8) & 255] ^ T3[e & 255] ^ rk[9];
      OUT[2] = c = T0[g >>> 24] ^ T1[(h >>> 16) & 255] ^ T2[(e >>> 8) & 255] ^ T3[f & 255] ^ rk[10];
      OUT[3] = d = T0[h >>> 24] ^ T1[(e >>> 16) & 255] ^ T2[(f >>> 8) & 255] ^ T3[g & 255] ^ rk[11];
      OUT[0] = e = T0[a >>> 24] ^ T1[(b >>> 16) & 255] ^ T2[(c >>> 8) & 255] ^ T3[d & 255] ^ rk[12];
      OUT[1] = f = T0[b >>> 24] ^ T1[(c >>> 16) & 255] ^ T2[(d >>> 8) & 255] ^ T3[a & 255] ^ rk[13];
      OUT[2] = g = T0[c >>> 24] ^ T1[(d >>> 16) & 255] ^ T2[(a >>> 8) & 255] ^ T3[b & 255] ^ rk[14];
      OUT[3] = h = T0[d >>> 24] ^ T1[(a >>> 16) & 255] ^ T2[(b >>> 8) & 255] ^ T3[c & 255] ^ rk[15];
      OUT[0] = a = T0[e >>> 24] ^ T1[(f >>> 16) & 255] ^ T2[(g >>> 8) & 255] ^ T3[h & 255] ^ rk[16];
      OUT[1] = b = T0[f >>> 24] ^ T1[(g >>> 16) & 255] ^ T2[(h >>> 8) & 255] ^ T3[e & 255] ^ rk[17];
      OUT[2] = c = T0[g >>> 24] ^ T1[(h >>> 16) & 255] ^ T2[(e >>> 8) & 255] ^ T3[f & 255] ^ rk[18];
      OUT[3] = d = T0[h >>> 24] ^ T1[(e >>> 16) & 255] ^ T2[(f >>> 8) & 255] ^ T3[g & 255] ^ rk[19];
    } else if (this.#rounds === 12) {
      a ^= rk[8];
      b ^= rk[9];
      c ^= rk[10];
      d ^= rk[11];
      OUT[0] = e = T0[a >>> 24] ^ T1[(b >>> 16) & 255] ^ T2[(c >>> 8) & 255] ^ T3[d & 255] ^ rk[12];
      OUT[1] = f = T0[b >>> 24] ^ T1[(c >>> 16) & 255] ^ T2[(d >>> 8) & 255] ^ T3[a & 255] ^ rk[13];
      OUT[2] = g = T0[c >>> 24] ^ T1[(d >>> 16) & 255] ^ T2[(a >>> 8) & 255] ^ T3[b & 255] ^ rk[14];
      OUT[3] = h = T0[d >>> 24] ^ T1[(a >>> 16) & 255] ^ T2[(b >>> 8) & 255] ^ T3[c & 255] ^ rk[15];
      OUT[0] = a = T0[e >>> 24] ^ T1[(f >>> 16) & 255] ^ T2[(g >>> 8) & 255] ^ T3[h & 255] ^ rk[16];
      OUT[1] = b = T0[f >>> 24] ^ T1[(g >>> 16) & 255] ^ T2[(h >>> 8) & 255] ^ T3[e & 255] ^ rk[17];
      OUT[2] = c = T0[g >>> 24] ^ T1[(h >>> 16) & 255] ^ T2[(e >>> 8) & 255] ^ T3[f & 255] ^ rk[18];
      OUT[3] = d = T0[h >>> 24] ^ T1[(e >>> 16) & 255] ^ T2[(f >>> 8) & 255] ^ T3[g & 255] ^ rk[19];
    } else if (this.#rounds === 10) {
      a ^= rk[16];
      b ^= rk[17];
      c ^= rk[18];
      d ^= rk[19];
    } else {
      throw new Error("AES key was destroyed");
    }
    OUT[0] = e = T0[a >>> 24] ^ T1[(b >>> 16) & 255] ^ T2[(c >>> 8) & 255] ^ T3[d & 255] ^ rk[20];
    OUT[1] = f = T0[b >>> 24] ^ T1[(c >>> 16) & 255] ^ T2[(d >>> 8) & 255] ^ T3[a & 255] ^ rk[21];
    OUT[2] = g = T0[c >>> 24] ^ T1[(d >>> 16) & 255] ^ T2[(a >>> 8) & 255] ^ T3[b & 255] ^ rk[22];
    OUT[3] = h = T0[d >>> 24] ^ T1[(a >>> 16) & 255] ^ T2[(b >>> 8) & 255] ^ T3[c & 255] ^ rk[23];
    OUT[0] = a = T0[e >>> 24] ^ T1[(f >>> 16) & 255] ^ T2[(g >>> 8) & 255] ^ T3[h & 255] ^ rk[24];
    OUT[1] = b = T0[f >>> 24] ^ T1[(g >>> 16) & 255] ^ T2[(h >>> 8) & 255] ^ T3[e & 255] ^ rk[25];
    OUT[2] = c = T0[g >>> 24] ^ T1[(h >>> 16) & 255] ^ T2[(e >>> 8) & 255] ^ T3[f & 255] ^ rk[26];
    OUT[3] = d = T0[h >>> 24] ^ T1[(e >>> 16) & 255] ^ T2[(f >>> 8) & 255] ^ T3[g & 255] ^ rk[27];
    OUT[0] = e = T0[a >>> 24] ^ T1[(b >>> 16) & 255] ^ T2[(c >>> 8) & 255] ^ T3[d & 255] ^ rk[28];
    OUT[1] = f = T0[b >>> 24] ^ T1[(c >>> 16) & 255] ^ T2[(d >>> 8) & 255] ^ T3[a & 255] ^ rk[29];
    OUT[2] = g = T0[c >>> 24] ^ T1[(d >>> 16) & 255] ^ T2[(a >>> 8) & 255] ^ T3[b & 255] ^ rk[30];
    OUT[3] = h = T0[d >>> 24] ^ T1[(a >>> 16) & 255] ^ T2[(b >>> 8) & 255] ^ T3[c & 255] ^ rk[31];
    OUT[0] = a = T0[e >>> 24] ^ T1[(f >>> 16) & 255] ^ T2[(g >>> 8) & 255] ^ T3[h & 255] ^ rk[32];
    OUT[1] = b = T0[f >>> 24] ^ T1[(g >>> 16) & 255] ^ T2[(h >>> 8) & 255] ^ T3[e & 255] ^ rk[33];
    OUT[2] = c = T0[g >>> 24] ^ T1[(h >>> 16) & 255] ^ T2[(e >>> 8) & 255] ^ T3[f & 255] ^ rk[34];
    OUT[3] = d = T0[h >>> 24] ^ T1[(e >>> 16) & 255] ^ T2[(f >>> 8) & 255] ^ T3[g & 255] ^ rk[35];
    OUT[0] = e = T0[a >>> 24] ^ T1[(b >>> 16) & 255] ^ T2[(c >>> 8) & 255] ^ T3[d & 255] ^ rk[36];
    OUT[1] = f = T0[b >>> 24] ^ T1[(c >>> 16) & 255] ^ T2[(d >>> 8) & 255] ^ T3[a & 255] ^ rk[37];
    OUT[2] = g = T0[c >>> 24] ^ T1[(d >>> 16) & 255] ^ T2[(a >>> 8) & 255] ^ T3[b & 255] ^ rk[38];
    OUT[3] = h = T0[d >>> 24] ^ T1[(a >>> 16) & 255] ^ T2[(b >>> 8) & 255] ^ T3[c & 255] ^ rk[39];
    OUT[0] = a = T0[e >>> 24] ^ T1[(f >>> 16) & 255] ^ T2[(g >>> 8) & 255] ^ T3[h & 255] ^ rk[40];
    OUT[1] = b = T0[f >>> 24] ^ T1[(g >>> 16) & 255] ^ T2[(h >>> 8) & 255] ^ T3[e & 255] ^ rk[41];
    OUT[2] = c = T0[g >>> 24] ^ T1[(h >>> 16) & 255] ^ T2[(e >>> 8) & 255] ^ T3[f & 255] ^ rk[42];
    OUT[3] = d = T0[h >>> 24] ^ T1[(e >>> 16) & 255] ^ T2[(f >>> 8) & 255] ^ T3[g & 255] ^ rk[43];
    OUT[0] = e = T0[a >>> 24] ^ T1[(b >>> 16) & 255] ^ T2[(c >>> 8) & 255] ^ T3[d & 255] ^ rk[44];
    OUT[1] = f = T0[b >>> 24] ^ T1[(c >>> 16) & 255] ^ T2[(d >>> 8) & 255] ^ T3[a & 255] ^ rk[45];
    OUT[2] = g = T0[c >>> 24] ^ T1[(d >>> 16) & 255] ^ T2[(a >>> 8) & 255] ^ T3[b & 255] ^ rk[46];
    OUT[3] = h = T0[d >>> 24] ^ T1[(a >>> 16) & 255] ^ T2[(b >>> 8) & 255] ^ T3[c & 255] ^ rk[47];
    OUT[0] = a = T0[e >>> 24] ^ T1[(f >>> 16) & 255] ^ T2[(g >>> 8) & 255] ^ T3[h & 255] ^ rk[48];
    OUT[1] = b = T0[f >>> 24] ^ T1[(g >>> 16) & 255] ^ T2[(h >>> 8) & 255] ^ T3[e & 255] ^ rk[49];
    OUT[2] = c = T0[g >>> 24] ^ T1[(h >>> 16) & 255] ^ T2[(e >>> 8) & 255] ^ T3[f & 255] ^ rk[50];
    OUT[3] = d = T0[h >>> 24] ^ T1[(e >>> 16) & 255] ^ T2[(f >>> 8) & 255] ^ T3[g & 255] ^ rk[51];
    OUT[0] = e = T0[a >>> 24] ^ T1[(b >>> 16) & 255] ^ T2[(c >>> 8) & 255] ^ T3[d & 255] ^ rk[52];
    OUT[1] = f = T0[b >>> 24] ^ T1[(c >>> 16) & 255] ^ T2[(d >>> 8) & 255] ^ T3[a & 255] ^ rk[53];
    OUT[2] = g = T0[c >>> 24] ^ T1[(d >>> 16) & 255] ^ T2[(a >>> 8) & 255] ^ T3[b & 255] ^ rk[54];
    OUT[3] = h = T0[d >>> 24] ^ T1[(a >>> 16) & 255] ^ T2[(b >>> 8) & 255] ^ T3[c & 255] ^ rk[55];
    OUT[0] = ((S[e >>> 24] << 24) | (S[(f >>> 16) & 255] << 16) | (S[(g >>> 8) & 255] << 8) | S[h & 255]) ^ rk[56];
    OUT[1] = ((S[f >>> 24] << 24) | (S[(g >>> 16) & 255] << 16) | (S[(h >>> 8) & 255] << 8) | S[e & 255]) ^ rk[57];
    OUT[2] = ((S[g >>> 24] << 24) | (S[(h >>> 16) & 255] << 16) | (S[(e >>> 8) & 255] << 8) | S[f & 255]) ^ rk[58];
    OUT[3] = ((S[h >>> 24] << 24) | (S[(e >>> 16) & 255] << 16) | (S[(f >>> 8) & 255] << 8) | S[g & 255]) ^ rk[59];
  }

  /**
   * EQINVCIPHER (5.3.5). Written out too: where the code of a loop was entered once by on-stack replacement, V8 may enter
   * it so in every later call, and never compile the whole again.
   */
  decrypt(a: number, b: number, c: number, d: number): void {
    const rk = this.#inverse();
    let e = 0;
    let f = 0;
    let g = 0;
    let h = 0;
    if (this.#rounds === 14) {
      a ^= rk[0];
      b ^= rk[1];
      c ^= rk[2];
      d ^= rk[3];
      OUT[0] = e = D0[a >>> 24] ^ D1[(d >>> 16) & 255] ^ D2[(c >>> 8) & 255] ^ D3[b & 255] ^ rk[4];
      OUT[1] = f = D0[b >>> 24] ^ D1[(a >>> 16) & 255] ^ D2[(d >>> 8) & 255] ^ D3[c & 255] ^ rk[5];
      OUT[2] = g = D0[c >>> 24] ^ D1[(b >>> 16) & 255] ^ D2[(a >>> 8) & 255] ^ D3[d & 255] ^ rk[6];
      OUT[3] = h = D0[d >>> 24] ^ D1[(c >>> 16) & 255] ^ D2[(b >>> 8) & 255] ^ D3[a & 255] ^ rk[7];
      OUT[0] = a = D0[e >>> 24] ^ D1[(h >>> 16) & 255] ^ D2[(g >>> 8) & 255] ^ D3[f & 255] ^ rk[8];
      OUT[1] = b = D0[f >>> 24] ^ D1[(e >>> 16) & 255] ^ D2[(h >>> 8) & 255] ^ D3[g & 255] ^ rk[9];
      OUT[2] = c = D0[g >>> 24] ^ D1[(f >>> 16) & 255] ^ D2[(e >>> 8) & 255] ^ D3[h & 255] ^ rk[10];
      OUT[3] = d = D0[h >>> 24] ^ D1[(g >>> 16) & 255] ^ D2[(f >>> 8) & 255] ^ D3[e & 255] ^ rk[11];
      OUT[0] = e = D0[a >>> 24] ^ D1[(d >>> 16) & 255] ^ D2[(c >>> 8) & 255] ^ D3[b & 255] ^ rk[12];
      OUT[1] = f = D0[b >>> 24] ^ D1[(a >>> 16) & 255] ^ D2[(d >>> 8) & 255] ^ D3[c & 255] ^ rk[13];
      OUT[2] = g = D0[c >>> 24] ^ D1[(b >>> 16) & 255] ^ D2[(a >>> 8) & 255] ^ D3[d & 255] ^ rk[14];
      OUT[3] = h = D0[d >>> 24] ^ D1[(c >>> 16) & 255] ^ D2[(b >>> 8) & 255] ^ D3[a & 255] ^ rk[15];
      OUT[0] = a = D0[e >>> 24] ^ D1[(h >>> 16) & 255] ^ D2[(g >>> 8) & 255] ^ D3[f & 255] ^ rk[16];
      OUT[1] = b = D0[f >>> 24] ^ D1[(e >>> 16) & 255] ^ D2[(h >>> 8) & 255] ^ D3[g & 255] ^ rk[17];
      OUT[2] = c = D0[g >>> 24] ^ D1[(f >>> 16) & 255] ^ D2[(e >>> 8) & 255] ^ D3[h & 255] ^ rk[18];
      OUT[3] = d = D0[h >>> 24] ^ D1[(g >>> 16) & 255] ^ D2[(f >>> 8) & 255] ^ D3[e & 255] ^ rk[19];
    } else if (this.#rounds === 12) {
      a ^= rk[8];
      b ^= rk[9];
      c ^= rk[10];
      d ^= rk[11];
      OUT[0] = e = D0[a >>> 24] ^ D1[(d >>> 16) & 255] ^ D2[(c >>> 8) & 255] ^ D3[b & 255] ^ rk[12];
      OUT[1] = f = D0[b >>> 24] ^ D1[(a >>> 16) & 255] ^ D2[(d >>> 8) & 255] ^ D3[c & 255] ^ rk[13];
      OUT[2] = g = D0[c >>> 24] ^ D1[(b >>> 16) & 255] ^ D2[(a >>> 8) & 255] ^ D3[d & 255] ^ rk[14];
      OUT[3] = h = D0[d >>> 24] ^ D1[(c >>> 16) & 255] ^ D2[(b >>> 8) & 255] ^ D3[a & 255] ^ rk[15];
      OUT[0] = a = D0[e >>> 24] ^ D1[(h >>> 16) & 255] ^ D2[(g >>> 8) & 255] ^ D3[f & 255] ^ rk[16];
      OUT[1] = b = D0[f >>> 24] ^ D1[(e >>> 16) & 255] ^ D2[(h >>> 8) & 255] ^ D3[g & 255] ^ rk[17];
      OUT[2] = c = D0[g >>> 24] ^ D1[(f >>> 16) & 255] ^ D2[(e >>> 8) & 255] ^ D3[h & 255] ^ rk[18];
      OUT[3] = d = D0[h >>> 24] ^ D1[(g >>> 16) & 255] ^ D2[(f >>> 8) & 255] ^ D3[e & 255] ^ rk[19];
    } else {
      a ^= rk[16];
      b ^= rk[17];
      c ^= rk[18];
      d ^= rk[19];
    }
    OUT[0] = e = D0[a >>> 24] ^ D1[(d >>> 16) & 255] ^ D2[(c >>> 8) & 255] ^ D3[b & 255] ^ rk[20];
    OUT[1] = f = D0[b >>> 24] ^ D1[(a >>> 16) & 255] ^ D2[(d >>> 8) & 255] ^ D3[c & 255] ^ rk[21];
    OUT[2] = g = D0[c >>> 24] ^ D1[(b >>> 16) & 255] ^ D2[(a >>> 8) & 255] ^ D3[d & 255] ^ rk[22];
    OUT[3] = h = D0[d >>> 24] ^ D1[(c >>> 16) & 255] ^ D2[(b >>> 8) & 255] ^ D3[a & 255] ^ rk[23];
    OUT[0] = a = D0[e >>> 24] ^ D1[(h >>> 16) & 255] ^ D2[(g >>> 8) & 255] ^ D3[f & 255] ^ rk[24];
    OUT[1] = b = D0[f >>> 24] ^ D1[(e >>> 16) & 255] ^ D2[(h >>> 8) & 255] ^ D3[g & 255] ^ rk[25];
    OUT[2] = c = D0[g >>> 24] ^ D1[(f >>> 16) & 255] ^ D2[(e >>> 8) & 255] ^ D3[h & 255] ^ rk[26];
    OUT[3] = d = D0[h >>> 24] ^ D1[(g >>> 16) & 255] ^ D2[(f >>> 8) & 255] ^ D3[e & 255] ^ rk[27];
    OUT[0] = e = D0[a >>> 24] ^ D1[(d >>> 16) & 255] ^ D2[(c >>> 8) & 255] ^ D3[b & 255] ^ rk[28];
    OUT[1] = f = D0[b >>> 24] ^ D1[(a >>> 16) & 255] ^ D2[(d >>> 8) & 255] ^ D3[c & 255] ^ rk[29];
    OUT[2] = g = D0[c >>> 24] ^ D1[(b >>> 16) & 255] ^ D2[(a >>> 8) & 255] ^ D3[d & 255] ^ rk[30];
    OUT[3] = h = D0[d >>> 24] ^ D1[(c >>> 16) & 255] ^ D2[(b >>> 8) & 255] ^ D3[a & 255] ^ rk[31];
    OUT[0] = a = D0[e >>> 24] ^ D1[(h >>> 16) & 255] ^ D2[(g >>> 8) & 255] ^ D3[f & 255] ^ rk[32];
    OUT[1] = b = D0[f >>> 24] ^ D1[(e >>> 16) & 255] ^ D2[(h >>> 8) & 255] ^ D3[g & 255] ^ rk[33];
    OUT[2] = c = D0[g >>> 24] ^ D1[(f >>> 16) & 255] ^ D2[(e >>> 8) & 255] ^ D3[h & 255] ^ rk[34];
    OUT[3] = d = D0[h >>> 24] ^ D1[(g >>> 16) & 255] ^ D2[(f >>> 8) & 255] ^ D3[e & 255] ^ rk[35];
    OUT[0] = e = D0[a >>> 24] ^ D1[(d >>> 16) & 255] ^ D2[(c >>> 8) & 255] ^ D3[b & 255] ^ rk[36];
    OUT[1] = f = D0[b >>> 24] ^ D1[(a >>> 16) & 255] ^ D2[(d >>> 8) & 255] ^ D3[c & 255] ^ rk[37];
    OUT[2] = g = D0[c >>> 24] ^ D1[(b >>> 16) & 255] ^ D2[(a >>> 8) & 255] ^ D3[d & 255] ^ rk[38];
    OUT[3] = h = D0[d >>> 24] ^ D1[(c >>> 16) & 255] ^ D2[(b >>> 8) & 255] ^ D3[a & 255] ^ rk[39];
    OUT[0] = a = D0[e >>> 24] ^ D1[(h >>> 16) & 255] ^ D2[(g >>> 8) & 255] ^ D3[f & 255] ^ rk[40];
    OUT[1] = b = D0[f >>> 24] ^ D1[(e >>> 16) & 255] ^ D2[(h >>> 8) & 255] ^ D3[g & 255] ^ rk[41];
    OUT[2] = c = D0[g >>> 24] ^ D1[(f >>> 16) & 255] ^ D2[(e >>> 8) & 255] ^ D3[h & 255] ^ rk[42];
    OUT[3] = d = D0[h >>> 24] ^ D1[(g >>> 16) & 255] ^ D2[(f >>> 8) & 255] ^ D3[e & 255] ^ rk[43];
    OUT[0] = e = D0[a >>> 24] ^ D1[(d >>> 16) & 255] ^ D2[(c >>> 8) & 255] ^ D3[b & 255] ^ rk[44];
    OUT[1] = f = D0[b >>> 24] ^ D1[(a >>> 16) & 255] ^ D2[(d >>> 8) & 255] ^ D3[c & 255] ^ rk[45];
    OUT[2] = g = D0[c >>> 24] ^ D1[(b >>> 16) & 255] ^ D2[(a >>> 8) & 255] ^ D3[d & 255] ^ rk[46];
    OUT[3] = h = D0[d >>> 24] ^ D1[(c >>> 16) & 255] ^ D2[(b >>> 8) & 255] ^ D3[a & 255] ^ rk[47];
    OUT[0] = a = D0[e >>> 24] ^ D1[(h >>> 16) & 255] ^ D2[(g >>> 8) & 255] ^ D3[f & 255] ^ rk[48];
    OUT[1] = b = D0[f >>> 24] ^ D1[(e >>> 16) & 255] ^ D2[(h >>> 8) & 255] ^ D3[g & 255] ^ rk[49];
    OUT[2] = c = D0[g >>> 24] ^ D1[(f >>> 16) & 255] ^ D2[(e >>> 8) & 255] ^ D3[h & 255] ^ rk[50];
    OUT[3] = d = D0[h >>> 24] ^ D1[(g >>> 16) & 255] ^ D2[(f >>> 8) & 255] ^ D3[e & 255] ^ rk[51];
    OUT[0] = e = D0[a >>> 24] ^ D1[(d >>> 16) & 255] ^ D2[(c >>> 8) & 255] ^ D3[b & 255] ^ rk[52];
    OUT[1] = f = D0[b >>> 24] ^ D1[(a >>> 16) & 255] ^ D2[(d >>> 8) & 255] ^ D3[c & 255] ^ rk[53];
    OUT[2] = g = D0[c >>> 24] ^ D1[(b >>> 16) & 255] ^ D2[(a >>> 8) & 255] ^ D3[d & 255] ^ rk[54];
    OUT[3] = h = D0[d >>> 24] ^ D1[(c >>> 16) & 255] ^ D2[(b >>> 8) & 255] ^ D3[a & 255] ^ rk[55];
    OUT[0] = inverseRow(e, h, g, f) ^ rk[56];
    OUT[1] = inverseRow(f, e, h, g) ^ rk[57];
    OUT[2] = inverseRow(g, f, e, h) ^ rk[58];
    OUT[3] = inverseRow(h, g, f, e) ^ rk[59];
  }

  /** A second schedule of the same key with a life of its own. */
  clone(): AesCipher {
    const copy = new AesCipher(ZERO_KEY);
    copy.#up.set(this.#up);
    copy.#rounds = this.#rounds;
    return copy;
  }

  destroy(): void {
    if (this.#rounds === 0) return;
    this.#rounds = 0;
    schedules.give(this.#up);
    this.#up = NONE;
    this.#dropInverse();
  }

  #dropInverse(): void {
    this.#down?.fill(0);
    this.#down = undefined;
  }

  /** KEYEXPANSIONEIC (5.2): the round keys in reverse, all but the outer two through INVMIXCOLUMNS, as long as {@link #up}. */
  #inverse(): Int32Array {
    if (this.#down !== undefined) return this.#down;
    if (this.#rounds === 0) throw new Error("AES key was destroyed");
    if (D0[0] === 0) fillInverseTables();
    const up = this.#up;
    const start = up.length - scheduleWords(this.#rounds);
    const down = new Int32Array(up.length);
    for (let i = start; i < up.length; i++) {
      const column = i % 4;
      const word = up[start + up.length - 4 - (i - column) + column];
      const isOuter = i < start + 4 || i >= up.length - 4;
      down[i] = isOuter ? word : inverseMixed(word);
    }
    this.#down = down;
    return down;
  }
}

/** KEYEXPANSION (5.2) of 4 or 6 words. */
function expand(rk: Int32Array, key: Int32Array, Nk: 4 | 6): void {
  const start = rk.length - scheduleWords(Nk + 6);
  for (let i = 0; i < Nk; i++) rk[start + i] = key[i];
  let temp = rk[start + Nk - 1];
  for (let i = start + Nk, Rcon = 1; i < rk.length; Rcon = doubled(Rcon)) {
    temp = substituted((temp << 8) | (temp >>> 24)) ^ (Rcon << 24);
    const end = Math.min(i + Nk, rk.length);
    for (; i < end; i++) rk[i] = temp ^= rk[i - Nk];
  }
}

/** The same of 8 words, whose fourth goes through SUBWORD too; in local variables it takes three quarters of the time. */
function expand256(rk: Int32Array, key: Int32Array): void {
  let a = key[0];
  let b = key[1];
  let c = key[2];
  let d = key[3];
  let e = key[4];
  let f = key[5];
  let g = key[6];
  let h = key[7];
  for (let i = 0, Rcon = 1 << 24; ; i += 8, Rcon <<= 1) {
    rk[i] = a;
    rk[i + 1] = b;
    rk[i + 2] = c;
    rk[i + 3] = d;
    if (i === 56) return;
    rk[i + 4] = e;
    rk[i + 5] = f;
    rk[i + 6] = g;
    rk[i + 7] = h;
    a ^= substituted((h << 8) | (h >>> 24)) ^ Rcon;
    b ^= a;
    c ^= b;
    d ^= c;
    e ^= substituted(d);
    f ^= e;
    g ^= f;
    h ^= g;
  }
}

const ZERO_KEY: Uint8Array = new Uint8Array(16);

/** Where the random generator and its tests get their cipher, unless they are given another. */
export const tableCipher: AesCipherMaker = (key) => new AesCipher(key);

/** SUBWORD (5.2). */
function substituted(word: number): number {
  return (S[word >>> 24] << 24) | (S[(word >>> 16) & 255] << 16) | (S[(word >>> 8) & 255] << 8) | S[word & 255];
}

/** INVSUBBYTES of four bytes, one from each word, as INVSHIFTROWS brings them together. */
function inverseRow(a: number, b: number, c: number, d: number): number {
  return (INV_S[a >>> 24] << 24) | (INV_S[(b >>> 16) & 255] << 16) | (INV_S[(c >>> 8) & 255] << 8) | INV_S[d & 255];
}

/** INVMIXCOLUMNS (5.3.3) of one column: the tables have INVSUBBYTES in them, which the S-box takes back. */
function inverseMixed(word: number): number {
  return D0[S[word >>> 24]] ^ D1[S[(word >>> 16) & 255]] ^ D2[S[(word >>> 8) & 255]] ^ D3[S[word & 255]];
}

/** XTIMES (4.2) in GF(2^8), modulo x^8 + x^4 + x^3 + x + 1. */
function doubled(x: number): number {
  return (x << 1) ^ (x & 0x80 ? 0x11b : 0);
}

function fillTables(): void {
  // Every byte but 0 is a power of x + 1, so that inverses are found by their exponents.
  const powers = new Uint8Array(256);
  for (let i = 0, x = 1; i < 256; i++, x ^= doubled(x)) powers[i] = x;
  for (let i = 0; i < 256; i++) {
    const inverse = i === 255 ? 0 : powers[255 - i];
    // 5.1.1: b'_i = b_i + b_(i+4) + b_(i+5) + b_(i+6) + b_(i+7) + c_i, as rotations of the byte.
    const twice = inverse | (inverse << 8);
    const s = (inverse ^ (twice >> 4) ^ (twice >> 5) ^ (twice >> 6) ^ (twice >> 7) ^ 0x63) & 255;
    const x = i === 255 ? 0 : powers[i];
    S[x] = s;
    INV_S[s] = x;
  }
  for (let x = 0; x < 256; x++) {
    // 5.1.3: (02, 01, 01, 03) down the column, and the next rows' columns are this one turned.
    const s = S[x];
    const s2 = doubled(s);
    const mixed = (s2 << 24) | (s << 16) | (s << 8) | (s2 ^ s);
    T0[x] = mixed;
    T1[x] = (mixed >>> 8) | (mixed << 24);
    T2[x] = (mixed >>> 16) | (mixed << 16);
    T3[x] = (mixed >>> 24) | (mixed << 8);
  }
}

/** The tables of decryption, for the first key that decrypts. */
function fillInverseTables(): void {
  for (let x = 0; x < 256; x++) {
    // 5.3.3: (0e, 09, 0d, 0b).
    const y = INV_S[x];
    const y2 = doubled(y);
    const y4 = doubled(y2);
    const y8 = doubled(y4);
    const unmixed = ((y8 ^ y4 ^ y2) << 24) | ((y8 ^ y) << 16) | ((y8 ^ y4 ^ y) << 8) | (y8 ^ y2 ^ y);
    D0[x] = unmixed;
    D1[x] = (unmixed >>> 8) | (unmixed << 24);
    D2[x] = (unmixed >>> 16) | (unmixed << 16);
    D3[x] = (unmixed >>> 24) | (unmixed << 8);
  }
}
