/** A17: sequences of our own, over mechanisms that the literature had not seen: each was tried, and two were open once. */

import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { ObjectHandle } from "../../../src/cryptoki/handles.ts";
import type { KeyTemplate } from "../../../src/objects/template.ts";
import { expectCkr } from "../../support/ckr.ts";
import { aes, BOUND, K, s, withFreshToken, wrapKey } from "./support.ts";

withFreshToken();

const KNOWN = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
const secret = (template: KeyTemplate): ObjectHandle =>
  s.generateKey("GENERIC_SECRET_KEY_GEN", { VALUE_LEN: 32, ...template });
const kem = () =>
  s.generateKeyPair({ mechanism: "ML_KEM_KEY_PAIR_GEN", parameterSet: "ML-KEM-512" }, { usage: "encapsulate" });

describe("A17a: one derived value under two usages", () => {
  // HKDF-Expand and the KDFs of SP 800-108 are MACs: who may sign with the key between computes what is derived from it.
  const CHAINS = {
    SP800_108_COUNTER_KDF: [{ label: KNOWN }, Uint8Array.of(0, 0, 0, 1, ...KNOWN, 0, 0, 0, 1, 0)],
    SP800_108_FEEDBACK_KDF: [{ iv: new Uint8Array(0), label: KNOWN }, undefined],
    SP800_108_DOUBLE_PIPELINE_KDF: [{ label: KNOWN }, undefined],
    HKDF_DERIVE: [{ extract: false, info: KNOWN }, Uint8Array.of(...KNOWN, 1)],
  } as const;

  test.each(Object.entries(CHAINS))("is not derived by %s to derive again", (mechanism, [params, block]) => {
    const kdf = { mechanism, ...params } as never;
    const base = secret({ usage: "derive" });
    expectCkr(() => s.deriveKey(kdf, base, { VALUE_LEN: 32, usage: "derive" }), "TEMPLATE_INCONSISTENT");
    expectCkr(
      () => s.deriveKey(kdf, base, { KEY_TYPE: "AES", VALUE_LEN: 32, usage: "derive" }),
      "TEMPLATE_INCONSISTENT",
    );
    // The attack is real: with a base key that its owner can read it is what Node computes.
    if (block === undefined) return;
    const open = { VALUE: KNOWN, SENSITIVE: false, EXTRACTABLE: true, usage: "derive" } as const;
    const readable = s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", ...open });
    const [toSign, toDerive] = (["sign", "derive"] as const).map((usage) =>
      s.deriveKey(kdf, readable, { VALUE_LEN: 32, SENSITIVE: false, EXTRACTABLE: true, usage }),
    ) as [ObjectHandle, ObjectHandle];
    const last = s.deriveKey(kdf, toDerive, { VALUE_LEN: 32, SENSITIVE: false, EXTRACTABLE: true });
    const { VALUE } = s.getAttributes(last, ["VALUE"]);
    expect(s.sign("SHA256_HMAC", toSign, block)).toEqual(VALUE);
    const middle = createHmac("sha256", KNOWN).update(block).digest();
    expect(Buffer.from(VALUE)).toEqual(createHmac("sha256", middle).update(block).digest());
  });

  test("is not agreed on by ECDH to derive again, nor taken out of a ciphertext", () => {
    const { publicKey, privateKey } = s.generateKeyPair(
      { mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" },
      { usage: "derive" },
    );
    const publicData = s.getAttributes(publicKey, ["EC_POINT"]).EC_POINT;
    expectCkr(
      () => s.deriveKey({ mechanism: "ECDH1_DERIVE", publicData }, privateKey, { usage: "derive" }),
      "TEMPLATE_INCONSISTENT",
    );
    const pair = kem();
    const { ciphertext } = s.encapsulateKey("ML_KEM", pair.publicKey);
    expectCkr(
      () => s.decapsulateKey("ML_KEM", pair.privateKey, ciphertext, { usage: "derive" }),
      "TEMPLATE_INCONSISTENT",
    );
  });
});

describe("A17b: a wrapping key that somebody knows", () => {
  test.each<[string, (template: KeyTemplate) => unknown]>([
    ["derived", (template) => s.deriveKey("SP800_108_COUNTER_KDF", secret({ usage: "derive" }), template)],
    ["encapsulated to one's own public key", (template) => s.encapsulateKey("ML_KEM", kem().publicKey, template)],
    [
      "decapsulated",
      (template) => {
        const pair = kem();
        const { ciphertext } = s.encapsulateKey("ML_KEM", pair.publicKey);
        return s.decapsulateKey("ML_KEM", pair.privateKey, ciphertext, template);
      },
    ],
    [
      "made from a password",
      (template) =>
        s.generateKey(
          { mechanism: "PKCS5_PBKD2", prf: "SHA256_HMAC", password: KNOWN, salt: KNOWN, iterations: 1000 },
          { CLASS: "SECRET_KEY", ...template },
        ),
    ],
    [
      "copied from a data key",
      (template) => s.copyObject(aes({ usage: "encrypt" }), { WRAP: template.WRAP as boolean }),
    ],
  ])("is not %s", (_how, make) => {
    const template = { KEY_TYPE: "AES", VALUE_LEN: 32, WRAP: true } as const;
    expectCkr(() => make(template), "TEMPLATE_INCONSISTENT", "ATTRIBUTE_READ_ONLY");
    expect(s.findObjects({ WRAP: true })).toEqual([]);
  });
});

describe("A17c: one-way attributes over a detour", () => {
  const extractable = { EXTRACTABLE: true, usage: "encrypt" } as const;

  test.each<[string, KeyTemplate]>([
    ["mechanisms", { ALLOWED_MECHANISMS: ["AES_GCM", "AES_CTR"] }],
    ["dates", { END_DATE: "29991231" }],
    ["being private", { PRIVATE: false }],
    ["being copied", { COPYABLE: true }],
    ["being destroyed", { DESTROYABLE: true }],
    ["being modified", { MODIFIABLE: true }],
  ])("an unwrap gives no other rule about %s", (_what, change) => {
    const w = wrapKey();
    const fixed = {
      ALLOWED_MECHANISMS: ["AES_GCM"],
      END_DATE: "29991230",
      COPYABLE: false,
      MODIFIABLE: false,
    } as const;
    const key = aes({ ...extractable, ...fixed, DESTROYABLE: false });
    const blob = s.wrapKey(BOUND, w, key);
    expectCkr(() => s.unwrapKey(BOUND, w, blob, change), "TEMPLATE_INCONSISTENT");
  });

  test("a key past its time stays there: by no change, no copy, no unwrap and no new start", () => {
    const old = aes({ ...extractable, END_DATE: "20200101" });
    for (const change of [{ END_DATE: "29991231" }, { END_DATE: "" }]) {
      expectCkr(() => s.setAttributes(old, change), "ATTRIBUTE_READ_ONLY");
      expectCkr(() => s.copyObject(old, change), "ATTRIBUTE_READ_ONLY");
    }
    const w = wrapKey();
    expectCkr(() => s.unwrapKey(BOUND, w, s.wrapKey(BOUND, w, old), { END_DATE: "" }), "TEMPLATE_INCONSISTENT");
    for (const key of [old, s.copyObject(old), s.unwrapKey(BOUND, w, s.wrapKey(BOUND, w, old))])
      expectCkr(() => s.encrypt("AES_GCM", key, KNOWN), "KEY_FUNCTION_NOT_PERMITTED");
  });

  test("a key that may be used by one mechanism only is given no other by its copy, nor its shared secret away", () => {
    const p256 = { mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" } as const;
    const { publicKey, privateKey } = s.generateKeyPair(p256, { usage: "derive" });
    const publicData = s.getAttributes(publicKey, ["EC_POINT"]).EC_POINT;
    const all = { ALLOWED_MECHANISMS: ["PHSM_ECDH_SHARED_SECRET"] } as const;
    expectCkr(() => s.copyObject(privateKey, all), "ATTRIBUTE_READ_ONLY");
    expectCkr(() => s.setAttributes(privateKey, all), "ATTRIBUTE_READ_ONLY");
    expectCkr(
      () => s.deriveKey({ mechanism: "PHSM_ECDH_SHARED_SECRET", publicData }, s.copyObject(privateKey), {}),
      "MECHANISM_INVALID",
    );
  });
});

describe("A17d: ciphers, MACs and digests on key material", () => {
  test("what a wrapping key wraps no other function opens, and what a data key seals is no wrapped key", () => {
    const w = wrapKey();
    const blob = s.wrapKey(BOUND, w, K);
    for (const mechanism of ["AES_KEY_WRAP", "AES_KEY_WRAP_KWP", "AES_KEY_WRAP_PAD", "AES_CTR", "AES_GCM", "AES_CMAC"])
      expectCkr(
        () =>
          s.decrypt({ mechanism, ...(mechanism === "AES_CTR" && { counter: new Uint8Array(16) }) } as never, w, blob),
        "KEY_FUNCTION_NOT_PERMITTED",
        "MECHANISM_INVALID",
      );
    // KW and KWP confused: C_Encrypt with one, C_UnwrapKey with the other or the same.
    for (const mechanism of ["AES_KEY_WRAP", "AES_KEY_WRAP_KWP"] as const) {
      const sealed = s.encrypt(mechanism, K, KNOWN);
      for (const opening of ["AES_KEY_WRAP", "AES_KEY_WRAP_KWP", "AES_KEY_WRAP_PAD"] as const)
        expectCkr(
          () => s.unwrapKey(opening, w, sealed, { CLASS: "SECRET_KEY", KEY_TYPE: "AES", usage: "encrypt" }),
          "MECHANISM_INVALID",
        );
    }
    expectCkr(() => s.decrypt("AES_KEY_WRAP_KWP", K, s.encrypt("AES_KEY_WRAP", K, KNOWN)), "ENCRYPTED_DATA_INVALID");
    expectCkr(() => s.decrypt("AES_KEY_WRAP", K, s.encrypt("AES_KEY_WRAP_KWP", K, KNOWN)), "ENCRYPTED_DATA_INVALID");
  });

  test("HKDF_DATA, C_DigestKey and the hash of a key tell nothing of a key that cannot be read", () => {
    const base = secret({ usage: "derive" });
    expectCkr(() => s.deriveKey("HKDF_DATA", base, { VALUE_LEN: 32 }), "TEMPLATE_INCONSISTENT");
    expectCkr(
      () => s.deriveKey("SHA256_KEY_DERIVATION", base, { SENSITIVE: false, EXTRACTABLE: true }),
      "TEMPLATE_INCONSISTENT",
    );
    s.digestInit("SHA256");
    expectCkr(() => s.digestKey(base), "KEY_INDIGESTIBLE");
    expect(s.findObjects({ CLASS: "DATA" })).toEqual([]);
  });

  test.each(["AES_ECB_ENCRYPT_DATA", "AES_CBC_ENCRYPT_DATA", "CONCATENATE_DATA_AND_BASE", "CONCATENATE_BASE_AND_DATA"])(
    "%s does not derive",
    (mechanism) => {
      const iv = mechanism === "AES_CBC_ENCRYPT_DATA" ? { iv: new Uint8Array(16) } : {};
      const derive = () => s.deriveKey({ mechanism, data: KNOWN, ...iv } as never, aes({ usage: "derive" }), {});
      expectCkr(derive, "MECHANISM_INVALID");
    },
  );

  test("a derived key is no shorter than can be tried, however it is cut: not by its length, nor by its type", () => {
    const base = secret({ usage: "derive" });
    for (const VALUE_LEN of [0, 1, 8, 13])
      for (const mechanism of [
        "SP800_108_COUNTER_KDF",
        "HKDF_DERIVE",
        "SHA256_KEY_DERIVATION",
        "SHAKE_256_KEY_DERIVATION",
      ])
        expectCkr(
          () => s.deriveKey(mechanism as never, base, { VALUE_LEN, usage: "sign" }),
          "ATTRIBUTE_VALUE_INVALID",
          "KEY_SIZE_RANGE",
        );
    expectCkr(() => s.encapsulateKey("ML_KEM", kem().publicKey, { VALUE_LEN: 8 }), "KEY_SIZE_RANGE");
  });
});

describe("A17e: short tags by another door", () => {
  test.each([
    ["AES_GCM", 32],
    ["AES_GCM", 64],
    ["AES_CCM", 32],
    ["AES_CCM", 48],
  ] as const)("%s takes no message with a tag of %i bits, made or opened", (mechanism, tagBits) => {
    s.messageEncryptInit(mechanism, K);
    expectCkr(() => s.encryptMessage({ tagBits }, KNOWN), "MECHANISM_PARAM_INVALID");
    s.messageDecryptInit(mechanism, K);
    expectCkr(
      () => s.decryptMessage({ iv: new Uint8Array(12), tagBits, tag: new Uint8Array(tagBits / 8) }, KNOWN),
      "MECHANISM_PARAM_INVALID",
    );
  });

  test.each(["AES_CMAC_GENERAL", "SHA256_HMAC_GENERAL", "AES_GMAC"])("%s verifies no short MAC", (mechanism) => {
    const key = mechanism === "SHA256_HMAC_GENERAL" ? secret({ usage: "sign" }) : aes({ usage: "sign" });
    const short = mechanism === "AES_GMAC" ? { iv: new Uint8Array(12), tagBytes: 4 } : { macBytes: 1 };
    const choice = { mechanism, ...short } as never;
    expectCkr(() => s.verify(choice, key, KNOWN, new Uint8Array(4)), "MECHANISM_PARAM_INVALID");
    expectCkr(() => s.verifyInit(choice, key), "MECHANISM_PARAM_INVALID");
    expectCkr(() => s.messageVerifyInit(choice, key), "MECHANISM_PARAM_INVALID");
  });
});

test("A17f: IVs that the token makes never come twice, whole, by message and by copies of a key", () => {
  const ivs = new Set<string>();
  const seen = (iv: Uint8Array): number => ivs.add(Buffer.from(iv).toString("hex")).size;
  const copy = s.copyObject(K);
  let made = 0;
  for (const key of [K, copy]) {
    for (let i = 0; i < 200; i++) expect(seen(s.encrypt("AES_GCM", key, KNOWN).subarray(0, 12))).toBe(++made);
    s.messageEncryptInit("AES_GCM", key);
    for (const ivGenerator of ["GENERATE", "GENERATE_COUNTER", "GENERATE_RANDOM"] as const)
      for (let i = 0; i < 50; i++) expect(seen(s.encryptMessage({ ivGenerator }, KNOWN).iv)).toBe(++made);
    s.messageEncryptFinal();
  }
});

test("A17g: ML-KEM gives a key for every ciphertext of the right length, the same one each time, and none for another", () => {
  const pair = kem();
  const { key, ciphertext } = s.encapsulateKey("ML_KEM", pair.publicKey, { usage: "sign" });
  const mac = (one: ObjectHandle): string => Buffer.from(s.sign("SHA256_HMAC", one, KNOWN)).toString("hex");
  const open = (bytes: Uint8Array): ObjectHandle =>
    s.decapsulateKey("ML_KEM", pair.privateKey, bytes, { usage: "sign" });
  const macs = new Set([mac(key), mac(open(ciphertext))]);
  expect(macs.size).toBe(1);
  for (const at of [0, 300, 767]) {
    const bad = ciphertext.map((byte, i) => (i === at ? byte ^ 1 : byte));
    expect(mac(open(bad))).toBe(mac(open(bad)));
    macs.add(mac(open(bad)));
  }
  expect(macs.size).toBe(4);
  for (const length of [0, 767, 769]) expectCkr(() => open(new Uint8Array(length)), "ENCRYPTED_DATA_LEN_RANGE");
});
