/** CKO_VALIDATION objects and C_GetSessionValidationFlags (PKCS #11 v3.2, 4.15). */

import { expect, test } from "vitest";
import { createHsm } from "../../src/token/hsm.ts";
import { expectCkr } from "../support/ckr.ts";

const FIPS = {
  type: "SOFTWARE",
  authority: "NIST_CMVP",
  version: [3, 0],
  level: 1,
  moduleId: "a module under test",
  country: "US",
  mechanisms: ["AES_KEY_GEN", "AES_GCM", "AES_ECB", "SHA256", "SHA256_HMAC"],
} as const;
const OTHER = { version: [4, 1], level: 4, moduleId: "all of it" } as const;
const data = new Uint8Array(16);

test("without validations there is no object and no flag: this token is certified by nobody", () => {
  const session = createHsm().openSession();
  expect(session.findObjects({ CLASS: "VALIDATION" })).toEqual([]);
  session.digest("SHA256", data);
  expect(session.validationFlags()).toBe(0);
});

test("each validation is an object that nobody makes or changes, with a flag of its own", () => {
  const session = createHsm({ validations: [FIPS, OTHER] }).openSession({ readWrite: true });
  expect(session.findObjects()).toEqual([]);
  const [first, second, ...more] = session.findObjects({ CLASS: "VALIDATION" });
  expect(more).toEqual([]);
  const names = ["VALIDATION_TYPE", "VALIDATION_VERSION", "VALIDATION_LEVEL", "VALIDATION_FLAG"] as const;
  expect(session.getAttributes(first!, [...names, "VALIDATION_AUTHORITY_TYPE", "VALIDATION_COUNTRY"])).toEqual({
    VALIDATION_TYPE: 1,
    VALIDATION_VERSION: Uint8Array.of(3, 0),
    VALIDATION_LEVEL: 1,
    VALIDATION_FLAG: 1,
    VALIDATION_AUTHORITY_TYPE: 1,
    VALIDATION_COUNTRY: "US",
  });
  expect(session.getAttributes(second!, ["VALIDATION_FLAG", "VALIDATION_PROFILE"])).toEqual({
    VALIDATION_FLAG: 2,
    VALIDATION_PROFILE: "",
  });
  expectCkr(() => session.setAttributes(first!, { VALIDATION_LEVEL: 3 }), "ACTION_PROHIBITED");
  expectCkr(() => session.destroyObject(first!), "ACTION_PROHIBITED");
  expectCkr(() => session.createObject({ CLASS: "VALIDATION", VALIDATION_FLAG: 4 }), "ATTRIBUTE_READ_ONLY");
});

test("a session has the flags of its last operation that came to its end", () => {
  const hsm = createHsm({ validations: [FIPS, OTHER], policy: "pkcs11" });
  const session = hsm.openSession({ readWrite: true });
  const after = (run: () => unknown): number => {
    run();
    return session.validationFlags();
  };
  expect(session.validationFlags()).toBe(0);
  expect(after(() => session.digest("SHA256", data))).toBe(3);
  expect(after(() => session.digest("SHA512", data))).toBe(2);
  const key = session.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "encrypt" });
  expect(session.validationFlags()).toBe(3);
  // Single blocks, and tags below 96 bits, are what the strict policy refuses.
  expect(after(() => session.encrypt("AES_ECB", key, data))).toBe(0);
  expect(after(() => session.encrypt("AES_GCM", key, data))).toBe(3);
  expect(after(() => session.encrypt({ mechanism: "AES_GCM", tagBits: 64 }, key, data))).toBe(0);
  // What is on its way, or fails, is not at its end.
  expect(after(() => session.digestInit("SHA256"))).toBe(0);
  expect(after(() => session.digestUpdate(data))).toBe(0);
  expectCkr(() => session.decrypt("AES_GCM", key, data), "ENCRYPTED_DATA_LEN_RANGE");
  expect(session.validationFlags()).toBe(0);
  expect(after(() => session.digestFinal())).toBe(3);
  const sealed = session.encrypt("AES_GCM", key, data);
  expect(after(() => session.digest("SHA512", data))).toBe(2);
  expectCkr(() => session.decrypt("AES_GCM", key, sealed.slice(1)), "ENCRYPTED_DATA_INVALID");
  expect(session.validationFlags()).toBe(2);
  expect(hsm.openSession().validationFlags()).toBe(0);
});

test.each([
  [{ ...OTHER, version: [1] }],
  [{ ...OTHER, version: [1, 256] }],
  [{ ...OTHER, level: -1 }],
  [{ ...OTHER, moduleId: 7 }],
  [{ ...OTHER, type: "WETWARE" }],
  [{ ...OTHER, mechanisms: ["ROT13"] }],
  [{ ...OTHER, country: null }],
])("a validation that is none is refused: %j", (validation) => {
  expectCkr(() => createHsm({ validations: [validation as never] }), "ARGUMENTS_BAD");
  expectCkr(() => createHsm({ validations: validation as never }), "ARGUMENTS_BAD");
});
