import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bitLength, i2osp, os2ip, unsignedBytes } from "../../src/bytes/bytes.ts";
import type { HashName, OaepParams, PssParams, RsaComponents, RsaPrivateKey } from "../../src/crypto/engine.ts";
import { hashBytes } from "../../src/crypto/hash.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { gcd, invert } from "../../src/crypto/rsa/arithmetic.ts";
import { publicOperation } from "../../src/crypto/rsa/core.ts";
import { digestBytes } from "../../src/crypto/xof.ts";
import { nodeEngine } from "../../src/node/engine.ts";
import { hashNames } from "../../src/node/hash.ts";
import { nodeRsaKey } from "../support/rsa-fixture.ts";
import { seededRng } from "../support/seeded-rng.ts";
import { expectSame, outcomeOf } from "./differential.ts";

const rng = seededRng("rsa of both engines");
const { components } = nodeRsaKey(2048);
const [n, e] = [components.n, components.e].map(os2ip) as [bigint, bigint];
const k = 256;
const engines = [pureEngine, nodeEngine];
const keys = new Map(
  engines.map((engine) => [
    engine,
    { own: engine.rsaPrivate(components)!, shared: engine.rsaPublic(components.n, components.e)! },
  ]),
);
const hashes = fc.constantFrom(...(Object.keys(hashNames) as HashName[]));
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
/** Lengths at and around every limit of a scheme, and small ones. */
const lengths = fc.oneof(fc.nat(70), fc.integer({ min: 100, max: 260 }));
/** Any input of a primitive: of length k and mostly below n, or of another length. */
const inputs = fc.oneof(
  { weight: 6, arbitrary: fc.uint8Array({ minLength: k, maxLength: k }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(0n, 1n, n - 1n, n, n + 1n, os2ip(components.p)).map((value) => i2osp(value, k)),
  },
  bytes(300),
);
const oaep = fc.record({ hash: hashes, mgf: hashes, label: bytes(20) });
const flipped = (value: Uint8Array, bit: number): Uint8Array =>
  value.map((byte, i) => (i === (bit >> 3) % value.length ? byte ^ (1 << (bit & 7)) : byte));
const given = (outcome: object): Uint8Array | undefined => (outcome as { value?: Uint8Array }).value;

describe("with RSA both engines give the same", () => {
  test("OAEP ciphertexts and messages, for all hashes and lengths, and refusals of what is too long or damaged", () => {
    fc.assert(
      fc.property(oaep, lengths, fc.nat(2047), (params: OaepParams, length, bit) => {
        const message = rng(300).subarray(0, length);
        const sealed = given(
          expectSame((engine, source) => keys.get(engine)!.shared.oaepEncrypt(params, message, source)),
        );
        expect(sealed === undefined).toBe(length > k - 2 * hashBytes(params.hash) - 2);
        if (sealed === undefined) return;
        const opened = expectSame((engine, source) => keys.get(engine)!.own.oaepDecrypt(params, sealed, source));
        expect(opened).toEqual({ value: message });
        const bad = [flipped(sealed, bit), sealed.subarray(1), Uint8Array.of(0, ...sealed)];
        for (const ciphertext of bad) {
          const outcome = expectSame((engine, source) => keys.get(engine)!.own.oaepDecrypt(params, ciphertext, source));
          expect(outcome).toEqual({ value: undefined });
        }
      }),
      { numRuns: 25 },
    );
  });

  test("PKCS #1 v1.5 ciphertexts, messages, and synthetic messages of ciphertexts without sense", () => {
    fc.assert(
      fc.property(lengths, fc.nat(2047), (length, bit) => {
        const message = rng(300).subarray(0, length);
        const sealed = given(expectSame((engine, source) => keys.get(engine)!.shared.pkcs1Encrypt(message, source)));
        expect(sealed === undefined).toBe(length > k - 11);
        for (const ciphertext of sealed ? [sealed, flipped(sealed, bit)] : []) {
          expectSame((engine, source) => keys.get(engine)!.own.pkcs1Decrypt(ciphertext, source));
        }
      }),
      { numRuns: 20 },
    );
    fc.assert(
      fc.property(inputs, (ciphertext) => {
        const outcome = expectSame((engine, source) => keys.get(engine)!.own.pkcs1Decrypt(ciphertext, source));
        expect(given(outcome) === undefined).toBe(ciphertext.length !== k || os2ip(ciphertext) >= n);
      }),
      { numRuns: 30 },
    );
  });

  test("synthetic messages for every kind of bad padding", () => {
    const message = Uint8Array.of(1, 2, 3);
    const good = new Uint8Array(k).fill(9);
    good.set([0, 2]);
    good.set([0, ...message], k - 4);
    const damages: [number, number][] = [
      [0, 1],
      [1, 1],
      [1, 0],
      [1, 3],
      [2, 0],
      [9, 0],
      [k - 4, 7],
    ];
    for (const [at, byte] of damages) {
      const ciphertext = publicOperation(
        { n, e, k },
        good.map((old, i) => (i === at ? byte : old)),
      )!;
      const outcome = given(expectSame((engine, source) => keys.get(engine)!.own.pkcs1Decrypt(ciphertext, source)));
      expect(outcome).toBeDefined();
      expect(outcome).not.toEqual(message);
    }
    const intact = publicOperation({ n, e, k }, good)!;
    expect(expectSame((engine, source) => keys.get(engine)!.own.pkcs1Decrypt(intact, source))).toEqual({
      value: message,
    });
  });

  test("PSS signatures from one source, verdicts, and refusals of salts and digests that do not fit", () => {
    const salts = fc.oneof(
      fc.constantFrom(0, 20, 32, 64),
      fc.integer({ min: 185, max: 260 }),
      fc.constantFrom(-1, 1.5),
    );
    const choices = fc.record({ hash: hashes, mgf: hashes, saltBytes: salts });
    fc.assert(
      fc.property(choices, fc.boolean(), fc.nat(2047), (params: PssParams, wrongDigest, bit) => {
        const digest = rng(65).subarray(0, digestBytes(params.hash) + (wrongDigest ? 1 : 0));
        const outcome = expectSame((engine, source) => keys.get(engine)!.own.pssSign(params, digest, source));
        const signature = given(outcome) ?? rng(k).fill(0, 0, 1);
        const verdict = expectSame((engine) => keys.get(engine)!.shared.pssVerify(params, digest, signature));
        expect(verdict).toEqual({ value: "value" in outcome });
        for (const bad of [flipped(signature, bit), signature.subarray(1), i2osp(n, k)]) {
          const refused = expectSame((engine) => keys.get(engine)!.shared.pssVerify(params, digest, bad));
          expect(refused).toEqual({ value: false });
        }
      }),
      { numRuns: 30 },
    );
  });

  test.each([2048, 2049])(
    "PSS verdicts over a message, which Node hashes itself, and over its digest, with %i bits",
    (modulusBits) => {
      const numbers = nodeRsaKey(modulusBits).components;
      const own = pureEngine.rsaPrivate(numbers)!;
      const length = numbers.n.length;
      const shared = new Map(engines.map((engine) => [engine, engine.rsaPublic(numbers.n, numbers.e)!]));
      const salts = fc.constantFrom(0, 1, 20, 32, 64, length - 34, length - 33);
      const claims = fc.constantFrom(0, 0, 0, 0, 1, -1, -100, 300, 2 ** 40);
      fc.assert(
        fc.property(hashes, fc.option(hashes), salts, claims, fc.nat(2047), (hash, other, saltBytes, claim, bit) => {
          const message = rng(60);
          const params = { hash, mgf: other ?? hash, saltBytes };
          const signed = outcomeOf(() => own.pssSign(params, pureEngine.digest(hash, message), rng));
          const signature = given(signed) ?? rng(length).fill(0, 0, 1);
          const claimed = { ...params, saltBytes: saltBytes + claim };
          const verdict = (of: Uint8Array, over: Uint8Array) =>
            expectSame((engine) => {
              const key = shared.get(engine)!;
              const verifyDigest = () => key.pssVerify(claimed, engine.digest(hash, over), of);
              return key.pssVerifyMessage?.(claimed, over, of) ?? verifyDigest();
            });
          expect(verdict(signature, message)).toEqual({ value: "value" in signed && claim === 0 });
          const wrong = [flipped(signature, bit), signature.subarray(1), Uint8Array.of(0, ...signature), numbers.n];
          for (const bad of wrong) expect(verdict(bad, message)).toEqual({ value: false });
          expect(verdict(signature, message.subarray(1))).toEqual({ value: false });
        }),
        { numRuns: 40 },
      );
    },
  );

  test("PKCS #1 v1.5 signatures, verdicts, and refusals of digests that do not fit", () => {
    fc.assert(
      fc.property(
        fc.option(hashes, { nil: undefined }),
        fc.boolean(),
        lengths,
        fc.nat(2047),
        (hash, fits, length, bit) => {
          const digest = rng(300).subarray(0, fits && hash !== undefined ? hashBytes(hash) : length);
          const outcome = expectSame((engine, source) => keys.get(engine)!.own.pkcs1Sign(hash, digest, source));
          const signature = given(outcome) ?? rng(k).fill(0, 0, 1);
          const verdict = expectSame((engine) => keys.get(engine)!.shared.pkcs1Verify(hash, digest, signature));
          expect(verdict).toEqual({ value: "value" in outcome });
          for (const bad of [flipped(signature, bit), signature.subarray(1), i2osp(n, k)]) {
            const refused = expectSame((engine) => keys.get(engine)!.shared.pkcs1Verify(hash, digest, bad));
            expect(refused).toEqual({ value: false });
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test("what signatures give back, and nothing of what is damaged or no signature", () => {
    const recover = (signature: Uint8Array) => expectSame((engine) => keys.get(engine)!.shared.pkcs1Recover(signature));
    fc.assert(
      fc.property(lengths, fc.nat(2047), inputs, (length, bit, any) => {
        const content = rng(300).subarray(0, Math.min(length, k - 11));
        const signature = keys.get(pureEngine)!.own.pkcs1Sign(undefined, content, rng);
        expect(recover(signature)).toEqual({ value: content });
        for (const bad of [flipped(signature, bit), signature.subarray(1), i2osp(n, k)])
          expect(recover(bad)).toEqual({ value: undefined });
        recover(any);
      }),
      { numRuns: 25 },
    );
  });

  test("verdicts on any input for a signature", () => {
    fc.assert(
      fc.property(inputs, (signature) => {
        const digest = new Uint8Array(32);
        expectSame((engine) => keys.get(engine)!.shared.pkcs1Verify("SHA256", digest, signature));
        expectSame((engine) =>
          keys.get(engine)!.shared.pssVerify({ hash: "SHA256", mgf: "SHA256", saltBytes: 32 }, digest, signature),
        );
      }),
      { numRuns: 40 },
    );
  });

  test("refusals of public keys out of bounds, and the size of others", () => {
    const moduli = [1023, 1024, 2047, 2048, 2049, 2056, 3072, 4096, 4104].map((bits) =>
      unsignedBytes((1n << BigInt(bits)) - 1n),
    );
    moduli.push(components.n, Uint8Array.of(0, 0, ...components.n), unsignedBytes(n - 1n), new Uint8Array(0));
    const exponents = [0n, 1n, 3n, 65535n, 65537n, 65538n, 2n ** 64n + 1n, 2n ** 256n - 1n, 2n ** 256n + 1n].map(
      unsignedBytes,
    );
    exponents.push(Uint8Array.of(0, 1, 0, 1), new Uint8Array(0));
    let accepted = 0;
    for (const modulus of moduli) {
      for (const exponent of exponents) {
        const outcome = expectSame((engine) => engine.rsaPublic(modulus, exponent)?.modulusBits);
        if (given(outcome) !== undefined) accepted++;
      }
    }
    // Nine sizes and the same modulus with leading zeros, each with five exponents and one with a leading zero.
    expect(accepted).toBe(10 * 6);
  });

  test("refusals of private keys in which any component is off, and leading zeros that do not matter", () => {
    for (const part of Object.keys(components) as (keyof RsaComponents)[]) {
      const value = os2ip(components[part]);
      for (const wrong of [value + 2n, value ^ 1n, 0n]) {
        const damaged = { ...components, [part]: unsignedBytes(wrong) };
        expect(expectSame((engine) => engine.rsaPrivate(damaged))).toEqual({ value: undefined });
      }
      const padded = { ...components, [part]: Uint8Array.of(0, 0, ...components[part]) };
      const signature = expectSame((engine, source) =>
        engine.rsaPrivate(padded)!.pkcs1Sign(undefined, new Uint8Array(3), source),
      );
      expect(given(signature)?.length).toBe(k);
    }
  });

  test.each([
    [2056, 65537n],
    [3072, 2n ** 200n + 235n],
    [3080, 2n ** 200n + 235n],
  ])("results of a key of %i bits with e = %i", (bits, exponent) => {
    const key = withExponent(nodeRsaKey(bits).components, exponent);
    const params: PssParams = { hash: "SHA256", mgf: "SHA256", saltBytes: 32 };
    const oaepParams: OaepParams = { hash: "SHA256", mgf: "SHA256", label: new Uint8Array(0) };
    const digest = rng(32);
    const outcome = expectSame((engine, source) => {
      const [own, shared] = [engine.rsaPrivate(key)!, engine.rsaPublic(key.n, key.e)!];
      const signature = own.pssSign(params, digest, source);
      const sealed = shared.oaepEncrypt(oaepParams, digest, source);
      const opened = own.oaepDecrypt(oaepParams, sealed, source);
      return [own.modulusBits, signature, shared.pssVerify(params, digest, signature), sealed, opened];
    });
    expect(outcome).toMatchObject({ value: { 0: bits, 2: true, 4: digest } });
  });

  test("errors of a destroyed key, and destruction twice", () => {
    const params = { hash: "SHA256", mgf: "SHA256", saltBytes: 32, label: new Uint8Array(0) } as const;
    const uses: ((key: RsaPrivateKey, source: typeof rng) => unknown)[] = [
      (key, source) => key.oaepDecrypt(params, new Uint8Array(k), source),
      (key, source) => key.oaepDecrypt(params, new Uint8Array(1), source),
      (key, source) => key.pkcs1Decrypt(new Uint8Array(k), source),
      (key, source) => key.pssSign(params, new Uint8Array(32), source),
      (key, source) => key.pkcs1Sign("SHA256", new Uint8Array(32), source),
      (key) => key.destroy(),
    ];
    for (const use of uses) {
      expectSame((engine, source) => {
        const key = engine.rsaPrivate(components)!;
        key.destroy();
        return use(key, source);
      });
    }
  });

  test("key pairs from one source", () => {
    expectSame((engine, source) => {
      const steps = engine.rsaGenerate(2048, Uint8Array.of(1, 0, 1), source);
      for (;;) {
        const step = steps.next();
        if (step.done === true) return Object.values(step.value);
      }
    });
    expectSame((engine, source) => engine.rsaGenerate(2049, Uint8Array.of(1, 0, 1), source).next());
    expectSame((engine, source) => engine.rsaGenerate(2048, Uint8Array.of(3), source).next());
  });
});

/** The key of the same primes for another public exponent. */
function withExponent(key: RsaComponents, exponent: bigint): RsaComponents {
  const [p, q] = [key.p, key.q].map(os2ip) as [bigint, bigint];
  let value = exponent;
  while (gcd(value, (p - 1n) * (q - 1n)) !== 1n) value += 2n;
  const d = invert(value, ((p - 1n) * (q - 1n)) / gcd(p - 1n, q - 1n))!;
  expect(bitLength(value)).toBe(bitLength(exponent));
  const numbers = { e: value, d, dp: d % (p - 1n), dq: d % (q - 1n) };
  return {
    ...key,
    ...Object.fromEntries(Object.entries(numbers).map(([name, number]) => [name, unsignedBytes(number)])),
  };
}
