import { ed448 } from "@noble/curves/ed448.js";
import { shake256 } from "@noble/hashes/sha3.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, i2osp, utf8 } from "../../src/bytes/bytes.ts";
import type { EdVariant, XCurveName } from "../../src/crypto/engine.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { seededRng } from "../support/seeded-rng.ts";
import { expectSame, symmetricEngines } from "./differential.ts";

const rng = seededRng("other curves");
const none = new Uint8Array(0);
const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe.each([
  ["X25519", 32],
  ["X448", 56],
] as const)("with %s both engines give the same", (curve: XCurveName, length) => {
  test("public keys and shared secrets, for any bytes as keys", () => {
    fc.assert(
      fc.property(exactly(length), exactly(length), (own, peer) => {
        const outcome = expectSame((engine) => {
          const key = engine.xPrivate(curve, own);
          return [key.curve, key.publicKey(), key.agree(peer)];
        });
        expect(outcome).toHaveProperty("value");
      }),
      { numRuns: 15 },
    );
  });

  test("refusals of points of small order, and results for coordinates from p up or with a high bit", () => {
    const own = rng(length);
    const p = curve === "X25519" ? 2n ** 255n - 19n : 2n ** 448n - 2n ** 224n - 1n;
    const encode = (value: bigint) =>
      Uint8Array.from(Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex")).reverse();
    const high = curve === "X25519" ? [0n, 1n, 9n, p].map((value) => value + 2n ** 255n) : [];
    const order8 = [
      325606250916557431795983626356110631294008115727848805560023387167927233504n,
      39382357235489614581723060781553021112529911719440698176882885853963445705823n,
    ];
    const values = [0n, 1n, 2n, 9n, p - 1n, p, p + 1n, p + 2n, ...high, ...(curve === "X25519" ? order8 : [])];
    let refused = 0;
    for (const value of values) {
      const outcome = expectSame((engine) => engine.xPrivate(curve, own).agree(encode(value)));
      if ((outcome as { value: unknown }).value === undefined) refused++;
    }
    expect(refused).toBe(curve === "X25519" ? 5 + 3 + 2 : 5);
  });

  test("refusals of other lengths, and errors of a destroyed key", () => {
    const own = rng(length);
    for (const other of [0, 31, 32, 33, 55, 56, 57]) {
      expectSame((engine) => engine.xPrivate(curve, new Uint8Array(other)).curve);
      expectSame((engine) => engine.xPrivate(curve, own).agree(new Uint8Array(other).fill(3)));
    }
    for (const use of ["publicKey", "agree", "short"] as const) {
      const outcome = expectSame((engine) => {
        const key = engine.xPrivate(curve, own);
        key.publicKey();
        key.destroy();
        return use === "publicKey" ? key.publicKey() : key.agree(use === "agree" ? own : none);
      });
      expect(outcome).toEqual({ thrown: "Error" });
    }
  });

  test("shared secrets with one peer after another, and with the same again", () => {
    const own = rng(length);
    const peers = [rng(length), rng(length)] as const;
    const outcome = expectSame((engine) => {
      const key = engine.xPrivate(curve, own);
      return [peers[0], peers[0], peers[1], peers[0]].map((peer) => key.agree(peer));
    });
    const [first, again, other, back] = (outcome as { value: Uint8Array[] }).value;
    expect([again, back]).toEqual([first, first]);
    expect(other).not.toEqual(first);
  });
});

describe("with Ed448 both engines give the same", () => {
  const seed = rng(57);

  test("public keys, signatures of both variants with and without contexts, verdicts, and refusals", () => {
    const contexts = fc.constantFrom(none, none, Uint8Array.of(1, 2), new Uint8Array(255), new Uint8Array(256));
    const variants = fc.constantFrom<EdVariant>("pure", "prehashed");
    const messages = fc.oneof(exactly(64), fc.uint8Array({ maxLength: 100 }));
    fc.assert(
      fc.property(exactly(57), messages, variants, contexts, (secret, message, variant, context) => {
        const outcome = expectSame((engine) => engine.ed448Private(secret).sign(message, variant, context));
        const signature = (outcome as { value?: Uint8Array }).value ?? new Uint8Array(114);
        const verdict = expectSame((engine) => {
          const publicKey = engine.ed448Private(secret).publicKey();
          return engine.ed448Public(publicKey)!.verify(message, signature, variant, context);
        });
        expect(verdict).toEqual({ value: "value" in outcome });
      }),
      { numRuns: 15 },
    );
  });

  test("refusals of keys of other lengths and of no order, and errors of a destroyed key", () => {
    for (const length of [0, 56, 58]) {
      expectSame((engine) => typeof engine.ed448Private(new Uint8Array(length)).sign);
      expectSame((engine) => typeof engine.ed448Public(new Uint8Array(length)));
    }
    const small = ed448.Point.fromAffine({ x: 0n, y: ed448.Point.Fp.ORDER - 1n });
    const mixed = ed448.Point.BASE.add(small).toBytes();
    for (const key of [small.toBytes(), mixed]) {
      expect(expectSame((engine) => engine.ed448Public(key))).toEqual({ value: undefined });
    }
    for (const use of ["publicKey", "pure", "prehashed"] as const) {
      const outcome = expectSame((engine) => {
        const key = engine.ed448Private(seed);
        key.destroy();
        return use === "publicKey" ? key.publicKey() : key.sign(new Uint8Array(64), use, none);
      });
      expect(outcome).toEqual({ thrown: "Error" });
    }
  });
});

describe("with Ed448 both engines give the same verdicts on signatures made for it:", () => {
  const { Point } = ed448;
  const L = Point.Fn.ORDER;
  const [secret, r] = [987654321n, 1234567n];
  const A = Point.BASE.multiply(secret).toBytes();
  const message = rng(90);
  const littleEndian = (value: bigint) => i2osp(value, 57).reverse();
  const fromLittleEndian = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
  /** k of RFC 8032, 5.2.6, step 4. */
  const challenge = (R: Uint8Array) =>
    fromLittleEndian(shake256(concat(utf8("SigEd448"), Uint8Array.of(0, 0), R, A, message), { dkLen: 114 })) % L;
  const verdictOf = (R: Uint8Array, S: bigint): unknown => {
    const signature = concat(R, littleEndian(S));
    const outcome = expectSame((engine) => engine.ed448Public(A)!.verify(message, signature, "pure", none));
    return (outcome as { value: unknown }).value;
  };
  const torsion = [
    [0n, 1n],
    [0n, Point.Fp.ORDER - 1n],
    [1n, 0n],
    [Point.Fp.ORDER - 1n, 0n],
  ].map(([x, y]) => Point.fromAffine({ x, y } as { x: bigint; y: bigint }));

  test("R with a part of small order is accepted, as the equation with the cofactor has it, and with another S is not", () => {
    for (const T of torsion) {
      const R = Point.BASE.multiply(r).add(T).toBytes();
      const S = (r + challenge(R) * secret) % L;
      expect(verdictOf(R, S)).toBe(true);
      expect(verdictOf(R, (S + 1n) % L)).toBe(false);
      const small = T.toBytes();
      expect(verdictOf(small, (challenge(small) * secret) % L)).toBe(true);
      expect(verdictOf(small, (challenge(small) * secret + 1n) % L)).toBe(false);
    }
  });

  test("S from L on is refused", () => {
    const R = Point.BASE.multiply(r).toBytes();
    const S = (r + challenge(R) * secret) % L;
    expect(verdictOf(R, S)).toBe(true);
    for (const wrong of [S + L, S + 2n * L, S + 3n * L, L, S + (1n << 448n)]) expect(verdictOf(R, wrong)).toBe(false);
  });

  test("R in an encoding that is not canonical is refused", () => {
    const p = Point.Fp.ORDER;
    // y = 1 and y = −1 with a sign, y from p on, and bits above.
    const sign = 1n << 455n;
    const encodings = [1n + sign, p - 1n + sign, p, p + 1n, p + 1n + sign, 2n ** 448n - 1n, 1n + (1n << 448n)];
    for (const encoding of encodings) {
      const R = littleEndian(encoding);
      expect(verdictOf(R, (challenge(R) * secret) % L)).toBe(false);
    }
    const plain = Point.BASE.multiply(r).toBytes();
    for (const bit of [1, 2, 64]) {
      const R = Uint8Array.from(plain);
      R[56] = (R[56] as number) | bit;
      expect(verdictOf(R, (r + challenge(R) * secret) % L)).toBe(false);
    }
  });
});

describe("with SM2 and SM4 both engines give the same", () => {
  test("results and refusals of SM4 in every mode", () => {
    const ivs = fc.oneof({ weight: 3, arbitrary: exactly(16) }, exactly(12), fc.uint8Array({ maxLength: 20 }));
    const texts = fc.oneof(
      fc.nat(5).chain((n) => exactly(16 * n)),
      fc.uint8Array({ maxLength: 60 }),
    );
    fc.assert(
      fc.property(exactly(16), ivs, texts, fc.integer({ min: 11, max: 17 }), (key, iv, text, tagBytes) => {
        for (const mode of ["cbcEncrypt", "cbcDecrypt", "ctr"] as const) {
          expectSame((engine) => engine.sm4(key)[mode](iv, text), symmetricEngines);
        }
        const sealed = expectSame((engine) => engine.sm4(key).gcmSeal(iv, text, text, tagBytes), symmetricEngines);
        const box = (sealed as { value?: Uint8Array }).value ?? text;
        expectSame((engine) => engine.sm4(key).gcmOpen(iv, text, box, tagBytes), symmetricEngines);
        expectSame((engine) => engine.sm4(key).gcmOpen(iv, none, box, tagBytes), symmetricEngines);
      }),
      { numRuns: 60 },
    );
    for (const length of [0, 15, 17, 24, 32])
      expectSame((engine) => typeof engine.sm4(new Uint8Array(length)).ctr, symmetricEngines);
  });

  test("errors of a destroyed SM4 key", () => {
    const [good, bad] = [new Uint8Array(16), new Uint8Array(3)];
    for (const given of [good, bad]) {
      for (const mode of ["cbcEncrypt", "cbcDecrypt", "ctr"] as const) {
        expectSame((engine) => {
          const key = engine.sm4(good);
          key.destroy();
          return key[mode](given, given);
        }, symmetricEngines);
      }
    }
  });

  test("keys, signatures, ciphertexts and secrets of SM2 from one source", () => {
    const digest = rng(32);
    const peer = pureEngine.sm2Private(pureEngine.sm2Generate(rng))!.publicPoint();
    const outcome = expectSame((engine, source) => {
      const scalar = engine.sm2Generate(source);
      const key = engine.sm2Private(scalar)!;
      const publicKey = engine.sm2Public(key.publicPoint())!;
      const signature = key.sign(digest, source);
      const sealed = publicKey.encrypt(digest, source);
      return [
        publicKey.verify(digest, signature),
        concat(scalar, signature, sealed),
        key.decrypt(sealed),
        key.agree(peer),
      ];
    });
    expect(outcome).toMatchObject({ value: { 0: true, 2: digest } });
  });
});
