import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { i2osp, os2ip, unsignedBytes } from "../../../src/bytes/bytes.ts";
import type { RsaComponents } from "../../../src/crypto/engine.ts";
import { invert } from "../../../src/crypto/rsa/arithmetic.ts";
import { tooClose } from "../../../src/crypto/rsa/keys.ts";
import { isProbablePrime } from "../../../src/crypto/rsa/primes.ts";
import { componentsFromJwk, nodeRsaKey } from "../../support/rsa-fixture.ts";
import { seededRng } from "../../support/seeded-rng.ts";
import { overEngines } from "../engine-suite.ts";

overEngines(({ rsaPrivate, rsaPublic }) => {
  const rng = seededRng("rsa keys");
  const { components } = nodeRsaKey(2048);
  const exponent = unsignedBytes(65537n);
  const asBytes = (parts: Partial<Record<keyof RsaComponents, bigint>>) =>
    Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, unsignedBytes(value)]));
  const oddOfBits = (bits: number) => unsignedBytes(2n ** BigInt(bits) - 1n);

  describe("a public key", () => {
    test("has a modulus of 1024 to 8192 bits", () => {
      for (const bits of [1024, 1025, 2047, 2048, 2049, 3072, 4096, 8191, 8192])
        expect(rsaPublic(oddOfBits(bits), exponent)?.modulusBits).toBe(bits);
      for (const bits of [0, 512, 1016, 1023, 8193, 8200]) {
        expect(rsaPublic(oddOfBits(bits), exponent), `${bits}`).toBeUndefined();
      }
    });

    test("has an odd modulus, and leading zeros do not matter", () => {
      expect(rsaPublic(unsignedBytes(2n ** 2048n - 2n), exponent)).toBeUndefined();
      expect(rsaPublic(Uint8Array.of(0, 0, ...components.n), Uint8Array.of(0, ...exponent))?.modulusBits).toBe(2048);
    });

    test("has an odd exponent from 3 to below 2^256", () => {
      for (const e of [3n, 17n, 65537n, 65539n, 2n ** 256n - 1n])
        expect(rsaPublic(components.n, unsignedBytes(e))).toBeDefined();
      for (const e of [0n, 1n, 2n, 4n, 65536n, 65538n, 2n ** 256n, 2n ** 256n + 1n]) {
        expect(rsaPublic(components.n, unsignedBytes(e)), `${e}`).toBeUndefined();
      }
      expect(rsaPublic(components.n, new Uint8Array(0))).toBeUndefined();
    });
  });

  describe("a private key", () => {
    test("is accepted from Node at 2048, 3072 and with a large exponent", () => {
      expect(rsaPrivate(components)?.modulusBits).toBe(2048);
      expect(rsaPrivate(nodeRsaKey(3072).components)?.modulusBits).toBe(3072);
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 0x7fffffff });
      expect(rsaPrivate(componentsFromJwk(privateKey.export({ format: "jwk" })))).toBeDefined();
    });

    test("is accepted with d modulo (p − 1)(q − 1) as well", () => {
      const [e, p, q] = [components.e, components.p, components.q].map(os2ip);
      const d = unsignedBytes(invert(e, (p - 1n) * (q - 1n))!);
      expect(rsaPrivate({ ...components, d })).toBeDefined();
    });

    test("is refused when any component is off, is zero or is missing", () => {
      for (const part of Object.keys(components) as (keyof RsaComponents)[]) {
        const value = os2ip(components[part]);
        for (const wrong of [value + 2n, value - 2n, value + 1n, 0n]) {
          expect(rsaPrivate({ ...components, [part]: unsignedBytes(wrong) }), part).toBeUndefined();
        }
        expect(rsaPrivate({ ...components, [part]: new Uint8Array(0) }), part).toBeUndefined();
      }
    });

    test("is refused, without any arithmetic, when a component is far too long", () => {
      const huge = new Uint8Array(2 ** 24).fill(0xff);
      for (const part of Object.keys(components)) {
        expect(rsaPrivate({ ...components, [part]: huge }), part).toBeUndefined();
      }
      expect(rsaPublic(huge, exponent)).toBeUndefined();
    });

    test("is refused when components of two keys are mixed", () => {
      const other = nodeRsaKey(2048, 1).components;
      for (const part of ["n", "d", "p", "q", "dp", "dq", "qi"] as const) {
        expect(rsaPrivate({ ...components, [part]: other[part] }), part).toBeUndefined();
      }
    });

    test("is refused when an exponent is not reduced, or p and q are swapped without their companions", () => {
      const [d, p, dp, qi] = [components.d, components.p, components.dp, components.qi].map(os2ip);
      expect(rsaPrivate({ ...components, dp: unsignedBytes(dp + p - 1n) })).toBeUndefined();
      expect(rsaPrivate({ ...components, qi: unsignedBytes(qi + p) })).toBeUndefined();
      expect(rsaPrivate({ ...components, d: unsignedBytes(d + os2ip(components.n)) })).toBeUndefined();
      expect(rsaPrivate({ ...components, p: components.q, q: components.p })).toBeUndefined();
    });

    test("is refused when d fits one prime only, or is a multiple of the period too large", () => {
      const [n, d, p, q] = [components.n, components.d, components.p, components.q].map(os2ip);
      for (const wrong of [d + q - 1n, d + p - 1n]) {
        const parts = { d: wrong, dp: wrong % (p - 1n), dq: wrong % (q - 1n) };
        expect(rsaPrivate({ ...components, ...asBytes(parts) })).toBeUndefined();
      }
      const period = (p - 1n) * (q - 1n);
      const tooLarge = d + (n / period + 1n) * period;
      expect(rsaPrivate({ ...components, d: unsignedBytes(tooLarge) })).toBeUndefined();
    });

    test("is refused when its primes are neighbours", () => {
      const p = os2ip(components.p);
      let q = p - 2n;
      while (!isProbablePrime(q, rng)) q -= 2n;
      const d = invert(65537n, (p - 1n) * (q - 1n))!;
      const parts = { n: p * q, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: invert(q, p)! };
      expect(rsaPrivate({ ...components, ...asBytes(parts) })).toBeUndefined();
    });

    test("is refused when its factors are consistent but not prime", () => {
      const e = 65537n;
      for (;;) {
        const p = os2ip(rng(128)) | (3n << 1022n) | 1n;
        const q = os2ip(rng(128)) | (3n << 1022n) | 1n;
        const [dp, dq, qi] = [invert(e, p - 1n), invert(e, q - 1n), invert(q, p)];
        const phi = (p - 1n) * (q - 1n);
        const d = invert(e, phi);
        if (dp === undefined || dq === undefined || qi === undefined || d === undefined) continue;
        const parts = { n: p * q, e, d, p, q, dp, dq, qi };
        expect(rsaPrivate({ ...components, ...asBytes(parts) })).toBeUndefined();
        break;
      }
    });

    test("primes are too close up to and with a distance of 2^(bits − 100)", () => {
      const p = 3n << 1022n;
      const edge = 2n ** 924n;
      expect([p, p + edge, p - edge].map((q) => tooClose(p, q, 1024))).toEqual([true, true, true]);
      expect([p + edge + 1n, p - edge - 1n].map((q) => tooClose(p, q, 1024))).toEqual([false, false]);
    });

    test("keeps no reference to the bytes it came from, and is of no use after destroy", () => {
      const copies = Object.entries(components).map(([name, value]) => [name, Uint8Array.from(value)] as const);
      const key = rsaPrivate(Object.fromEntries(copies) as unknown as RsaComponents)!;
      for (const [, value] of copies) value.fill(0);
      const digest = rng(32);
      const publicKey = rsaPublic(components.n, components.e)!;
      expect(publicKey.pkcs1Verify("SHA256", digest, key.pkcs1Sign("SHA256", digest, rng))).toBe(true);
      key.destroy();
      expect(() => key.pkcs1Sign("SHA256", digest, rng)).toThrow("destroyed");
      expect(() => key.pkcs1Decrypt(i2osp(5n, 256), rng)).toThrow("destroyed");
    });

    test("shows none of its numbers when it is printed or serialised", () => {
      const key = rsaPrivate(components)!;
      expect(JSON.stringify({ ...key })).toBe(JSON.stringify({ modulusBits: 2048 }));
    });
  });
});
