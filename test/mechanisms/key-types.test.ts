import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { concat, i2osp } from "../../src/bytes/bytes.ts";
import type { Template } from "../../src/cryptoki/attributes.ts";
import { CKK } from "../../src/cryptoki/constants.ts";
import { encodeEcParams, encodeEcPoint } from "../../src/der/ec-params.ts";
import { createHsm } from "../../src/index.ts";
import { ecEdwardsKeyPairGen } from "../../src/mechanisms/ec-edwards-key-pair-gen.ts";
import { ecKeyPairGen } from "../../src/mechanisms/ec-key-pair-gen.ts";
import { keyTypes } from "../../src/mechanisms/key-types.ts";
import { ckrOf } from "../support/ckr.ts";
import { nodeRsaKey } from "../support/rsa-fixture.ts";
import { context, expectCkr, finish, object, secretOf } from "./support/keys.ts";

const ctx = context("key types");
const { AES, GENERIC_SECRET, EC, EC_EDWARDS, RSA } = keyTypes;
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const ecParams = encodeEcParams("P-256");

test("every key type of the token has its entry, under its own name", () => {
  expect(Object.keys(keyTypes).sort()).toEqual(Object.keys(CKK).sort());
  for (const [name, spec] of Object.entries(keyTypes)) expect(spec.type).toBe(name);
});

test("secret keys are imported at their lengths alone, from a copy", () => {
  for (const [spec, good, bad] of [
    [AES, [16, 24, 32], [0, 1, 15, 17, 33, 64]],
    [GENERIC_SECRET, [1, 13, 4096], [0, 4097]],
  ] as const) {
    for (const length of good) {
      const VALUE = new Uint8Array(length).fill(5);
      const made = object(spec.importSecret!(ctx, { VALUE }));
      const derived = object(spec.fromValue!(VALUE, ctx));
      VALUE.fill(0);
      expect(made.get("VALUE_LEN")).toBe(length);
      expect(made.get("VALUE")).toBeUndefined();
      for (const key of [made, derived]) expect(secretOf(key, "VALUE")).toEqual(new Uint8Array(length).fill(5));
    }
    for (const length of bad) {
      const VALUE = new Uint8Array(length);
      expectCkr("ATTRIBUTE_VALUE_INVALID", () => spec.importSecret!(ctx, { VALUE }));
      expectCkr("ATTRIBUTE_VALUE_INVALID", () => spec.fromValue!(VALUE, ctx));
    }
    expectCkr("TEMPLATE_INCOMPLETE", () => spec.importSecret!(ctx, {}));
  }
});

describe("EC keys", () => {
  const { publicKey, privateKey } = finish(ecKeyPairGen.generateKeyPair!(ctx, { curve: "P-256" }, {}));
  const VALUE = secretOf(object(privateKey), "VALUE");

  test("come back from their attributes, with or without zeros in front of the scalar", () => {
    expect(EC.importPublic!(ctx, publicKey.attributes)).toEqual(publicKey);
    for (const value of [VALUE, concat(new Uint8Array(3), VALUE)]) {
      const made = object(EC.importPrivate!(ctx, { EC_PARAMS: ecParams, VALUE: value }));
      expect(made.get("PUBLIC_KEY_INFO")).toEqual(publicKey.attributes.PUBLIC_KEY_INFO);
      expect(secretOf(made, "VALUE")).toEqual(VALUE);
    }
    const one = object(EC.importPrivate!(ctx, { EC_PARAMS: ecParams, VALUE: Uint8Array.of(1) }));
    expect(secretOf(one, "VALUE")).toEqual(i2osp(1n, 32));
  });

  test("are refused when the point is not on the curve or not uncompressed", () => {
    const point = publicKey.attributes.EC_POINT!.slice(2);
    const offCurve = Uint8Array.from(point);
    offCurve[64]! ^= 1;
    const bad = [offCurve, point.slice(0, 33), new Uint8Array(65), Uint8Array.of(0), new Uint8Array(0), point.slice(1)];
    for (const wrong of bad.map(encodeEcPoint).concat(point)) {
      expectCkr("ATTRIBUTE_VALUE_INVALID", () => EC.importPublic!(ctx, { EC_PARAMS: ecParams, EC_POINT: wrong }));
    }
    const EC_PARAMS = encodeEcParams("secp256k1");
    expectCkr("ATTRIBUTE_VALUE_INVALID", () => EC.importPublic!(ctx, { ...publicKey.attributes, EC_PARAMS }));
    expectCkr("CURVE_NOT_SUPPORTED", () =>
      EC.importPublic!(ctx, { ...publicKey.attributes, EC_PARAMS: encodeEcParams("Ed25519") }),
    );
  });

  test("are refused when the scalar is not in [1, n − 1]", () => {
    for (const scalar of [0n, P256_ORDER, P256_ORDER + 1n, 2n ** 256n - 1n]) {
      expectCkr("ATTRIBUTE_VALUE_INVALID", () =>
        EC.importPrivate!(ctx, { EC_PARAMS: ecParams, VALUE: i2osp(scalar, 32) }),
      );
    }
    expect(EC.importPrivate!(ctx, { EC_PARAMS: ecParams, VALUE: i2osp(P256_ORDER - 1n, 32) })).toBeDefined();
    const tooLong = concat(Uint8Array.of(1), VALUE);
    expectCkr("ATTRIBUTE_VALUE_INVALID", () => EC.importPrivate!(ctx, { EC_PARAMS: ecParams, VALUE: tooLong }));
  });

  test("are refused with another key's public part", () => {
    const other = finish(ecKeyPairGen.generateKeyPair!(ctx, { curve: "P-256" }, {})).publicKey.attributes;
    for (const part of [{ EC_POINT: other.EC_POINT }, { PUBLIC_KEY_INFO: other.PUBLIC_KEY_INFO }]) {
      expectCkr("ATTRIBUTE_VALUE_INVALID", () => EC.importPrivate!(ctx, { EC_PARAMS: ecParams, VALUE, ...part }));
    }
    const { EC_POINT, PUBLIC_KEY_INFO } = publicKey.attributes;
    expect(EC.importPrivate!(ctx, { EC_PARAMS: ecParams, VALUE, EC_POINT, PUBLIC_KEY_INFO })).toBeDefined();
  });
});

test("Ed25519 keys come back from their attributes; small-order and malformed points do not", () => {
  const { publicKey, privateKey } = finish(ecEdwardsKeyPairGen.generateKeyPair!(ctx, {}, {}));
  expect(EC_EDWARDS.importPublic!(ctx, publicKey.attributes)).toEqual(publicKey);
  const EC_PARAMS = encodeEcParams("Ed25519");
  const VALUE = secretOf(object(privateKey), "VALUE");
  const made = EC_EDWARDS.importPrivate!(ctx, { EC_PARAMS, VALUE });
  expect(made.attributes).toEqual(privateKey.attributes);
  for (const EC_POINT of [
    new Uint8Array(32),
    i2osp(1n << 248n, 32),
    new Uint8Array(31),
    new Uint8Array(32).fill(0xff),
  ]) {
    expectCkr("ATTRIBUTE_VALUE_INVALID", () => EC_EDWARDS.importPublic!(ctx, { EC_PARAMS, EC_POINT }));
  }
  expectCkr("ATTRIBUTE_VALUE_INVALID", () => EC_EDWARDS.importPrivate!(ctx, { EC_PARAMS, VALUE: new Uint8Array(31) }));
  expectCkr("CURVE_NOT_SUPPORTED", () => EC_EDWARDS.importPrivate!(ctx, { EC_PARAMS: ecParams, VALUE }));
  const PUBLIC_KEY_INFO = new Uint8Array(44);
  expectCkr("ATTRIBUTE_VALUE_INVALID", () => EC_EDWARDS.importPrivate!(ctx, { EC_PARAMS, VALUE, PUBLIC_KEY_INFO }));
});

describe("RSA keys", () => {
  const { components } = nodeRsaKey(2048);
  const template: Template = {
    MODULUS: components.n,
    PUBLIC_EXPONENT: components.e,
    PRIVATE_EXPONENT: components.d,
    PRIME_1: components.p,
    PRIME_2: components.q,
    EXPONENT_1: components.dp,
    EXPONENT_2: components.dq,
    COEFFICIENT: components.qi,
  };

  test("come back from their components, with or without zeros in front", () => {
    const padded = Object.fromEntries(
      Object.entries(template).map(([name, value]) => [name, concat(new Uint8Array(2), value as Uint8Array)]),
    );
    for (const given of [template, padded]) {
      expect(RSA.importPrivate!(ctx, given).attributes).toMatchObject({
        MODULUS: components.n,
        PUBLIC_EXPONENT: components.e,
      });
      expect(RSA.importPublic!(ctx, given).attributes.MODULUS_BITS).toBe(2048);
    }
  });

  test("are refused when any component is another, is missing or is out of bounds", () => {
    for (const name of Object.keys(template)) {
      const value = template[name as "PRIME_1"]!;
      const changed = Uint8Array.from(value);
      changed[changed.length - 1]! ^= 2;
      expectCkr("ATTRIBUTE_VALUE_INVALID", () => RSA.importPrivate!(ctx, { ...template, [name]: changed }));
      expectCkr("ATTRIBUTE_VALUE_INVALID", () => RSA.importPrivate!(ctx, { ...template, [name]: new Uint8Array(0) }));
      expectCkr("TEMPLATE_INCOMPLETE", () => RSA.importPrivate!(ctx, { ...template, [name]: undefined }));
    }
    expectCkr("ATTRIBUTE_VALUE_INVALID", () =>
      RSA.importPublic!(ctx, { ...template, PUBLIC_EXPONENT: Uint8Array.of(0) }),
    );
  });

  test("of a public kind are kept whatever their numbers are, and used only when they are a key", () => {
    const lax = createHsm({ policy: "pkcs11" }).openSession({ readWrite: true });
    const publicKey = {
      CLASS: "PUBLIC_KEY",
      KEY_TYPE: "RSA",
      MODULUS: components.n,
      PUBLIC_EXPONENT: components.e,
    } as const;
    for (const numbers of [
      { PUBLIC_EXPONENT: Uint8Array.of(1) },
      { PUBLIC_EXPONENT: Uint8Array.of(2) },
      { PUBLIC_EXPONENT: Uint8Array.of(1, 0, 0) },
      { MODULUS: components.n.slice(0, 127) },
      { MODULUS: Uint8Array.of(1) },
      { MODULUS: components.n.map((byte, i) => (i === components.n.length - 1 ? byte & 0xfe : byte)) },
    ]) {
      const key = lax.createObject({ ...publicKey, ...numbers, ENCRYPT: true });
      const mechanism = { mechanism: "RSA_PKCS_OAEP", hash: "SHA1" } as const;
      expect(["KEY_TYPE_INCONSISTENT", "DATA_LEN_RANGE"]).toContain(
        ckrOf(() => lax.encrypt(mechanism, key, Uint8Array.of(1))),
      );
      const strict = createHsm().openSession({ readWrite: true });
      expect(ckrOf(() => strict.createObject({ ...publicKey, ...numbers }))).toBe("ATTRIBUTE_VALUE_INVALID");
    }
  });
});

test("private keys go through PKCS #8 as node:crypto reads and writes it", () => {
  const nodeKeys = [
    [EC, generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey],
    [EC_EDWARDS, generateKeyPairSync("ed25519").privateKey],
    [RSA, nodeRsaKey(2048).privateKey],
  ] as const;
  for (const [spec, nodeKey] of nodeKeys) {
    const pkcs8 = Uint8Array.from(nodeKey.export({ format: "der", type: "pkcs8" }));
    const key = object(spec.decodePrivate!(pkcs8, ctx));
    const spki = createPublicKey(nodeKey).export({ format: "der", type: "spki" });
    expect(key.get("PUBLIC_KEY_INFO")).toEqual(Uint8Array.from(spki));
    const again = createPrivateKey({ key: Buffer.from(spec.encodePrivate!(key)), format: "der", type: "pkcs8" });
    expect(again.equals(nodeKey)).toBe(true);
    for (const [other] of nodeKeys) {
      if (other !== spec) expectCkr("ATTRIBUTE_VALUE_INVALID", () => other.decodePrivate!(pkcs8, ctx));
    }
    expectCkr("ATTRIBUTE_VALUE_INVALID", () => spec.decodePrivate!(pkcs8.subarray(1), ctx));
    expectCkr("ATTRIBUTE_VALUE_INVALID", () => spec.decodePrivate!(new Uint8Array(0), ctx));
  }
});

test("a PKCS #8 whose public point is another key's is refused", () => {
  const [a, b] = [0, 1].map(() =>
    Uint8Array.from(
      generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "der", type: "pkcs8" }),
    ),
  );
  expectCkr("ATTRIBUTE_VALUE_INVALID", () => EC.decodePrivate!(concat(a!.slice(0, -64), b!.slice(-64)), ctx));
});

test("no message of a refused key holds a byte of it", () => {
  const secret = new Uint8Array(33).fill(0xab);
  const errors = [
    expectCkr("ATTRIBUTE_VALUE_INVALID", () => AES.importSecret!(ctx, { VALUE: secret })),
    expectCkr("ATTRIBUTE_VALUE_INVALID", () => EC.importPrivate!(ctx, { EC_PARAMS: ecParams, VALUE: secret })),
    expectCkr("ATTRIBUTE_VALUE_INVALID", () => EC.decodePrivate!(secret, ctx)),
  ];
  for (const { message } of errors) expect(message).not.toMatch(/abab|171, ?171/);
});
