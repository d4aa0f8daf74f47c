/** Whatever somebody put on Object.prototype, the token does the same as before: it reads own properties only. */

import { expect, test } from "vitest";
import { seededEntropy } from "../../src/crypto/entropy.ts";
import { CKA } from "../../src/cryptoki/attributes.ts";
import type { ObjectHandle } from "../../src/cryptoki/handles.ts";
import { createHsm } from "../../src/token/hsm.ts";

const seed = new Uint8Array(32);

/** Calls of many kinds, those that are refused too, and what came of each. */
function story(): string[] {
  const session = createHsm({ entropy: seededEntropy(seed) }).openSession({ readWrite: true });
  const told: string[] = [];
  const tell = <T>(call: () => T): T => {
    let result: unknown;
    try {
      result = call();
      told.push(`${JSON.stringify(result, (_, value) => (value instanceof Uint8Array ? `${value}` : value))}`);
    } catch (error) {
      told.push(`${error}`);
    }
    return result as T;
  };
  const aes = (template: object): ObjectHandle => session.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, ...template });
  const wrapping = tell(() => aes({ usage: "wrap" }));
  const key = tell(() => aes({ usage: "encrypt", EXTRACTABLE: true }));
  const base = tell(() => aes({ usage: "derive" }));
  const blob = tell(() => session.wrapKey("PHSM_BOUND_WRAP", wrapping, key));
  const back = tell(() => session.unwrapKey("PHSM_BOUND_WRAP", wrapping, blob));
  tell(() => session.getAttributes(back, ["LABEL", "SENSITIVE", "EXTRACTABLE", "LOCAL", "ENCRYPT", "UNIQUE_ID"]));
  tell(() => session.unwrapKey("PHSM_BOUND_WRAP", wrapping, blob, { LABEL: "other" }));
  tell(() => session.wrapKey("AES_KEY_WRAP", wrapping, key));
  tell(() => session.getAttributes(key, ["VALUE"]));
  tell(() => session.copyObject(key, { LABEL: "copy" }));
  tell(() => session.setAttributes(key, { LABEL: "changed", SENSITIVE: true }));
  tell(() => session.setAttributes(key, { SENSITIVE: false }));
  tell(() => session.deriveKey("HKDF_DERIVE", base, { VALUE_LEN: 20 }));
  tell(() => session.deriveKey("HKDF_DERIVE", base, { SENSITIVE: false, EXTRACTABLE: true }));
  tell(() => session.createObject({ CLASS: "DATA", VALUE: seed }));
  tell(() => session.createObject({ CLASS: "CERTIFICATE", CERTIFICATE_TYPE: 0, SUBJECT: seed, VALUE: seed }));
  tell(() => session.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: seed, WRAP: true }));
  tell(() => session.generateKeyPair("EC_KEY_PAIR_GEN", { usage: "sign" }));
  tell(() => session.encrypt("AES_GCM", key, seed));
  tell(() => session.encrypt({ mechanism: "PHSM_KMS_ENVELOPE", aad: seed }, key, seed));
  tell(() => session.findObjects({ CLASS: "DATA" }));
  tell(() => session.findObjects());
  return told;
}

const NAMES = new Set([
  ...Object.keys(CKA),
  ...["usage", "label", "id", "token", "sensitive", "extractable", "mechanism", "iv", "aad", "tagBytes", "tagBits"],
  ...[
    "bindsAttributes",
    "separatesWrapKey",
    "releasesSecret",
    "mustBeAllowed",
    "keyTypes",
    "keySize",
    "signatureBytes",
  ],
  ...["required", "secret", "default", "settable", "change", "object", "pair", "derived", "wrap", "attributes"],
  ...[
    "slots",
    "slot",
    "readWrite",
    "pin",
    "soPin",
    "policy",
    "entropy",
    "engine",
    "maxPinTries",
    "pinCost",
    "pinsToBeChanged",
    "clock",
    "requires",
    "notBefore",
    "computed",
    "limit",
    "then",
  ],
]);

const unpolluted = story();

test("the story is told in full where nothing is polluted", () => {
  expect(unpolluted.filter((line) => line.startsWith("TypeError"))).toEqual([]);
  expect(unpolluted.filter((line) => line.includes("CKR_")).length).toBe(8);
});

test.each([...NAMES])("a polluted %s changes nothing", (name) => {
  for (const value of [true, "pkcs11"]) {
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
    try {
      expect(story()).toEqual(unpolluted);
    } finally {
      delete (Object.prototype as Record<string, unknown>)[name];
    }
  }
});
