/**
 * Numbers modulo any odd prime in the form of generator.ts, by Montgomery's method in loops: for the orders of groups, of which
 * a signature takes few products, so that written out they would be a longer start for little.
 */

import { digits, limbsOf } from "./digits.ts";
import { minusInverse } from "./division-steps.ts";
import type { Products } from "./numbers.ts";

const M: number = 3 * 2 ** 75;
const I: number = 2 ** -24;

/** The columns of a product of the longest numbers, which P-521 has. */
const columns: Float64Array = new Float64Array(44);

/** The same steps for all values. */
export function modulus(prime: bigint): Products {
  const LIMBS = limbsOf(prime);
  const PRIME = Float64Array.from(digits(prime, LIMBS));
  const RR = Float64Array.from(digits((1n << BigInt(48 * LIMBS)) % prime, LIMBS));
  const factor = minusInverse(PRIME[0]);
  return {
    LIMBS,
    BITS: prime.toString(2).length,
    PRIME,
    RR,
    mul: (r, a, b) => multiply(r, a, b, PRIME, factor, LIMBS),
  };
}

function multiply(
  r: Float64Array,
  a: Float64Array,
  b: Float64Array,
  prime: Float64Array,
  factor: number,
  limbs: number,
): void {
  for (let i = 0; i < 2 * limbs; i++) columns[i] = 0;
  for (let i = 0; i < limbs; i++) {
    const x = a[i];
    for (let j = 0; j < limbs; j++) columns[i + j] += x * b[j];
  }
  for (let i = 0; i < limbs; i++) {
    const z = columns[i];
    let m = factor * (z - (z + M - M));
    m -= m + M - M;
    columns[i + 1] += (z + m * prime[0]) * I;
    for (let j = 1; j < limbs; j++) columns[i + j] += m * prime[j];
  }
  for (let i = 0, carry = 0; i < limbs; i++) {
    const sum = columns[limbs + i] + carry;
    const high = i < limbs - 1 ? sum + M - M : 0;
    r[i] = sum - high;
    carry = high * I;
  }
}
