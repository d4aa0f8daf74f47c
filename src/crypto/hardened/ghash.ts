/**
 * GHASH (SP 800-38D, 6.3 and 6.4) without tables: products of polynomials by integer multiplication of numbers with three
 * zeros between any two bits, so that at most eight ones meet in a place and no carry reaches the next bit (T. Pornin,
 * "BearSSL: constant-time multiplications"). Where the processor multiplies 32-bit integers in a time of its own, the time
 * depends on lengths alone.
 */

import { BLOCK, viewOf, wordAt } from "../block-cipher.ts";
import { Y } from "../ghash.ts";
import { wordPool } from "../word-pool.ts";

/** Factors of the nine products that Karatsuba's method needs for four words by four, and the same with their bits reversed. */
const FACTORS = 18;
/** A factor of H, bits apart: every fourth, from each of four on. */
const PARTS = 4;
const prepared = wordPool(FACTORS * PARTS);
const NONE: Int32Array = new Int32Array(0);

/** The factors of the block at hand, and the low words of their products with those of H. */
const factors: Int32Array = new Int32Array(FACTORS);
const products: Int32Array = new Int32Array(FACTORS);
/** A product of four words by four, the lowest first. */
const Z: Int32Array = new Int32Array(8);

/** A hash subkey H, its factors taken apart. */
export class HardenedGhashKey {
  #H: Int32Array = prepared.take();

  constructor(h0: number, h1: number, h2: number, h3: number) {
    setFactors(h0, h1, h2, h3);
    for (let i = 0; i < FACTORS; i++) {
      for (let j = 0; j < PARTS; j++) this.#H[PARTS * i + j] = factors[i] & (0x11111111 << j);
    }
    factors.fill(0);
  }

  /** Leaves in {@link Y} the GHASH of `first` and the front of `second`, each padded to blocks, and of their lengths. */
  hash(first: Uint8Array, second: Uint8Array, secondBytes: number): void {
    Y.fill(0);
    this.#update(first, first.length);
    this.#update(second, secondBytes);
    this.#absorb(first.length / 2 ** 29, first.length << 3, secondBytes / 2 ** 29, secondBytes << 3);
    for (const words of [factors, products, Z]) words.fill(0);
  }

  destroy(): void {
    if (this.#H !== NONE) prepared.give(this.#H);
    this.#H = NONE;
  }

  #update(data: Uint8Array, byteLength: number): void {
    const view = viewOf(data);
    let at = 0;
    for (; at + BLOCK <= byteLength; at += BLOCK) {
      this.#absorb(view.getInt32(at), view.getInt32(at + 4), view.getInt32(at + 8), view.getInt32(at + 12));
    }
    if (at === byteLength) return;
    const last = new Uint8Array(BLOCK);
    last.set(data.subarray(at, byteLength));
    this.#absorb(wordAt(last, 0), wordAt(last, 4), wordAt(last, 8), wordAt(last, 12));
    last.fill(0);
  }

  /** Y = (Y ⊕ X) · H (6.4, step 3). */
  #absorb(x0: number, x1: number, x2: number, x3: number): void {
    const H = this.#H;
    setFactors(Y[0] ^ x0, Y[1] ^ x1, Y[2] ^ x2, Y[3] ^ x3);
    for (let i = 0; i < FACTORS; i++) {
      const x = factors[i];
      products[i] = lowProduct(x, H[4 * i], H[4 * i + 1], H[4 * i + 2], H[4 * i + 3]);
    }
    combine();
    reduce();
  }
}

/**
 * The words of a block as one number, the first the highest, and sums of them: 0 to 8, and with reversed bits 9 to 17.
 * A sum of words i and j is the factor of Karatsuba's middle product of those two.
 */
function setFactors(y0: number, y1: number, y2: number, y3: number): void {
  setSums(0, y0, y1, y2, y3);
  setSums(9, reversed(y0), reversed(y1), reversed(y2), reversed(y3));
}

function setSums(at: number, y0: number, y1: number, y2: number, y3: number): void {
  factors[at] = y3;
  factors[at + 1] = y2;
  factors[at + 2] = y3 ^ y2;
  factors[at + 3] = y1;
  factors[at + 4] = y0;
  factors[at + 5] = y1 ^ y0;
  factors[at + 6] = y3 ^ y1;
  factors[at + 7] = y2 ^ y0;
  factors[at + 8] = y3 ^ y2 ^ y1 ^ y0;
}

/** The low word of the product of two polynomials, of which one is taken apart (h0 has the bits 0, 4, …). */
function lowProduct(x: number, h0: number, h1: number, h2: number, h3: number): number {
  const x0 = x & 0x11111111;
  const x1 = x & 0x22222222;
  const x2 = x & 0x44444444;
  const x3 = x & 0x88888888;
  const z0 = Math.imul(x0, h0) ^ Math.imul(x1, h3) ^ Math.imul(x2, h2) ^ Math.imul(x3, h1);
  const z1 = Math.imul(x0, h1) ^ Math.imul(x1, h0) ^ Math.imul(x2, h3) ^ Math.imul(x3, h2);
  const z2 = Math.imul(x0, h2) ^ Math.imul(x1, h1) ^ Math.imul(x2, h0) ^ Math.imul(x3, h3);
  const z3 = Math.imul(x0, h3) ^ Math.imul(x1, h2) ^ Math.imul(x2, h1) ^ Math.imul(x3, h0);
  return (z0 & 0x11111111) | (z1 & 0x22222222) | (z2 & 0x44444444) | (z3 & 0x88888888);
}

/** Karatsuba's sums: the low words of the nine products in their places, and the high ones, reversed, one place up. */
function combine(): void {
  Z.fill(0);
  for (let half = 0; half < 2; half++) {
    const at = 9 * half;
    const [low, high] = [products[at], products[at + 4]];
    const lowMiddle = low ^ products[at + 1] ^ products[at + 2];
    const highMiddle = high ^ products[at + 3] ^ products[at + 5];
    const crossMiddle = products[at + 6] ^ products[at + 7] ^ products[at + 8];
    // Places 0 to 6 of a product of four words by four.
    const z1 = lowMiddle;
    const z2 = products[at + 1] ^ products[at + 6] ^ low ^ products[at + 3];
    const z3 = crossMiddle ^ lowMiddle ^ highMiddle;
    const z4 = products[at + 3] ^ products[at + 7] ^ products[at + 1] ^ high;
    const z5 = highMiddle;
    if (half === 0) {
      Z[0] = low;
      Z[1] = z1;
      Z[2] = z2;
      Z[3] = z3;
      Z[4] = z4;
      Z[5] = z5;
      Z[6] = high;
    } else {
      // Reversed, the low word of a product of reversed factors is bits 31 to 62 of the product.
      Z[1] ^= reversed(low) >>> 1;
      Z[2] ^= reversed(z1) >>> 1;
      Z[3] ^= reversed(z2) >>> 1;
      Z[4] ^= reversed(z3) >>> 1;
      Z[5] ^= reversed(z4) >>> 1;
      Z[6] ^= reversed(z5) >>> 1;
      Z[7] = reversed(high) >>> 1;
    }
  }
}

/**
 * Y = Z modulo x^128 + x^7 + x^2 + x + 1 (6.3). The highest bit is the coefficient of x^0, so a product of 255 bits stands one
 * bit too low, and what is below the upper half comes back x^128 = x^7 + x^2 + x + 1 higher.
 */
function reduce(): void {
  for (let i = 7; i > 0; i--) Z[i] = (Z[i] << 1) | (Z[i - 1] >>> 31);
  Z[0] <<= 1;
  for (let i = 0; i < 4; i++) {
    const z = Z[i];
    Z[i + 4] ^= z ^ (z >>> 1) ^ (z >>> 2) ^ (z >>> 7);
    Z[i + 3] ^= (z << 31) ^ (z << 30) ^ (z << 25);
  }
  for (let i = 0; i < 4; i++) Y[i] = Z[7 - i];
}

/** The bits of a word in reverse. */
function reversed(x: number): number {
  x = ((x & 0x55555555) << 1) | ((x >>> 1) & 0x55555555);
  x = ((x & 0x33333333) << 2) | ((x >>> 2) & 0x33333333);
  x = ((x & 0x0f0f0f0f) << 4) | ((x >>> 4) & 0x0f0f0f0f);
  x = ((x & 0x00ff00ff) << 8) | ((x >>> 8) & 0x00ff00ff);
  return (x << 16) | (x >>> 16);
}
