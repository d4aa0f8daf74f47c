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

/** After so many steps the entries of the matrix are from −2¹² to 2¹². */
const HALF: number = BITS / 2;

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
    advance(limbs, prime, factor);
  }
  // f is 1 or −1; or the prime if x is 0, and then d is 0.
  const sign = F[0];
  for (let i = 0; i < limbs; i++) {
    result[i] = sign * D[i];
    F[i] = G[i] = D[i] = E[i] = 0;
  }
  matrix.fill(0);
}

/**
 * 24 steps on the lowest bits of f and g: if δ > 0 and g is odd, f, g, δ = g, (g − f)/2, 1 − δ; else g, δ = (g + (g mod 2)·f)/2, 1 + δ.
 * The rows of the matrix are added, negated and doubled as wholes: for half of the steps each is one number, u + 2¹⁶·v or
 * q + 2¹⁶·r.
 */
function takeSteps(before: number, lowF: number, lowG: number): number {
  let zeta = before | 0;
  let f = lowF | 0;
  let g = lowG | 0;
  matrix[0] = matrix[3] = 1;
  matrix[1] = matrix[2] = 0;
  for (let taken = 0; taken < BITS; taken += HALF) {
    let uv = 1;
    let qr = 1 << 16;
    for (let i = 0; i < HALF; i++) {
      const isPositive = zeta >> 31;
      const isOdd = -(g & 1);
      g += ((f ^ isPositive) - isPositive) & isOdd;
      qr = (qr + (((uv ^ isPositive) - isPositive) & isOdd)) | 0;
      const swaps = isPositive & isOdd;
      zeta = (zeta ^ swaps) - 1;
      f += g & swaps;
      uv = (uv + (qr & swaps)) << 1;
      g >>= 1;
    }
    const u = (uv << 16) >> 16;
    const v = (uv - u) >> 16;
    const q = (qr << 16) >> 16;
    const r = (qr - q) >> 16;
    for (let column = 0; column < 2; column++) {
      const upper = matrix[column];
      const lower = matrix[2 + column];
      matrix[column] = Math.imul(u, upper) + Math.imul(v, lower);
      matrix[2 + column] = Math.imul(q, upper) + Math.imul(r, lower);
    }
  }
  return zeta;
}

/**
 * f, g = (u·f + v·g) / 2²⁴, (q·f + r·g) / 2²⁴, which are whole, and d, e in the same way modulo the prime: each of these grows by
 * half of it at most. All four at once, as each waits for the carries of its own alone.
 */
function advance(limbs: number, prime: Float64Array, factor: number): void {
  const u = matrix[0];
  const v = matrix[1];
  const q = matrix[2];
  const r = matrix[3];
  let carryF = (u * F[0] + v * G[0]) * I;
  let carryG = (q * F[0] + r * G[0]) * I;
  const lowD = u * D[0] + v * E[0];
  const lowE = q * D[0] + r * E[0];
  let multipleD = (lowD - (lowD + M - M)) * factor;
  let multipleE = (lowE - (lowE + M - M)) * factor;
  multipleD -= multipleD + M - M;
  multipleE -= multipleE + M - M;
  let carryD = (lowD + multipleD * prime[0]) * I;
  let carryE = (lowE + multipleE * prime[0]) * I;
  for (let i = 1; i < limbs; i++) {
    const f = u * F[i] + v * G[i] + carryF;
    const g = q * F[i] + r * G[i] + carryG;
    const d = u * D[i] + v * E[i] + multipleD * prime[i] + carryD;
    const e = q * D[i] + r * E[i] + multipleE * prime[i] + carryE;
    const highF = f + M - M;
    const highG = g + M - M;
    const highD = d + M - M;
    const highE = e + M - M;
    F[i - 1] = f - highF;
    G[i - 1] = g - highG;
    D[i - 1] = d - highD;
    E[i - 1] = e - highE;
    carryF = highF * I;
    carryG = highG * I;
    carryD = highD * I;
    carryE = highE * I;
  }
  F[limbs - 1] = carryF;
  G[limbs - 1] = carryG;
  D[limbs - 1] = carryD;
  E[limbs - 1] = carryE;
}

/** −1 / digit mod 2²⁴, balanced, of an odd digit: by Newton's iteration, which doubles the right bits, three at first. */
export function minusInverse(digit: number): number {
  let x = digit;
  for (let bits = 3; bits < BITS; bits *= 2) x = Math.imul(x, 2 - Math.imul(digit, x));
  return -((x << 8) >> 8);
}
