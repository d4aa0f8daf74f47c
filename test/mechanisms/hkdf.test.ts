import { hkdfSync } from "node:crypto";
import { expect, test } from "vitest";
import { utf8 } from "../../src/bytes/bytes.ts";
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
});

test("under the strict policy HKDF_DATA reads nothing out of a sensitive key", () => {
  const strict = createHsm().openSession({ readWrite: true });
  const sensitive = strict.generateKey("HKDF_KEY_GEN", { VALUE_LEN: 32, usage: "derive" });
  expect(ckrOf(() => strict.deriveKey(DATA, sensitive, {}))).toBe("TEMPLATE_INCONSISTENT");
  expect(strict.findObjects({ CLASS: "DATA" })).toEqual([]);
  const open = secretKey(strict, "GENERIC_SECRET", value, "derive");
  expect(ckrOf(() => strict.deriveKey(DATA, open, {}))).toBe("OK");
});
