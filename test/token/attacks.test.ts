/**
 * The attack catalogue on PKCS #11 interfaces, each with the outcome required under the strict policy.
 * Literature: Clulow (CHES 2003), Delaune, Kremer and Steel (CSF 2008), Bortolozzo et al. (CCS 2010), Bardou et al.
 * (CRYPTO 2012), Dax et al. (CSF 2019).
 */

import { constants, createHmac, generateKeyPairSync, publicEncrypt } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import type { ObjectHandle } from "../../src/cryptoki/handles.ts";
import { encodeEcParams } from "../../src/der/ec-params.ts";
import type { MechanismChoice } from "../../src/mechanisms/registry.ts";
import type { KeyTemplate } from "../../src/objects/template.ts";
import { createHsm } from "../../src/token/hsm.ts";
import type { Session } from "../../src/token/session.ts";
import { ckrOf, expectCkr } from "../support/ckr.ts";

let s: Session;
/** The victim: a sensitive, extractable AES key. */
let K: ObjectHandle;

const aes = (template: KeyTemplate, bytes = 32): ObjectHandle =>
  s.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: bytes, ...template });
const wrapKey = (): ObjectHandle => aes({ usage: "wrap" });
const BOUND = { mechanism: "PHSM_BOUND_WRAP" } as const;
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = rsa.publicKey.export({ format: "jwk" });
const MODULUS = new Uint8Array(Buffer.from(jwk.n as string, "base64url"));
const E65537 = Uint8Array.of(1, 0, 1);

beforeEach(() => {
  s = createHsm().openSession({ readWrite: true });
  K = aes({ SENSITIVE: true, EXTRACTABLE: true, usage: "encrypt" });
});

describe("A0: reading sensitive values", () => {
  test.each([
    [{ SENSITIVE: true, EXTRACTABLE: true }],
    [{ SENSITIVE: true, EXTRACTABLE: false }],
    [{ SENSITIVE: false, EXTRACTABLE: false }],
  ])("CKA_VALUE of a key with %o is not read", (template) => {
    expectCkr(() => s.getAttributes(aes(template), ["VALUE"]), "ATTRIBUTE_SENSITIVE");
  });

  test("a key made without policy attributes is sensitive, not extractable and good for nothing", () => {
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

  test("a search by value finds no key", () => {
    const value = new Uint8Array(32).fill(7);
    s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: value, SENSITIVE: true });
    expect(s.findObjects({ VALUE: value })).toEqual([]);
  });
});

describe("A1-A3: one key with two usages", () => {
  test.each<[string, KeyTemplate]>([
    ["wrap and decrypt", { WRAP: true, DECRYPT: true }],
    ["unwrap and encrypt", { UNWRAP: true, ENCRYPT: true }],
    ["wrap and encrypt", { WRAP: true, ENCRYPT: true }],
    ["encrypt and sign", { ENCRYPT: true, SIGN: true }],
    ["sign and derive", { SIGN: true, DERIVE: true }],
    ["derive and wrap", { DERIVE: true, WRAP: true }],
  ])("a key to %s is not made", (_, template) => {
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

  test("a refused change changes nothing, not even what stands before it in the template", () => {
    const w = aes({ WRAP: true, label: "before" });
    expectCkr(() => s.setAttributes(w, { LABEL: "after", DECRYPT: true }), "ATTRIBUTE_READ_ONLY");
    expect(s.getAttributes(w, ["LABEL"])).toEqual({ LABEL: "before" });
  });
});

describe("A4: re-import with other attributes", () => {
  test.each<[string, KeyTemplate]>([
    ["not sensitive", { SENSITIVE: false }],
    ["as a wrapping key", { WRAP: true }],
    ["as a decryption key with another usage", { DECRYPT: true, ENCRYPT: false }],
    ["as a generic secret to sign with", { CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", SIGN: true }],
    ["with other mechanisms", { ALLOWED_MECHANISMS: ["AES_GCM"] }],
    ["with another label", { LABEL: "other" }],
  ])("an unwrap %s is refused", (_, template) => {
    const w = wrapKey();
    const blob = s.wrapKey(BOUND, w, K);
    expectCkr(() => s.unwrapKey(BOUND, w, blob, template), "TEMPLATE_INCONSISTENT");
  });

  test("an unwrap gives the key back with its attributes, and a template may repeat them", () => {
    const w = wrapKey();
    const named = aes({ usage: "sign", EXTRACTABLE: true, label: "n", id: Uint8Array.of(1), KEY_TYPE: "AES" });
    const names = [
      "CLASS",
      "KEY_TYPE",
      "SIGN",
      "VERIFY",
      "SENSITIVE",
      "EXTRACTABLE",
      "LABEL",
      "ID",
      "LOCAL",
      "ALWAYS_SENSITIVE",
      "NEVER_EXTRACTABLE",
      "KEY_GEN_MECHANISM",
      "VALUE_LEN",
    ] as const;
    const back = s.unwrapKey(BOUND, w, s.wrapKey(BOUND, w, named), { SENSITIVE: true, LABEL: "n", TOKEN: true });
    expect(s.getAttributes(back, names)).toEqual(s.getAttributes(named, names));
    expect(s.getAttributes(back, ["TOKEN"])).toEqual({ TOKEN: true });
    const mac = s.sign({ mechanism: "AES_CMAC" }, named, new Uint8Array(5));
    expect(s.verify({ mechanism: "AES_CMAC" }, back, new Uint8Array(5), mac)).toBe(true);
  });

  test("a blob does not open under another wrapping key, nor with a flipped bit, nor cut short", () => {
    const w = wrapKey();
    const blob = s.wrapKey(BOUND, w, K);
    expectCkr(() => s.unwrapKey(BOUND, wrapKey(), blob), "WRAPPED_KEY_INVALID");
    for (let i = 0; i < blob.length; i += 3) {
      const bad = Uint8Array.from(blob);
      bad[i] = (bad[i] as number) ^ 1;
      expectCkr(() => s.unwrapKey(BOUND, w, bad), "WRAPPED_KEY_INVALID");
    }
    expectCkr(() => s.unwrapKey(BOUND, w, blob.subarray(0, -1)), "WRAPPED_KEY_INVALID");
    expectCkr(() => s.unwrapKey(BOUND, w, new Uint8Array(0)), "WRAPPED_KEY_INVALID");
  });
});

describe("A5, A6: RSA as a way in and out", () => {
  test("A5: a key of the host's choosing does not become a wrapping key", () => {
    const { publicKey, privateKey } = s.generateKeyPair(
      { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 },
      { WRAP: true },
      { UNWRAP: true },
    );
    const { MODULUS: n } = s.getAttributes(publicKey, ["MODULUS"]);
    const key = { key: { kty: "RSA", n: Buffer.from(n).toString("base64url"), e: "AQAB" }, format: "jwk" as const };
    const trojan = publicEncrypt({ ...key, padding: constants.RSA_PKCS1_PADDING } as never, Buffer.alloc(32, 7));
    const template = { CLASS: "SECRET_KEY", KEY_TYPE: "AES", WRAP: true } as const;
    expectCkr(
      () => s.unwrapKey({ mechanism: "RSA_PKCS" }, privateKey, trojan, template),
      "MECHANISM_INVALID",
      "TEMPLATE_INCONSISTENT",
    );
    expectCkr(
      () => s.unwrapKey({ mechanism: "RSA_PKCS_OAEP", hash: "SHA1" }, privateKey, trojan, template),
      "MECHANISM_INVALID",
      "TEMPLATE_INCONSISTENT",
    );
  });

  test("A6: an RSA pair has one usage in both halves", () => {
    const pair = (pub: KeyTemplate, priv: KeyTemplate): unknown =>
      s.generateKeyPair({ mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 }, pub, priv);
    expectCkr(() => pair({ WRAP: true }, { UNWRAP: true, DECRYPT: true }), "TEMPLATE_INCONSISTENT");
    expectCkr(() => pair({ WRAP: true }, { DECRYPT: true }), "TEMPLATE_INCONSISTENT");
    expectCkr(() => pair({ ENCRYPT: true, VERIFY: true }, {}), "TEMPLATE_INCONSISTENT");
    expect(s.findObjects({ KEY_TYPE: "RSA" })).toEqual([]);
  });

  test("A11f-h: wrapping keys from outside are refused: RSA, RSA with exponent 1, AES", () => {
    const publicKey = { CLASS: "PUBLIC_KEY", KEY_TYPE: "RSA", MODULUS, PUBLIC_EXPONENT: E65537 } as const;
    expectCkr(
      () => s.createObject({ ...publicKey, PUBLIC_EXPONENT: Uint8Array.of(1), WRAP: true }),
      "TEMPLATE_INCONSISTENT",
    );
    expectCkr(() => s.createObject({ ...publicKey, PUBLIC_EXPONENT: Uint8Array.of(1) }), "ATTRIBUTE_VALUE_INVALID");
    expectCkr(() => s.createObject({ ...publicKey, PUBLIC_EXPONENT: Uint8Array.of(3) }), "ATTRIBUTE_VALUE_INVALID");
    expectCkr(() => s.createObject({ ...publicKey, WRAP: true }), "TEMPLATE_INCONSISTENT");
    expectCkr(
      () => s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: new Uint8Array(32), WRAP: true }),
      "TEMPLATE_INCONSISTENT",
    );
    expectCkr(
      () => s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: new Uint8Array(32), UNWRAP: true }),
      "TEMPLATE_INCONSISTENT",
    );
  });
});

describe("A7: padding oracles", () => {
  test("RSA PKCS #1 v1.5 decryption answers every ciphertext of the right size and range alike", () => {
    const { publicKey, privateKey } = s.generateKeyPair(
      { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 },
      { usage: "encrypt" },
    );
    const good = s.encrypt({ mechanism: "RSA_PKCS" }, publicKey, new Uint8Array(16));
    expect([...s.decrypt({ mechanism: "RSA_PKCS" }, privateKey, good)]).toEqual([...new Uint8Array(16)]);
    const outcomes = new Set<string>();
    for (let i = 1; i < 12; i++) {
      const bad = Uint8Array.from(good);
      bad[bad.length - i] = (bad[bad.length - i] as number) ^ 1;
      outcomes.add(ckrOf(() => s.decrypt({ mechanism: "RSA_PKCS" }, privateKey, bad)));
    }
    expect([...outcomes]).toEqual(["OK"]);
  });

  test("A7b: OAEP has one failure", () => {
    const { publicKey, privateKey } = s.generateKeyPair(
      { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 },
      { usage: "encrypt" },
    );
    const oaep = { mechanism: "RSA_PKCS_OAEP", hash: "SHA256" } as const;
    const good = s.encrypt(oaep, publicKey, new Uint8Array(16));
    const variants = [
      Uint8Array.from(good, (x, i) => (i === 200 ? x ^ 1 : x)),
      new Uint8Array(256),
      new Uint8Array(256).fill(255),
      Uint8Array.from(good, (x, i) => (i === 0 ? x ^ 0x80 : x)),
    ];
    for (const bad of variants) expectCkr(() => s.decrypt(oaep, privateKey, bad), "ENCRYPTED_DATA_INVALID");
  });

  test("A8b: CBC padding has one failure, inherent to the mechanism and documented", () => {
    const cbc = { mechanism: "AES_CBC_PAD", iv: new Uint8Array(16) } as const;
    const encrypted = s.encrypt(cbc, K, new Uint8Array(20));
    const outcomes = new Set<string>();
    for (let i = 0; i < 256; i++)
      outcomes.add(
        ckrOf(() =>
          s.decrypt(
            cbc,
            K,
            Uint8Array.from(encrypted, (x, at) => (at === 15 ? x ^ i : x)),
          ),
        ),
      );
    expect([...outcomes].sort()).toEqual(["ENCRYPTED_DATA_INVALID", "OK"]);
    expectCkr(
      () => s.unwrapKey(cbc as never, wrapKey(), encrypted, { CLASS: "SECRET_KEY", KEY_TYPE: "AES" }),
      "MECHANISM_INVALID",
    );
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
  ])("%o cannot be set", (template) => {
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
  test("a user does not make, create or set a trusted key", () => {
    expectCkr(() => aes({ TRUSTED: true }), "ATTRIBUTE_READ_ONLY");
    expectCkr(
      () => s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: new Uint8Array(32), TRUSTED: true }),
      "ATTRIBUTE_READ_ONLY",
    );
  });

  test("a key to be wrapped only with trusted keys stays so", () => {
    const key = aes({ EXTRACTABLE: true, WRAP_WITH_TRUSTED: true });
    expectCkr(() => s.wrapKey(BOUND, wrapKey(), key), "KEY_NOT_WRAPPABLE");
    expectCkr(() => s.setAttributes(key, { WRAP_WITH_TRUSTED: false }), "ATTRIBUTE_READ_ONLY");
    expectCkr(() => s.copyObject(key, { WRAP_WITH_TRUSTED: false }), "ATTRIBUTE_READ_ONLY");
  });
});

describe("A11: weak keys and weak wrapping", () => {
  test("the wrapping key is the stronger one and never wraps itself or its copy", () => {
    expectCkr(() => s.wrapKey(BOUND, aes({ usage: "wrap" }, 16), K), "WRAPPING_KEY_SIZE_RANGE");
    const w = aes({ usage: "wrap", EXTRACTABLE: true });
    expectCkr(() => s.wrapKey(BOUND, w, w), "KEY_NOT_WRAPPABLE");
    expectCkr(() => s.wrapKey(BOUND, w, s.copyObject(w)), "KEY_NOT_WRAPPABLE");
  });

  test("a wrapping key cannot be read: neither generated, nor certified by the SO, nor copied", () => {
    const readable = { SENSITIVE: false, EXTRACTABLE: true, usage: "wrap" } as const;
    expectCkr(() => aes(readable), "TEMPLATE_INCONSISTENT");
    expectCkr(() => aes({ ...readable, usage: undefined, UNWRAP: true } as never), "TEMPLATE_INCONSISTENT");
    expectCkr(() => s.copyObject(wrapKey(), { SENSITIVE: false }), "ATTRIBUTE_READ_ONLY");
    const so = createHsm({ pin: "user-pin", soPin: "so-pin-1" }).openSession({ readWrite: true });
    so.login("so", "so-pin-1");
    const certified = {
      CLASS: "SECRET_KEY",
      KEY_TYPE: "AES",
      VALUE: new Uint8Array(32),
      PRIVATE: false,
      TRUSTED: true,
    };
    expectCkr(() => so.createObject({ ...certified, ...readable } as KeyTemplate), "TEMPLATE_INCONSISTENT");
    expectCkr(() => so.createObject({ ...certified, usage: "wrap" } as KeyTemplate), "OK");
  });

  test("a wrapping key that comes back from its own backup opens what it wrapped", () => {
    const [outer, inner] = [wrapKey(), aes({ usage: "wrap", EXTRACTABLE: true })];
    const [backup, blob] = [s.wrapKey(BOUND, outer, inner), s.wrapKey(BOUND, inner, K)];
    s.destroyObject(inner);
    const restored = s.unwrapKey(BOUND, outer, backup);
    expect(s.getAttributes(s.unwrapKey(BOUND, restored, blob), ["ENCRYPT", "WRAP"])).toEqual({
      ENCRYPT: true,
      WRAP: false,
    });
  });

  test.each(["AES_ECB", "AES_CBC", "AES_GCM", "AES_KEY_WRAP", "AES_KEY_WRAP_KWP", "AES_CBC_PAD"])(
    "%s does not wrap",
    (mechanism) => {
      expectCkr(
        () => s.wrapKey({ mechanism, iv: new Uint8Array(16) } as never, wrapKey(), K),
        "MECHANISM_INVALID",
        "MECHANISM_PARAM_INVALID",
      );
    },
  );

  test("A11d: RSA keys too small or with a small exponent are not made", () => {
    const generate = (choice: object): unknown =>
      s.generateKeyPair({ mechanism: "RSA_PKCS_KEY_PAIR_GEN", ...choice } as never, {});
    expectCkr(
      () => generate({ modulusBits: 512 }),
      "KEY_SIZE_RANGE",
      "MECHANISM_PARAM_INVALID",
      "ATTRIBUTE_VALUE_INVALID",
    );
    expectCkr(
      () => generate({ modulusBits: 1024 }),
      "KEY_SIZE_RANGE",
      "MECHANISM_PARAM_INVALID",
      "ATTRIBUTE_VALUE_INVALID",
    );
    expectCkr(
      () => generate({ modulusBits: 2048, publicExponent: Uint8Array.of(3) }),
      "MECHANISM_PARAM_INVALID",
      "ATTRIBUTE_VALUE_INVALID",
    );
  });
});

describe("A12, A13: derivation", () => {
  test("A12: keys are not joined, cut or mixed with known bytes", () => {
    const [base, other] = [aes({ usage: "derive" }), aes({ usage: "derive" })];
    const derive = (mechanism: MechanismChoice) => () => s.deriveKey(mechanism, base, { VALUE_LEN: 16 });
    expectCkr(derive({ mechanism: "XOR_BASE_AND_DATA", data: new Uint8Array(32) }), "MECHANISM_INVALID");
    expectCkr(derive({ mechanism: "EXTRACT_KEY_FROM_KEY", bit: 0 }), "MECHANISM_INVALID");
    expectCkr(derive({ mechanism: "CONCATENATE_BASE_AND_KEY", key: other }), "MECHANISM_INVALID");
  });

  test("A13: what is derived from a sensitive key is sensitive", () => {
    const { publicKey, privateKey } = s.generateKeyPair(
      { mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" },
      { usage: "derive" },
    );
    const { EC_POINT } = s.getAttributes(publicKey, ["EC_POINT"]);
    const ecdh = { mechanism: "ECDH1_DERIVE", publicData: EC_POINT } as const;
    expectCkr(() => s.deriveKey(ecdh, privateKey, { SENSITIVE: false }), "TEMPLATE_INCONSISTENT");
    expectCkr(() => s.deriveKey(ecdh, privateKey, { SENSITIVE: false, EXTRACTABLE: true }), "TEMPLATE_INCONSISTENT");
    expectCkr(() => s.deriveKey(ecdh, privateKey, { EXTRACTABLE: true }), "TEMPLATE_INCONSISTENT");
    expectCkr(
      () =>
        s.deriveKey({ mechanism: "PHSM_ECDH_SHARED_SECRET", publicData: EC_POINT }, privateKey, { SENSITIVE: false }),
      "MECHANISM_INVALID",
    );
    const derived = s.deriveKey(ecdh, privateKey, {});
    expectCkr(() => s.getAttributes(derived, ["VALUE"]), "ATTRIBUTE_SENSITIVE");
    expect(s.findObjects({ CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET" })).toEqual([derived]);
  });

  test("A13b: every bad peer point is one and the same error", () => {
    const { privateKey } = s.generateKeyPair({ mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" }, { usage: "derive" });
    const points = [
      new Uint8Array(0),
      Uint8Array.of(0),
      new Uint8Array(65),
      new Uint8Array(65).fill(255),
      Uint8Array.from({ length: 65 }, (_, i) => (i === 0 ? 4 : 1)),
      new Uint8Array(97).fill(4),
      Uint8Array.from({ length: 33 }, (_, i) => (i === 0 ? 2 : 1)),
    ];
    for (const publicData of points)
      expectCkr(
        () => s.deriveKey({ mechanism: "ECDH1_DERIVE", publicData }, privateKey, {}),
        "MECHANISM_PARAM_INVALID",
      );
  });

  test("A13c-e: EC keys off the curve or out of range are not imported", () => {
    const EC_PARAMS = encodeEcParams("P-256");
    const point = Uint8Array.from({ length: 67 }, (_, i) => [4, 65, 4][i] ?? 1);
    expectCkr(
      () => s.createObject({ CLASS: "PUBLIC_KEY", KEY_TYPE: "EC", EC_PARAMS, EC_POINT: point, VERIFY: true }),
      "ATTRIBUTE_VALUE_INVALID",
    );
    for (const fill of [0, 255])
      expectCkr(
        () =>
          s.createObject({
            CLASS: "PRIVATE_KEY",
            KEY_TYPE: "EC",
            EC_PARAMS,
            VALUE: new Uint8Array(32).fill(fill),
            SIGN: true,
          }),
        "ATTRIBUTE_VALUE_INVALID",
      );
  });
});

describe("A14, A15: use", () => {
  test("A14: no operation without its usage", () => {
    const key = aes({});
    const gcm = { mechanism: "AES_GCM" } as const;
    expectCkr(() => s.encrypt(gcm, key, new Uint8Array(1)), "KEY_FUNCTION_NOT_PERMITTED");
    expectCkr(() => s.decrypt(gcm, key, new Uint8Array(30)), "KEY_FUNCTION_NOT_PERMITTED");
    expectCkr(() => s.wrapKey(BOUND, key, K), "KEY_FUNCTION_NOT_PERMITTED");
    expectCkr(() => s.unwrapKey(BOUND, key, new Uint8Array(30)), "KEY_FUNCTION_NOT_PERMITTED");
    expectCkr(() => s.sign({ mechanism: "AES_CMAC" }, key, new Uint8Array(1)), "KEY_FUNCTION_NOT_PERMITTED");
    expectCkr(
      () => s.verify({ mechanism: "AES_CMAC" }, key, new Uint8Array(1), new Uint8Array(16)),
      "KEY_FUNCTION_NOT_PERMITTED",
    );
    expectCkr(() => s.deriveKey({ mechanism: "HKDF_DERIVE" } as never, key), "KEY_FUNCTION_NOT_PERMITTED");
  });

  test("A14b: a key works only with the mechanisms it allows, in every operation", () => {
    const key = aes({ usage: "encrypt", ALLOWED_MECHANISMS: ["AES_CTR"] });
    expectCkr(() => s.encrypt({ mechanism: "AES_GCM" }, key, new Uint8Array(1)), "MECHANISM_INVALID");
    expectCkr(() => s.encryptInit({ mechanism: "AES_GCM" }, key), "MECHANISM_INVALID");
    expectCkr(
      () => s.encrypt({ mechanism: "AES_CTR", counter: new Uint8Array(16) } as never, key, new Uint8Array(1)),
      "OK",
    );
    expectCkr(
      () =>
        s.encrypt(
          { mechanism: "AES_CTR", counter: new Uint8Array(16) } as never,
          aes({ usage: "encrypt", ALLOWED_MECHANISMS: [] }),
          new Uint8Array(1),
        ),
      "MECHANISM_INVALID",
    );
  });

  test("A15, A15c: GCM takes tags of 96 to 128 bits and IVs of at least 96 bits", () => {
    for (const tagBytes of [0, 1, 4, 8, 11, 17])
      expectCkr(() => s.encrypt({ mechanism: "AES_GCM", tagBytes }, K, new Uint8Array(1)), "MECHANISM_PARAM_INVALID");
    for (const bytes of [0, 1, 8, 11])
      expectCkr(
        () => s.encrypt({ mechanism: "AES_GCM", iv: new Uint8Array(bytes) }, K, new Uint8Array(1)),
        "MECHANISM_PARAM_INVALID",
      );
  });

  test("A15g: a MAC of the wrong length ends the operation", () => {
    const key = s.generateKey({ mechanism: "GENERIC_SECRET_KEY_GEN" }, { VALUE_LEN: 32, usage: "sign" });
    for (const bytes of [0, 1, 31, 33]) {
      s.verifyInit({ mechanism: "SHA256_HMAC" }, key);
      s.verifyUpdate(new Uint8Array(3));
      expectCkr(() => s.verifyFinal(new Uint8Array(bytes)), "SIGNATURE_LEN_RANGE");
      expectCkr(() => s.verifyFinal(new Uint8Array(32)), "OPERATION_NOT_INITIALIZED");
      expectCkr(
        () => s.verify({ mechanism: "SHA256_HMAC" }, key, new Uint8Array(3), new Uint8Array(bytes)),
        "SIGNATURE_LEN_RANGE",
      );
    }
    expectCkr(
      () => s.verify({ mechanism: "SHA256_HMAC" }, key, new Uint8Array(3), new Uint8Array(32)),
      "SIGNATURE_INVALID",
    );
  });

  test("A15h: keys of absurd sizes are not imported", () => {
    for (const bytes of [0, 1, 15, 33])
      expectCkr(
        () => s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: new Uint8Array(bytes) }),
        "ATTRIBUTE_VALUE_INVALID",
      );
    for (const bytes of [0, 1, 13])
      expectCkr(
        () =>
          s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", VALUE: new Uint8Array(bytes), SIGN: true }),
        "ATTRIBUTE_VALUE_INVALID",
      );
    const value = new Uint8Array(20).fill(1);
    const key = s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", VALUE: value, SIGN: true });
    expect(Buffer.from(s.sign({ mechanism: "SHA256_HMAC" }, key, new Uint8Array(1)))).toEqual(
      createHmac("sha256", value).update(new Uint8Array(1)).digest(),
    );
  });

  test("A15i: ECDSA signatures out of range or of the wrong length", () => {
    const { publicKey, privateKey } = s.generateKeyPair(
      { mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" },
      { usage: "sign" },
    );
    const ecdsa = { mechanism: "ECDSA_SHA256" } as const;
    const message = new Uint8Array(3);
    const good = s.sign(ecdsa, privateKey, message);
    const n = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex");
    const zero = new Uint8Array(32);
    const one = Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? 1 : 0));
    for (const [r, t] of [
      [zero, zero],
      [n, n],
      [one, zero],
      [zero, one],
    ] as const)
      expectCkr(() => s.verify(ecdsa, publicKey, message, Buffer.concat([r, t])), "SIGNATURE_INVALID");
    for (const length of [63, 65])
      expectCkr(() => s.verify(ecdsa, publicKey, message, new Uint8Array(length)), "SIGNATURE_LEN_RANGE");
    const malleated = (BigInt(`0x${n.toString("hex")}`) - BigInt(`0x${Buffer.from(good.subarray(32)).toString("hex")}`))
      .toString(16)
      .padStart(64, "0");
    expect(
      s.verify(ecdsa, publicKey, message, Buffer.concat([good.subarray(0, 32), Buffer.from(malleated, "hex")])),
    ).toBe(true);
  });

  test("a key of the wrong type is named, whatever the mechanism", () => {
    expectCkr(
      () => s.sign({ mechanism: "SHA256_HMAC" }, aes({ usage: "sign" }), new Uint8Array(1)),
      "KEY_TYPE_INCONSISTENT",
      "OK",
    );
    expectCkr(
      () => s.sign({ mechanism: "ECDSA_SHA256" }, aes({ usage: "sign" }), new Uint8Array(1)),
      "KEY_TYPE_INCONSISTENT",
    );
    expectCkr(() => s.encrypt({ mechanism: "RSA_PKCS" }, K, new Uint8Array(1)), "KEY_TYPE_INCONSISTENT");
  });
});
