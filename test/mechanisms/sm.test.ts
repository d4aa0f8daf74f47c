import { createCipheriv, createHash, createHmac } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { concat, utf8 } from "../../src/bytes/bytes.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { DEFAULT_USER_ID, sm2Z } from "../../src/crypto/sm2/curve.ts";
import { decodeEcPoint, encodeEcParams, encodeEcPoint } from "../../src/der/ec-params.ts";
import { decodePkcs8 } from "../../src/der/pkcs8.ts";
import { decodeSm2Ciphertext } from "../../src/der/sm2-ciphertext.ts";
import { decodeSpki } from "../../src/der/spki.ts";
import { mechanismInfo } from "../../src/mechanisms/registry.ts";
import { createHsm } from "../../src/token/hsm.ts";
import type { Session } from "../../src/token/session.ts";
import { expectCkr } from "../support/ckr.ts";
import { hex, readVectors } from "../support/vectors.ts";

let s: Session;
beforeEach(() => {
  s = createHsm().openSession({ readWrite: true });
});

const message = utf8("a message for the token");
const readable = { SENSITIVE: false, EXTRACTABLE: true } as const;

/** The first key of OpenSSL's vectors, in PKCS #8. */
const pkcs8 = Uint8Array.from(
  Buffer.from(/-----BEGIN.*\n([\s\S]*?)-----END/.exec(readVectors("evppkey_sm2.txt"))![1]!, "base64"),
);
const opensslKey = decodePkcs8(pkcs8) as { privateKey: Uint8Array; point: Uint8Array; curve: string };
const EC_PARAMS = encodeEcParams("SM2");

function importedPair(usage: "sign" | "encrypt" | "derive") {
  const publicKey = s.createObject({
    CLASS: "PUBLIC_KEY",
    KEY_TYPE: "SM2",
    EC_PARAMS,
    EC_POINT: encodeEcPoint(opensslKey.point),
    usage,
  });
  const privateKey = s.createObject({
    CLASS: "PRIVATE_KEY",
    KEY_TYPE: "SM2",
    EC_PARAMS,
    VALUE: opensslKey.privateKey,
    usage,
  });
  return { publicKey, privateKey };
}

describe("SM3", () => {
  test("digests as OpenSSL does, whole and by parts", () => {
    const expected = Uint8Array.from(createHash("sm3").update(message).digest());
    expect(s.digest("PHSM_SM3", message)).toEqual(expected);
    s.digestInit("PHSM_SM3");
    for (const byte of message) s.digestUpdate(Uint8Array.of(byte));
    expect(s.digestFinal()).toEqual(expected);
  });

  test("HMAC signs and verifies as OpenSSL does, with 32 bytes", () => {
    const value = new Uint8Array(32).fill(3);
    const key = s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", VALUE: value, usage: "sign" });
    const mac = s.sign("PHSM_SM3_HMAC", key, message);
    expect(mac).toEqual(Uint8Array.from(createHmac("sm3", value).update(message).digest()));
    expect(s.verify("PHSM_SM3_HMAC", key, message, mac)).toBe(true);
    const changed = mac.map((byte) => byte ^ 1);
    expectCkr(() => s.verify("PHSM_SM3_HMAC", key, message, changed), "SIGNATURE_INVALID");
    expectCkr(() => s.verify("PHSM_SM3_HMAC", key, message, mac.subarray(1)), "SIGNATURE_LEN_RANGE");
  });
});

describe("SM4", () => {
  const value = hex("0123456789abcdeffedcba9876543210");
  const imported = () => s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "SM4", VALUE: value, usage: "encrypt" });
  const iv = new Uint8Array(16).fill(9);

  test("a generated key encrypts in every mode, and each mode opens what it made", () => {
    const key = s.generateKey("PHSM_SM4_KEY_GEN", { usage: "encrypt" });
    expect(s.getAttributes(key, ["KEY_TYPE", "VALUE_LEN"])).toEqual({ KEY_TYPE: "SM4", VALUE_LEN: 16 });
    const choices = [
      { mechanism: "PHSM_SM4_CBC_PAD", iv },
      { mechanism: "PHSM_SM4_CTR", counter: iv },
      { mechanism: "PHSM_SM4_GCM" },
      { mechanism: "PHSM_SM4_CCM" },
      { mechanism: "PHSM_SM4_CCM", nonce: iv.subarray(3), aad: message, tagBytes: 8 },
      { mechanism: "PHSM_SM4_GCM", iv, aad: message, tagBits: 96 },
    ] as const;
    for (const choice of choices) {
      const ciphertext = s.encrypt(choice, key, message);
      expect(ciphertext).not.toEqual(message);
      expect(s.decrypt(choice, key, ciphertext)).toEqual(message);
    }
    expectCkr(() => s.generateKey("PHSM_SM4_KEY_GEN", { VALUE_LEN: 32, usage: "encrypt" }), "TEMPLATE_INCONSISTENT");
  });

  test("CBC and CTR are OpenSSL's, by parts too", () => {
    const key = imported();
    const node = (mode: string) => {
      const cipher = createCipheriv(`sm4-${mode}`, value, iv);
      return Uint8Array.from(Buffer.concat([cipher.update(message), cipher.final()]));
    };
    expect(s.encrypt({ mechanism: "PHSM_SM4_CBC_PAD", iv }, key, message)).toEqual(node("cbc"));
    s.encryptInit({ mechanism: "PHSM_SM4_CTR", counter: iv }, key);
    const parts = [s.encryptUpdate(message.subarray(0, 5)), s.encryptUpdate(message.subarray(5)), s.encryptFinal()];
    expect(concat(...parts)).toEqual(node("ctr"));
  });

  test("GCM is that of RFC 8998, and refuses what was changed", () => {
    const aad = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    const choice = { mechanism: "PHSM_SM4_GCM", iv: hex("00001234567800000000abcd"), aad } as const;
    const plaintext = hex(
      "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd" +
        "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
    );
    const key = imported();
    const sealed = s.encrypt(choice, key, plaintext);
    expect(sealed.subarray(64)).toEqual(hex("83de3541e4c2b58177e065a9bf7b62ec"));
    expectCkr(
      () =>
        s.decrypt(
          choice,
          key,
          sealed.map((byte) => byte ^ 1),
        ),
      "ENCRYPTED_DATA_INVALID",
    );
  });

  test("a key has 16 bytes, and AES and SM4 mechanisms refuse each other's keys", () => {
    for (const length of [0, 15, 24, 32]) {
      const VALUE = new Uint8Array(length);
      const template = { CLASS: "SECRET_KEY", KEY_TYPE: "SM4", VALUE, usage: "encrypt" } as const;
      expectCkr(() => s.createObject(template), "ATTRIBUTE_VALUE_INVALID");
    }
    const aes = s.generateKey("AES_KEY_GEN", { VALUE_LEN: 16, usage: "encrypt" });
    expectCkr(() => s.encrypt("PHSM_SM4_GCM", aes, message), "KEY_TYPE_INCONSISTENT");
    expectCkr(() => s.encrypt("AES_GCM", imported(), message), "KEY_TYPE_INCONSISTENT");
  });
});

describe("SM2 keys", () => {
  test("a generated pair has the SM2 curve in its attributes and encodings", () => {
    const pair = s.generateKeyPair("PHSM_SM2_KEY_PAIR_GEN", { usage: "sign", ...readable });
    const attributes = s.getAttributes(pair.publicKey, ["KEY_TYPE", "EC_PARAMS", "EC_POINT", "PUBLIC_KEY_INFO"]);
    expect([attributes.KEY_TYPE, attributes.EC_PARAMS]).toEqual(["SM2", hex("06082a811ccf5501822d")]);
    const point = decodeEcPoint(attributes.EC_POINT as Uint8Array);
    expect(decodeSpki(attributes.PUBLIC_KEY_INFO as Uint8Array)).toEqual({ type: "EC", curve: "SM2", point });
    const { VALUE, PUBLIC_KEY_INFO } = s.getAttributes(pair.privateKey, ["VALUE", "PUBLIC_KEY_INFO"]);
    expect(pureEngine.sm2Private(VALUE as Uint8Array)!.publicPoint()).toEqual(point);
    expect(PUBLIC_KEY_INFO).toEqual(attributes.PUBLIC_KEY_INFO);
  });

  test("what is no key of the SM2 curve is refused, and no EC key is made on it", () => {
    const { point, privateKey: VALUE } = opensslKey;
    const offCurve = encodeEcPoint(Uint8Array.from(point, (byte, i) => (i === 64 ? byte ^ 1 : byte)));
    const publicKey = { CLASS: "PUBLIC_KEY", KEY_TYPE: "SM2", EC_PARAMS, usage: "sign" } as const;
    const privateKey = { CLASS: "PRIVATE_KEY", KEY_TYPE: "SM2", EC_PARAMS, usage: "sign" } as const;
    const p256 = encodeEcParams("P-256");
    expectCkr(() => s.createObject({ ...publicKey, EC_POINT: offCurve }), "ATTRIBUTE_VALUE_INVALID");
    expectCkr(() => s.createObject({ ...publicKey, EC_PARAMS: p256, EC_POINT: offCurve }), "CURVE_NOT_SUPPORTED");
    expectCkr(() => s.createObject({ ...privateKey, EC_PARAMS: p256, VALUE }), "CURVE_NOT_SUPPORTED");
    expectCkr(() => s.createObject({ ...privateKey, VALUE: new Uint8Array(32) }), "ATTRIBUTE_VALUE_INVALID");
    expectCkr(
      () => s.createObject({ ...privateKey, VALUE: concat(Uint8Array.of(1), VALUE) }),
      "ATTRIBUTE_VALUE_INVALID",
    );
    expectCkr(() => s.createObject({ ...privateKey, KEY_TYPE: "EC", VALUE }), "CURVE_NOT_SUPPORTED");
    expectCkr(() => s.generateKeyPair("EC_KEY_PAIR_GEN", { EC_PARAMS, usage: "sign" }), "CURVE_NOT_SUPPORTED");
    const withParams = () => s.generateKeyPair("PHSM_SM2_KEY_PAIR_GEN", { EC_PARAMS: p256, usage: "sign" });
    expectCkr(withParams, "CURVE_NOT_SUPPORTED");
  });

  test("a bound wrap brings an SM2 pair's private key and an SM4 key back as they were", () => {
    const wrapping = s.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "wrap" });
    const pair = s.generateKeyPair("PHSM_SM2_KEY_PAIR_GEN", { usage: "sign" }, { usage: "sign", EXTRACTABLE: true });
    const blob = s.wrapKey("PHSM_BOUND_WRAP", wrapping, pair.privateKey);
    const back = s.unwrapKey("PHSM_BOUND_WRAP", wrapping, blob, {});
    const signature = s.sign("PHSM_SM2DSA_SM3", back, message);
    expect(s.verify("PHSM_SM2DSA_SM3", pair.publicKey, message, signature)).toBe(true);
    const key = s.generateKey("PHSM_SM4_KEY_GEN", { usage: "encrypt", EXTRACTABLE: true });
    const sealed = s.encrypt("PHSM_SM4_GCM", key, message);
    const again = s.unwrapKey("PHSM_BOUND_WRAP", wrapping, s.wrapKey("PHSM_BOUND_WRAP", wrapping, key), {});
    expect(s.decrypt("PHSM_SM4_GCM", again, sealed)).toEqual(message);
  });

  test("an SM2 private key travels as PKCS #8, and is no EC key there either", () => {
    const lax = createHsm({ policy: "pkcs11" }).openSession({ readWrite: true });
    const aes = lax.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, WRAP: true, UNWRAP: true });
    const pair = lax.generateKeyPair("PHSM_SM2_KEY_PAIR_GEN", { VERIFY: true }, { SIGN: true, ...readable });
    const blob = lax.wrapKey("AES_KEY_WRAP_KWP", aes, pair.privateKey);
    const template = { CLASS: "PRIVATE_KEY", SIGN: true } as const;
    const back = lax.unwrapKey("AES_KEY_WRAP_KWP", aes, blob, { ...template, KEY_TYPE: "SM2" });
    expect(lax.verify("PHSM_SM2DSA_SM3", pair.publicKey, message, lax.sign("PHSM_SM2DSA_SM3", back, message))).toBe(
      true,
    );
    const asEc = () => lax.unwrapKey("AES_KEY_WRAP_KWP", aes, blob, { ...template, KEY_TYPE: "EC" });
    expectCkr(asEc, "ATTRIBUTE_VALUE_INVALID", "WRAPPED_KEY_INVALID");
    const ec = lax.generateKeyPair({ mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" }, {}, { SIGN: true, ...readable });
    const ecBlob = lax.wrapKey("AES_KEY_WRAP_KWP", aes, ec.privateKey);
    const asSm2 = () => lax.unwrapKey("AES_KEY_WRAP_KWP", aes, ecBlob, { ...template, KEY_TYPE: "SM2" });
    expectCkr(asSm2, "ATTRIBUTE_VALUE_INVALID", "WRAPPED_KEY_INVALID");
  });
});

describe("the SM2 signature", () => {
  test("over a message is the one over its digest with Z; the user id counts", () => {
    const pair = importedPair("sign");
    const Z = sm2Z(pureEngine, opensslKey.point, DEFAULT_USER_ID);
    const digest = pureEngine.digest("SM3", concat(Z, message));
    const signature = s.sign("PHSM_SM2DSA_SM3", pair.privateKey, message);
    expect(s.verify("PHSM_SM2DSA", pair.publicKey, digest, signature)).toBe(true);
    const byDigest = s.sign("PHSM_SM2DSA", pair.privateKey, digest);
    const own = { mechanism: "PHSM_SM2DSA_SM3", userId: DEFAULT_USER_ID } as const;
    expect(s.verify(own, pair.publicKey, message, byDigest)).toBe(true);
    const other = { mechanism: "PHSM_SM2DSA_SM3", userId: utf8("ALICE123@YAHOO.COM") } as const;
    expectCkr(() => s.verify(other, pair.publicKey, message, byDigest), "SIGNATURE_INVALID");
    expect(s.verify(other, pair.publicKey, message, s.sign(other, pair.privateKey, message))).toBe(true);
  });

  test("goes by parts", () => {
    const pair = importedPair("sign");
    s.signInit("PHSM_SM2DSA_SM3", pair.privateKey);
    s.signUpdate(message.subarray(0, 7));
    s.signUpdate(message.subarray(7));
    const signature = s.signFinal();
    s.verifyInit("PHSM_SM2DSA_SM3", pair.publicKey);
    for (const byte of message) s.verifyUpdate(Uint8Array.of(byte));
    expect(s.verifyFinal(signature)).toBe(true);
    expect(s.verify("PHSM_SM2DSA_SM3", pair.publicKey, message, signature)).toBe(true);
  });

  test("has 64 bytes, is over 32, and is made by SM2 keys only, as ECDSA is by EC keys only", () => {
    const pair = importedPair("sign");
    for (const length of [0, 31, 33]) {
      expectCkr(() => s.sign("PHSM_SM2DSA", pair.privateKey, new Uint8Array(length)), "DATA_LEN_RANGE");
    }
    const short = () => s.verify("PHSM_SM2DSA_SM3", pair.publicKey, message, new Uint8Array(63));
    expectCkr(short, "SIGNATURE_LEN_RANGE");
    const ec = s.generateKeyPair({ mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" }, { usage: "sign" });
    expectCkr(() => s.sign("PHSM_SM2DSA_SM3", ec.privateKey, message), "KEY_TYPE_INCONSISTENT");
    expectCkr(() => s.sign("ECDSA_SHA256", pair.privateKey, message), "KEY_TYPE_INCONSISTENT");
    const userId = new Uint8Array(8192);
    const long = () => s.sign({ mechanism: "PHSM_SM2DSA_SM3", userId }, pair.privateKey, message);
    expectCkr(long, "MECHANISM_PARAM_INVALID");
  });
});

describe("SM2 encryption", () => {
  test("is the DER of GM/T 0009 unless raw is asked for, and each form opens as itself only", () => {
    const pair = importedPair("encrypt");
    const raw = { mechanism: "PHSM_SM2PKE", encoding: "raw" } as const;
    const ciphertext = s.encrypt("PHSM_SM2PKE", pair.publicKey, message);
    expect(s.decrypt(raw, pair.privateKey, decodeSm2Ciphertext(ciphertext)!)).toEqual(message);
    expect(s.decrypt("PHSM_SM2PKE", pair.privateKey, ciphertext)).toEqual(message);
    expectCkr(() => s.decrypt(raw, pair.privateKey, ciphertext), "ENCRYPTED_DATA_INVALID");
    const bare = s.encrypt(raw, pair.publicKey, message);
    expect(bare.length).toBe(97 + message.length);
    expectCkr(() => s.decrypt("PHSM_SM2PKE", pair.privateKey, bare), "ENCRYPTED_DATA_INVALID");
  });

  test("opens OpenSSL's ciphertext", () => {
    const { privateKey } = importedPair("encrypt");
    const [, input, output] = /^Input = (30\w+)\nOutput = "(.*)"/m.exec(readVectors("evppkey_sm2.txt"))!;
    expect(s.decrypt("PHSM_SM2PKE", privateKey, hex(input))).toEqual(utf8(String(output)));
  });

  test("fails in one way, whatever is wrong", () => {
    const pair = importedPair("encrypt");
    const raw = { mechanism: "PHSM_SM2PKE", encoding: "raw" } as const;
    const ciphertext = s.encrypt(raw, pair.publicKey, message);
    const messages = new Set<string>();
    for (const at of [0, 1, 64, 65, 96, 97, ciphertext.length - 1]) {
      const changed = Uint8Array.from(ciphertext, (byte, i) => (i === at ? byte ^ 1 : byte));
      expectCkr(() => {
        try {
          s.decrypt(raw, pair.privateKey, changed);
        } catch (error) {
          messages.add((error as Error).message);
          throw error;
        }
      }, "ENCRYPTED_DATA_INVALID");
    }
    expect(messages.size).toBe(1);
    for (const length of [0, 1, 97]) {
      const cut = () => s.decrypt(raw, pair.privateKey, ciphertext.subarray(0, length));
      expectCkr(cut, "ENCRYPTED_DATA_INVALID");
    }
  });

  test("takes 1 to 3,072 bytes", () => {
    const pair = importedPair("encrypt");
    const longest = new Uint8Array(3072).fill(1);
    expect(s.decrypt("PHSM_SM2PKE", pair.privateKey, s.encrypt("PHSM_SM2PKE", pair.publicKey, longest))).toEqual(
      longest,
    );
    for (const length of [0, 3073]) {
      expectCkr(() => s.encrypt("PHSM_SM2PKE", pair.publicKey, new Uint8Array(length)), "DATA_LEN_RANGE");
    }
    expect(mechanismInfo("PHSM_SM2PKE").flags).toEqual(["encrypt", "decrypt", "wrap", "unwrap"]);
  });

  test("brings a key in that was wrapped outside, by the token's policy for wrapping keys", () => {
    const lax = createHsm({ policy: "pkcs11" }).openSession({ readWrite: true });
    const pair = lax.generateKeyPair("PHSM_SM2_KEY_PAIR_GEN", { WRAP: true }, { UNWRAP: true });
    const key = lax.generateKey("PHSM_SM4_KEY_GEN", { ENCRYPT: true, DECRYPT: true, ...readable });
    const sealed = lax.encrypt("PHSM_SM4_GCM", key, message);
    const blob = lax.wrapKey("PHSM_SM2PKE", pair.publicKey, key);
    const template = { CLASS: "SECRET_KEY", KEY_TYPE: "SM4", DECRYPT: true } as const;
    expect(lax.decrypt("PHSM_SM4_GCM", lax.unwrapKey("PHSM_SM2PKE", pair.privateKey, blob, template), sealed)).toEqual(
      message,
    );
    const changed = blob.map((byte, i) => (i === blob.length - 1 ? byte ^ 1 : byte));
    expectCkr(() => lax.unwrapKey("PHSM_SM2PKE", pair.privateKey, changed, template), "WRAPPED_KEY_INVALID");
  });
});

test("SM2 keys agree by plain ECDH, and with no point of another curve", () => {
  const own = s.generateKeyPair("PHSM_SM2_KEY_PAIR_GEN", { usage: "derive" });
  const peer = importedPair("derive");
  const { EC_POINT } = s.getAttributes(own.publicKey, ["EC_POINT"]);
  const template = { CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", usage: "sign" } as const;
  const choice = (publicData: Uint8Array) => ({ mechanism: "ECDH1_DERIVE", publicData, kdf: "SHA256_KDF" }) as const;
  const ours = s.deriveKey(choice(opensslKey.point), own.privateKey, { ...template, VALUE_LEN: 32 });
  const theirs = s.deriveKey(choice(EC_POINT as Uint8Array), peer.privateKey, { ...template, VALUE_LEN: 32 });
  expect(s.sign("PHSM_SM3_HMAC", ours, message)).toEqual(s.sign("PHSM_SM3_HMAC", theirs, message));
  const p256 = pureEngine.ecPrivate("P-256", new Uint8Array(32).fill(1))!.publicPoint();
  const wrong = () => s.deriveKey(choice(p256), own.privateKey, { ...template, VALUE_LEN: 32 });
  expectCkr(wrong, "MECHANISM_PARAM_INVALID");
});
