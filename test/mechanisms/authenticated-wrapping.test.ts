/** C_WrapKeyAuthenticated and C_UnwrapKeyAuthenticated (PKCS #11 v3.2, 5.18.6 and 5.18.7), and AEADs that wrap. */

import { createCipheriv } from "node:crypto";
import { expect, test } from "vitest";
import { concat } from "../../src/bytes/bytes.ts";
import { createHsm } from "../../src/token/hsm.ts";
import { overAesEngines } from "../crypto/engine-suite.ts";
import { ckrOf } from "../support/ckr.ts";
import { laxSession, READABLE, readValue, secretKey } from "./support/lax.ts";

const bytes = (length: number, first = 1): Uint8Array => Uint8Array.from({ length }, (_, i) => (7 * i + first) & 0xff);
const SECRET = { CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", ...READABLE } as const;
const aad = bytes(20, 9);

/** Ciphertext and tag by node:crypto. */
function sealed(mode: "gcm" | "ccm", key: Uint8Array, iv: Uint8Array, data: Uint8Array) {
  const cipher = createCipheriv(`aes-256-${mode}` as "aes-256-gcm", key, iv, { authTagLength: 16 });
  (cipher.setAAD as (aad: Uint8Array, options: { plaintextLength: number }) => void)(aad, {
    plaintextLength: data.length,
  });
  const ciphertext = Uint8Array.from(Buffer.concat([cipher.update(data), cipher.final()]));
  return { ciphertext, tag: Uint8Array.from(cipher.getAuthTag()) };
}

overAesEngines((engine) => {
  const session = laxSession(engine);
  const kek = bytes(32, 100);
  const wrapping = secretKey(session, "AES", kek, "wrap");
  const target = secretKey(session, "GENERIC_SECRET", bytes(40), "sign");

  test.each(["gcm", "ccm"] as const)(
    "AES-%s wraps as node:crypto seals, the tag beside the key or after it",
    (mode) => {
      const mechanism = mode === "gcm" ? "AES_GCM" : "AES_CCM";
      const iv = bytes(12, 50);
      const expected = sealed(mode, kek, iv, bytes(40));
      const wrapped = session.wrapKeyAuthenticated(mechanism, wrapping, target, { iv, aad });
      expect(wrapped).toEqual({ wrappedKey: expected.ciphertext, iv, tag: expected.tag });
      const params = { iv, aad, tag: expected.tag };
      const key = session.unwrapKeyAuthenticated(mechanism, wrapping, expected.ciphertext, params, SECRET);
      expect(readValue(session, key)).toEqual(bytes(40));
      const choice = mode === "gcm" ? { mechanism: "AES_GCM", iv, aad } : { mechanism: "AES_CCM", nonce: iv, aad };
      const whole = session.wrapKey(choice as { mechanism: "AES_GCM" }, wrapping, target);
      expect(whole).toEqual(concat(expected.ciphertext, expected.tag));
      const again = session.unwrapKey(choice as { mechanism: "AES_GCM" }, wrapping, whole, SECRET);
      expect(readValue(session, again)).toEqual(bytes(40));
    },
  );

  test.each(["AES_GCM", "AES_CCM"] as const)(
    "%s makes the IV itself, and opens nothing that was changed",
    (mechanism) => {
      const { wrappedKey, iv, tag } = session.wrapKeyAuthenticated(mechanism, wrapping, target, { aad });
      if (iv === undefined || tag === undefined) throw new Error("the IV and the tag are beside the key");
      const unwrap = (blob: Uint8Array, params: object): string =>
        ckrOf(() => session.unwrapKeyAuthenticated(mechanism, wrapping, blob, params, SECRET));
      expect(unwrap(wrappedKey, { iv, tag, aad })).toBe("OK");
      const flipped = (data: Uint8Array): Uint8Array => data.map((byte, i) => (i === 3 ? byte ^ 1 : byte));
      for (const [blob, params] of [
        [flipped(wrappedKey), { iv, tag, aad }],
        [wrappedKey, { iv: flipped(iv), tag, aad }],
        [wrappedKey, { iv, tag: flipped(tag), aad }],
        [wrappedKey, { iv, tag, aad: flipped(aad) }],
        [wrappedKey, { iv, tag }],
      ] as const)
        expect(unwrap(blob, params)).toBe("WRAPPED_KEY_INVALID");
      expect(unwrap(wrappedKey, { tag, aad })).toBe("MECHANISM_PARAM_INVALID");
      const blob = session.wrapKey(mechanism, wrapping, target);
      const inFront = ckrOf(() => session.unwrapKey(mechanism, wrapping, flipped(blob), SECRET));
      expect(inFront).toBe("WRAPPED_KEY_INVALID");
      expect(ckrOf(() => session.unwrapKey(mechanism, wrapping, bytes(10), SECRET))).toBe("WRAPPED_KEY_LEN_RANGE");
    },
  );

  test("IVs are counted like those of messages", () => {
    const params = { iv: bytes(12), ivFixedBits: 64, ivGenerator: "GENERATE_COUNTER" } as const;
    const ivs = [0, 1].map(() => session.wrapKeyAuthenticated("AES_GCM", wrapping, target, params).iv);
    expect(ivs[0]).not.toEqual(ivs[1]);
    expect(ivs.map((iv) => iv?.slice(0, 8))).toEqual([bytes(8), bytes(8)]);
  });

  test("parameters come with the key, and only AEADs take any", () => {
    const misplaced = { mechanism: "AES_GCM", aad } as const;
    expect(ckrOf(() => session.wrapKeyAuthenticated(misplaced, wrapping, target))).toBe("MECHANISM_PARAM_INVALID");
    for (const mechanism of ["AES_KEY_WRAP", "AES_ECB"] as const) {
      expect(ckrOf(() => session.wrapKeyAuthenticated(mechanism, wrapping, target))).toBe("MECHANISM_INVALID");
      const unwrap = () => session.unwrapKeyAuthenticated(mechanism, wrapping, bytes(40));
      expect(ckrOf(unwrap)).toBe("MECHANISM_INVALID");
    }
  });
});

test("under the strict policy keys are bound to their attributes, and to data beside them", () => {
  const session = createHsm().openSession({ readWrite: true });
  const wrapping = session.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "wrap" });
  const target = session.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "encrypt", extractable: true, label: "k" });
  for (const mechanism of ["AES_GCM", "AES_CCM"] as const) {
    expect(ckrOf(() => session.wrapKeyAuthenticated(mechanism, wrapping, target))).toBe("MECHANISM_INVALID");
    expect(ckrOf(() => session.wrapKey(mechanism, wrapping, target))).toBe("MECHANISM_INVALID");
  }
  const BOUND = "PHSM_BOUND_WRAP";
  const blob = session.wrapKeyAuthenticated(BOUND, wrapping, target, { aad });
  expect(Object.keys(blob)).toEqual(["wrappedKey"]);
  const key = session.unwrapKeyAuthenticated(BOUND, wrapping, blob.wrappedKey, { aad });
  expect(session.getAttributes(key, ["LABEL", "ENCRYPT"])).toEqual({ LABEL: "k", ENCRYPT: true });
  for (const params of [{}, { aad: aad.slice(1) }, { aad: new Uint8Array(0) }]) {
    const unwrap = () => session.unwrapKeyAuthenticated(BOUND, wrapping, blob.wrappedKey, params);
    expect(ckrOf(unwrap)).toBe("WRAPPED_KEY_INVALID");
  }
  expect(ckrOf(() => session.unwrapKey(BOUND, wrapping, blob.wrappedKey))).toBe("WRAPPED_KEY_INVALID");
  // Without data, both forms are one.
  session.unwrapKey(BOUND, wrapping, session.wrapKeyAuthenticated(BOUND, wrapping, target).wrappedKey);
  session.unwrapKeyAuthenticated(BOUND, wrapping, session.wrapKey(BOUND, wrapping, target));
  const iv = () => session.wrapKeyAuthenticated(BOUND, wrapping, target, { iv: new Uint8Array(12) });
  expect(ckrOf(iv)).toBe("MECHANISM_PARAM_INVALID");
});

test("what an unwrapped key must be, it must be here too", () => {
  const session = createHsm({ policy: "pkcs11" }).openSession({ readWrite: true });
  const UNWRAP_TEMPLATE = { SENSITIVE: true } as const;
  const wrapping = session.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "wrap", UNWRAP_TEMPLATE });
  const kept = session.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, extractable: false });
  expect(ckrOf(() => session.wrapKeyAuthenticated("AES_GCM", wrapping, kept))).toBe("KEY_UNEXTRACTABLE");
  const target = session.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, extractable: true });
  const { wrappedKey, ...params } = session.wrapKeyAuthenticated("AES_GCM", wrapping, target);
  const AES = { CLASS: "SECRET_KEY", KEY_TYPE: "AES" } as const;
  const readable = () =>
    session.unwrapKeyAuthenticated("AES_GCM", wrapping, wrappedKey, params, { ...AES, ...READABLE });
  expect(ckrOf(readable)).toBe("TEMPLATE_INCONSISTENT");
  const key = session.unwrapKeyAuthenticated("AES_GCM", wrapping, wrappedKey, params, AES);
  expect(session.getAttributes(key, ["SENSITIVE", "EXTRACTABLE"])).toEqual({ SENSITIVE: true, EXTRACTABLE: true });
});
