import { hkdfSync } from "node:crypto";
import { expect, test } from "vitest";
import { utf8 } from "../../src/bytes/bytes.ts";
import type { ObjectHandle } from "../../src/cryptoki/handles.ts";
import { createHsm } from "../../src/token/hsm.ts";
import { overEngines } from "../crypto/engine-suite.ts";
import { ckrOf } from "../support/ckr.ts";
import { laxSession, READABLE, readValue, secretKey } from "./support/lax.ts";

const value = Uint8Array.from({ length: 32 }, (_, i) => i);
const [salt, info] = [utf8("salt"), utf8("info")];
const DATA = { mechanism: "HKDF_DATA", hash: "SHA512", salt, info } as const;

overEngines((engine) => {
  const session = laxSession(engine);
  const base = secretKey(session, "GENERIC_SECRET", value, "derive");

  test("HKDF_DATA puts what node:crypto derives into a data object", () => {
    for (const VALUE_LEN of [1, 40, 64]) {
      const object = session.deriveKey(DATA, base, { VALUE_LEN, label: "derived" });
      const expected = new Uint8Array(hkdfSync("sha512", value, salt, info, VALUE_LEN));
      expect(session.getAttributes(object, ["CLASS", "VALUE", "LABEL"])).toEqual({
        CLASS: "DATA",
        VALUE: expected,
        LABEL: "derived",
      });
    }
    expect(session.getAttributes(session.deriveKey(DATA, base), ["VALUE"]).VALUE).toHaveLength(64);
    expect(ckrOf(() => session.deriveKey(DATA, base, { CLASS: "SECRET_KEY" }))).toBe("TEMPLATE_INCONSISTENT");
    expect(ckrOf(() => session.deriveKey(DATA, base, { SENSITIVE: false }))).toBe("ATTRIBUTE_TYPE_INVALID");
  });

  test("HKDF_KEY_GEN makes keys of type HKDF, from which HKDF derives and nothing else signs or enciphers", () => {
    const key = session.generateKey("HKDF_KEY_GEN", { VALUE_LEN: 40, usage: "derive", ...READABLE });
    const { KEY_TYPE, VALUE_LEN, LOCAL, KEY_GEN_MECHANISM } = session.getAttributes(key, [
      "KEY_TYPE",
      "VALUE_LEN",
      "LOCAL",
      "KEY_GEN_MECHANISM",
    ]);
    expect([KEY_TYPE, VALUE_LEN, LOCAL, KEY_GEN_MECHANISM]).toEqual(["HKDF", 40, true, "HKDF_KEY_GEN"]);
    const derived = session.deriveKey({ mechanism: "HKDF_DERIVE", salt, info }, key, { VALUE_LEN: 50, ...READABLE });
    expect(readValue(session, derived)).toEqual(
      new Uint8Array(hkdfSync("sha256", readValue(session, key), salt, info, 50)),
    );
    const extract = { mechanism: "HKDF_DERIVE", salt, expand: false } as const;
    const middle = session.deriveKey(extract, base, { KEY_TYPE: "HKDF", usage: "derive", ...READABLE });
    const expand = { mechanism: "HKDF_DERIVE", info, extract: false } as const;
    const end = session.deriveKey(expand, middle, { VALUE_LEN: 50, ...READABLE });
    expect(readValue(session, end)).toEqual(new Uint8Array(hkdfSync("sha256", value, salt, info, 50)));
    const signing = session.generateKey("HKDF_KEY_GEN", { VALUE_LEN: 40, usage: "sign" });
    expect(ckrOf(() => session.sign("SHA256_HMAC", signing, value))).toBe("KEY_TYPE_INCONSISTENT");
  });

  test("the salt may be a key, which is for derivation and no better protected than the base key", () => {
    const expected = new Uint8Array(hkdfSync("sha256", value, new Uint8Array(20).fill(5), info, 50));
    const derived = (saltKey: ObjectHandle, more: object = {}): Uint8Array => {
      const mechanism = { mechanism: "HKDF_DERIVE", saltKey, info, ...more } as const;
      return readValue(session, session.deriveKey(mechanism, base, { VALUE_LEN: 50, ...READABLE }));
    };
    const saltKey = secretKey(session, "GENERIC_SECRET", new Uint8Array(20).fill(5), "derive");
    expect(derived(saltKey)).toEqual(expected);
    const data = session.deriveKey({ mechanism: "HKDF_DATA", saltKey, info }, base, { VALUE_LEN: 50 });
    expect(session.getAttributes(data, ["VALUE"]).VALUE).toEqual(expected);
    const bytes = new Uint8Array(20).fill(5);
    expect(ckrOf(() => derived(secretKey(session, "GENERIC_SECRET", bytes, "sign")))).toBe(
      "KEY_FUNCTION_NOT_PERMITTED",
    );
    const sensitive = secretKey(session, "GENERIC_SECRET", bytes, "derive", { sensitive: true });
    expect(ckrOf(() => derived(sensitive))).toBe("KEY_FUNCTION_NOT_PERMITTED");
    const other = secretKey(session, "GENERIC_SECRET", bytes, "derive", {
      ALLOWED_MECHANISMS: ["SP800_108_COUNTER_KDF"],
    });
    expect(ckrOf(() => derived(other))).toBe("MECHANISM_INVALID");
    expect(ckrOf(() => derived(999_999 as ObjectHandle))).toBe("KEY_HANDLE_INVALID");
    expect(ckrOf(() => derived(saltKey, { salt }))).toBe("MECHANISM_PARAM_INVALID");
    expect(ckrOf(() => derived(saltKey, { extract: false }))).toBe("MECHANISM_PARAM_INVALID");
  });
});

test("under the strict policy HKDF_DATA reads nothing out of a sensitive key", () => {
  const strict = createHsm().openSession({ readWrite: true });
  const sensitive = strict.generateKey("HKDF_KEY_GEN", { VALUE_LEN: 32, usage: "derive" });
  expect(ckrOf(() => strict.deriveKey(DATA, sensitive, {}))).toBe("TEMPLATE_INCONSISTENT");
  expect(strict.findObjects({ CLASS: "DATA" })).toEqual([]);
  const open = secretKey(strict, "GENERIC_SECRET", value, "derive");
  expect(ckrOf(() => strict.deriveKey(DATA, open, {}))).toBe("OK");
});

test("under the strict policy a salt key derives within its dates alone", () => {
  const strict = createHsm({ clock: () => Date.parse("2026-06-15") }).openSession({ readWrite: true });
  const base = strict.generateKey("HKDF_KEY_GEN", { VALUE_LEN: 32, usage: "derive" });
  const derived = (END_DATE: string): string => {
    const saltKey = strict.generateKey("HKDF_KEY_GEN", { VALUE_LEN: 32, usage: "derive", END_DATE });
    return ckrOf(() => strict.deriveKey({ mechanism: "HKDF_DERIVE", saltKey }, base));
  };
  expect([derived("20260615"), derived("20260614")]).toEqual(["OK", "KEY_FUNCTION_NOT_PERMITTED"]);
});
