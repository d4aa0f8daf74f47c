import { checkPrimeSync, generatePrimeSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bitLength, i2osp } from "../../../src/bytes/bytes.ts";
import { exponentDigits, gcd, invert, publicPower } from "../../../src/crypto/rsa/arithmetic.ts";
import {
  hasSmallFactor,
  isProbablePrime,
  isStrongToBase2,
  millerRabinRounds,
  passesMillerRabin,
} from "../../../src/crypto/rsa/primes.ts";
import { seededRng } from "../../support/seeded-rng.ts";
import { wycheproof } from "../../support/vectors.ts";

const rng = seededRng("primes");
const naturals = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });

describe("arithmetic", () => {
  test("the digits of an exponent are its base-32 digits, as many as the size asks for", () => {
    fc.assert(
      fc.property(naturals(300), (exponent) => {
        const digits = exponentDigits(exponent, 300);
        expect(digits.length).toBe(60);
        expect([...digits].reduce((sum, digit) => sum * 32n + BigInt(digit), 0n)).toBe(exponent);
      }),
    );
  });

  test("the public power is the power by repeated multiplication", () => {
    fc.assert(
      fc.property(naturals(200), fc.integer({ min: 1, max: 400 }), naturals(100), (base, exponent, m) => {
        const modulus = m + 2n;
        let expected = 1n;
        for (let i = 0; i < exponent; i++) expected = (expected * base) % modulus;
        expect(publicPower(base % modulus, BigInt(exponent), modulus)).toBe(expected);
      }),
    );
  });

  test("an inverse multiplies to one, and exists just when there is no common divisor", () => {
    fc.assert(
      fc.property(naturals(80), naturals(80), (a, m) => {
        const modulus = m + 2n;
        const inverse = invert(a, modulus);
        expect(inverse !== undefined).toBe(gcd(a, modulus) === 1n);
        if (inverse !== undefined) expect((a * inverse) % modulus).toBe(1n);
      }),
    );
  });
});

/** p·(2p − 1) of 88 bits, p = 5 mod 8: a strong pseudoprime to base 2 and to 3 bases of 16 (Monier, 1980). */
function madeForLiars(): bigint {
  for (let p = (11n << 40n) - 3n; ; p -= 8n) {
    const composite = p * (2n * p - 1n);
    if (checkPrimeSync(p) && checkPrimeSync(2n * p - 1n) && isStrongToBase2(composite)) return composite;
  }
}

describe("primality", () => {
  // The four primes above 2,048 bits take seconds; they are for `pocket-hsm verify`.
  test("Wycheproof: 313 of 317 verdicts are those of the file; the negative numbers among them are not prime", () => {
    const large: number[] = [];
    const file = wycheproof<object, { value: string }>("primality_test.json");
    for (const group of file.groups) {
      for (const { tcId, comment, value, result } of group.tests) {
        // Two's complement: a leading bit of one is a negative number.
        const negative = value.length > 0 && Number.parseInt(value[0], 16) >= 8;
        const number = value === "" || negative ? 0n : BigInt(`0x${value}`);
        if (result === "valid" && bitLength(number) > 2048) large.push(tcId);
        else expect(isProbablePrime(number, rng), `${tcId} ${comment}`).toBe(result === "valid");
      }
    }
    expect(file.count).toBe(317);
    expect(large).toHaveLength(4);
  }, 240_000);

  test("is exact for every number below 2,000", () => {
    for (let n = 0n; n < 2000n; n++) expect(isProbablePrime(n, rng), `${n}`).toBe(n > 1n && checkPrimeSync(n));
  });

  test("agrees with Node on random odd numbers, and takes Node's primes", () => {
    fc.assert(
      fc.property(naturals(256), (n) => {
        expect(isProbablePrime(n | 1n, rng)).toBe(checkPrimeSync(n | 1n));
      }),
      { numRuns: 200 },
    );
    for (const bits of [64, 512, 1024])
      expect(isProbablePrime(generatePrimeSync(bits, { bigint: true }), rng)).toBe(true);
  });

  test("trial division finds every factor below its limit, and none in a product of large primes", () => {
    const large = generatePrimeSync(1024, { bigint: true });
    for (const factor of [2n, 3n, 251n, 257n, 32749n]) expect(hasSmallFactor(factor * large)).toBe(true);
    expect(hasSmallFactor(large * generatePrimeSync(64, { bigint: true }))).toBe(false);
    expect(hasSmallFactor(65521n * 2n ** 2000n + 65521n)).toBe(true);
  });

  test("a strong pseudoprime to base 2 falls to random bases", () => {
    for (const pseudoprime of [2047n, 3277n, 4033n, 3215031751n]) {
      expect(isStrongToBase2(pseudoprime)).toBe(true);
      expect(passesMillerRabin(pseudoprime, 20, rng)).toBe(false);
    }
  });

  test("a number made for many bases to call it prime falls, though such bases come first", () => {
    const composite = madeForLiars();
    const isLiar = (base: bigint) => passesMillerRabin(composite, 1, () => i2osp(base, 11));
    const bases = Array.from({ length: 1000 }, (_, i) => BigInt(i + 2));
    const liars = bases.filter(isLiar);
    expect(liars.length).toBeGreaterThan(150);
    const witness = bases.find((base) => !isLiar(base))!;
    for (const bad of [0, 5, 10, 63]) {
      const draws = [...liars.slice(0, bad), witness];
      expect(
        isProbablePrime(composite, () => i2osp(draws.shift()!, 11)),
        `after ${bad}`,
      ).toBe(false);
      expect(draws).toEqual([]);
    }
    let rounds = 0;
    expect(
      isProbablePrime(composite, () => i2osp(liars[rounds++], 11)),
      "by liars alone",
    ).toBe(true);
    expect(rounds).toBe(64);
  });

  test("the rounds are those of FIPS 186-5, table B.1", () => {
    expect([512, 1024, 1536, 2048].map(millerRabinRounds)).toEqual([10, 5, 4, 4]);
  });
});
