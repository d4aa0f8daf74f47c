import { checkPrimeSync, createHash, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { os2ip, unsignedBytes } from "../../../src/bytes/bytes.ts";
import type { Rng, RsaComponents } from "../../../src/crypto/engine.ts";
import { gcd, publicPower } from "../../../src/crypto/rsa/arithmetic.ts";
import { rsaGenerate } from "../../../src/crypto/rsa/generate.ts";
import { rsaPrivate } from "../../../src/crypto/rsa/keys.ts";
import { type ModularPower, millerRabinRounds } from "../../../src/crypto/rsa/primes.ts";
import { nodeKeysFrom } from "../../support/rsa-fixture.ts";
import { seededRng } from "../../support/seeded-rng.ts";

function generate(bits: number, e: bigint, rng: Rng, power?: ModularPower): { key: RsaComponents; steps: number } {
  const generator = rsaGenerate(bits, unsignedBytes(e), rng, power);
  for (let steps = 0; ; steps++) {
    const step = generator.next();
    if (step.done) return { key: step.value, steps };
  }
}

// Seeds whose searches are among the shorter ones.
describe.each([
  ["white", 2048, 65537n],
  ["ninth", 2048, 65537n],
  ["tenth", 2048, 3n * 5n * 7n * 11n * 13n * 17n * 19n],
  ["summer", 2048, 2n ** 255n + 95n],
  ["fifth", 1024, 3n],
  ["fourth", 3072, 65537n],
] as const)("the %s seeded key, of %i bits", (seed, bits, e) => {
  const drawn: Uint8Array[] = [];
  const source = seededRng(seed);
  const { key, steps } = generate(bits, e, (length) => {
    const bytes = source(length);
    drawn.push(Uint8Array.from(bytes));
    return bytes;
  });
  const [n, d, p, q] = [key.n, key.d, key.p, key.q].map(os2ip);
  const half = BigInt(bits / 2);

  test("has primes p > q of half the length, each at least √2·2^(nlen/2 − 1), and not close", () => {
    for (const prime of [p, q]) {
      expect(checkPrimeSync(prime)).toBe(true);
      expect(prime >> half).toBe(0n);
      expect(prime * prime >= 2n ** (2n * half - 1n)).toBe(true);
      expect(gcd(prime - 1n, e)).toBe(1n);
    }
    expect(p > q).toBe(true);
    expect(p - q > 2n ** (half - 100n)).toBe(true);
  });

  test("has n = p·q of the whole length, and d = e^−1 modulo lcm(p − 1, q − 1), above 2^(nlen/2)", () => {
    const lcm = ((p - 1n) * (q - 1n)) / gcd(p - 1n, q - 1n);
    expect(n).toBe(p * q);
    expect(n.toString(2).length).toBe(bits);
    expect((d * e) % lcm).toBe(1n);
    expect(d < lcm && d > 2n ** half).toBe(true);
    expect(os2ip(key.e)).toBe(e);
  });

  test("is a key that signs here what Node verifies", () => {
    const message = Buffer.from("a message");
    const digest = Uint8Array.from(createHash("sha256").update(message).digest());
    const signature = rsaPrivate(key)!.pkcs1Sign("SHA256", digest, seededRng("signature"));
    const { publicKey } = nodeKeysFrom(key);
    expect(publicKey.asymmetricKeyDetails?.modulusLength).toBe(bits);
    expect(verify("sha256", message, publicKey, signature)).toBe(true);
  });

  test("has as primes two of the random strings as drawn, made odd (A.1.3: fresh bits for each candidate)", () => {
    const strings = new Set<bigint>();
    for (const bytes of drawn) {
      for (let at = 0; at + bits / 16 <= bytes.length; at += bits / 16) {
        strings.add(os2ip(bytes.subarray(at, at + bits / 16)) | 1n);
      }
    }
    expect([strings.has(p), strings.has(q)]).toEqual([true, true]);
  });

  test("came in steps, and comes again from the same seed", () => {
    expect(steps).toBeGreaterThan(1);
    if (seed === "white") expect(generate(bits, e, seededRng(seed)).key).toEqual(key);
  });
});

test("a seed gives the same key in the same steps whoever computes the powers of Miller–Rabin", () => {
  const bases: bigint[] = [];
  const plainPower: ModularPower = (base, exponent, modulus) => {
    expect(exponent & modulus & 1n).toBe(1n);
    bases.push(base);
    return publicPower(base, exponent, modulus);
  };
  expect(generate(1024, 65537n, seededRng("power"), plainPower)).toEqual(generate(1024, 65537n, seededRng("power")));
  expect(bases.filter((base) => base !== 2n)).toHaveLength(2 * millerRabinRounds(512));
});

test("a generator that is stopped is done", () => {
  const generator = rsaGenerate(4096, unsignedBytes(65537n), seededRng("stopped"));
  expect(generator.next().done).toBe(false);
  expect(generator.return(undefined as never).done).toBe(true);
  expect(generator.next().done).toBe(true);
});

test("other sizes and exponents are refused", () => {
  for (const bits of [0, 512, 1008, 1020, 2047, 2056, 4112, 8192, Number.NaN]) {
    expect(() => generate(bits, 65537n, seededRng("x")), `${bits}`).toThrow(RangeError);
  }
  for (const e of [0n, 1n, 2n, 65538n, 2n ** 256n + 1n]) {
    expect(() => generate(2048, e, seededRng("x")), `${e}`).toThrow(RangeError);
  }
});

test("a source that is stuck ends in an error, not in a loop", () => {
  for (const byte of [0x00, 0xb4, 0xff]) {
    expect(() => generate(2048, 65537n, (length) => new Uint8Array(length).fill(byte))).toThrow("no prime");
  }
});
