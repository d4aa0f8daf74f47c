/** Object classes and the rules of their attributes (PKCS #11 v3.2, 4). */

import { createCipheriv, createHash } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import type { ObjectHandle } from "../../src/cryptoki/handles.ts";
import type { KeyTemplate } from "../../src/objects/template.ts";
import { createHsm } from "../../src/token/hsm.ts";
import type { Session } from "../../src/token/session.ts";
import { expectCkr } from "../support/ckr.ts";

let today = "2026-06-15";
let s: Session;
beforeEach(() => {
  today = "2026-06-15";
  s = createHsm({ clock: () => Date.parse(today) }).openSession({ readWrite: true });
});

const aes = (template: KeyTemplate = {}): ObjectHandle => s.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, ...template });
const data = Uint8Array.of(1, 2, 3);
const none = new Uint8Array(0);
const BOUND = "PHSM_BOUND_WRAP";

describe("certificates", () => {
  const VALUE = Uint8Array.of(0x30, 3, 2, 1, 5);
  const certificate = { CLASS: "CERTIFICATE", CERTIFICATE_TYPE: 0, SUBJECT: data, VALUE } as const;

  test("have their defaults and a check value, the first bytes of their SHA-1", () => {
    const object = s.createObject(certificate);
    const names = ["CERTIFICATE_CATEGORY", "CHECK_VALUE", "TRUSTED", "URL", "ID", "PRIVATE"] as const;
    expect(s.getAttributes(object, names)).toEqual({
      CERTIFICATE_CATEGORY: 0,
      CHECK_VALUE: new Uint8Array(createHash("sha1").update(VALUE).digest().subarray(0, 3)),
      TRUSTED: false,
      URL: "",
      ID: new Uint8Array(0),
      PRIVATE: false,
    });
    s.setAttributes(object, { ID: data, ISSUER: data, SERIAL_NUMBER: data, LABEL: "ca" });
    for (const change of [{ VALUE: data }, { SUBJECT: data }, { TRUSTED: true }, { CERTIFICATE_CATEGORY: 2 }])
      expectCkr(() => s.setAttributes(object, change), "ATTRIBUTE_READ_ONLY");
    expect(s.findObjects({ CLASS: "CERTIFICATE", ID: data, CERTIFICATE_TYPE: 0 })).toEqual([object]);
  });

  test("need a type, a subject and a value, or a place where it is", () => {
    for (const name of ["CERTIFICATE_TYPE", "SUBJECT", "VALUE"] as const)
      expectCkr(() => s.createObject({ ...certificate, [name]: undefined }), "TEMPLATE_INCOMPLETE");
    expectCkr(() => s.createObject({ ...certificate, CERTIFICATE_TYPE: 3 }), "TEMPLATE_INCONSISTENT");
    expectCkr(() => s.createObject({ ...certificate, VALUE: none }), "TEMPLATE_INCONSISTENT");
    s.createObject({ ...certificate, VALUE: none, URL: "https://example.com/ca.cer" });
    expectCkr(() => s.createObject({ ...certificate, KEY_TYPE: "AES" }), "TEMPLATE_INCONSISTENT");
    expectCkr(() => s.createObject({ ...certificate, CHECK_VALUE: data }), "ATTRIBUTE_VALUE_INVALID");
    expectCkr(() => s.createObject({ ...certificate, TRUSTED: true }), "ATTRIBUTE_READ_ONLY");
  });

  test("are of X.509, of WTLS, or attribute certificates, each with its own attributes", () => {
    const wtls = s.createObject({ ...certificate, CERTIFICATE_TYPE: 2 });
    s.setAttributes(wtls, { ISSUER: data });
    expectCkr(() => s.createObject({ ...certificate, CERTIFICATE_TYPE: 2, ID: data }), "ATTRIBUTE_TYPE_INVALID");
    const owned = { CLASS: "CERTIFICATE", CERTIFICATE_TYPE: 1, OWNER: data, VALUE } as const;
    expectCkr(() => s.createObject({ ...owned, OWNER: undefined }), "TEMPLATE_INCOMPLETE");
    expectCkr(() => s.createObject({ ...owned, SUBJECT: data }), "ATTRIBUTE_TYPE_INVALID");
    const attribute = s.createObject(owned);
    s.setAttributes(attribute, { AC_ISSUER: data, ATTR_TYPES: data, SERIAL_NUMBER: data });
    expectCkr(() => s.setAttributes(attribute, { OWNER: data.slice(1) }), "ATTRIBUTE_READ_ONLY");
  });

  test("that the SO has certified are the SO's to change", () => {
    const hsm = createHsm({ pin: "1234", pinCost: 2 });
    const session = hsm.openSession({ readWrite: true });
    session.login("so", "1234");
    const object = session.createObject({ ...certificate, TRUSTED: true, TOKEN: true });
    session.logout();
    session.login("user", "1234");
    expectCkr(() => session.setAttributes(object, { LABEL: "mine" }), "ACTION_PROHIBITED");
    session.logout();
    session.login("so", "1234");
    session.setAttributes(object, { LABEL: "ours", TRUSTED: false });
  });
});

describe("what a template does not say has its default", () => {
  const undated = { START_DATE: "", END_DATE: "", ID: none } as const;

  test("of a data object, which may be changed", () => {
    const object = s.createObject({ CLASS: "DATA" });
    const empty = { APPLICATION: "", OBJECT_ID: none, VALUE: none, LABEL: "" } as const;
    expect(s.getAttributes(object, ["APPLICATION", "OBJECT_ID", "VALUE", "LABEL"])).toEqual(empty);
    s.setAttributes(object, { VALUE: data, APPLICATION: "app" });
    const copy = s.copyObject(object, { VALUE: data.slice(1) });
    expect(s.getAttributes(copy, ["APPLICATION", "VALUE"])).toEqual({ APPLICATION: "app", VALUE: data.slice(1) });
    expect(s.findObjects({ APPLICATION: "app" })).toEqual([object, copy]);
    expect(s.findObjects({ CLASS: "DATA", OBJECT_ID: none })).toEqual([object, copy]);
    expect(s.findObjects({ CLASS: "DATA", VALUE: none })).toEqual([]);
  });

  test("of a data object under the standard's own policy: private where it can be", () => {
    const session = createHsm({ policy: "pkcs11", pin: "1234", pinCost: 2 }).openSession({ readWrite: true });
    const isPrivate = () => session.getAttributes(session.createObject({ CLASS: "DATA" }), ["PRIVATE"]).PRIVATE;
    expect(isPrivate()).toBe(false);
    expectCkr(() => session.createObject({ CLASS: "DATA", PRIVATE: true }), "USER_NOT_LOGGED_IN");
    session.login("user", "1234");
    expect(isPrivate()).toBe(true);
  });

  test("of keys, whose KEY_GEN_MECHANISM is unavailable unless the token made them", () => {
    const VALUE = new Uint8Array(32).fill(7);
    const imported = s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE });
    const names = ["START_DATE", "END_DATE", "ID", "LOCAL", "KEY_GEN_MECHANISM"] as const;
    const foreign = { ...undated, LOCAL: false, KEY_GEN_MECHANISM: "UNAVAILABLE_INFORMATION" };
    expect(s.getAttributes(imported, names)).toEqual(foreign);
    expect(s.findObjects({ KEY_GEN_MECHANISM: "UNAVAILABLE_INFORMATION" })).toEqual([imported]);
    const own = { ...undated, LOCAL: true, KEY_GEN_MECHANISM: "AES_KEY_GEN" };
    expect(s.getAttributes(aes(), names)).toEqual(own);
    const pair = s.generateKeyPair({ mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" });
    for (const half of [pair.publicKey, pair.privateKey])
      expect(s.getAttributes(half, ["SUBJECT", "START_DATE"])).toEqual({ SUBJECT: none, START_DATE: "" });
  });

  test("a wrapped key keeps that it was not made in the token", () => {
    const VALUE = new Uint8Array(32).fill(7);
    const imported = s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE, extractable: true });
    const wrapping = aes({ usage: "wrap" });
    const back = s.unwrapKey(BOUND, wrapping, s.wrapKey(BOUND, wrapping, imported));
    expect(s.getAttributes(back, ["KEY_GEN_MECHANISM"]).KEY_GEN_MECHANISM).toBe("UNAVAILABLE_INFORMATION");
  });

  test("keys that came in may go out again under the standard's own policy, not under the strict one", () => {
    for (const [policy, extractable] of [
      ["pkcs11", true],
      ["strict", false],
    ] as const) {
      const session = createHsm({ policy }).openSession({ readWrite: true });
      const pair = session.generateKeyPair(
        { mechanism: "ML_KEM_KEY_PAIR_GEN", parameterSet: "ML-KEM-512" },
        { usage: "encapsulate" },
      );
      const { key, ciphertext } = session.encapsulateKey("ML_KEM", pair.publicKey);
      const same = session.decapsulateKey("ML_KEM", pair.privateKey, ciphertext);
      for (const each of [key, same])
        expect(session.getAttributes(each, ["EXTRACTABLE"]).EXTRACTABLE).toBe(extractable);
      const generated = session.generateKey("AES_KEY_GEN", { VALUE_LEN: 32 });
      expect(session.getAttributes(generated, ["EXTRACTABLE"]).EXTRACTABLE).toBe(false);
    }
  });

  test("CKA_PUBLIC_KEY_INFO may be repeated, and not contradicted", () => {
    const pair = s.generateKeyPair({ mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" });
    const names = ["EC_PARAMS", "EC_POINT", "PUBLIC_KEY_INFO"] as const;
    const { PUBLIC_KEY_INFO, ...parts } = s.getAttributes(pair.publicKey, names);
    const key = { CLASS: "PUBLIC_KEY", KEY_TYPE: "EC", ...parts } as const;
    s.createObject({ ...key, PUBLIC_KEY_INFO });
    expectCkr(() => s.createObject({ ...key, PUBLIC_KEY_INFO: PUBLIC_KEY_INFO.slice(1) }), "ATTRIBUTE_VALUE_INVALID");
    expectCkr(() => s.setAttributes(pair.publicKey, { PUBLIC_KEY_INFO: data }), "ATTRIBUTE_READ_ONLY");
  });
});

describe("objects that the token has itself", () => {
  test("are found by whoever asks for their class, and by nobody else", () => {
    expect(s.findObjects()).toEqual([]);
    expect(s.findObjects({ MODIFIABLE: false })).toEqual([]);
    const [gcm, ...others] = s.findObjects({ CLASS: "MECHANISM", MECHANISM_TYPE: "AES_GCM" });
    expect(others).toEqual([]);
    expect(s.getAttributes(gcm!, ["CLASS", "MECHANISM_TYPE"])).toEqual({
      CLASS: "MECHANISM",
      MECHANISM_TYPE: "AES_GCM",
    });
    expect(s.findObjects({ CLASS: "MECHANISM" }).length).toBe(createHsm().mechanismList().length);
    const profiles = s.findObjects({ CLASS: "PROFILE" });
    expect(profiles.map((profile) => s.getAttributes(profile, ["PROFILE_ID"]).PROFILE_ID)).toEqual([1, 2]);
  });

  test("are made, changed, copied and destroyed by nobody", () => {
    const [profile] = s.findObjects({ CLASS: "PROFILE" });
    expectCkr(() => s.destroyObject(profile!), "ACTION_PROHIBITED");
    expectCkr(() => s.copyObject(profile!), "ACTION_PROHIBITED");
    expectCkr(() => s.setAttributes(profile!, { LABEL: "mine" }), "ACTION_PROHIBITED");
    expectCkr(() => s.createObject({ CLASS: "PROFILE", PROFILE_ID: 3 }), "ATTRIBUTE_READ_ONLY");
    expectCkr(() => s.createObject({ CLASS: "MECHANISM", MECHANISM_TYPE: "AES_GCM" }), "ATTRIBUTE_READ_ONLY");
    expectCkr(() => s.encrypt("AES_GCM", profile!, data), "KEY_FUNCTION_NOT_PERMITTED");
  });
});

describe("CKA_CHECK_VALUE", () => {
  const VALUE = new Uint8Array(32).fill(7);
  const key = { CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE } as const;
  const cipher = createCipheriv("aes-256-ecb", VALUE, null);
  const right = new Uint8Array(cipher.update(new Uint8Array(16)).subarray(0, 3));

  test("of an AES key begins the encryption of a zero block", () => {
    expect(s.getAttributes(s.createObject(key), ["CHECK_VALUE"]).CHECK_VALUE).toEqual(right);
    expect(s.getAttributes(aes(), ["CHECK_VALUE"]).CHECK_VALUE.length).toBe(3);
  });

  test("may be given, if it is right, and left out", () => {
    s.createObject({ ...key, CHECK_VALUE: right });
    expectCkr(() => s.createObject({ ...key, CHECK_VALUE: data }), "ATTRIBUTE_VALUE_INVALID");
    const without = s.createObject({ ...key, CHECK_VALUE: new Uint8Array(0) });
    expectCkr(() => s.getAttributes(without, ["CHECK_VALUE"]), "ATTRIBUTE_TYPE_INVALID");
    expectCkr(() => s.setAttributes(without, { CHECK_VALUE: right }), "ATTRIBUTE_READ_ONLY");
  });

  test("a generic secret has none, for it would be a test of guesses", () => {
    const secret = s.generateKey("GENERIC_SECRET_KEY_GEN", { VALUE_LEN: 32 });
    expectCkr(() => s.getAttributes(secret, ["CHECK_VALUE"]), "ATTRIBUTE_TYPE_INVALID");
    const ignored = s.generateKey("GENERIC_SECRET_KEY_GEN", { VALUE_LEN: 32, CHECK_VALUE: data });
    expectCkr(() => s.getAttributes(ignored, ["CHECK_VALUE"]), "ATTRIBUTE_TYPE_INVALID");
  });
});

describe("dates", () => {
  test("are days that there are, in order, or empty", () => {
    for (const bad of ["2026-01-01", "20260231", "20261301", "2026", " 0260101", "99999999"])
      expectCkr(() => aes({ START_DATE: bad }), "ATTRIBUTE_VALUE_INVALID");
    expectCkr(() => aes({ START_DATE: "20260102", END_DATE: "20260101" }), "TEMPLATE_INCONSISTENT");
    const key = aes({ START_DATE: "20240229", END_DATE: "" });
    expectCkr(() => s.setAttributes(key, { END_DATE: "20230101" }), "TEMPLATE_INCONSISTENT");
    expectCkr(() => s.copyObject(key, { END_DATE: "20230101" }), "TEMPLATE_INCONSISTENT");
    s.setAttributes(key, { END_DATE: "20260101", START_DATE: "20260101" });
    expect(s.getAttributes(key, ["START_DATE", "END_DATE"])).toEqual({ START_DATE: "20260101", END_DATE: "20260101" });
  });

  test("a key protects from its first day to its last, and opens what it protected ever after", () => {
    const key = aes({ usage: "encrypt", START_DATE: "20260615", END_DATE: "20260616" });
    const sealed = s.encrypt("AES_GCM", key, data);
    today = "2026-06-14";
    expectCkr(() => s.encrypt("AES_GCM", key, data), "KEY_FUNCTION_NOT_PERMITTED");
    today = "2026-06-16T23:59:59Z";
    s.encrypt("AES_GCM", key, data);
    today = "2026-06-17T00:00:00Z";
    expectCkr(() => s.encryptInit("AES_GCM", key), "KEY_FUNCTION_NOT_PERMITTED");
    expect(s.decrypt("AES_GCM", key, sealed)).toEqual(data);
  });

  test("the standard's own policy leaves dates to the application", () => {
    const lax = createHsm({ policy: "pkcs11", clock: () => 0 }).openSession();
    const key = lax.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "encrypt", START_DATE: "20260615" });
    lax.encrypt("AES_GCM", key, data);
  });

  test("a clock that tells no time stops the use of dated keys", () => {
    const lost = createHsm({ clock: () => Number.NaN }).openSession();
    const key = lost.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "encrypt", START_DATE: "20260615" });
    expectCkr(() => lost.encrypt("AES_GCM", key, data), "GENERAL_ERROR");
  });
});

describe("templates of a key for keys", () => {
  const exportable: KeyTemplate = { usage: "encrypt", extractable: true };

  test("a wrapping key wraps only what its template matches", () => {
    const wrapping = aes({ usage: "wrap", WRAP_TEMPLATE: { KEY_TYPE: "AES", LABEL: "export", ENCRYPT: true } });
    s.wrapKey(BOUND, wrapping, aes({ ...exportable, LABEL: "export" }));
    expectCkr(() => s.wrapKey(BOUND, wrapping, aes(exportable)), "KEY_HANDLE_INVALID");
    const secret = s.generateKey("GENERIC_SECRET_KEY_GEN", { VALUE_LEN: 32, LABEL: "export", extractable: true });
    expectCkr(() => s.wrapKey(BOUND, wrapping, secret), "KEY_HANDLE_INVALID");
  });

  test("a secret value in it matches nothing: it is no way to try one", () => {
    const VALUE = new Uint8Array(32).fill(7);
    const target = s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE, extractable: true });
    expectCkr(() => s.wrapKey(BOUND, aes({ usage: "wrap", WRAP_TEMPLATE: { VALUE } }), target), "KEY_HANDLE_INVALID");
  });

  test("an unwrapped key is as the unwrapping key's template says, and the caller cannot gainsay it", () => {
    const wrapping = aes({ usage: "wrap", UNWRAP_TEMPLATE: { TOKEN: true, EXTRACTABLE: true } });
    const blob = s.wrapKey(BOUND, wrapping, aes(exportable));
    const key = s.unwrapKey(BOUND, wrapping, blob);
    expect(s.getAttributes(key, ["TOKEN", "EXTRACTABLE"])).toEqual({ TOKEN: true, EXTRACTABLE: true });
    expectCkr(() => s.unwrapKey(BOUND, wrapping, blob, { TOKEN: false }), "TEMPLATE_INCONSISTENT");
    s.unwrapKey(BOUND, wrapping, blob, { TOKEN: true });
  });

  test("what the blob says and the unwrapping key's template does not is refused", () => {
    const wrapping = aes({ usage: "wrap", UNWRAP_TEMPLATE: { LABEL: "only this" } });
    const blob = s.wrapKey(BOUND, wrapping, aes(exportable));
    expectCkr(() => s.unwrapKey(BOUND, wrapping, blob), "TEMPLATE_INCONSISTENT");
  });

  test("under the standard's own policy an unwrap template decides for blobs that say nothing", () => {
    s = createHsm({ policy: "pkcs11" }).openSession();
    const UNWRAP_TEMPLATE = { SENSITIVE: true, EXTRACTABLE: false, DECRYPT: true } as const;
    const wrapping = aes({ usage: "wrap", UNWRAP_TEMPLATE });
    const blob = s.wrapKey("AES_KEY_WRAP", wrapping, aes(exportable));
    const template = { CLASS: "SECRET_KEY", KEY_TYPE: "AES" } as const;
    expectCkr(
      () => s.unwrapKey("AES_KEY_WRAP", wrapping, blob, { ...template, SENSITIVE: false }),
      "TEMPLATE_INCONSISTENT",
    );
    const key = s.unwrapKey("AES_KEY_WRAP", wrapping, blob, template);
    expect(s.getAttributes(key, ["SENSITIVE", "EXTRACTABLE", "DECRYPT"])).toEqual(UNWRAP_TEMPLATE);
  });

  test("a derived and a decapsulated key are as their base key says", () => {
    const DERIVE_TEMPLATE = { CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE_LEN: 32, usage: "encrypt" } as const;
    const base = s.generateKey("GENERIC_SECRET_KEY_GEN", { VALUE_LEN: 32, usage: "derive", DERIVE_TEMPLATE });
    const choice = { mechanism: "SP800_108_COUNTER_KDF", label: data, context: data } as const;
    const derived = s.deriveKey(choice, base);
    expect(s.getAttributes(derived, ["KEY_TYPE", "ENCRYPT", "SIGN"])).toEqual({
      KEY_TYPE: "AES",
      ENCRYPT: true,
      SIGN: false,
    });
    expectCkr(() => s.deriveKey(choice, base, { ENCRYPT: false }), "TEMPLATE_INCONSISTENT");
    expectCkr(() => s.deriveKey(choice, base, { KEY_TYPE: "GENERIC_SECRET" }), "TEMPLATE_INCONSISTENT");

    const pair = s.generateKeyPair(
      { mechanism: "ML_KEM_KEY_PAIR_GEN", parameterSet: "ML-KEM-512" },
      { usage: "encapsulate", ENCAPSULATE_TEMPLATE: { LABEL: "sent" } },
      { usage: "encapsulate", DECAPSULATE_TEMPLATE: { LABEL: "received" } },
    );
    const { key, ciphertext } = s.encapsulateKey("ML_KEM", pair.publicKey);
    const other = s.decapsulateKey("ML_KEM", pair.privateKey, ciphertext);
    expect([key, other].map((it) => s.getAttributes(it, ["LABEL"]).LABEL)).toEqual(["sent", "received"]);
    expectCkr(() => s.encapsulateKey("ML_KEM", pair.publicKey, { LABEL: "x" }), "TEMPLATE_INCONSISTENT");
    expectCkr(() => s.decapsulateKey("ML_KEM", pair.privateKey, ciphertext, { LABEL: "x" }), "TEMPLATE_INCONSISTENT");
  });

  test("cannot be changed, added or lost, in a copy neither; and are bound to a wrapped key", () => {
    const inner = aes({ usage: "wrap", extractable: true, WRAP_TEMPLATE: { LABEL: "export", ID: data } });
    expectCkr(() => s.setAttributes(inner, { WRAP_TEMPLATE: {} }), "ATTRIBUTE_READ_ONLY");
    expectCkr(() => s.copyObject(inner, { WRAP_TEMPLATE: {} }), "ATTRIBUTE_READ_ONLY");
    expectCkr(() => s.copyObject(aes({ usage: "wrap" }), { WRAP_TEMPLATE: { ID: data } }), "ATTRIBUTE_READ_ONLY");
    const copy = s.copyObject(inner, { WRAP_TEMPLATE: { ID: data, LABEL: "export" } });
    const outer = aes({ usage: "wrap" });
    const back = s.unwrapKey(BOUND, outer, s.wrapKey(BOUND, outer, copy));
    expect(s.getAttributes(back, ["WRAP_TEMPLATE"]).WRAP_TEMPLATE).toEqual({ LABEL: "export", ID: data });
    expect(s.findObjects({ WRAP_TEMPLATE: { ID: data, LABEL: "export" } }).sort()).toEqual([inner, copy, back].sort());
    expect(s.findObjects({ WRAP_TEMPLATE: { ID: data } })).toEqual([]);
  });

  test("what a caller gets of one is the caller's own", () => {
    const key = aes({ usage: "wrap", WRAP_TEMPLATE: { ID: data } });
    const { WRAP_TEMPLATE } = s.getAttributes(key, ["WRAP_TEMPLATE"]);
    WRAP_TEMPLATE.ID?.fill(9);
    Object.assign(WRAP_TEMPLATE, { LABEL: "x" });
    expect(s.getAttributes(key, ["WRAP_TEMPLATE"]).WRAP_TEMPLATE).toEqual({ ID: data });
  });

  test("are templates, and none is in another", () => {
    for (const bad of [1, "x", null, { COLOUR: 1 }, { LABEL: 4 }, { usage: "wrap" }, { WRAP_TEMPLATE: {} }])
      expectCkr(
        () => aes({ usage: "wrap", WRAP_TEMPLATE: bad as never }),
        "ATTRIBUTE_VALUE_INVALID",
        "ATTRIBUTE_TYPE_INVALID",
      );
  });
});

describe("C_GetObjectSize", () => {
  test("grows with what the object holds", () => {
    const object = s.createObject({ CLASS: "DATA", VALUE: new Uint8Array(100) });
    const before = s.objectSize(object);
    expect(before).toBeGreaterThan(100);
    s.setAttributes(object, { LABEL: "éé" });
    expect(s.objectSize(object)).toBe(before + 4);
    expect(s.objectSize(aes())).toBeGreaterThan(32);
    expectCkr(() => s.objectSize(99_999 as never), "OBJECT_HANDLE_INVALID");
  });
});
