import {
  constants,
  createCipheriv,
  createDecipheriv,
  privateDecrypt,
  privateEncrypt,
  publicDecrypt,
  publicEncrypt,
} from "node:crypto";
import { expect, test } from "vitest";
import { concat } from "../../src/bytes/bytes.ts";
import { createHsm } from "../../src/token/hsm.ts";
import { engines, overEngines } from "../crypto/engine-suite.ts";
import { ckrOf } from "../support/ckr.ts";
import { nodeRsaKey } from "../support/rsa-fixture.ts";
import { laxSession, READABLE, readValue, secretKey } from "./support/lax.ts";

const fixture = nodeRsaKey(2048);
const { n, e, d, p, q, dp, dq, qi } = fixture.components;
const K = 256;
const PUBLIC = { CLASS: "PUBLIC_KEY", KEY_TYPE: "RSA", MODULUS: n, PUBLIC_EXPONENT: e } as const;
const PRIVATE = {
  CLASS: "PRIVATE_KEY",
  KEY_TYPE: "RSA",
  MODULUS: n,
  PUBLIC_EXPONENT: e,
  PRIVATE_EXPONENT: d,
  PRIME_1: p,
  PRIME_2: q,
  EXPONENT_1: dp,
  EXPONENT_2: dq,
  COEFFICIENT: qi,
} as const;
const EVERYTHING_PUBLIC = { ENCRYPT: true, VERIFY: true, WRAP: true } as const;
const EVERYTHING_PRIVATE = { DECRYPT: true, SIGN: true, UNWRAP: true } as const;
const GENERIC = { CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", ...READABLE } as const;
const raw = { padding: constants.RSA_NO_PADDING };
const plain = (buffer: Buffer): Uint8Array => Uint8Array.from(buffer);
const value = Uint8Array.from({ length: 24 }, (_, i) => i + 1);
const block = concat(new Uint8Array(K - value.length), value);

overEngines((engine) => {
  const session = laxSession(engine);
  const publicKey = session.createObject({ ...PUBLIC, ...EVERYTHING_PUBLIC });
  const privateKey = session.createObject({ ...PRIVATE, ...EVERYTHING_PRIVATE });
  const target = secretKey(session, "GENERIC_SECRET", value, "sign");

  test("RSA_X_509 is the bare power of node:crypto, with zeros in front of the data", () => {
    const sealed = plain(publicEncrypt({ key: fixture.publicKey, ...raw }, block));
    expect(session.encrypt("RSA_X_509", publicKey, value)).toEqual(sealed);
    expect(session.decrypt("RSA_X_509", privateKey, sealed)).toEqual(block);
    const signature = plain(privateEncrypt({ key: fixture.privateKey, ...raw }, block));
    expect(session.sign("RSA_X_509", privateKey, value)).toEqual(signature);
    expect(session.verify("RSA_X_509", publicKey, value, signature)).toBe(true);
    session.setAttributes(privateKey, { SIGN_RECOVER: true });
    session.setAttributes(publicKey, { VERIFY_RECOVER: true });
    expect(session.signRecover("RSA_X_509", privateKey, value)).toEqual(signature);
    expect(session.verifyRecover("RSA_X_509", publicKey, signature)).toEqual(block);
    const tooLarge = new Uint8Array(block.length).fill(0xff);
    expect(ckrOf(() => session.verifyRecover("RSA_X_509", publicKey, tooLarge))).toBe("SIGNATURE_INVALID");
    expect(plain(publicDecrypt({ key: fixture.publicKey, ...raw }, signature))).toEqual(block);
    expect(ckrOf(() => session.verify("RSA_X_509", publicKey, value.slice(1), signature))).toBe("SIGNATURE_INVALID");
    expect(session.wrapKey("RSA_X_509", publicKey, target)).toEqual(sealed);
    expect(readValue(session, session.unwrapKey("RSA_X_509", privateKey, sealed, GENERIC))).toEqual(value);
  });

  test("RSA_X_509 takes what is below the modulus alone", () => {
    for (const data of [n, new Uint8Array(K).fill(0xff), new Uint8Array(K + 1)]) {
      expect(ckrOf(() => session.encrypt("RSA_X_509", publicKey, data))).toBe("DATA_LEN_RANGE");
      expect(ckrOf(() => session.decrypt("RSA_X_509", privateKey, data))).toBe("ENCRYPTED_DATA_LEN_RANGE");
      expect(ckrOf(() => session.sign("RSA_X_509", privateKey, data))).toBe("DATA_LEN_RANGE");
    }
  });

  test("RSA_PKCS wraps what node:crypto unwraps, and unwraps what it wraps", () => {
    const padding = constants.RSA_PKCS1_PADDING;
    const wrapped = session.wrapKey("RSA_PKCS", publicKey, target);
    const opened = plain(privateDecrypt({ key: fixture.privateKey, ...raw }, wrapped));
    expect([...opened.slice(0, 2), ...opened.slice(-value.length)]).toEqual([0, 2, ...value]);
    const theirs = plain(publicEncrypt({ key: fixture.publicKey, padding }, value));
    expect(readValue(session, session.unwrapKey("RSA_PKCS", privateKey, theirs, GENERIC))).toEqual(value);
  });

  test.each([
    [128, "SHA1", "sha1"],
    [192, "SHA256", "sha256"],
    [256, "SHA512", "sha512"],
  ] as const)(
    "RSA_AES_KEY_WRAP with AES-%i and OAEP over %s is node:crypto's, both ways",
    (aesKeyBits, hash, oaepHash) => {
      const mechanism = { mechanism: "RSA_AES_KEY_WRAP", aesKeyBits, hash } as const;
      const padding = constants.RSA_PKCS1_OAEP_PADDING;
      const name = `id-aes${aesKeyBits}-wrap-pad` as "aes-256-cbc";
      const kwpIv = Buffer.from("a65959a6", "hex");
      const wrapped = session.wrapKey(mechanism, publicKey, target);
      const temporary = privateDecrypt({ key: fixture.privateKey, padding, oaepHash }, wrapped.slice(0, K));
      expect(temporary).toHaveLength(aesKeyBits / 8);
      const decipher = createDecipheriv(name, temporary, kwpIv);
      expect(plain(Buffer.concat([decipher.update(wrapped.slice(K)), decipher.final()]))).toEqual(value);
      const key = Buffer.alloc(aesKeyBits / 8, 5);
      const cipher = createCipheriv(name, key, kwpIv);
      const theirs = Buffer.concat([
        publicEncrypt({ key: fixture.publicKey, padding, oaepHash }, key),
        cipher.update(value),
        cipher.final(),
      ]);
      expect(readValue(session, session.unwrapKey(mechanism, privateKey, plain(theirs), GENERIC))).toEqual(value);
    },
  );

  test("RSA_AES_KEY_WRAP wraps private keys, and has one error for whatever is wrong with what it unwraps", () => {
    const mechanism = { mechanism: "RSA_AES_KEY_WRAP", hash: "SHA256" } as const;
    const own = session.createObject({ ...PRIVATE, ...READABLE, SIGN: true });
    const wrapped = session.wrapKey(mechanism, publicKey, own);
    const template = { CLASS: "PRIVATE_KEY", KEY_TYPE: "RSA", SIGN: true } as const;
    const back = session.unwrapKey(mechanism, privateKey, wrapped, template);
    expect(session.sign("SHA256_RSA_PKCS", back, value)).toEqual(session.sign("SHA256_RSA_PKCS", own, value));
    for (const at of [0, K - 1, K, wrapped.length - 1]) {
      const changed = Uint8Array.from(wrapped);
      changed[at] = (changed[at] as number) ^ 1;
      expect(ckrOf(() => session.unwrapKey(mechanism, privateKey, changed, template))).toBe("WRAPPED_KEY_INVALID");
    }
    const otherLength = { ...mechanism, aesKeyBits: 128 } as const;
    expect(ckrOf(() => session.unwrapKey(otherLength, privateKey, wrapped, template))).toBe("WRAPPED_KEY_INVALID");
    const short = wrapped.slice(0, K + 8);
    expect(ckrOf(() => session.unwrapKey(mechanism, privateKey, short, template))).toBe("WRAPPED_KEY_LEN_RANGE");
  });
});

test("the strict policy refuses RSA without padding in every operation", () => {
  const strict = createHsm({ engine: engines[1] }).openSession({ readWrite: true });
  const [sealing, opening] = [
    strict.createObject({ ...PUBLIC, ENCRYPT: true }),
    strict.createObject({ ...PRIVATE, DECRYPT: true }),
  ];
  const [checking, signing] = [
    strict.createObject({ ...PUBLIC, VERIFY: true }),
    strict.createObject({ ...PRIVATE, SIGN: true }),
  ];
  expect(ckrOf(() => strict.encrypt("RSA_X_509", sealing, value))).toBe("MECHANISM_INVALID");
  expect(ckrOf(() => strict.decrypt("RSA_X_509", opening, block))).toBe("MECHANISM_INVALID");
  expect(ckrOf(() => strict.sign("RSA_X_509", signing, value))).toBe("MECHANISM_INVALID");
  expect(ckrOf(() => strict.verify("RSA_X_509", checking, value, block))).toBe("MECHANISM_INVALID");
  expect(ckrOf(() => strict.signInit("RSA_X_509", signing))).toBe("MECHANISM_INVALID");
  const recovering = strict.createObject({ ...PRIVATE, SIGN_RECOVER: true });
  const recovered = strict.createObject({ ...PUBLIC, VERIFY_RECOVER: true });
  expect(ckrOf(() => strict.signRecover("RSA_X_509", recovering, value))).toBe("MECHANISM_INVALID");
  expect(ckrOf(() => strict.verifyRecover("RSA_X_509", recovered, block))).toBe("MECHANISM_INVALID");
});
