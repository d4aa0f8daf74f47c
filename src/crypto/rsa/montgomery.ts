/**
 * Powers modulo an odd number, by Montgomery's method on Float64 limbs. What is computed and which memory is read follows
 * from sizes only, whatever the base and the exponent are.
 *
 * A number is the sum of limb[i] · 2^(width·i) and may be negative. Limbs are balanced: from −2^(width − 1) to
 * 2^(width − 1), and less than a thousandth beyond. Products of limbs add up in columns without a carry, which is exact
 * below 2^53.
 */

import { bitLength } from "../../bytes/bytes.ts";
import { windowBits } from "./arithmetic.ts";
import { addRows, COLUMNS, ROUNDERS, ROWS, ROWS_AT_ONCE, squareLimbs, takeLowBits, UNITS } from "./rows.ts";

/** The longest modulus: a prime of an RSA key of 8192 bits. */
export const maxMontgomeryBits = 4096;
const maxLimbs = 187;

/** Above, there are so many limbs of 24 bits that a multiplication alone could reach 2^53. */
const maxWideBits = 2876;

const tableSize: number = 1 << windowBits;

// As in rows.ts: constants of the module, wiped after each power.
const RESULT: Float64Array = new Float64Array(maxLimbs);
const ENTRY: Float64Array = new Float64Array(maxLimbs);
const TABLE: Int32Array = new Int32Array(tableSize * maxLimbs);

/** An odd modulus above 1, prepared. */
export class Montgomery {
  readonly #modulus: bigint;
  readonly #width: number;
  readonly #limbs: number;
  /** A multiple of the modulus that is −1 modulo 2^width: its multiples by a column's low bits clear these bits. */
  readonly #scaled: Float64Array;
  /** R and R² modulo the modulus, where R is 2^(width·limbs). */
  readonly #one: Float64Array;
  readonly #square: Float64Array;
  /** Whether a product must be carried before its reduction adds as much to its columns again. */
  readonly #isCarriedBetween: boolean;

  /** @throws RangeError when the modulus is longer than {@link maxMontgomeryBits}. */
  constructor(modulus: bigint) {
    const bits = bitLength(modulus);
    if (bits > maxMontgomeryBits) throw new RangeError(`a modulus has at most ${maxMontgomeryBits} bits, not ${bits}`);
    const width = bits > maxWideBits ? 23 : 24;
    // R is at least 16 times the scaled modulus, so that what stays below 1.2 times it does so when it is doubled, too.
    const limbs = ROWS_AT_ONCE * Math.ceil((bits + width + 4) / (ROWS_AT_ONCE * width));
    const R = 1n << BigInt(width * limbs);
    this.#modulus = modulus;
    this.#width = width;
    this.#limbs = limbs;
    this.#scaled = this.#toLimbs(modulus * BigInt.asUintN(width, -inverseOfOdd(modulus, width)));
    this.#one = this.#toLimbs(R % modulus);
    this.#square = this.#toLimbs((R * R) % modulus);
    // In units of the greatest product, 4^(width − 1), and with a 128th for what limbs and carries are beyond.
    const capacity = 127 * 4 ** (24 - width);
    const fromReduction = this.#scaled.reduce((sum, limb) => sum + Math.abs(limb), 0) / 2 ** (width - 1);
    this.#isCarriedBetween = limbs + fromReduction > capacity;
  }

  /** base ^ exponent for an exponent in digits (exponentDigits): `windowBits` squarings and a multiplication each. */
  power(base: bigint, digits: Uint8Array): bigint {
    const limbs = this.#limbs;
    TABLE.set(this.#one);
    ENTRY.set(this.#toLimbs(base % this.#modulus));
    this.#multiply(ENTRY, this.#square);
    TABLE.set(RESULT.subarray(0, limbs), limbs);
    ENTRY.set(RESULT);
    for (let i = 2; i < tableSize; i++) {
      this.#multiply(RESULT, ENTRY);
      TABLE.set(RESULT.subarray(0, limbs), i * limbs);
    }
    lookUp(digits[0], limbs);
    RESULT.set(ENTRY);
    for (let i = 1; i < digits.length; i++) {
      for (let j = 0; j < windowBits; j++) this.#squareAndScale(1);
      lookUp(digits[i], limbs);
      this.#multiply(RESULT, ENTRY);
    }
    return this.#takeResult();
  }

  /** 2 ^ exponent: a squaring a bit. */
  powerOfTwo(exponent: bigint): bigint {
    const bits = exponent.toString(2);
    RESULT.set(this.#one);
    for (let i = 0; i < bits.length; i++) this.#squareAndScale(bits.charCodeAt(i) - 47);
    return this.#takeResult();
  }

  destroy(): void {
    for (const numbers of [this.#scaled, this.#one, this.#square]) numbers.fill(0);
  }

  /** RESULT = a · b / R. */
  #multiply(a: Float64Array, b: Float64Array): void {
    const limbs = this.#limbs;
    COLUMNS.fill(0, 0, 2 * limbs);
    ROWS.fill(0);
    for (let i = 0; i < limbs; i += ROWS_AT_ONCE) {
      for (let j = 0; j < ROWS_AT_ONCE; j++) ROWS[j] = a[i + j];
      addRows(b, 0, limbs, i);
    }
    this.#reduce(1);
  }

  /** RESULT = scale · RESULT² / R, for a scale of 1 or 2. */
  #squareAndScale(scale: number): void {
    const limbs = this.#limbs;
    COLUMNS.fill(0, 0, 2 * limbs);
    ROWS.fill(0);
    for (let i = 0; i < limbs; i += ROWS_AT_ONCE) {
      squareLimbs(RESULT, i);
      addRows(RESULT, i + ROWS_AT_ONCE, limbs, i);
    }
    this.#reduce(scale);
  }

  /** RESULT = scale · COLUMNS / R. */
  #reduce(scale: number): void {
    const limbs = this.#limbs;
    const width = this.#width;
    const scaled = this.#scaled;
    if (this.#isCarriedBetween) carry(COLUMNS, 0, COLUMNS, 2 * limbs, 1, width);
    for (let i = 1; i < ROWS_AT_ONCE; i++) ROWS[ROWS_AT_ONCE - 1 + i] = scaled[i];
    for (let i = 0; i < limbs; i += ROWS_AT_ONCE) {
      takeLowBits(scaled, i, width);
      addRows(scaled, ROWS_AT_ONCE, limbs, i);
    }
    // The first leaves limbs of some 30 bits.
    carry(COLUMNS, limbs, RESULT, limbs, scale, width);
    carry(RESULT, 0, RESULT, limbs, 1, width);
  }

  /** RESULT / R as an integer below the modulus. What was on the way there is wiped. */
  #takeResult(): bigint {
    ENTRY.fill(0);
    ENTRY[0] = 1;
    this.#multiply(RESULT, ENTRY);
    let value = 0n;
    for (let i = this.#limbs - 1; i >= 0; i--) value = (value << BigInt(this.#width)) + BigInt(RESULT[i]);
    for (const numbers of [COLUMNS, ROWS, RESULT, ENTRY, TABLE]) numbers.fill(0);
    return ((value % this.#modulus) + this.#modulus) % this.#modulus;
  }

  #toLimbs(value: bigint): Float64Array {
    const width = this.#width;
    const limbs = new Float64Array(this.#limbs);
    for (let i = 0, rest = value, over = 0; i < limbs.length; i++) {
      const limb = Number(BigInt.asUintN(width, rest)) + over;
      rest >>= BigInt(width);
      over = (limb + 2 ** (width - 1)) >> width;
      limbs[i] = limb - over * 2 ** width;
    }
    return limbs;
  }
}

/** to[i] = scale · from[at + i] without its high bits, and with those of the limb before; the last one keeps its own. */
function carry(from: Float64Array, at: number, to: Float64Array, limbs: number, scale: number, width: number): void {
  const unit = UNITS[width];
  const rounder = ROUNDERS[width];
  let high = 0;
  for (let i = 0; i < limbs - 1; i++) {
    const limb = scale * from[at + i];
    const over = high * unit;
    high = limb + rounder - rounder;
    to[i] = limb - high + over;
  }
  to[limbs - 1] = scale * from[at + limbs - 1] + high * unit;
}

/** ENTRY = TABLE[digit], reading all of TABLE. */
function lookUp(digit: number, limbs: number): void {
  ENTRY.fill(0, 0, limbs);
  for (let entry = 0; entry < tableSize; entry += 8) {
    const mask0 = maskOf(entry, digit);
    const mask1 = maskOf(entry + 1, digit);
    const mask2 = maskOf(entry + 2, digit);
    const mask3 = maskOf(entry + 3, digit);
    const mask4 = maskOf(entry + 4, digit);
    const mask5 = maskOf(entry + 5, digit);
    const mask6 = maskOf(entry + 6, digit);
    const mask7 = maskOf(entry + 7, digit);
    for (let i = 0, k = entry * limbs; i < limbs; i++, k++) {
      ENTRY[i] +=
        (TABLE[k] & mask0) |
        (TABLE[k + limbs] & mask1) |
        (TABLE[k + 2 * limbs] & mask2) |
        (TABLE[k + 3 * limbs] & mask3) |
        (TABLE[k + 4 * limbs] & mask4) |
        (TABLE[k + 5 * limbs] & mask5) |
        (TABLE[k + 6 * limbs] & mask6) |
        (TABLE[k + 7 * limbs] & mask7);
    }
  }
}

/** All ones when two small numbers are the same, otherwise zero; without a branch. */
function maskOf(a: number, b: number): number {
  return ((a ^ b) - 1) >> 31;
}

/** The inverse of an odd number modulo 2^width, by Newton's iteration: each step doubles the bits that are right. */
function inverseOfOdd(value: bigint, width: number): bigint {
  let inverse = BigInt.asUintN(width, value);
  for (let right = 3; right < width; right *= 2) inverse = BigInt.asUintN(width, inverse * (2n - value * inverse));
  return inverse;
}
