/** Keys of CKA_ALWAYS_AUTHENTICATE and the context-specific login (PKCS #11 v3.2, 4.9 and 5.6.8). */

import { beforeEach, expect, test } from "vitest";
import type { ObjectHandle } from "../../src/cryptoki/handles.ts";
import { createHsm } from "../../src/token/hsm.ts";
import type { KeyPairHandles, Session } from "../../src/token/session.ts";
import { expectCkr } from "../support/ckr.ts";
import { pooledRsaEngine } from "../support/rsa-pool.ts";

const PIN = "user-1234";
const data = Uint8Array.of(1, 2, 3);
const MECHANISM = "ECDSA_SHA256";
const EC = { mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" } as const;

let s: Session;
let pair: KeyPairHandles;

beforeEach(() => {
  s = createHsm({ pin: PIN, pinCost: 2, maxPinTries: 3, engine: pooledRsaEngine }).openSession({ readWrite: true });
  s.login("user", PIN);
  pair = careful();
});

const careful = (): KeyPairHandles =>
  s.generateKeyPair(EC, { usage: "sign" }, { usage: "sign", ALWAYS_AUTHENTICATE: true });

/** C_SignInit, C_Login, C_Sign. */
function signed(key: ObjectHandle): Uint8Array {
  s.signInit(MECHANISM, key);
  s.login("context-specific", PIN);
  s.signUpdate(data);
  return s.signFinal();
}

test("each operation needs a login of its own, between its init and its use", () => {
  for (let i = 0; i < 2; i++) {
    expect(s.verify(MECHANISM, pair.publicKey, data, signed(pair.privateKey))).toBe(true);
    s.signInit(MECHANISM, pair.privateKey);
    expectCkr(() => s.signUpdate(data), "USER_NOT_LOGGED_IN");
    expectCkr(() => s.signUpdate(data), "OPERATION_NOT_INITIALIZED");
    s.signInit(MECHANISM, pair.privateKey);
    expectCkr(() => s.signFinal(), "USER_NOT_LOGGED_IN");
  }
});

test("the one-shot form has no place for the login and is refused", () => {
  expectCkr(() => s.sign(MECHANISM, pair.privateKey, data), "USER_NOT_LOGGED_IN");
});

test("a derivation has no init, so such a key derives nothing", () => {
  const template = { usage: "derive", ALWAYS_AUTHENTICATE: true } as const;
  const { privateKey, publicKey } = s.generateKeyPair(EC, { usage: "derive" }, template);
  const peer = s.getAttributes(publicKey, ["EC_POINT"]).EC_POINT;
  const choice = { mechanism: "ECDH1_DERIVE", publicData: peer, kdf: "SHA256_KDF" } as const;
  expectCkr(() => s.deriveKey(choice, privateKey, { VALUE_LEN: 32 }), "USER_NOT_LOGGED_IN");
});

test("a login where no operation waits for one is refused, and changes nothing", () => {
  expectCkr(() => s.login("context-specific", PIN), "OPERATION_NOT_INITIALIZED");
  const plain = s.generateKeyPair(EC, { usage: "sign" });
  s.signInit(MECHANISM, plain.privateKey);
  expectCkr(() => s.login("context-specific", PIN), "OPERATION_NOT_INITIALIZED");
  s.signUpdate(data);
  expect(s.verify(MECHANISM, plain.publicKey, data, s.signFinal())).toBe(true);
});

test("a login belongs to one operation, the last that was begun, and ends with it", () => {
  const template = { usage: "encrypt", ALWAYS_AUTHENTICATE: true } as const;
  const choice = { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 } as const;
  const rsa = s.generateKeyPair(choice, { usage: "encrypt" }, template);
  s.decryptInit("RSA_PKCS", rsa.privateKey);
  s.signInit(MECHANISM, pair.privateKey);
  s.login("context-specific", PIN);
  s.signUpdate(data);
  expectCkr(() => s.decryptUpdate(new Uint8Array(256)), "USER_NOT_LOGGED_IN");
  s.signFinal();
  s.signInit(MECHANISM, pair.privateKey);
  expectCkr(() => s.signFinal(), "USER_NOT_LOGGED_IN");
});

test("a wrong PIN leaves the operation waiting and is counted; the last one ends the user's login", () => {
  s.signInit(MECHANISM, pair.privateKey);
  expectCkr(() => s.login("context-specific", "wrong"), "PIN_INCORRECT");
  expect(s.tokenInfo().userPinCountLow).toBe(true);
  s.login("context-specific", PIN);
  s.signUpdate(data);
  expect(s.verify(MECHANISM, pair.publicKey, data, s.signFinal())).toBe(true);
  s.signInit(MECHANISM, pair.privateKey);
  for (const code of ["PIN_INCORRECT", "PIN_INCORRECT", "PIN_LOCKED"] as const)
    expectCkr(() => s.login("context-specific", "wrong"), code);
  expect(s.info().state).toBe("RW_PUBLIC_SESSION");
  expectCkr(() => s.signFinal(), "OPERATION_NOT_INITIALIZED");
  expectCkr(() => s.login("user", PIN), "PIN_LOCKED");
});

test("only a private object can ask for it, and a copy asks for it too", () => {
  const open = { usage: "sign", ALWAYS_AUTHENTICATE: true, PRIVATE: false } as const;
  expectCkr(() => s.generateKeyPair(EC, { usage: "sign" }, open), "TEMPLATE_INCONSISTENT");
  expectCkr(() => s.copyObject(pair.privateKey, { ALWAYS_AUTHENTICATE: false }), "ATTRIBUTE_READ_ONLY");
  expectCkr(() => s.setAttributes(pair.privateKey, { ALWAYS_AUTHENTICATE: false }), "ATTRIBUTE_READ_ONLY");
  const copy = s.copyObject(pair.privateKey, {});
  expectCkr(() => s.sign(MECHANISM, copy, data), "USER_NOT_LOGGED_IN");
  expect(s.verify(MECHANISM, pair.publicKey, data, signed(copy))).toBe(true);
});

test("a wrapped key that asks for it asks for it when it comes back", () => {
  const template = { usage: "sign", ALWAYS_AUTHENTICATE: true, extractable: true } as const;
  const { privateKey } = s.generateKeyPair(EC, { usage: "sign" }, template);
  const wrapping = s.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "wrap" });
  const blob = s.wrapKey("PHSM_BOUND_WRAP", wrapping, privateKey);
  expectCkr(
    () => s.unwrapKey("PHSM_BOUND_WRAP", wrapping, blob, { ALWAYS_AUTHENTICATE: false }),
    "TEMPLATE_INCONSISTENT",
  );
  const back = s.unwrapKey("PHSM_BOUND_WRAP", wrapping, blob);
  expectCkr(() => s.sign(MECHANISM, back, data), "USER_NOT_LOGGED_IN");
});
