/** RSA keys of prompts and answers as numbers: the rest of a key from what is there, and what FIPS 186-5 says of primes. */

import { bitLength, os2ip } from "../../../bytes/bytes.ts";
import type { Rng, RsaComponents } from "../../../crypto/engine.ts";
import { gcd, publicPower } from "../../../crypto/rsa/arithmetic.ts";
import { keyFromPrimes } from "../../../crypto/rsa/generate.ts";
import { tooClose } from "../../../crypto/rsa/keys.ts";
import { isProbablePrime } from "../../../crypto/rsa/primes.ts";
import type { JsonObject } from "../../parsers/json.ts";
import { unsignedHex } from "../../suites/keys.ts";
import { Refusal, textAt } from "../../suites/support.ts";

/** An integer in hexadecimal; zero where the text is empty. */
export function numberIn(fields: JsonObject, name: string): bigint {
  const digits = textAt(fields, name);
  return digits === "" ? 0n : os2ip(unsignedHex(digits));
}

/** What is wrong with two primes of a key with a modulus of so many bits (FIPS 186-5, A.1.3), or nothing. */
export function primesFault(p: bigint, q: bigint, e: bigint, modulusBits: number, rng: Rng): string | undefined {
  const half = modulusBits / 2;
  for (const [name, prime] of [
    ["p", p],
    ["q", q],
  ] as const) {
    // At least √2·2^(half − 1): the square has the modulus's full length.
    if (bitLength(prime) !== half || bitLength(prime * prime) !== modulusBits) return `${name} is out of range`;
    if (gcd(prime - 1n, e) !== 1n) return `${name} − 1 and e have a common divisor`;
    if (!isProbablePrime(prime, rng)) return `${name} is not prime`;
  }
  return tooClose(p, q, half) ? "p and q are too close to each other" : undefined;
}

/**
 * The whole key of a prompt: from its primes where it has them, from n, e and d otherwise.
 * @throws Refusal when there is no such key
 */
export function componentsIn(fields: JsonObject): RsaComponents {
  const e = numberIn(fields, "e");
  const has = (name: string) => typeof fields[name] === "string";
  const [p, q] =
    has("p") && has("q")
      ? [numberIn(fields, "p"), numberIn(fields, "q")]
      : primesOf(numberIn(fields, "n"), e, numberIn(fields, "d"));
  const components = keyFromPrimes(p, q, e);
  if (components === undefined) throw new Refusal("the numbers make no RSA key");
  return components;
}

/** The primes of n from both exponents (SP 800-56B r2, C.1). @throws Refusal */
function primesOf(n: bigint, e: bigint, d: bigint): [bigint, bigint] {
  let odd = e * d - 1n;
  let twos = 0;
  while (odd > 0n && odd % 2n === 0n) {
    odd /= 2n;
    twos++;
  }
  for (let base = 2n; base < 102n && odd > 0n; base++) {
    let x = publicPower(base, odd, n);
    for (let i = 0; i < twos && x !== 1n && x !== n - 1n; i++) {
      const square = (x * x) % n;
      if (square === 1n) {
        const p = gcd(x - 1n, n);
        return [p, n / p];
      }
      x = square;
    }
  }
  throw new Refusal("e and d are no pair of exponents of n");
}

/** The members of a key in ACVP's two formats. */
export function keyMembers(
  { n, e, d, p, q, dp, dq, qi }: RsaComponents,
  isCrt: boolean,
): Readonly<Record<string, Uint8Array>> {
  return isCrt ? { e, p, q, n, dmp1: dp, dmq1: dq, iqmp: qi } : { e, p, q, n, d };
}

/** What is wrong with the members of a generated key, or nothing (FIPS 186-5, A.1.1 and A.1.3). */
export function keyFault(fields: JsonObject, modulusBits: number, isCrt: boolean, rng: Rng): string | undefined {
  const number = (name: string) => numberIn(fields, name);
  const [n, e, p, q] = [number("n"), number("e"), number("p"), number("q")];
  if (p * q !== n) return "n is not p·q";
  if (bitLength(n) !== modulusBits) return `n has ${bitLength(n)} bits, not ${modulusBits}`;
  if (e <= 0x1_0000n || e % 2n === 0n || e >= 1n << 256n) return "e is out of range";
  const fault = primesFault(p, q, e, modulusBits, rng);
  if (fault !== undefined) return fault;
  if (!isCrt) {
    const d = number("d");
    const lcm = ((p - 1n) * (q - 1n)) / gcd(p - 1n, q - 1n);
    return (e * d) % lcm === 1n && d < lcm ? undefined : "d is not the inverse of e modulo lcm(p − 1, q − 1)";
  }
  if ((e * number("dmp1")) % (p - 1n) !== 1n) return "dmp1 is not the inverse of e modulo p − 1";
  if ((e * number("dmq1")) % (q - 1n) !== 1n) return "dmq1 is not the inverse of e modulo q − 1";
  return (q * number("iqmp")) % p === 1n ? undefined : "iqmp is not the inverse of q modulo p";
}
