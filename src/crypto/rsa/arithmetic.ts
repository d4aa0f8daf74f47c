/**
 * Modular arithmetic for RSA on BigInt: what is public, or blinded (core.ts). It takes time that depends on its values, and
 * its memory cannot be wiped. Powers with secret exponents are in montgomery.ts.
 */

/** Bits of an exponent that a power takes at once. */
export const windowBits = 5;
const windowsPerChunk = 6;
const chunkBits = BigInt(windowBits * windowsPerChunk);

/** An exponent as base-32 digits, most significant first; their number follows from `bits`, not from the value. */
export function exponentDigits(exponent: bigint, bits: number): Uint8Array {
  const digits = new Uint8Array(Math.ceil(bits / windowBits));
  let rest = exponent;
  for (let end = digits.length; end > 0; end -= windowsPerChunk) {
    let chunk = Number(BigInt.asUintN(Number(chunkBits), rest));
    rest >>= chunkBits;
    for (let i = end - 1; i >= 0 && i >= end - windowsPerChunk; i--) {
      digits[i] = chunk & 31;
      chunk >>>= windowBits;
    }
  }
  return digits;
}

/** base ^ exponent mod modulus for a public exponent of at least 1: square and multiply. */
export function publicPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = base;
  for (const bit of exponent.toString(2).slice(1)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return result;
}

export function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** The inverse of `a` modulo `modulus` (FIPS 186-5, B.1), or `undefined` when they have a common divisor. */
export function invert(a: bigint, modulus: bigint): bigint | undefined {
  let [r, nextR] = [modulus, a % modulus];
  let [t, nextT] = [0n, 1n];
  while (nextR !== 0n) {
    const quotient = r / nextR;
    [r, nextR] = [nextR, r - quotient * nextR];
    [t, nextT] = [nextT, t - quotient * nextT];
  }
  if (r !== 1n) return undefined;
  return t < 0n ? t + modulus : t;
}
