import { pbkdf2Sync } from "node:crypto";
import { expect, test } from "vitest";
import { utf8 } from "../../src/bytes/bytes.ts";
import { pkcs5Pbkd2 } from "../../src/mechanisms/pbkdf2.ts";
import { context, expectCkr, object, secretOf } from "./support/keys.ts";

const ctx = context("pbkdf2");
const given = { prf: "SHA256_HMAC", password: utf8("a password"), salt: utf8("salt"), iterations: 3 } as const;
const PRFS = [
  ["SHA_1_HMAC", "sha1"],
  ["SHA224_HMAC", "sha224"],
  ["SHA256_HMAC", "sha256"],
  ["SHA384_HMAC", "sha384"],
  ["SHA512_HMAC", "sha512"],
  ["SHA512_224_HMAC", "sha512-224"],
  ["SHA512_256_HMAC", "sha512-256"],
] as const;

test.each(PRFS)("PKCS5_PBKD2 with %s makes the key that node:crypto derives", (prf, hash) => {
  for (const VALUE_LEN of [1, 32, 200]) {
    const made = object(pkcs5Pbkd2.generateKey!(ctx, pkcs5Pbkd2.parse({ ...given, prf }), { VALUE_LEN }));
    const expected = pbkdf2Sync("a password", "salt", 3, VALUE_LEN, hash);
    expect(secretOf(made, "VALUE")).toEqual(Uint8Array.from(expected));
    expect(made.get("KEY_TYPE")).toBe("GENERIC_SECRET");
  }
});

test("PKCS5_PBKD2 makes AES keys of the lengths that there are, and no other type", () => {
  const make = (template: object) => pkcs5Pbkd2.generateKey!(ctx, pkcs5Pbkd2.parse(given), template);
  expect(object(make({ KEY_TYPE: "AES", VALUE_LEN: 24 })).get("KEY_TYPE")).toBe("AES");
  expectCkr("ATTRIBUTE_VALUE_INVALID", () => make({ KEY_TYPE: "AES", VALUE_LEN: 20 }));
  expectCkr("TEMPLATE_INCONSISTENT", () => make({ KEY_TYPE: "SM4", VALUE_LEN: 16 }));
  expectCkr("TEMPLATE_INCOMPLETE", () => make({}));
  for (const VALUE_LEN of [0, 4097]) expectCkr("KEY_SIZE_RANGE", () => make({ VALUE_LEN }));
});

test("PKCS5_PBKD2 bounds the rounds of one call, whichever way they add up", () => {
  for (const iterations of [0, 1.5, 10_000_001]) {
    expectCkr("MECHANISM_PARAM_INVALID", () => pkcs5Pbkd2.parse({ ...given, iterations }));
  }
  const params = pkcs5Pbkd2.parse({ ...given, iterations: 5_000_001 });
  expectCkr("MECHANISM_PARAM_INVALID", () => pkcs5Pbkd2.generateKey!(ctx, params, { VALUE_LEN: 33 }));
});

test("PKCS5_PBKD2 takes the PRFs of the standard alone, and wipes its copy of the password", () => {
  expectCkr("MECHANISM_PARAM_INVALID", () => pkcs5Pbkd2.parse({ ...given, prf: "SHA3_256_HMAC" }));
  expectCkr("MECHANISM_PARAM_INVALID", () => pkcs5Pbkd2.parse({ ...given, password: "a password" }));
  const params = pkcs5Pbkd2.parse(given);
  pkcs5Pbkd2.generateKey!(ctx, params, { VALUE_LEN: 16 });
  expect(params.password).toEqual(new Uint8Array(10));
  expect(given.password).toEqual(utf8("a password"));
});
