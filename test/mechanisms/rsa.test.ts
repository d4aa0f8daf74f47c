import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  sign as nodeSign,
  verify as nodeVerify,
  privateDecrypt,
  publicEncrypt,
} from "node:crypto";
import { describe, expect, test } from "vitest";
import { concat } from "../../src/bytes/bytes.ts";
import { keyTypes } from "../../src/mechanisms/key-types.ts";
import { newRsaPrivateKey, newRsaPublicKey } from "../../src/mechanisms/keys/rsa.ts";
import { rsaPkcsKeyPairGen } from "../../src/mechanisms/rsa-key-pair-gen.ts";
import { rsaPkcsOaep } from "../../src/mechanisms/rsa-oaep.ts";
import {
  rsaPkcs,
  sha1RsaPkcs,
  sha224RsaPkcs,
  sha256RsaPkcs,
  sha384RsaPkcs,
  sha512RsaPkcs,
} from "../../src/mechanisms/rsa-pkcs.ts";
import {
  rsaPkcsPss,
  sha1RsaPkcsPss,
  sha224RsaPkcsPss,
  sha256RsaPkcsPss,
  sha384RsaPkcsPss,
  sha512RsaPkcsPss,
} from "../../src/mechanisms/rsa-pss.ts";
import { nodeRsaKey } from "../support/rsa-fixture.ts";
import { seededRng } from "../support/seeded-rng.ts";
import { aesObject, context, expectCkr, finish, flipped, object, secretOf } from "./support/keys.ts";

const ctx = context("rsa");
const fixture = nodeRsaKey(2048);
const privateKey = object(newRsaPrivateKey(ctx, fixture.components));
const publicKey = object(newRsaPublicKey(ctx, fixture.components.n, fixture.components.e));
const message = new TextEncoder().encode("the message");
const digestOf = (hash: string, data = message) => Uint8Array.from(createHash(hash).update(data).digest());

describe("signatures of RSASSA-PKCS1-v1_5", () => {
  const hashed = [
    [sha1RsaPkcs, "sha1"],
    [sha224RsaPkcs, "sha224"],
    [sha256RsaPkcs, "sha256"],
    [sha384RsaPkcs, "sha384"],
    [sha512RsaPkcs, "sha512"],
  ] as const;

  test.each(hashed)("are those of node:crypto, in one piece and in parts", (mechanism, hash) => {
    const expected = Uint8Array.from(nodeSign(hash, message, fixture.privateKey));
    expect(mechanism.sign!(ctx, privateKey, {}, message)).toEqual(expected);
    expect(mechanism.verify!(ctx, publicKey, {}, message, expected)).toBe(true);
    expect(mechanism.verify!(ctx, publicKey, {}, message.subarray(1), expected)).toBe(false);
    const stream = mechanism.signStart!(ctx, privateKey, {});
    stream.update(message.subarray(0, 3));
    stream.update(message.subarray(3));
    expect(stream.digest()).toEqual(expected);
    const check = mechanism.verifyStart!(ctx, publicKey, {});
    check.update(message);
    expect(check.final(expected)).toBe(true);
    expect(mechanism.signatureBytes!(publicKey, {})).toBe(256);
  });

  test("with RSA_PKCS are over the DigestInfo as it is given", () => {
    const digestInfo = concat(
      Uint8Array.from(Buffer.from("3031300d060960864801650304020105000420", "hex")),
      digestOf("sha256"),
    );
    const expected = Uint8Array.from(nodeSign("sha256", message, fixture.privateKey));
    expect(rsaPkcs.sign!(ctx, privateKey, {}, digestInfo)).toEqual(expected);
    expect(rsaPkcs.verify!(ctx, publicKey, {}, digestInfo, expected)).toBe(true);
    expect(rsaPkcs.verify!(ctx, publicKey, {}, digestInfo.subarray(1), expected)).toBe(false);
    expectCkr("DATA_LEN_RANGE", () => rsaPkcs.sign!(ctx, privateKey, {}, new Uint8Array(246)));
  });
});

describe("signatures of RSASSA-PSS", () => {
  const hashed = [
    [sha1RsaPkcsPss, "sha1", "SHA1"],
    [sha224RsaPkcsPss, "sha224", "SHA224"],
    [sha256RsaPkcsPss, "sha256", "SHA256"],
    [sha384RsaPkcsPss, "sha384", "SHA384"],
    [sha512RsaPkcsPss, "sha512", "SHA512"],
  ] as const;

  test.each(hashed)("verify with node:crypto and here, hashed by the token or the caller", (mechanism, hash, name) => {
    const pss = {
      key: fixture.publicKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    };
    const signature = mechanism.sign!(ctx, privateKey, {}, message);
    expect(nodeVerify(hash, message, pss, signature)).toBe(true);
    expect(mechanism.verify!(ctx, publicKey, {}, message, signature)).toBe(true);
    expect(rsaPkcsPss.verify!(ctx, publicKey, { hash: name }, digestOf(hash), signature)).toBe(true);
    expect(mechanism.verify!(ctx, publicKey, { saltBytes: 5 }, message, signature)).toBe(false);
    const raw = rsaPkcsPss.sign!(ctx, privateKey, { hash: name, saltBytes: 0 }, digestOf(hash));
    expect(nodeVerify(hash, message, { ...pss, saltLength: 0 }, raw)).toBe(true);
    const stream = mechanism.signStart!(ctx, privateKey, {});
    stream.update(message);
    const check = mechanism.verifyStart!(ctx, publicKey, {});
    check.update(message);
    expect(check.final(stream.digest())).toBe(true);
  });

  test("refuse a digest of another length and a salt that does not fit", () => {
    expectCkr("DATA_LEN_RANGE", () => rsaPkcsPss.sign!(ctx, privateKey, { hash: "SHA256" }, new Uint8Array(31)));
    expectCkr("MECHANISM_PARAM_INVALID", () => sha256RsaPkcsPss.sign!(ctx, privateKey, { saltBytes: 223 }, message));
    expect(sha256RsaPkcsPss.sign!(ctx, privateKey, { saltBytes: 222 }, message)).toHaveLength(256);
    expectCkr("MECHANISM_PARAM_INVALID", () => rsaPkcsPss.parse({}));
    expectCkr("MECHANISM_PARAM_INVALID", () => sha256RsaPkcsPss.parse({ saltBytes: -1 }));
  });
});

describe("encryption", () => {
  test("by RSA_PKCS_OAEP is node:crypto's both ways, with a label", () => {
    for (const [hash, name] of [
      ["sha1", "SHA1"],
      ["sha256", "SHA256"],
      ["sha512", "SHA512"],
    ] as const) {
      const label = new TextEncoder().encode("label");
      const params = rsaPkcsOaep.parse({ hash: name, label });
      const oaep = { oaepHash: hash, oaepLabel: label, padding: constants.RSA_PKCS1_OAEP_PADDING };
      const sealed = rsaPkcsOaep.encrypt!(ctx, publicKey, params, message);
      expect(Uint8Array.from(privateDecrypt({ key: fixture.privateKey, ...oaep }, sealed))).toEqual(message);
      const foreign = Uint8Array.from(publicEncrypt({ key: fixture.publicKey, ...oaep }, message));
      expect(rsaPkcsOaep.decrypt!(ctx, privateKey, params, foreign)).toEqual(message);
    }
  });

  test("by OAEP has one error for every changed ciphertext, and lengths are checked first", () => {
    const params = rsaPkcsOaep.parse({ hash: "SHA256" });
    const sealed = rsaPkcsOaep.encrypt!(ctx, publicKey, params, message);
    const bad = [
      ...[...flipped(sealed)].filter((_, i) => i % 64 === 0),
      new Uint8Array(256),
      new Uint8Array(256).fill(0xff),
    ];
    const messages = bad.map(
      (changed) =>
        expectCkr("ENCRYPTED_DATA_INVALID", () => rsaPkcsOaep.decrypt!(ctx, privateKey, params, changed)).message,
    );
    expect(new Set(messages).size).toBe(1);
    expectCkr("ENCRYPTED_DATA_LEN_RANGE", () => rsaPkcsOaep.decrypt!(ctx, privateKey, params, sealed.subarray(1)));
    expectCkr("DATA_LEN_RANGE", () => rsaPkcsOaep.encrypt!(ctx, publicKey, params, new Uint8Array(191)));
    expect(rsaPkcsOaep.encrypt!(ctx, publicKey, params, new Uint8Array(190))).toHaveLength(256);
  });

  test("by OAEP wraps a secret key, which node:crypto unwraps", () => {
    const params = rsaPkcsOaep.parse({ hash: "SHA256" });
    const value = new Uint8Array(32).fill(9);
    const wrapped = rsaPkcsOaep.wrap!(ctx, publicKey, params, aesObject(value));
    const oaep = { key: fixture.privateKey, oaepHash: "sha256", padding: constants.RSA_PKCS1_OAEP_PADDING };
    expect(Uint8Array.from(privateDecrypt(oaep, wrapped))).toEqual(value);
    const unwrapped = rsaPkcsOaep.unwrap!(ctx, privateKey, params, wrapped);
    expect(unwrapped.value!.use((bytes) => Uint8Array.from(bytes))).toEqual(value);
    expectCkr("WRAPPED_KEY_INVALID", () => rsaPkcsOaep.unwrap!(ctx, privateKey, params, new Uint8Array(256)));
    expectCkr("WRAPPED_KEY_LEN_RANGE", () => rsaPkcsOaep.unwrap!(ctx, privateKey, params, new Uint8Array(255)));
    expectCkr("KEY_SIZE_RANGE", () => rsaPkcsOaep.wrap!(ctx, publicKey, params, privateKey));
    expectCkr("KEY_NOT_WRAPPABLE", () => rsaPkcsOaep.wrap!(ctx, publicKey, params, publicKey));
  });

  test("by RSA_PKCS unwraps what node:crypto wrapped, and its own", () => {
    const value = new Uint8Array(32).fill(9);
    const padding = constants.RSA_PKCS1_PADDING;
    const theirs = Uint8Array.from(publicEncrypt({ key: fixture.publicKey, padding }, value));
    for (const wrapped of [theirs, rsaPkcs.wrap!(ctx, publicKey, {}, aesObject(value))]) {
      const unwrapped = rsaPkcs.unwrap!(ctx, privateKey, {}, wrapped);
      expect(unwrapped.value!.use((bytes) => Uint8Array.from(bytes))).toEqual(value);
    }
    expectCkr("WRAPPED_KEY_LEN_RANGE", () => rsaPkcs.unwrap!(ctx, privateKey, {}, new Uint8Array(255)));
    expectCkr("KEY_SIZE_RANGE", () => rsaPkcs.wrap!(ctx, publicKey, {}, privateKey));
  });

  test("by RSA_PKCS never tells bad padding from good: it gives other bytes, and the same ones again", () => {
    const sealed = Uint8Array.from(
      publicEncrypt({ key: fixture.publicKey, padding: constants.RSA_PKCS1_PADDING }, message),
    );
    expect(rsaPkcs.decrypt!(ctx, privateKey, {}, sealed)).toEqual(message);
    const own = rsaPkcs.encrypt!(ctx, publicKey, {}, message);
    expect(rsaPkcs.decrypt!(ctx, privateKey, {}, own)).toEqual(message);
    const changed = Uint8Array.from(sealed);
    changed[100]! ^= 1;
    const other = rsaPkcs.decrypt!(ctx, privateKey, {}, changed);
    expect(other).not.toEqual(message);
    expect(rsaPkcs.decrypt!(ctx, privateKey, {}, changed)).toEqual(other);
    expectCkr("ENCRYPTED_DATA_LEN_RANGE", () => rsaPkcs.decrypt!(ctx, privateKey, {}, sealed.subarray(1)));
    expectCkr("DATA_LEN_RANGE", () => rsaPkcs.encrypt!(ctx, publicKey, {}, new Uint8Array(246)));
  });
});

test("a generated pair is one that node:crypto takes; what others draw meanwhile does not change it", () => {
  const generate = (interfering: boolean) => {
    const rng = seededRng("pair");
    const steps = rsaPkcsKeyPairGen.generateKeyPair!({ ...ctx, rng }, { modulusBits: 2048 }, {});
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      if (interfering) rng(7);
    }
  };
  const made = generate(false);
  const pkcs8 = keyTypes.RSA.encodePrivate!(object(made.privateKey));
  const nodeKey = createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" });
  const signature = nodeSign("sha256", message, nodeKey);
  const spki = Buffer.from(made.publicKey.attributes.PUBLIC_KEY_INFO!);
  const oracle = createPublicKey({ key: spki, format: "der", type: "spki" });
  expect(nodeVerify("sha256", message, oracle, signature)).toBe(true);
  expect(made.publicKey.attributes).toMatchObject({ MODULUS_BITS: 2048, PUBLIC_EXPONENT: Uint8Array.of(1, 0, 1) });
  const again = generate(true);
  expect(secretOf(object(again.privateKey), "PRIME_1")).toEqual(secretOf(object(made.privateKey), "PRIME_1"));
}, 60_000);

test("generation refuses sizes and exponents out of bounds", () => {
  const generate = (template: object) => () => finish(rsaPkcsKeyPairGen.generateKeyPair!(ctx, {}, template));
  expectCkr("TEMPLATE_INCOMPLETE", generate({}));
  for (const MODULUS_BITS of [512, 1023, 2047, 2056, 8192]) expectCkr("KEY_SIZE_RANGE", generate({ MODULUS_BITS }));
  for (const e of [[2], [1], [0], [1, 0, 0], [0, 1, 0, 1], Array(33).fill(0xff)]) {
    const PUBLIC_EXPONENT = Uint8Array.from(e);
    expectCkr("ATTRIBUTE_VALUE_INVALID", generate({ MODULUS_BITS: 2048, PUBLIC_EXPONENT }));
    expectCkr("MECHANISM_PARAM_INVALID", () => rsaPkcsKeyPairGen.parse({ publicExponent: PUBLIC_EXPONENT }));
  }
  expectCkr("MECHANISM_PARAM_INVALID", () => rsaPkcsKeyPairGen.parse({ modulusBits: 512 }));
});

test("keys that are no RSA keys are CKR_KEY_TYPE_INCONSISTENT", () => {
  const aes = aesObject(new Uint8Array(32));
  expectCkr("KEY_TYPE_INCONSISTENT", () => sha256RsaPkcs.sign!(ctx, aes, {}, message));
  expectCkr("KEY_TYPE_INCONSISTENT", () => rsaPkcsOaep.encrypt!(ctx, aes, { hash: "SHA256" }, message));
  expectCkr("KEY_TYPE_INCONSISTENT", () => sha256RsaPkcs.sign!(ctx, publicKey, {}, message));
});
