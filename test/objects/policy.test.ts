import { createHmac, createPublicKey, publicEncrypt } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { ObjectHandle } from "../../src/cryptoki/handles.ts";
import type { CkrName } from "../../src/cryptoki/return-values.ts";
import { strictRules } from "../../src/objects/policy.ts";
import { createHsm } from "../../src/token/hsm.ts";
import type { Session } from "../../src/token/session.ts";
import { ckrOf } from "../support/ckr.ts";
import { pooledRsaEngine } from "../support/rsa-pool.ts";

const KNOWN = new Uint8Array(32).fill(7);
const aes = (s: Session, template: object): ObjectHandle =>
  s.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 32, ...template });
const victim = (s: Session): ObjectHandle => aes(s, { EXTRACTABLE: true, usage: "encrypt" });
const RSA_PUBLIC = {
  CLASS: "PUBLIC_KEY",
  KEY_TYPE: "RSA",
  MODULUS: new Uint8Array(256).fill(0xff),
  PUBLIC_EXPONENT: Uint8Array.of(1, 0, 1),
} as const;
const BOUND = { mechanism: "PHSM_BOUND_WRAP" } as const;

/** For each rule, the step of an attack that it alone stands against, and the refusal. */
const STEPS: Readonly<Record<string, [step: (s: Session) => unknown, refusal: CkrName]>> = {
  "one-usage": [(s) => aes(s, { WRAP: true, DECRYPT: true }), "TEMPLATE_INCONSISTENT"],
  "R1 usage is immutable": [
    (s) => s.setAttributes(s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: KNOWN }), { WRAP: true }),
    "ATTRIBUTE_READ_ONLY",
  ],
  "R2 wrapped keys carry their attributes": [
    (s) => {
      const w = aes(s, { usage: "wrap" });
      const open = s.unwrapKey(BOUND, w, s.wrapKey(BOUND, w, victim(s)), { SENSITIVE: false });
      expect(s.getAttributes(open, ["VALUE"]).VALUE.length).toBe(32);
    },
    "TEMPLATE_INCONSISTENT",
  ],
  "R4 wrapping keys are made in the token": [
    (s) =>
      s.wrapKey(BOUND, s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: KNOWN, WRAP: true }), victim(s)),
    "TEMPLATE_INCONSISTENT",
  ],
  "wrapping keys are sensitive": [
    (s) => {
      const w = aes(s, { usage: "wrap", SENSITIVE: false, EXTRACTABLE: true });
      s.wrapKey(BOUND, w, victim(s));
      expect(s.getAttributes(w, ["VALUE"]).VALUE.length).toBe(32);
    },
    "TEMPLATE_INCONSISTENT",
  ],
  "R5 the wrapping key is the stronger one": [
    (s) => s.wrapKey(BOUND, s.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 16, usage: "wrap" }), victim(s)),
    "WRAPPING_KEY_SIZE_RANGE",
  ],
  "keys protect within their dates": [
    (s) => s.encrypt("AES_GCM", aes(s, { usage: "encrypt", END_DATE: "20251231" }), KNOWN),
    "KEY_FUNCTION_NOT_PERMITTED",
  ],
  "derived keys are for data": [
    (s) => {
      const kdf = { mechanism: "SP800_108_COUNTER_KDF", label: KNOWN } as const;
      const base = s.generateKey("GENERIC_SECRET_KEY_GEN", { VALUE_LEN: 32, usage: "derive" });
      const value = { VALUE_LEN: 32 };
      const secret = s.deriveKey(kdf, s.deriveKey(kdf, base, { ...value, usage: "derive" }), {
        ...{ ...value, KEY_TYPE: "AES", usage: "sign" },
      } as const);
      const block = Uint8Array.of(0, 0, 0, 1, ...KNOWN, 0, 0, 0, 1, 0);
      const found = s.sign("SHA256_HMAC", s.deriveKey(kdf, base, { ...value, usage: "sign" }), block);
      const mac = s.sign("AES_CMAC", secret, KNOWN);
      const outside = s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: found, usage: "sign" });
      expect(s.verify("AES_CMAC", outside, KNOWN, mac)).toBe(true);
    },
    "TEMPLATE_INCONSISTENT",
  ],
  "digested keys can be read": [
    (s) => {
      s.digestInit("SHA256");
      s.digestKey(victim(s));
      expect(s.digestFinal().length).toBe(32);
    },
    "KEY_INDIGESTIBLE",
  ],
  "secrets of 112 bits": [
    (s) => s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", VALUE: KNOWN.slice(0, 13) }),
    "ATTRIBUTE_VALUE_INVALID",
  ],
  "RSA of 112 bits": [
    (s) =>
      s.createObject({
        CLASS: "PUBLIC_KEY",
        KEY_TYPE: "RSA",
        MODULUS: new Uint8Array(256).fill(0xff),
        PUBLIC_EXPONENT: Uint8Array.of(3),
      }),
    "ATTRIBUTE_VALUE_INVALID",
  ],
  "parameters are strong enough": [
    (s) => s.encrypt({ mechanism: "AES_GCM", tagBytes: 4 }, aes(s, { usage: "encrypt" }), KNOWN),
    "MECHANISM_PARAM_INVALID",
  ],
  "blocks are chained": [(s) => s.decrypt("AES_ECB", aes(s, { usage: "encrypt" }), KNOWN), "MECHANISM_INVALID"],
  "keys are not joined, cut or mixed with known bytes": [
    (s) =>
      s.deriveKey({ mechanism: "EXTRACT_KEY_FROM_KEY", bit: 0 }, aes(s, { usage: "derive" }), {
        VALUE_LEN: 16,
        EXTRACTABLE: false,
      }),
    "MECHANISM_INVALID",
  ],
  "RSA is padded": [
    (s) => s.encrypt("RSA_X_509", s.createObject({ ...RSA_PUBLIC, usage: "encrypt" }), KNOWN),
    "MECHANISM_INVALID",
  ],
  "derived keys inherit protection": [
    (s) => {
      const base = s.generateKey(
        { mechanism: "GENERIC_SECRET_KEY_GEN" },
        { VALUE_LEN: 32, usage: "derive", EXTRACTABLE: true },
      );
      const open = s.deriveKey({ mechanism: "SP800_108_COUNTER_KDF", label: KNOWN, context: KNOWN }, base, {
        SENSITIVE: false,
        EXTRACTABLE: true,
        VALUE_LEN: 32,
      });
      expect(s.getAttributes(open, ["VALUE"]).VALUE.length).toBe(32);
    },
    "TEMPLATE_INCONSISTENT",
  ],
};

const sessionWithout = (...names: string[]): Session =>
  createHsm({
    engine: pooledRsaEngine,
    policy: { name: "mutant", rules: strictRules.filter((rule) => !names.includes(rule.name)) },
  }).openSession({ readWrite: true });

describe.each(Object.entries(STEPS))("the rule %s", (name, [step, refusal]) => {
  test("stands against the attack", () => {
    expect(strictRules.map((rule) => rule.name)).toContain(name);
    expect(ckrOf(() => step(sessionWithout()))).toBe(refusal);
  });

  test("is what stands there: without it the attack comes back", () => {
    expect(ckrOf(() => step(sessionWithout(name)))).toBe("OK");
  });
});

test("R2 and R3 both refuse mechanisms that wrap a key bare, each for its own reason", () => {
  const bare = (s: Session): unknown => s.wrapKey({ mechanism: "AES_KEY_WRAP" }, aes(s, { usage: "wrap" }), victim(s));
  const [r2, r3] = ["R2 wrapped keys carry their attributes", "R3 wrapping has a sub-key of its own"] as const;
  expect(ckrOf(() => bare(sessionWithout(r2)))).toBe("MECHANISM_INVALID");
  expect(ckrOf(() => bare(sessionWithout(r3)))).toBe("MECHANISM_INVALID");
  expect(ckrOf(() => bare(sessionWithout(r2, r3)))).toBe("OK");
});

describe("a private key that dictates what it unwraps", () => {
  const OAEP = { mechanism: "RSA_PKCS_OAEP", hash: "SHA256" } as const;
  const DICTATED = {
    CLASS: "SECRET_KEY",
    KEY_TYPE: "GENERIC_SECRET",
    SENSITIVE: true,
    EXTRACTABLE: true,
    SIGN: true,
    ALLOWED_MECHANISMS: ["SHA256_HMAC"],
  } as const;

  /** Takes a known secret in under a new pair's key, whose CKA_UNWRAP_TEMPLATE is that. */
  const take = (s: Session, UNWRAP_TEMPLATE: object | undefined, template: object = {}): ObjectHandle => {
    const pair = s.generateKeyPair(
      { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 },
      { usage: "wrap" },
      { usage: "wrap", ...(UNWRAP_TEMPLATE && { UNWRAP_TEMPLATE }) },
    );
    const { PUBLIC_KEY_INFO: key } = s.getAttributes(pair.publicKey, ["PUBLIC_KEY_INFO"]);
    const publicKey = createPublicKey({ key: Buffer.from(key), format: "der", type: "spki" });
    const wrapped = publicEncrypt({ key: publicKey, oaepHash: "sha256" }, KNOWN);
    return s.unwrapKey(OAEP, pair.privateKey, Uint8Array.from(wrapped), template);
  };

  test("takes a key in that was wrapped outside, as the kind of key that it says", () => {
    const s = sessionWithout();
    const key = take(s, DICTATED);
    const expected = createHmac("sha256", KNOWN).update("message").digest();
    expect(s.sign("SHA256_HMAC", key, new TextEncoder().encode("message"))).toEqual(Uint8Array.from(expected));
    expect(s.getAttributes(key, ["SENSITIVE", "LOCAL"])).toEqual({ SENSITIVE: true, LOCAL: false });
  });

  test("is contradicted by no template", () => {
    expect(ckrOf(() => take(sessionWithout(), DICTATED, { SENSITIVE: false }))).toBe("TEMPLATE_INCONSISTENT");
    expect(ckrOf(() => take(sessionWithout(), DICTATED, { DERIVE: true }))).toBe("TEMPLATE_INCONSISTENT");
  });

  test("makes no wrapping key", () => {
    const { SIGN, ...others } = DICTATED;
    const wrapping = { ...others, KEY_TYPE: "AES", WRAP: true, ALLOWED_MECHANISMS: ["PHSM_BOUND_WRAP"] };
    expect(ckrOf(() => take(sessionWithout(), wrapping))).toBe("TEMPLATE_INCONSISTENT");
  });

  test.each(["CLASS", "KEY_TYPE", "SENSITIVE", "EXTRACTABLE", "SIGN", "ALLOWED_MECHANISMS"] as const)(
    "does not dictate enough without CKA_%s, even when the caller says it",
    (name) => {
      const template = Object.fromEntries(Object.entries(DICTATED).filter(([other]) => other !== name));
      expect(ckrOf(() => take(sessionWithout(), template, DICTATED))).toBe("MECHANISM_INVALID");
    },
  );
});

test("the standard's policy has none of these rules", () => {
  const s = createHsm({ policy: "pkcs11" }).openSession({ readWrite: true });
  for (const [step] of Object.values(STEPS)) expect(ckrOf(() => step(s))).toBe("OK");
});

test("A key's time is made shorter, never longer: not by a change, not in a copy, and under strict alone", () => {
  const dated = { usage: "encrypt", START_DATE: "20250101", END_DATE: "20251231" } as const;
  const [strict, lax] = [createHsm(), createHsm({ policy: "pkcs11" })].map((hsm) =>
    hsm.openSession({ readWrite: true }),
  );
  for (const change of [{ END_DATE: "20260101" }, { END_DATE: "" }, { START_DATE: "20241231" }, { START_DATE: "" }]) {
    const key = aes(strict as Session, dated);
    expect(ckrOf(() => strict?.setAttributes(key, change))).toBe("ATTRIBUTE_READ_ONLY");
    expect(ckrOf(() => strict?.copyObject(key, change))).toBe("ATTRIBUTE_READ_ONLY");
    expect(ckrOf(() => lax?.setAttributes(aes(lax, dated), change))).toBe("OK");
  }
  const key = aes(strict as Session, dated);
  strict?.setAttributes(key, { START_DATE: "20250102", END_DATE: "20251230" });
  expect(strict?.getAttributes(key, ["START_DATE", "END_DATE"])).toEqual({
    START_DATE: "20250102",
    END_DATE: "20251230",
  });
  expect(ckrOf(() => strict?.setAttributes(aes(strict, { usage: "encrypt" }), { END_DATE: "20251230" }))).toBe("OK");
});

test("what is derived of a protected key derives only where the base key's template says so, and one step far", () => {
  const s = createHsm().openSession({ readWrite: true });
  const kdf = { mechanism: "SP800_108_COUNTER_KDF", label: KNOWN } as const;
  const made = { VALUE_LEN: 32, usage: "derive" } as const;
  const base = s.generateKey("GENERIC_SECRET_KEY_GEN", { ...made, DERIVE_TEMPLATE: { DERIVE: true } });
  const middle = s.deriveKey(kdf, base, { VALUE_LEN: 32 });
  expect(s.getAttributes(middle, ["DERIVE"])).toEqual({ DERIVE: true });
  expect(s.getAttributes(s.deriveKey(kdf, middle, { VALUE_LEN: 32, usage: "sign" }), ["SIGN"])).toEqual({ SIGN: true });
  for (const template of [
    { ...made, DERIVE_TEMPLATE: { DERIVE: true } },
    { VALUE_LEN: 32, usage: "sign" },
  ] as const)
    expect(ckrOf(() => s.deriveKey(kdf, base, template))).toBe("TEMPLATE_INCONSISTENT");
  expect(ckrOf(() => s.deriveKey(kdf, middle, made))).toBe("TEMPLATE_INCONSISTENT");
  const readable = s.createObject({
    ...{ CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", VALUE: KNOWN, SENSITIVE: false, EXTRACTABLE: true },
    usage: "derive",
  } as const);
  expect(ckrOf(() => s.deriveKey(kdf, readable, made))).toBe("OK");
});

test("what is decapsulated derives only where the private key's template says so", () => {
  const s = createHsm().openSession({ readWrite: true });
  const pair = (DECAPSULATE_TEMPLATE?: object): ReturnType<Session["generateKeyPair"]> =>
    s.generateKeyPair(
      { mechanism: "ML_KEM_KEY_PAIR_GEN", parameterSet: "ML-KEM-512" },
      { usage: "encapsulate" },
      { usage: "encapsulate", ...(DECAPSULATE_TEMPLATE && { DECAPSULATE_TEMPLATE }) },
    );
  for (const [pairOf, usage, refusal] of [
    [pair(), "derive", "TEMPLATE_INCONSISTENT"],
    [pair(), "sign", "OK"],
    [pair({ DERIVE: true }), "derive", "OK"],
    [pair({ DERIVE: true }), "sign", "TEMPLATE_INCONSISTENT"],
  ] as const) {
    const { ciphertext } = s.encapsulateKey("ML_KEM", pairOf.publicKey);
    expect(ckrOf(() => s.decapsulateKey("ML_KEM", pairOf.privateKey, ciphertext, { usage }))).toBe(refusal);
  }
});

test("R5 stands against a key around itself or its copy too", () => {
  const itself = (s: Session): unknown => {
    const w = aes(s, { usage: "wrap", EXTRACTABLE: true });
    return s.wrapKey(BOUND, w, s.copyObject(w));
  };
  expect(ckrOf(() => itself(sessionWithout()))).toBe("KEY_NOT_WRAPPABLE");
  expect(ckrOf(() => itself(sessionWithout("R5 the wrapping key is the stronger one")))).toBe("OK");
});

test("the strict bounds of RSA are 2048 to 4096 bits and exponents from 65537", () => {
  const strict = sessionWithout();
  const create = (bits: number, e: readonly number[]) => {
    const MODULUS = new Uint8Array(Math.ceil(bits / 8)).fill(0xff);
    MODULUS[0] = 0xff >> (8 * MODULUS.length - bits);
    return ckrOf(() =>
      strict.createObject({ CLASS: "PUBLIC_KEY", KEY_TYPE: "RSA", MODULUS, PUBLIC_EXPONENT: Uint8Array.from(e) }),
    );
  };
  for (const bits of [2048, 2049, 3072, 4096]) expect(create(bits, [1, 0, 1]), `${bits}`).toBe("OK");
  for (const bits of [1024, 2047, 4097, 8192]) expect(create(bits, [1, 0, 1])).toBe("ATTRIBUTE_VALUE_INVALID");
  for (const e of [[3], [255, 255]]) expect(create(2048, e)).toBe("ATTRIBUTE_VALUE_INVALID");
});

test("shorter RSA pairs are generated under the standard's policy alone, and refused before the long part", () => {
  const [strict, lax] = [sessionWithout(), createHsm({ policy: "pkcs11" }).openSession({ readWrite: true })];
  const three = Uint8Array.of(3);
  for (const [choice, template] of [
    [{}, { MODULUS_BITS: 1024 }],
    [{}, { MODULUS_BITS: 2048, PUBLIC_EXPONENT: three }],
    [{ modulusBits: 1024 }, {}],
    [{ modulusBits: 2048, publicExponent: three }, {}],
  ] as const) {
    const generate = (s: Session): unknown =>
      s.generateKeyPair({ mechanism: "RSA_PKCS_KEY_PAIR_GEN", ...choice }, { ...template, usage: "sign" });
    expect(["ATTRIBUTE_VALUE_INVALID", "MECHANISM_PARAM_INVALID"]).toContain(ckrOf(() => generate(strict)));
    expect(ckrOf(() => generate(lax))).toBe("OK");
  }
});

test("R4 takes a key from a password for one that its owner knows", () => {
  const wrapping = (s: Session): unknown =>
    s.generateKey(
      { mechanism: "PKCS5_PBKD2", prf: "SHA256_HMAC", password: KNOWN, salt: KNOWN, iterations: 1000 },
      { KEY_TYPE: "AES", VALUE_LEN: 32, WRAP: true },
    );
  expect(ckrOf(() => wrapping(sessionWithout()))).toBe("TEMPLATE_INCONSISTENT");
  expect(ckrOf(() => wrapping(sessionWithout("R4 wrapping keys are made in the token")))).toBe("OK");
});

test("weak parameters are refused under strict alone, by every mechanism that has them", () => {
  const [strict, lax] = [sessionWithout(), createHsm({ policy: "pkcs11" }).openSession({ readWrite: true })];
  const weak: readonly ((s: Session) => unknown)[] = [
    (s) => s.encrypt({ mechanism: "AES_GCM", iv: KNOWN.slice(0, 8) }, aes(s, { usage: "encrypt" }), KNOWN),
    (s) => s.encrypt({ mechanism: "AES_CCM", tagBytes: 4 }, aes(s, { usage: "encrypt" }), KNOWN),
    (s) => s.sign({ mechanism: "AES_GMAC", iv: KNOWN, tagBytes: 8 }, aes(s, { usage: "sign" }), KNOWN),
    (s) => s.signInit({ mechanism: "SHA256_HMAC_GENERAL", macBytes: 7 }, mac(s)),
    (s) => pbkdf2(s, KNOWN, 999),
    (s) => pbkdf2(s, KNOWN.slice(0, 15), 1000),
  ];
  for (const [i, use] of weak.entries()) {
    expect(
      ckrOf(() => use(strict)),
      `${i}`,
    ).toBe("MECHANISM_PARAM_INVALID");
    expect(
      ckrOf(() => use(lax)),
      `${i}`,
    ).toBe("OK");
  }
  expect(ckrOf(() => pbkdf2(strict, KNOWN.slice(0, 16), 1000))).toBe("OK");
});

const mac = (s: Session): ObjectHandle =>
  s.generateKey({ mechanism: "GENERIC_SECRET_KEY_GEN" }, { VALUE_LEN: 32, usage: "sign" });
const pbkdf2 = (s: Session, salt: Uint8Array, iterations: number): ObjectHandle =>
  s.generateKey({ mechanism: "PKCS5_PBKD2", prf: "SHA_1_HMAC", password: KNOWN, salt, iterations }, { VALUE_LEN: 32 });

test("every rule of the table has a step here", () => {
  expect(strictRules.map((rule) => rule.name).filter((name) => !(name in STEPS))).toEqual([
    "R3 wrapping has a sub-key of its own",
  ]);
});

test("no policy lets an unwrap template set secrets, the token's own attributes or another key type", () => {
  const s = createHsm({ policy: "pkcs11" }).openSession({ readWrite: true });
  const w = aes(s, { usage: "wrap" });
  const blob = s.wrapKey(BOUND, w, victim(s));
  expect(ckrOf(() => s.unwrapKey(BOUND, w, blob, { VALUE: KNOWN }))).toBe("TEMPLATE_INCONSISTENT");
  expect(ckrOf(() => s.unwrapKey(BOUND, w, blob, { LOCAL: false }))).toBe("ATTRIBUTE_READ_ONLY");
  expect(ckrOf(() => s.unwrapKey(BOUND, w, blob, { TRUSTED: true }))).toBe("ATTRIBUTE_READ_ONLY");
  expect(ckrOf(() => s.unwrapKey(BOUND, w, blob, { KEY_TYPE: "GENERIC_SECRET" }))).toBe("TEMPLATE_INCONSISTENT");
  expect(ckrOf(() => s.unwrapKey(BOUND, w, blob, { LABEL: "other" }))).toBe("OK");
});

test("under the laxer policy a key whose template names no use has those of its class, and one that names any has that one", () => {
  const [strict, lax] = [createHsm(), createHsm({ policy: "pkcs11" })].map((hsm) => hsm.openSession()) as [
    Session,
    Session,
  ];
  const FLAGS = ["ENCRYPT", "DECRYPT", "SIGN", "VERIFY", "WRAP", "UNWRAP", "DERIVE"] as const;
  const uses = (session: Session, template: object): string[] => {
    const key = session.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 16, ...template });
    return Object.entries(session.getAttributes(key, FLAGS)).flatMap(([name, isSet]) => (isSet ? [name] : []));
  };
  expect(uses(strict, {})).toEqual([]);
  expect(uses(lax, {})).toEqual(FLAGS.slice(0, -1));
  expect(uses(lax, { SIGN: true })).toEqual(["SIGN"]);
  expect(uses(lax, { DERIVE: true })).toEqual(["DERIVE"]);
  expect(uses(lax, { WRAP: false })).toEqual([]);
  expect(uses(lax, { usage: "encrypt" })).toEqual(["ENCRYPT", "DECRYPT"]);
  const pair = (template: object) => lax.generateKeyPair({ mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" }, template);
  const flags = ({ publicKey, privateKey }: ReturnType<typeof pair>) => ({
    ...lax.getAttributes(publicKey, ["ENCRYPT", "VERIFY", "WRAP"]),
    ...lax.getAttributes(privateKey, ["DECRYPT", "SIGN", "UNWRAP", "DERIVE"]),
  });
  const all = { ENCRYPT: true, VERIFY: true, WRAP: true, DECRYPT: true, SIGN: true, UNWRAP: true, DERIVE: false };
  const none = Object.fromEntries(Object.keys(all).map((name) => [name, false]));
  expect(flags(pair({}))).toEqual(all);
  expect(flags(pair({ usage: "sign" }))).toEqual({ ...none, VERIFY: true, SIGN: true });
  expect(flags(pair({ usage: "derive" }))).toEqual({ ...none, DERIVE: true });
});
