/** Keys and their attributes: reading, usages, copies, trust (Clulow, CHES 2003; Delaune, Kremer and Steel, CSF 2008). */

import { describe, expect, test } from "vitest";
import type { KeyTemplate } from "../../../src/objects/template.ts";
import { expectCkr } from "../../support/ckr.ts";
import { aes, BOUND, s, withFreshToken, wrapKey } from "./support.ts";

withFreshToken();

describe("A0: reading sensitive values", () => {
  test.each([
    [{ SENSITIVE: true, EXTRACTABLE: true }],
    [{ SENSITIVE: true, EXTRACTABLE: false }],
    [{ SENSITIVE: false, EXTRACTABLE: false }],
  ])("A0: CKA_VALUE of a key with %o is not read", (template) => {
    expectCkr(() => s.getAttributes(aes(template), ["VALUE"]), "ATTRIBUTE_SENSITIVE");
  });

  test("A0c: a key made without policy attributes is sensitive, not extractable and good for nothing", () => {
    const attributes = s.getAttributes(aes({}), [
      "SENSITIVE",
      "EXTRACTABLE",
      "ENCRYPT",
      "DECRYPT",
      "SIGN",
      "VERIFY",
      "WRAP",
      "UNWRAP",
      "DERIVE",
    ]);
    expect(attributes).toEqual({
      SENSITIVE: true,
      EXTRACTABLE: false,
      ENCRYPT: false,
      DECRYPT: false,
      SIGN: false,
      VERIFY: false,
      WRAP: false,
      UNWRAP: false,
      DERIVE: false,
    });
  });

  test("A0: a search by value finds no key", () => {
    const value = new Uint8Array(32).fill(7);
    s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: value, SENSITIVE: true });
    expect(s.findObjects({ VALUE: value })).toEqual([]);
  });
});

describe("A1-A3: one key with two usages", () => {
  test.each<[string, string, KeyTemplate]>([
    ["A1, A1k", "wrap and decrypt", { WRAP: true, DECRYPT: true }],
    ["A3", "unwrap and encrypt", { UNWRAP: true, ENCRYPT: true }],
    ["A1", "wrap and encrypt", { WRAP: true, ENCRYPT: true }],
    ["A1", "encrypt and sign", { ENCRYPT: true, SIGN: true }],
    ["A1", "sign and derive", { SIGN: true, DERIVE: true }],
    ["A1", "derive and wrap", { DERIVE: true, WRAP: true }],
  ])("%s: a key to %s is not made", (_row, _usages, template) => {
    expectCkr(() => aes(template), "TEMPLATE_INCONSISTENT");
  });

  test("A2: usage is not toggled, alone or in steps", () => {
    const w = aes({ WRAP: true });
    expectCkr(() => s.setAttributes(w, { DECRYPT: true }), "ATTRIBUTE_READ_ONLY");
    expectCkr(() => s.setAttributes(w, { WRAP: false, DECRYPT: true }), "ATTRIBUTE_READ_ONLY");
    expectCkr(() => s.setAttributes(w, { WRAP: false }), "ATTRIBUTE_READ_ONLY");
    const d = aes({ DECRYPT: true });
    expectCkr(() => s.setAttributes(d, { DECRYPT: false }), "ATTRIBUTE_READ_ONLY");
    expectCkr(() => s.setAttributes(d, { WRAP: true }), "ATTRIBUTE_READ_ONLY");
    expect(s.getAttributes(w, ["WRAP", "DECRYPT"])).toEqual({ WRAP: true, DECRYPT: false });
  });

  test("A2: a refused change changes nothing, not even what stands before it in the template", () => {
    const w = aes({ WRAP: true, label: "before" });
    expectCkr(() => s.setAttributes(w, { LABEL: "after", DECRYPT: true }), "ATTRIBUTE_READ_ONLY");
    expect(s.getAttributes(w, ["LABEL"])).toEqual({ LABEL: "before" });
  });
});

describe("A9: attributes that only go one way", () => {
  test.each<[KeyTemplate]>([
    [{ SENSITIVE: false }],
    [{ EXTRACTABLE: true }],
    [{ ALWAYS_SENSITIVE: true }],
    [{ NEVER_EXTRACTABLE: true }],
    [{ LOCAL: false }],
    [{ KEY_GEN_MECHANISM: "AES_GCM" }],
    [{ VALUE: new Uint8Array(32) }],
    [{ CLASS: "PUBLIC_KEY" }],
    [{ TRUSTED: true }],
  ])("A9: %o cannot be set", (template) => {
    expectCkr(() => s.setAttributes(aes({ usage: "encrypt" }), template), "ATTRIBUTE_READ_ONLY");
  });

  test("A9b: an unextractable key is not wrapped", () => {
    expectCkr(() => s.wrapKey(BOUND, wrapKey(), aes({ EXTRACTABLE: false })), "KEY_UNEXTRACTABLE");
    expectCkr(
      () => s.wrapKey({ mechanism: "AES_KEY_WRAP" }, wrapKey(), aes({ EXTRACTABLE: false })),
      "KEY_UNEXTRACTABLE",
    );
  });

  test("A9c, A9g: a copy is no weaker than its source", () => {
    const source = aes({ usage: "encrypt" });
    expectCkr(() => s.copyObject(source, { SENSITIVE: false }), "ATTRIBUTE_READ_ONLY");
    expectCkr(() => s.copyObject(source, { EXTRACTABLE: true }), "ATTRIBUTE_READ_ONLY");
    expectCkr(() => s.copyObject(source, { WRAP: true, DECRYPT: true }), "ATTRIBUTE_READ_ONLY");
    expectCkr(() => s.copyObject(source, { PRIVATE: false }), "TEMPLATE_INCONSISTENT");
    const copy = s.copyObject(source, { LABEL: "copy" });
    expect(s.getAttributes(copy, ["ALWAYS_SENSITIVE", "NEVER_EXTRACTABLE", "LOCAL"])).toEqual({
      ALWAYS_SENSITIVE: true,
      NEVER_EXTRACTABLE: true,
      LOCAL: true,
    });
  });

  test("A9d-f: what must not be copied, destroyed or modified is not", () => {
    expectCkr(() => s.copyObject(aes({ COPYABLE: false })), "ACTION_PROHIBITED");
    expectCkr(() => s.destroyObject(aes({ DESTROYABLE: false })), "ACTION_PROHIBITED");
    expectCkr(() => s.setAttributes(aes({ MODIFIABLE: false }), { LABEL: "x" }), "ACTION_PROHIBITED");
  });

  test("A9h, A9i: an imported key was never ours, and the caller cannot say so", () => {
    const template = { CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: new Uint8Array(32) } as const;
    const key = s.createObject(template);
    expect(s.getAttributes(key, ["LOCAL", "ALWAYS_SENSITIVE", "NEVER_EXTRACTABLE"])).toEqual({
      LOCAL: false,
      ALWAYS_SENSITIVE: false,
      NEVER_EXTRACTABLE: false,
    });
    expectCkr(() => s.createObject({ ...template, LOCAL: true }), "ATTRIBUTE_READ_ONLY");
    expectCkr(() => s.createObject({ ...template, NEVER_EXTRACTABLE: true }), "ATTRIBUTE_READ_ONLY");
  });
});

describe("A10: trusted keys", () => {
  test("A10: a user does not make, create or set a trusted key", () => {
    expectCkr(() => aes({ TRUSTED: true }), "ATTRIBUTE_READ_ONLY");
    expectCkr(
      () => s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: new Uint8Array(32), TRUSTED: true }),
      "ATTRIBUTE_READ_ONLY",
    );
  });

  test("A10c-e: a key to be wrapped only with trusted keys stays so", () => {
    const key = aes({ EXTRACTABLE: true, WRAP_WITH_TRUSTED: true });
    expectCkr(() => s.wrapKey(BOUND, wrapKey(), key), "KEY_NOT_WRAPPABLE");
    expectCkr(() => s.setAttributes(key, { WRAP_WITH_TRUSTED: false }), "ATTRIBUTE_READ_ONLY");
    expectCkr(() => s.copyObject(key, { WRAP_WITH_TRUSTED: false }), "ATTRIBUTE_READ_ONLY");
  });
});
