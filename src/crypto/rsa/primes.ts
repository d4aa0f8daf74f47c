/** Trial division and the Miller–Rabin test (FIPS 186-5, B.3). */

import { bitLength, os2ip, wipe } from "../../bytes/bytes.ts";
import type { Rng } from "../engine.ts";
import { exponentDigits, publicPower } from "./arithmetic.ts";
import { Montgomery, maxMontgomeryBits } from "./montgomery.ts";

/**
 * Rounds of Miller–Rabin for a random RSA prime of the given length (FIPS 186-5, table B.1, column "M-R tests only":
 * error 2^−112 at 1024 bits, 2^−128 at 1536, 2^−144 at 2048). A length between two rows takes the shorter one's rounds.
 * Below the table, from 512 bits on, error 2^−112 by k^1.5·2^t·t^−0.5·4^(2−√(tk)) (Damgård, Landrock and Pomerance, 1993).
 */
export function millerRabinRounds(primeBits: number): number {
  if (primeBits < 1024) return 10;
  return primeBits < 1536 ? 5 : 4;
}

/** base ^ exponent mod modulus for an odd exponent below an odd modulus: what Miller–Rabin spends its time on. */
export type ModularPower = (base: bigint, exponent: bigint, modulus: bigint) => bigint;

/** The power of this folder. Multiplying by the base 2 is nearly for nothing. */
export const modularPower: ModularPower = (base, exponent, modulus) => {
  if (bitLength(modulus) > maxMontgomeryBits) return publicPower(base, exponent, modulus);
  const montgomery = new Montgomery(modulus);
  const power =
    base === 2n
      ? montgomery.powerOfTwo(exponent)
      : montgomery.power(base, exponentDigits(exponent, bitLength(exponent)));
  montgomery.destroy();
  return power;
};

/**
 * Rounds for a number that somebody else chose, perhaps so that as many bases as can be call it prime: a quarter of them
 * (Rabin, 1980), which makes the error 4^−64 = 2^−128. The table above holds for random numbers only.
 */
const roundsForChosen = 64;

/**
 * Whether `candidate`, whoever chose it, is a probable prime: no small factor, a strong probable prime to base 2 and to 64
 * random bases. The first two only find composites sooner.
 */
export function isProbablePrime(candidate: bigint, rng: Rng): boolean {
  if (candidate < 4n) return candidate > 1n;
  return !hasSmallFactor(candidate) && passesMillerRabin(candidate, roundsForChosen, rng);
}

/** Primes below this are divided out first: beyond it, a division costs more than the tests that it saves. */
function trialLimit(bits: number): number {
  return bits < 1536 ? 1 << 15 : 1 << 17;
}

/** Consecutive primes with their product, and the same primes again in products below 2^50. */
interface PrimeGroup {
  readonly product: bigint;
  readonly parts: readonly { readonly product: bigint; readonly primes: readonly number[] }[];
}

let primeGroups: readonly PrimeGroup[] | undefined;

/**
 * Whether `candidate`, 4 or more, has a small prime as a proper divisor.
 *
 * One division of big numbers serves a whole group of primes: the remainder modulo their product has the same
 * remainders as the candidate.
 */
export function hasSmallFactor(candidate: bigint): boolean {
  if ((candidate & 1n) === 0n) return true;
  primeGroups ??= makePrimeGroups(trialLimit(4096));
  const limit = trialLimit(bitLength(candidate));
  for (const group of primeGroups) {
    if (group.parts[0].primes[0] > limit) break;
    const remainder = candidate % group.product;
    for (const part of group.parts) {
      const small = Number(remainder % part.product);
      for (const prime of part.primes) if (small % prime === 0) return candidate !== BigInt(prime);
    }
  }
  return false;
}

function makePrimeGroups(limit: number): PrimeGroup[] {
  const groups: { product: bigint; parts: { product: bigint; primes: number[] }[] }[] = [];
  let group = { product: 1n, parts: [] as { product: bigint; primes: number[] }[] };
  let part = { product: 1, primes: [] as number[] };
  function closePart(): void {
    group.parts.push({ product: BigInt(part.product), primes: part.primes });
    group.product *= BigInt(part.product);
    part = { product: 1, primes: [] };
  }
  for (const prime of oddPrimesBelow(limit)) {
    if (part.product * prime >= 2 ** 50) {
      closePart();
      if (group.parts.length === 20) {
        groups.push(group);
        group = { product: 1n, parts: [] };
      }
    }
    part.product *= prime;
    part.primes.push(prime);
  }
  closePart();
  groups.push(group);
  return groups;
}

/** The sieve of Eratosthenes over the odd numbers. */
function oddPrimesBelow(limit: number): number[] {
  const composite = new Uint8Array(limit);
  const primes: number[] = [];
  for (let i = 3; i < limit; i += 2) {
    if (composite[i] === 1) continue;
    primes.push(i);
    for (let j = i * i; j < limit; j += 2 * i) composite[j] = 1;
  }
  return primes;
}

/** One round of Miller–Rabin with base 2, for an odd candidate above 2. */
export function isStrongToBase2(candidate: bigint): boolean {
  return isStrong(candidate, 2n, modularPower);
}

/**
 * Miller–Rabin with base 2, and if that finds no witness, `rounds` rounds with random bases (FIPS 186-5, B.3.1), for an
 * odd candidate above 4. What it draws does not depend on whose `power` it is.
 */
export function passesMillerRabin(
  candidate: bigint,
  rounds: number,
  rng: Rng,
  power: ModularPower = modularPower,
): boolean {
  if (!isStrong(candidate, 2n, power)) return false;
  for (let round = 0; round < rounds; round++) {
    if (!isStrong(candidate, randomBase(candidate, rng), power)) return false;
  }
  return true;
}

/** One round of B.3.1. */
function isStrong(candidate: bigint, base: bigint, power: ModularPower): boolean {
  const { odd, twos } = splitMinusOne(candidate);
  return endsInOne(power(base, odd, candidate), twos, candidate);
}

/** Steps 1 and 2 of B.3.1: w − 1 = 2^a · m with m odd. */
function splitMinusOne(w: bigint): { odd: bigint; twos: number } {
  let odd = w - 1n;
  let twos = 0;
  while ((odd & 1n) === 0n) {
    odd >>= 1n;
    twos++;
  }
  return { odd, twos };
}

/** Steps 4.4 to 4.6 of B.3.1: the squarings of z = b^m reach 1 through −1 only. */
function endsInOne(start: bigint, twos: number, w: bigint): boolean {
  let z = start;
  if (z === 1n || z === w - 1n) return true;
  for (let j = 1; j < twos; j++) {
    z = (z * z) % w;
    if (z === w - 1n) return true;
    if (z === 1n) return false;
  }
  return false;
}

/** Steps 4.1 and 4.2 of B.3.1: b with 1 < b < w − 1. */
function randomBase(w: bigint, rng: Rng): bigint {
  const bits = bitLength(w);
  const bytes = Math.ceil(bits / 8);
  for (;;) {
    const drawn = rng(bytes);
    const b = os2ip(drawn) >> BigInt(8 * bytes - bits);
    wipe(drawn);
    if (b > 1n && b < w - 1n) return b;
  }
}
