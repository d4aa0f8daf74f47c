/**
 * RSA key pairs from random primes that are probably prime (FIPS 186-5, A.1.1 and A.1.3). The standard begins at 2048 bits
 * and e above 2^16; what the same steps give below that is for the policy to refuse.
 */

import { bitLength, i2osp, os2ip, unsignedBytes, wipe } from "../../bytes/bytes.ts";
import type { Rng, RsaComponents } from "../engine.ts";
import { gcd, invert } from "./arithmetic.ts";
import { PrivateOperation, publicOperation } from "./core.ts";
import { tooClose } from "./keys.ts";
import { hasSmallFactor, type ModularPower, millerRabinRounds, modularPower, passesMillerRabin } from "./primes.ts";

/**
 * Generates a key pair in steps: yields before each candidate that is worth a test of Miller–Rabin. The key follows from
 * the draws, whoever computes the powers of that test.
 * @throws RangeError when the modulus is not of 1024 to 4096 bits in steps of 16, or e is not odd from 3 to 2^256.
 * @throws Error when the random source is so bad that the standard's limit of candidates is reached.
 */
export function* rsaGenerate(
  modulusBits: number,
  publicExponent: Uint8Array,
  rng: Rng,
  power: ModularPower = modularPower,
): Generator<void, RsaComponents> {
  const e = os2ip(publicExponent);
  if (!(modulusBits >= 1024 && modulusBits <= 4096 && modulusBits % 16 === 0)) {
    throw new RangeError(`an RSA modulus has 1024 to 4096 bits in steps of 16, not ${modulusBits}`);
  }
  if ((e & 1n) === 0n || e < 3n || e >> 256n !== 0n)
    throw new RangeError("an RSA public exponent is odd, from 3 and below 2^256");

  for (;;) {
    const first = yield* randomPrime(modulusBits, e, 5 * modulusBits, undefined, rng, power);
    const second = yield* randomPrime(modulusBits, e, 10 * modulusBits, first, rng, power);
    const components = keyFromPrimes(first, second, e);
    if (components === undefined) continue;
    pairwiseTest(components, rng);
    return components;
  }
}

/**
 * A prime by A.1.3, steps 4 and 5: fresh random bits for every candidate, at least √2·2^(nlen/2 − 1), not too near
 * `other`. A candidate with a small factor is dropped before Miller–Rabin, which it would fail.
 */
function* randomPrime(
  modulusBits: number,
  e: bigint,
  limit: number,
  other: bigint | undefined,
  rng: Rng,
  power: ModularPower,
): Generator<void, bigint> {
  const bits = modulusBits / 2;
  const rounds = millerRabinRounds(bits);
  const draw = candidateSource(bits / 8, rng);
  try {
    for (let i = 0, draws = 0; i < limit && draws < drawsPerCandidate * limit; draws++) {
      const bytes = draw.next();
      if (bytes[0] < rootTwoByte) continue;
      const candidate = os2ip(bytes) | 1n;
      // p ≥ √2·2^(bits − 1) is p² ≥ 2^(2·bits − 1), that is, a square of the full length.
      if (bytes[0] === rootTwoByte && bitLength(candidate * candidate) < modulusBits) continue;
      if (other !== undefined && tooClose(candidate, other, bits)) continue;
      i++;
      if (hasSmallFactor(candidate) || gcd(candidate - 1n, e) !== 1n) continue;
      yield;
      if (passesMillerRabin(candidate, rounds, rng, power)) return candidate;
    }
  } finally {
    draw.destroy();
  }
  throw new Error("no prime within the number of candidates that FIPS 186-5, A.1.3 allows; is the source random?");
}

/** Three draws in ten are large enough; a source that never gives one must not keep the caller for ever. */
const drawsPerCandidate = 16;

/** The leading byte of √2·2^(bits − 1): 0xb504f333… */
const rootTwoByte = 0xb5;

const drawsAtOnce = 64;

/** Strings of random bytes, taken from the source many at a time: each call of it costs a reseeding. */
function candidateSource(bytes: number, rng: Rng): { next(): Uint8Array; destroy(): void } {
  let stock = new Uint8Array(0);
  let used = 0;
  return {
    next() {
      if (used === stock.length) {
        wipe(stock);
        stock = Uint8Array.from(rng(drawsAtOnce * bytes));
        used = 0;
      }
      used += bytes;
      return stock.subarray(used - bytes, used);
    },
    destroy: () => wipe(stock),
  };
}

/** A.1.1: d = e^−1 mod lcm(p − 1, q − 1); `undefined` when d is not above 2^(nlen/2), so that new primes are due. */
export function keyFromPrimes(first: bigint, second: bigint, e: bigint): RsaComponents | undefined {
  const [p, q] = first > second ? [first, second] : [second, first];
  const lcm = ((p - 1n) * (q - 1n)) / gcd(p - 1n, q - 1n);
  const d = invert(e, lcm);
  const qi = invert(q, p);
  if (d === undefined || qi === undefined || d <= 1n << BigInt(bitLength(p))) return undefined;
  return {
    n: unsignedBytes(p * q),
    e: unsignedBytes(e),
    d: unsignedBytes(d),
    p: unsignedBytes(p),
    q: unsignedBytes(q),
    dp: unsignedBytes(d % (p - 1n)),
    dq: unsignedBytes(d % (q - 1n)),
    qi: unsignedBytes(qi),
  };
}

/**
 * The pairwise consistency test of SP 800-56B, 6.4.1.1, step 3: (m^e)^d = m for a random m.
 * @throws Error when the pair does not match.
 */
function pairwiseTest(components: RsaComponents, rng: Rng): void {
  const operation = new PrivateOperation(components);
  const { k } = operation.numbers;
  const m = os2ip(rng(k - 1));
  const encrypted = publicOperation(operation.numbers, i2osp(m, k));
  const decrypted = encrypted && operation.apply(encrypted, rng);
  operation.destroy();
  if (decrypted === undefined || os2ip(decrypted) !== m) {
    throw new Error("the pairwise test of a new RSA key failed");
  }
}
