/**
 * Inverses modulo an odd prime by division steps (D. J. Bernstein, B.-Y. Yang, "Fast constant-time gcd computation and
 * modular inversion", TCHES 2019): the same steps for every number, secret or not, and no branch or index depends on it.
 *
 * Each step makes f and g, the prime and the number at first, half as large in one of two ways that their lowest bits decide.
 * So 24 steps are taken on the lowest limbs alone; what they come to, a matrix of whole numbers up to 2²⁴, is then applied to
 * all limbs, and the lowest ones, 0 by then, fall away. Beside them d and e keep f = d·x and g = e·x modulo the prime; there a
 * multiple of it makes the lowest limbs 0.
 */

import { BITS } from "./digits.ts";

/** For rounding to a multiple of 2²⁴, as in generator.ts. */
const M: number = 3 * 2 ** 75;
const I: number = 2 ** -BITS;

/** Limbs of the longest numbers, which P-521 has. */
const MOST = 22;
const F: Float64Array = new Float64Array(MOST);
const G: Float64Array = new Float64Array(MOST);
const D: Float64Array = new Float64Array(MOST);
const E: Float64Array = new Float64Array(MOST);

/** After 24 steps f is (u·f + v·g) / 2²⁴ and g is (q·f + r·g) / 2²⁴; in this order. */
const matrix: Int32Array = new Int32Array(4);

/**
 * Steps after which g is 0, with δ = ½ at first and 0 ≤ g ≤ f < 2^bits (P. Wuille, "Bounds on divsteps iterations in
 * safegcd", computed for up to 6,606 bits; 590 for 256).
 */
function stepsFor(bits: number): number {
  return Math.floor((45907 * bits + 26313) / 19929);
}

/**
 * result = 1 / x modulo the prime, up to 32 times as large; 0 for 0.
 * @param x digits from 0 to 2²⁴ − 1 of a number below the prime
 * @param prime balanced digits of an odd prime of so many bits; there are limbs for 7 bits more
 */
export function inverse(result: Float64Array, x: Int32Array, prime: Float64Array, limbs: number, bits: number): void {
  for (let i = 0; i < limbs; i++) {
    F[i] = prime[i];
    G[i] = x[i];
    D[i] = E[i] = 0;
  }
  E[0] = 1;
  const factor = minusInverse(prime[0]);
  // −(δ + ½).
  let zeta = -1;
  for (let batch = Math.ceil(stepsFor(bits) / BITS); batch > 0; batch--) {
    zeta = takeSteps(zeta, F[0], G[0]);
    halve(limbs);
    divide(limbs, prime, factor);
  }
  // f is 1 or −1; or the prime if x is 0, and then d is 0.
  const sign = F[0];
  for (let i = 0; i < limbs; i++) {
    result[i] = sign * D[i];
    F[i] = G[i] = D[i] = E[i] = 0;
  }
  matrix.fill(0);
}

/** 24 steps on the lowest bits of f and g: if δ > 0 and g is odd, f, g, δ = g, (g − f)/2, 1 − δ; else g, δ = (g + (g mod 2)·f)/2, 1 + δ. */
function takeSteps(before: number, lowF: number, lowG: number): number {
  let zeta = before | 0;
  let f = lowF | 0;
  let g = lowG | 0;
  let u = 1;
  let v = 0;
  let q = 0;
  let r = 1;
  for (let i = 0; i < BITS; i++) {
    const isPositive = zeta >> 31;
    const isOdd = -(g & 1);
    g += ((f ^ isPositive) - isPositive) & isOdd;
    q += ((u ^ isPositive) - isPositive) & isOdd;
    r += ((v ^ isPositive) - isPositive) & isOdd;
    const swaps = isPositive & isOdd;
    zeta = (zeta ^ swaps) - 1;
    f += g & swaps;
    u = (u + (q & swaps)) << 1;
    v = (v + (r & swaps)) << 1;
    g >>= 1;
  }
  matrix[0] = u;
  matrix[1] = v;
  matrix[2] = q;
  matrix[3] = r;
  return zeta;
}

/** f, g = (u·f + v·g) / 2²⁴, (q·f + r·g) / 2²⁴, which are whole. */
function halve(limbs: number): void {
  const u = matrix[0];
  const v = matrix[1];
  const q = matrix[2];
  const r = matrix[3];
  let carryF = (u * F[0] + v * G[0]) * I;
  let carryG = (q * F[0] + r * G[0]) * I;
  for (let i = 1; i < limbs; i++) {
    const f = u * F[i] + v * G[i] + carryF;
    const g = q * F[i] + r * G[i] + carryG;
    const highF = f + M - M;
    const highG = g + M - M;
    F[i - 1] = f - highF;
    G[i - 1] = g - highG;
    carryF = highF * I;
    carryG = highG * I;
  }
  F[limbs - 1] = carryF;
  G[limbs - 1] = carryG;
}

/** d, e = (u·d + v·e) / 2²⁴, (q·d + r·e) / 2²⁴ modulo the prime: each grows by half of it at most. */
function divide(limbs: number, prime: Float64Array, factor: number): void {
  const u = matrix[0];
  const v = matrix[1];
  const q = matrix[2];
  const r = matrix[3];
  const lowD = u * D[0] + v * E[0];
  const lowE = q * D[0] + r * E[0];
  let multipleD = (lowD - (lowD + M - M)) * factor;
  let multipleE = (lowE - (lowE + M - M)) * factor;
  multipleD -= multipleD + M - M;
  multipleE -= multipleE + M - M;
  let carryD = (lowD + multipleD * prime[0]) * I;
  let carryE = (lowE + multipleE * prime[0]) * I;
  for (let i = 1; i < limbs; i++) {
    const d = u * D[i] + v * E[i] + multipleD * prime[i] + carryD;
    const e = q * D[i] + r * E[i] + multipleE * prime[i] + carryE;
    const highD = d + M - M;
    const highE = e + M - M;
    D[i - 1] = d - highD;
    E[i - 1] = e - highE;
    carryD = highD * I;
    carryE = highE * I;
  }
  D[limbs - 1] = carryD;
  E[limbs - 1] = carryE;
}

/** −1 / digit mod 2²⁴, balanced, of an odd digit: by Newton's iteration, which doubles the right bits, three at first. */
export function minusInverse(digit: number): number {
  let x = digit;
  for (let bits = 3; bits < BITS; bits *= 2) x = Math.imul(x, 2 - Math.imul(digit, x));
  return -((x << 8) >> 8);
}
