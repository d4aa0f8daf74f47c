/** Dual functions, recovery, C_DigestKey, C_VerifySignature and the state of operations (PKCS #11 v3.2, 5.12 to 5.17). */

import { constants, createHash, createHmac, privateEncrypt, publicDecrypt } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import type { ObjectHandle } from "../../src/cryptoki/handles.ts";
import { createHsm, type Hsm } from "../../src/token/hsm.ts";
import type { Session } from "../../src/token/session.ts";
import { expectCkr } from "../support/ckr.ts";
import { nodeRsaKey } from "../support/rsa-fixture.ts";

const VALUE = new Uint8Array(32).fill(7);
const data = new TextEncoder().encode("forty bytes and some more of plain text.");
const parts = [data.subarray(0, 13), data.subarray(13)];

let hsm: Hsm;
let s: Session;
let key: ObjectHandle;
let mac: ObjectHandle;
beforeEach(() => {
  hsm = createHsm();
  s = hsm.openSession({ readWrite: true });
  key = s.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "encrypt" });
  mac = s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", VALUE, usage: "sign" });
});

const ctr = { mechanism: "AES_CTR", counter: new Uint8Array(16) } as const;
const joined = (pieces: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(pieces));

describe("dual functions", () => {
  const sha256 = createHash("sha256").update(data).digest();
  const hmac = createHmac("sha256", VALUE).update(data).digest();

  test("do what the two do one after the other", () => {
    s.digestInit("SHA256");
    s.signInit("SHA256_HMAC", mac);
    s.encryptInit(ctr, key);
    const first = parts.map((part) => s.digestEncryptUpdate(part));
    expect(Buffer.from(s.digestFinal())).toEqual(sha256);
    const second = parts.map((part) => s.signEncryptUpdate(part));
    expect(Buffer.from(s.signFinal())).toEqual(hmac);
    const sealed = joined([...first, ...second, s.encryptFinal()]);
    expect(s.decrypt(ctr, key, sealed)).toEqual(joined([data, data]));

    s.decryptInit(ctr, key);
    s.digestInit("SHA256");
    s.verifyInit("SHA256_HMAC", mac);
    const half = sealed.subarray(0, data.length);
    expect(s.decryptDigestUpdate(half)).toEqual(data);
    expect(Buffer.from(s.digestFinal())).toEqual(sha256);
    expect(s.decryptVerifyUpdate(sealed.subarray(data.length))).toEqual(data);
    expect(s.verifyFinal(hmac)).toBe(true);
  });

  test("need both operations, and an error ends both", () => {
    s.digestInit("SHA256");
    expectCkr(() => s.digestEncryptUpdate(data), "OPERATION_NOT_INITIALIZED");
    expectCkr(() => s.digestFinal(), "OPERATION_NOT_INITIALIZED");
    s.signInit("SHA256_HMAC", mac);
    s.encryptInit(ctr, key);
    expectCkr(() => s.signEncryptUpdate("text" as never), "ARGUMENTS_BAD");
    expectCkr(() => s.signFinal(), "OPERATION_NOT_INITIALIZED");
    expectCkr(() => s.encryptFinal(), "OPERATION_NOT_INITIALIZED");
  });

  test("of authenticated decryption hand nothing on before the tag has been checked", () => {
    const sealed = s.encrypt("AES_GCM", key, data);
    s.decryptInit("AES_GCM", key);
    s.digestInit("SHA256");
    expect(s.decryptDigestUpdate(sealed).length).toBe(0);
    s.digestUpdate(s.decryptFinal());
    expect(Buffer.from(s.digestFinal())).toEqual(sha256);
  });
});

describe("recovery", () => {
  const { publicKey, privateKey } = nodeRsaKey(2048);
  const jwk = privateKey.export({ format: "jwk" });
  const part = (name: "n" | "e" | "d" | "p" | "q" | "dp" | "dq" | "qi"): Uint8Array =>
    new Uint8Array(Buffer.from(jwk[name] as string, "base64url"));
  const shared = { KEY_TYPE: "RSA", MODULUS: part("n"), PUBLIC_EXPONENT: part("e") } as const;
  const secrets = {
    PRIVATE_EXPONENT: part("d"),
    PRIME_1: part("p"),
    PRIME_2: part("q"),
    EXPONENT_1: part("dp"),
    EXPONENT_2: part("dq"),
    COEFFICIENT: part("qi"),
  };
  const open = (): ObjectHandle => s.createObject({ CLASS: "PUBLIC_KEY", ...shared, VERIFY_RECOVER: true });
  const own = (): ObjectHandle => s.createObject({ CLASS: "PRIVATE_KEY", ...shared, ...secrets, SIGN_RECOVER: true });

  test("a signature is Node's and gives its data back, in one call or after an init", () => {
    const [signing, verifying] = [own(), open()];
    for (const length of [0, 1, 40, 245]) {
      const content = new Uint8Array(length).fill(5);
      const signature = s.signRecover("RSA_PKCS", signing, content);
      expect(Buffer.from(signature)).toEqual(privateEncrypt(privateKey, content));
      expect(new Uint8Array(publicDecrypt(publicKey, signature))).toEqual(content);
      expect(s.verifyRecover("RSA_PKCS", verifying, signature)).toEqual(content);
      s.signRecoverInit("RSA_PKCS", signing);
      s.verifyRecoverInit("RSA_PKCS", verifying);
      expect(s.verifyRecoverFinal(s.signRecoverFinal(content))).toEqual(content);
    }
    expectCkr(() => s.signRecover("RSA_PKCS", signing, new Uint8Array(246)), "DATA_LEN_RANGE");
  });

  test("no other padding passes: a wrong block type, short padding, other bytes in it, no end to it", () => {
    const good = [0, 1, ...Array(202).fill(0xff), 0, ...Array(51).fill(9)];
    const bad = [
      good.with(0, 1).with(1, 0),
      good.with(1, 2),
      good.with(1, 0),
      good.with(100, 0xfe),
      good.with(9, 0),
      good.with(2, 0),
      [0, 1, ...Array(254).fill(0xff)],
    ];
    const signed = (block: number[]): Uint8Array =>
      privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, Uint8Array.from(block));
    expect(s.verifyRecover("RSA_PKCS", open(), signed(good))).toEqual(new Uint8Array(51).fill(9));
    expect(s.verifyRecover("RSA_PKCS", open(), signed(good.with(10, 0))).length).toBe(245);
    for (const block of bad.slice(1))
      expectCkr(() => s.verifyRecover("RSA_PKCS", open(), signed(block)), "SIGNATURE_INVALID");
    expectCkr(() => s.verifyRecover("RSA_PKCS", open(), new Uint8Array(255)), "SIGNATURE_LEN_RANGE");
    expectCkr(() => s.verifyRecover("RSA_PKCS", open(), new Uint8Array(256).fill(0xff)), "SIGNATURE_INVALID");
  });

  test("is a permission of its own, of the usage that signs", () => {
    const [signing, verifying] = [own(), open()];
    expectCkr(() => s.sign("RSA_PKCS", signing, data), "KEY_FUNCTION_NOT_PERMITTED");
    expectCkr(() => s.verify("RSA_PKCS", verifying, data, new Uint8Array(256)), "KEY_FUNCTION_NOT_PERMITTED");
    const both = { CLASS: "PUBLIC_KEY", ...shared, VERIFY_RECOVER: true, ENCRYPT: true } as const;
    expectCkr(() => s.createObject(both), "TEMPLATE_INCONSISTENT");
    expectCkr(() => s.setAttributes(verifying, { VERIFY_RECOVER: false }), "ATTRIBUTE_READ_ONLY");
    expectCkr(() => s.signRecoverInit("SHA256_RSA_PKCS", signing), "MECHANISM_INVALID");
  });
});

describe("C_DigestKey", () => {
  test("puts the value of a readable key into the digest", () => {
    const open = { sensitive: false, extractable: true } as const;
    const readable = s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", VALUE, ...open });
    s.digestInit("SHA256");
    s.digestUpdate(data);
    s.digestKey(readable);
    expect(Buffer.from(s.digestFinal())).toEqual(createHash("sha256").update(data).update(VALUE).digest());
  });

  test("of a key that cannot be read, or of no secret key, ends the digest", () => {
    const pair = s.generateKeyPair({ mechanism: "EC_EDWARDS_KEY_PAIR_GEN" }, { usage: "sign" });
    const hidden = s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE, sensitive: false });
    for (const wrong of [mac, key, hidden, pair.publicKey, pair.privateKey, 999 as ObjectHandle]) {
      s.digestInit("SHA256");
      expectCkr(() => s.digestKey(wrong), "KEY_INDIGESTIBLE", "KEY_HANDLE_INVALID");
      expectCkr(() => s.digestFinal(), "OPERATION_NOT_INITIALIZED");
    }
    expectCkr(() => s.digestKey(mac), "OPERATION_NOT_INITIALIZED");
  });
});

describe("C_VerifySignature", () => {
  test("has the signature first, then the data, whole or in parts", () => {
    const signature = s.sign("SHA256_HMAC", mac, data);
    expect(s.verifySignature("SHA256_HMAC", mac, signature, data)).toBe(true);
    expectCkr(() => s.verifySignature("SHA256_HMAC", mac, signature, VALUE), "SIGNATURE_INVALID");
    s.verifySignatureInit("SHA256_HMAC", mac, signature);
    for (const part of parts) s.verifySignatureUpdate(part);
    expect(s.verifySignatureFinal()).toBe(true);
    expectCkr(() => s.verifySignatureFinal(), "OPERATION_NOT_INITIALIZED");
    s.verifySignatureInit("SHA256_HMAC", mac, signature);
    expectCkr(() => s.verifySignatureFinal(), "SIGNATURE_INVALID");
  });

  test("with a signature of a wrong length does not begin; what is given is the token's own", () => {
    expectCkr(() => s.verifySignatureInit("SHA256_HMAC", mac, new Uint8Array(31)), "SIGNATURE_LEN_RANGE");
    const signature = s.sign("SHA256_HMAC", mac, data);
    s.verifySignatureInit("SHA256_HMAC", mac, signature);
    expectCkr(() => s.verifySignatureInit("SHA256_HMAC", mac, signature), "OPERATION_ACTIVE");
    signature.fill(0);
    s.verifySignatureUpdate(data);
    expect(s.verifySignatureFinal()).toBe(true);
  });
});

describe("the state of an operation", () => {
  const rest = Uint8Array.of(9, 8, 7);
  const sha256 = (...parts: Uint8Array[]): Uint8Array =>
    new Uint8Array(createHash("sha256").update(Buffer.concat(parts)).digest());

  test("of a digest is saved, and goes on as often as it is asked for, in any session", () => {
    expectCkr(() => s.operationState(), "OPERATION_NOT_INITIALIZED");
    s.digestInit("SHA256");
    s.digestUpdate(data);
    const state = s.operationState();
    s.digestUpdate(rest);
    expect(s.digestFinal()).toEqual(sha256(data, rest));
    s.restoreOperationState(state);
    expect(s.digestFinal()).toEqual(sha256(data));
    const other = hsm.openSession();
    other.digestInit("SHA512");
    other.restoreOperationState(state);
    other.digestUpdate(rest);
    expect(other.digestFinal()).toEqual(sha256(data, rest));
    expectCkr(() => s.restoreOperationState(state, [mac]), "KEY_NOT_NEEDED");
    expectCkr(() => s.restoreOperationState(rest), "SAVED_STATE_INVALID");
    expectCkr(() => s.digestFinal(), "OPERATION_NOT_INITIALIZED");
  });

  test("of a SHAKE has its output's length", () => {
    s.digestInit({ mechanism: "PHSM_SHAKE128", outputBytes: 40 });
    s.digestUpdate(data);
    const state = s.operationState();
    const expected = s.digestFinal();
    s.restoreOperationState(state);
    expect([expected.length, s.digestFinal()]).toEqual([40, expected]);
  });

  test("that has a key in it stays where it is, and what runs goes on", () => {
    const begun: (() => void)[] = [
      () => s.signInit("SHA256_HMAC", mac),
      () => s.verifyInit("SHA256_HMAC", mac),
      () => {
        s.digestInit("SHA256");
        s.signInit("SHA256_HMAC", mac);
      },
    ];
    for (const begin of begun) {
      begin();
      expectCkr(() => s.operationState(), "STATE_UNSAVEABLE");
      s.cancel();
    }
    const readable = { CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", sensitive: false, extractable: true } as const;
    const key = s.createObject({ ...readable, VALUE: new Uint8Array(32).fill(3) });
    s.digestInit("SHA256");
    s.digestKey(key);
    expectCkr(() => s.operationState(), "STATE_UNSAVEABLE");
    expect(s.digestFinal()).toEqual(sha256(new Uint8Array(32).fill(3)));
  });

  test("is one of a bounded number, and does not outlive the token's content", () => {
    s.digestInit("SHA256");
    const states = Array.from({ length: 65 }, () => s.operationState());
    expectCkr(() => s.restoreOperationState(states[0] as Uint8Array), "SAVED_STATE_INVALID");
    s.restoreOperationState(states[64] as Uint8Array);
    hsm.initialize();
    expectCkr(() => hsm.openSession().restoreOperationState(states[64] as Uint8Array), "SAVED_STATE_INVALID");
  });
});
