/** Numbers of a generated field (generator.ts): to and from bytes, and their inverses. */

/** What it takes to read and write numbers modulo a prime. */
export interface Products {
  readonly LIMBS: number;
  /** Bits of the prime. */
  readonly BITS: number;
  readonly PRIME: Float64Array;
  readonly RR: Float64Array;
  mul(r: Float64Array, a: Float64Array, b: Float64Array): void;
}

/** What a generated module has for numbers. */
export interface PrimeField extends Products {
  readonly INVERSE: Uint8Array;
  readonly ONE: Float64Array;
  sqr(r: Float64Array, a: Float64Array): void;
  wipe(): void;
}

const RADIX = 1 << 24;

/** A number below the prime from big-endian bytes, in the form that it is kept in. */
export function toField({ LIMBS, RR, mul }: Products, bytes: Uint8Array): Float64Array {
  const limbs = new Float64Array(LIMBS);
  for (let at = bytes.length - 1, limb = 0, shift = 0; at >= 0; at--) {
    limbs[limb] += bytes[at] << shift;
    shift = (shift + 8) % 24;
    if (shift === 0) limb++;
  }
  mul(limbs, limbs, RR);
  return limbs;
}

/** The canonical number below the prime, as big-endian bytes. */
export function fromField({ LIMBS, BITS, PRIME, mul }: Products, a: Float64Array, length: number): Uint8Array {
  const limbs = new Float64Array(LIMBS);
  limbs[0] = 1;
  mul(limbs, a, limbs);
  settle(limbs);
  // Less what is above the prime's bits, times the prime; then it is above or below by little, if at all.
  const above = Math.floor(limbs[LIMBS - 1] / 2 ** (BITS - 24 * (LIMBS - 1)));
  addPrime(limbs, PRIME, -above);
  addPrime(limbs, PRIME, isNegative(limbs));
  const less = Float64Array.from(limbs);
  addPrime(less, PRIME, -1);
  const keep = 1 - isNegative(less);
  for (let i = 0; i < LIMBS; i++) limbs[i] += keep * (less[i] - limbs[i]);
  less.fill(0);
  const bytes = new Uint8Array(length);
  for (let at = length - 1, limb = 0, shift = 0; at >= 0; at--) {
    bytes[at] = limbs[limb] >> shift;
    shift = (shift + 8) % 24;
    if (shift === 0) limb++;
  }
  limbs.fill(0);
  return bytes;
}

/** 1 for a negative number, 0 for any other; every limb but the last is settled. */
function isNegative(limbs: Float64Array): number {
  return -(limbs[limbs.length - 1] >> 31);
}

function addPrime(limbs: Float64Array, prime: Float64Array, times: number): void {
  for (let i = 0; i < limbs.length; i++) limbs[i] += times * prime[i];
  settle(limbs);
}

/** Carries, so that every limb but the last is from 0 to 2²⁴ − 1. */
function settle(limbs: Float64Array): void {
  for (let i = 0; i < limbs.length - 1; i++) {
    const carry = Math.floor(limbs[i] / RADIX);
    limbs[i] -= carry * RADIX;
    limbs[i + 1] += carry;
  }
}

/** r = 1 / a by Fermat, a^(p − 2), digit by digit of the exponent, which is public. 0 for 0. */
export function invert({ LIMBS, ONE, INVERSE, mul, sqr }: PrimeField, r: Float64Array, a: Float64Array): void {
  const powers = [ONE, Float64Array.from(a)];
  for (let i = 2; i < 16; i++) {
    const power = new Float64Array(LIMBS);
    mul(power, powers[i - 1], a);
    powers.push(power);
  }
  const result = Float64Array.from(powers[INVERSE[0]]);
  for (let i = 1; i < INVERSE.length; i++) {
    for (let j = 0; j < 4; j++) sqr(result, result);
    if (INVERSE[i] !== 0) mul(result, result, powers[INVERSE[i]]);
  }
  r.set(result);
  for (const power of powers.slice(1)) power.fill(0);
  result.fill(0);
}
