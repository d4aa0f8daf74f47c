/** Nothing falls back unseen: what the node engine calls of the pure functions is what its table says. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { unsignedBytes } from "../../src/bytes/bytes.ts";
import { curves } from "../../src/crypto/ec-curves.ts";
import type { CurveName } from "../../src/crypto/engine.ts";
import { nodeEngine } from "../../src/node/engine.ts";
import { type Fallback, fallbacks } from "../../src/node/fallbacks.ts";
import { nodeRsaKey } from "../support/rsa-fixture.ts";
import { seededRng } from "../support/seeded-rng.ts";

/** The calls of pure functions: `ecPrivate` for a function, `ecPrivate.sign` for a method of what it gave. */
const called = vi.hoisted(() => new Set<string>());
const everCalled = new Set<string>();

vi.mock("../../src/node/pure.ts", async (original) => {
  const watched =
    (name: string, work: (...given: unknown[]) => unknown) =>
    (...given: unknown[]) => {
      called.add(name);
      const result = work(...given);
      if (typeof result !== "object" || result === null || result instanceof Uint8Array) return result;
      if (Symbol.iterator in result) return result;
      return new Proxy(result, {
        get(target, key) {
          const member = Reflect.get(target, key);
          return typeof member === "function" ? watched(`${name}.${String(key)}`, member.bind(target)) : member;
        },
      });
    };
  const functions = Object.entries(await original<Record<string, (...given: unknown[]) => unknown>>());
  return Object.fromEntries(functions.map(([name, work]) => [name, watched(name, work)]));
});

const engine = nodeEngine;
const rng = seededRng("fallbacks");
const none = new Uint8Array(0);
const block = new Uint8Array(16);
const digest = new Uint8Array(32).fill(1);
const { components } = nodeRsaKey(2048);
const scalar = engine.ecGenerate("P-256", rng);
const point = engine.ecPrivate("P-256", scalar)!.publicPoint();
const ecKey = engine.ecPrivate("P-256", scalar)!;
const ecShared = engine.ecPublic("P-256", point)!;
const scalarOne = (curve: CurveName): Uint8Array => new Uint8Array(curves[curve].orderBytes).fill(1, -1);
const edOwn = engine.edPrivate(digest);
const edKey = engine.edPublic(edOwn.publicKey())!;
const edSignature = edOwn.sign(none, "pure");
const xOwn = engine.xPrivate("X25519", digest);
const x448Own = engine.xPrivate("X448", new Uint8Array(56));
const ed448Point = engine.ed448Private(new Uint8Array(57)).publicKey();
const ed448Key = engine.ed448Public(ed448Point)!;
const ed448Signature = engine.ed448Private(new Uint8Array(57)).sign(none, "pure", none);
const aesKey = engine.aes(block);
const hmacKey = engine.hmac("SHA256", block);
const long = new Uint8Array(352);
const rsaOwn = engine.rsaPrivate(components)!;
const rsaShared = engine.rsaPublic(components.n, components.e)!;
const oaep = { hash: "SHA256", mgf: "SHA256", label: block } as const;
const pss = { hash: "SHA256", mgf: "SHA256", saltBytes: 32 } as const;

beforeEach(() => called.clear());

/** What runs on Node alone. */
const native: Readonly<Record<string, () => unknown>> = {
  digests: () => [
    engine.digest("SHA384", block),
    engine.digest("SHA256", new Uint8Array(120)),
    engine.hash("SM3").digest(),
    engine.xof("SHAKE128", 5).digest(),
  ],
  PBKDF2: () => engine.pbkdf2(block, { hash: "SHA512_224", salt: block, iterations: 2 }, 40),
  "HMAC with other hashes": () => [
    engine.hmac("SHA3_512", block).mac(block),
    engine.hmac("SHA512", block).start().digest(),
  ],
  "HMAC of a long message and of one in parts": () => [hmacKey.mac(new Uint8Array(385)), hmacKey.start().digest()],
  "AES-GCM": () => aesKey.gcmOpen(block, block, aesKey.gcmSeal(new Uint8Array(128), block, long, 16), 16),
  "AES-CBC, AES-ECB and AES-CTR": () => [
    aesKey.cbcEncrypt(block, long),
    aesKey.cbcDecrypt(block, long),
    aesKey.ecbDecrypt(aesKey.ecbEncrypt(long)),
    aesKey.ctr(block, long),
  ],
  "EC private keys and ECDH": () => [
    engine.ecPrivate("P-256", scalar)!.publicPoint(),
    engine.ecPrivate("P-256", scalar)!.agree(point),
    engine.ecPrivate("P-256", block),
  ],
  "RSA PSS verification over a message": () =>
    expect(rsaShared.pssVerifyMessage!(pss, block, new Uint8Array(256))).toBe(false),
  "ECDSA verification over a message": () => ecShared.verifyMessage!("SHA256", block, new Uint8Array(64)),
  Ed25519: () => [
    engine.edPrivate(digest).publicKey(),
    edOwn.sign(block, "pure"),
    edKey.verify(none, edSignature, "pure"),
  ],
  Ed448: () => [
    ed448Key.verify(none, ed448Signature, "pure", none),
    engine.ed448Private(new Uint8Array(57)).publicKey(),
    engine.ed448Private(new Uint8Array(57)).sign(block, "pure", none),
  ],
  "X25519 and X448": () => [
    xOwn.agree(digest),
    xOwn.publicKey(),
    x448Own.agree(new Uint8Array(56).fill(5)),
    x448Own.publicKey(),
  ],
};

/** What falls back, with the pure functions that run for it. */
const pure: Readonly<Record<Fallback, readonly [() => unknown, ...string[]]>> = {
  "AES of short messages": [
    () => {
      const key = engine.aes(block);
      key.gcmOpen(block, none, key.gcmSeal(block, none, new Uint8Array(256), 16), 16);
      key.cbcDecrypt(block, key.cbcEncrypt(block, block));
      key.ecbDecrypt(key.ecbEncrypt(block));
      key.ctr(block, block);
      for (const length of [0, 768, 769]) {
        const mac = key.cmac();
        mac.update(new Uint8Array(length));
        mac.digest();
      }
      key.destroy();
    },
    "aesKey",
    ...["cbcDecrypt", "cbcEncrypt", "cmac", "cmac.digest", "cmac.update", "ctr", "destroy", "ecbDecrypt"].map(
      (method) => `aesKey.${method}`,
    ),
    ...["ecbEncrypt", "gcmOpen", "gcmSeal"].map((method) => `aesKey.${method}`),
  ],
  "AES-GCM with an IV above 128 bytes": [
    () => {
      const sealed = aesKey.gcmSeal(new Uint8Array(129), none, long, 16);
      expect(aesKey.gcmOpen(new Uint8Array(129), none, sealed, 16)).toEqual(long);
    },
    "aesKey",
    "aesKey.destroy",
    "aesKey.gcmOpen",
    "aesKey.gcmSeal",
  ],
  "AES key wrap": [
    () => {
      const secret = new Uint8Array(8192);
      return [aesKey.kwUnwrap(aesKey.kwWrap(secret)), aesKey.kwpUnwrap(aesKey.kwpWrap(secret))];
    },
    ...["kwUnwrap", "kwWrap", "kwpUnwrap", "kwpWrap"].map((method) => `aesKey.${method}`),
  ],
  "Digests of short messages": [
    () => {
      for (const hash of ["SHA1", "SHA224", "SHA256", "SM3"] as const) engine.digest(hash, new Uint8Array(119));
    },
    "digest",
  ],
  "EC key generation": [() => engine.ecGenerate("P-256", rng), "ecGenerate"],
  "EC public key validation and ECDSA verification of a digest": [
    () => expect(engine.ecPublic("P-256", point)!.verify(digest, new Uint8Array(64))).toBe(false),
    "ecPublic",
    "ecPublic.verify",
  ],
  "ECDSA nonces and scalar arithmetic": [() => ecKey.sign(digest, rng), "sign"],
  "ECDSA and ECDH on P-384, P-521 and secp256k1": [
    () => {
      for (const curve of ["P-384", "P-521", "secp256k1"] as const) {
        const key = engine.ecPrivate(curve, scalarOne(curve))!;
        engine.ecPublic(curve, key.publicPoint())!.verify(digest, key.sign(digest, rng));
        key.agree(key.publicPoint());
        key.destroy();
      }
    },
    "ecPrivate",
    ...["agree", "destroy", "publicPoint", "sign"].map((method) => `ecPrivate.${method}`),
    "ecPublic",
    "ecPublic.verify",
  ],
  "Ed25519 public key validation": [() => engine.edPublic(digest), "edPublic"],
  "Ed25519 verification of a signature that OpenSSL refuses": [
    () => expect(edKey.verify(block, edSignature, "pure")).toBe(false),
    "edPublic.verify",
  ],
  "Ed25519ph signing and verification": [
    () => {
      const key = engine.edPrivate(digest);
      const signature = key.sign(new Uint8Array(64), "prehashed");
      expect(edKey.verify(new Uint8Array(64), signature, "prehashed")).toBe(true);
      key.destroy();
    },
    "edPrivate",
    "edPrivate.destroy",
    "edPrivate.sign",
    "edPublic.verify",
  ],
  "Ed448 public key validation": [() => engine.ed448Public(ed448Point), "ed448Public"],
  "Ed448 verification of a signature that OpenSSL refuses": [
    () => expect(ed448Key.verify(block, ed448Signature, "pure", none)).toBe(false),
    "ed448Public.verify",
  ],
  "Ed448 with a context, and Ed448ph": [
    () => {
      const key = engine.ed448Private(new Uint8Array(57));
      expect(ed448Key.verify(none, key.sign(none, "pure", block), "pure", block)).toBe(true);
      expect(ed448Key.verify(long, key.sign(none, "pure", block), "prehashed", none)).toBe(false);
      expect(key.sign(none, "pure", block)).not.toEqual(key.sign(new Uint8Array(64), "prehashed", none));
      key.destroy();
    },
    "ed448Private",
    "ed448Private.destroy",
    "ed448Private.sign",
    "ed448Public.verify",
  ],
  "HMAC of short messages": [
    () => {
      for (const hash of ["SHA1", "SHA224", "SHA256", "SM3"] as const) {
        const key = engine.hmac(hash, block);
        key.mac(new Uint8Array(384));
        key.destroy();
      }
    },
    "hmacKey",
    "hmacKey.destroy",
    "hmacKey.mac",
  ],
  "ML-DSA, SLH-DSA and ML-KEM": [
    () => {
      engine.mlDsa("ML-DSA-44").generate(digest);
      engine.mlKem("ML-KEM-512").generate(new Uint8Array(64));
      engine.slhDsa("SLH-DSA-SHA2-128f").generate(new Uint8Array(48));
    },
    ...["mlDsa", "mlDsa.generate", "mlKem", "mlKem.generate", "slhDsa", "slhDsa.generate"],
  ],
  "RSA key generation": [() => engine.rsaGenerate(2048, components.e, rng).next(), "rsaGenerate"],
  "RSA key validation and encodings": [
    () => {
      engine.rsaPrivate(components);
      const shared = engine.rsaPublic(components.n, components.e)!;
      expect(rsaOwn.oaepDecrypt(oaep, shared.oaepEncrypt(oaep, block, rng), rng)).toEqual(block);
      expect(rsaOwn.pkcs1Decrypt(shared.pkcs1Encrypt(block, rng), rng)).toEqual(block);
      expect(rsaShared.pssVerify(pss, digest, rsaOwn.pssSign(pss, digest, rng))).toBe(true);
      expect(rsaShared.pkcs1Verify("SHA256", digest, rsaOwn.pkcs1Sign("SHA256", digest, rng))).toBe(true);
    },
    ...[
      "digest",
      "rsaPrivate",
      "rsaPrivate.oaepDecrypt",
      "rsaPrivate.pkcs1Decrypt",
      "rsaPrivate.pkcs1Sign",
      "rsaPrivate.pssSign",
    ],
    ...["rsaPublic", "rsaPublic.oaepEncrypt", "rsaPublic.pkcs1Encrypt", "rsaPublic.pkcs1Verify", "rsaPublic.pssVerify"],
  ],
  "RSA public operation with n above 3072 bits and e above 64": [
    () => {
      const [n, e] = [unsignedBytes(2n ** 3080n - 1n), unsignedBytes(2n ** 64n + 1n)];
      expect(engine.rsaPublic(n, e)!.pkcs1Verify("SHA256", digest, new Uint8Array(385))).toBe(false);
    },
    "publicOperation",
    "rsaPublic",
    "rsaPublic.pkcs1Verify",
  ],
  SM2: [
    () => {
      const key = engine.sm2Private(engine.sm2Generate(rng))!;
      engine.sm2Public(key.publicPoint());
    },
    "sm2Generate",
    "sm2Private",
    "sm2Private.publicPoint",
    "sm2Public",
  ],
  SM4: [
    () => {
      const key = engine.sm4(block);
      key.gcmOpen(block, none, key.gcmSeal(block, none, block, 16), 16);
      key.cbcDecrypt(block, key.cbcEncrypt(block, long));
      key.ctr(block, long);
      key.destroy();
    },
    "sm4Key",
    ...["cbcDecrypt", "cbcEncrypt", "ctr", "destroy", "gcmOpen", "gcmSeal"].map((method) => `sm4Key.${method}`),
  ],
};

describe("the node engine", () => {
  test.each(Object.entries(native))("runs %s on Node alone", (_, use) => {
    use();
    expect([...called]).toEqual([]);
  });

  test.each(Object.entries(pure))("falls back for %s", (name, [use, ...functions]) => {
    use();
    for (const call of called) everCalled.add(call);
    expect([...called].sort()).toEqual(functions);
    expect(fallbacks[name as Fallback].length).toBeGreaterThan(10);
  });

  test("has a line of the table for each pure function that it can reach", async () => {
    const reachable = Object.keys(await vi.importActual("../../src/node/pure.ts"));
    expect(reachable.filter((name) => !everCalled.has(name))).toEqual([]);
    expect(Object.keys(fallbacks).sort()).toEqual(Object.keys(pure).sort());
  });

  test("reaches pure functions through pure.ts only; elsewhere it takes sizes and checks of arguments", () => {
    const folder = join(import.meta.dirname, "../../src/node");
    const values = readdirSync(folder)
      .filter((file) => file !== "pure.ts")
      .flatMap((file) => [
        ...readFileSync(join(folder, file), "utf8").matchAll(/import \{([^}]*)\} from "\.\.\/crypto\//g),
      ])
      .flatMap(([, names = ""]) => names.split(",").map((name) => name.trim()))
      .filter((name) => name !== "" && !name.startsWith("type "));
    expect([...new Set(values)].sort()).toEqual([
      "blindingSeedBytes",
      "curves",
      "hashBytes",
      "requireBlocks",
      "requireCbc",
      "requireCounts",
      "requireGcm",
      "requireOutput",
      "requireRange",
    ]);
  });
});
