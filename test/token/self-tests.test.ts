/** The error state: each self-test is made to fail by name, and then the HSM does nothing any more. */

import { describe, expect, test } from "vitest";
import { fromHex } from "../../src/bytes/bytes.ts";
import type { CurveName, Engine, HashName, MlDsaSet, MlKemSet, RsaComponents } from "../../src/crypto/engine.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import type { AttributeName, Template } from "../../src/cryptoki/attributes.ts";
import { CkrError } from "../../src/cryptoki/error.ts";
import type { ObjectHandle } from "../../src/cryptoki/handles.ts";
import type { MechanismChoice } from "../../src/mechanisms/registry.ts";
import type { KeyTemplate, Usage } from "../../src/objects/template.ts";
import type { KnownAnswerName } from "../../src/selftest/all.ts";
import type { PairwiseName } from "../../src/selftest/pairwise.ts";
import { type SelfTestName, selfTestNames } from "../../src/selftest/self-tests.ts";
import { createHsm, Hsm, type HsmOptions } from "../../src/token/hsm.ts";
import { Session } from "../../src/token/session.ts";
import { overEngines } from "../crypto/engine-suite.ts";
import { expectCkr } from "../support/ckr.ts";
import { nodeRsaKey } from "../support/rsa-fixture.ts";
import { hsmCalls, methodsOf, sessionCalls } from "./support/calls.ts";

const FAILED = "FIPS_SELF_TEST_FAILED";
const data = new Uint8Array(32);
const { components } = nodeRsaKey(2048);

// ── The first use of each algorithm ────────────────────────────────────────────────────────────────────────────────

type Use = (session: Session, hsm: Hsm) => unknown;

const HASHES: readonly HashName[] = [
  ...(["SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "SHA512_224", "SHA512_256"] as const),
  ...(["SHA3_224", "SHA3_256", "SHA3_384", "SHA3_512", "SM3"] as const),
];
const mechanismOf = (hash: HashName): string => ({ SHA1: "SHA_1", SM3: "PHSM_SM3" })[hash as string] ?? hash;

const each = <K extends string, N extends string>(
  keys: readonly K[],
  name: (key: K) => N,
  use: (key: K) => Use,
): Record<N, Use> => Object.fromEntries(keys.map((key) => [name(key), use(key)])) as Record<N, Use>;

const hmacWith =
  (choice: string): Use =>
  (s) =>
    s.sign(choice as "SHA256_HMAC", s.generateKey("GENERIC_SECRET_KEY_GEN", { VALUE_LEN: 32, usage: "sign" }), data);
const aes: Use = (s) => s.encrypt("AES_GCM", s.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "encrypt" }), data);
const sm4: Use = (s) => s.encrypt("PHSM_SM4_GCM", s.generateKey("PHSM_SM4_KEY_GEN", { usage: "encrypt" }), data);
const pair =
  (choice: MechanismChoice, usage: Usage): Use =>
  (s) =>
    s.generateKeyPair(choice, { usage });
const ec = (curve: CurveName, usage: Usage = "sign"): Use => pair({ mechanism: "EC_KEY_PAIR_GEN", curve }, usage);
const edwards = (curve: "Ed25519" | "Ed448"): Use => pair({ mechanism: "EC_EDWARDS_KEY_PAIR_GEN", curve }, "sign");
const montgomery = (curve: "X25519" | "X448"): Use =>
  pair({ mechanism: "EC_MONTGOMERY_KEY_PAIR_GEN", curve }, "derive");
const sm2 = (usage: Usage): Use => pair("PHSM_SM2_KEY_PAIR_GEN", usage);
const slhDsa = (family: "SHA2" | "SHAKE"): Use =>
  pair({ mechanism: "SLH_DSA_KEY_PAIR_GEN", parameterSet: `SLH-DSA-${family}-128f` }, "sign");
const kem = (parameterSet: MlKemSet): Use => pair({ mechanism: "ML_KEM_KEY_PAIR_GEN", parameterSet }, "encapsulate");
const dsa = (parameterSet: MlDsaSet): Use => pair({ mechanism: "ML_DSA_KEY_PAIR_GEN", parameterSet }, "sign");
const rsa = (usage: Usage): Use => pair({ mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 }, usage);
const initToken: Use = (_, hsm) => hsm.initToken(hsm.slots()[1]?.slot as never, "so-pin", "other");

const CURVES: readonly CurveName[] = [
  ...(["P-224", "P-256", "P-384", "P-521", "secp256k1"] as const),
  ...(["brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"] as const),
];

/** A call that cannot do without the algorithm. CTR_DRBG comes before any. */
const KNOWN_ANSWER_USES: Readonly<Record<Exclude<KnownAnswerName, "CTR_DRBG">, Use>> = {
  ...each(
    HASHES,
    (hash) => hash,
    (hash) => (s) => s.digest(mechanismOf(hash) as "SHA256", data),
  ),
  ...each(
    HASHES,
    (hash) => `HMAC-${hash}` as const,
    (hash) => hmacWith(`${mechanismOf(hash)}_HMAC`),
  ),
  ...each(
    ["AES-GCM", "AES-CBC", "AES-CTR", "AES-CMAC", "AES-KW", "AES-KWP", "CCM"],
    (name) => name,
    () => aes,
  ),
  ...each(
    ["SM4-GCM", "SM4-CBC", "SM4-CTR"],
    (name) => name,
    () => sm4,
  ),
  ...each(
    CURVES,
    (curve) => `ECDSA ${curve} sign` as const,
    (curve) => ec(curve),
  ),
  ...each(
    CURVES,
    (curve) => `ECDSA ${curve} verify` as const,
    (curve) => ec(curve),
  ),
  ...each(
    CURVES,
    (curve) => `ECDH ${curve}` as const,
    (curve) => ec(curve),
  ),
  ...each(["Ed25519", "Ed448"], (curve) => `${curve} sign` as const, edwards),
  ...each(["Ed25519", "Ed448"], (curve) => `${curve} verify` as const, edwards),
  ...each(["X25519", "X448"], (curve) => curve, montgomery),
  ...each(
    ["sign", "verify", "encrypt", "decrypt", "agreement"],
    (what) => `SM2 ${what}` as const,
    () => sm2("sign"),
  ),
  ...each(
    ["sign", "verify", "encrypt", "decrypt"],
    (what) => `RSA ${what}` as const,
    () => rsa("sign"),
  ),
  ...each(["ML-KEM-512", "ML-KEM-768", "ML-KEM-1024"], (set) => set, kem),
  ...each(["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"], (set) => set, dsa),
  ...each(["SHA2", "SHAKE"], (family) => `SLH-DSA ${family}` as const, slhDsa),
  SHAKE128: (s) => s.digest("PHSM_SHAKE128", data),
  SHAKE256: (s) => s.digest("PHSM_SHAKE256", data),
  PBKDF2: (s) =>
    s.generateKey(
      { mechanism: "PKCS5_PBKD2", prf: "SHA256_HMAC", password: data, salt: data, iterations: 1000 },
      { CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE_LEN: 32 },
    ),
  HKDF: hmacWith("SHA256_HMAC"),
  "KDF SP 800-108": hmacWith("SHA256_HMAC"),
  "KDF X9.63": montgomery("X25519"),
  scrypt: initToken,
};

interface Pair {
  readonly choice: MechanismChoice;
  readonly usage: Usage;
  /** What C_CreateObject needs to make the private key again. */
  readonly attributes: readonly AttributeName[];
}

const ecValue: readonly AttributeName[] = ["EC_PARAMS", "VALUE"];
const pqValue: readonly AttributeName[] = ["PARAMETER_SET", "VALUE"];
const rsaValues: readonly AttributeName[] = [
  ...(["MODULUS", "PUBLIC_EXPONENT", "PRIVATE_EXPONENT", "PRIME_1", "PRIME_2"] as const),
  ...(["EXPONENT_1", "EXPONENT_2", "COEFFICIENT"] as const),
];
const rsaGen: MechanismChoice = { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 2048 };
const p256: MechanismChoice = { mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" };
const slh: MechanismChoice = { mechanism: "SLH_DSA_KEY_PAIR_GEN", parameterSet: "SLH-DSA-SHA2-128f" };

// biome-ignore format: a table
const PAIRS: Readonly<Record<PairwiseName, Pair>> = {
  "pairwise RSA signature":   { choice: rsaGen,                  usage: "sign",    attributes: rsaValues },
  "pairwise RSA encryption":  { choice: rsaGen,                  usage: "encrypt", attributes: rsaValues },
  "pairwise ECDSA":           { choice: p256,                    usage: "sign",    attributes: ecValue },
  "pairwise ECDH":            { choice: p256,                    usage: "derive",  attributes: ecValue },
  "pairwise EdDSA":           { choice: "EC_EDWARDS_KEY_PAIR_GEN", usage: "sign",  attributes: ecValue },
  "pairwise X25519 and X448": { choice: { mechanism: "EC_MONTGOMERY_KEY_PAIR_GEN", curve: "X25519" }, usage: "derive", attributes: ecValue },
  "pairwise SM2 signature":   { choice: "PHSM_SM2_KEY_PAIR_GEN", usage: "sign",    attributes: ecValue },
  "pairwise SM2 encryption":  { choice: "PHSM_SM2_KEY_PAIR_GEN", usage: "encrypt", attributes: ecValue },
  "pairwise SM2 agreement":   { choice: "PHSM_SM2_KEY_PAIR_GEN", usage: "derive",  attributes: ecValue },
  "pairwise ML-DSA":          { choice: { mechanism: "ML_DSA_KEY_PAIR_GEN", parameterSet: "ML-DSA-44" }, usage: "sign", attributes: pqValue },
  "pairwise SLH-DSA":         { choice: slh,                     usage: "sign",    attributes: pqValue },
  "pairwise ML-KEM":          { choice: { mechanism: "ML_KEM_KEY_PAIR_GEN", parameterSet: "ML-KEM-512" }, usage: "encapsulate", attributes: pqValue },
};
const pairNames = Object.keys(PAIRS) as PairwiseName[];

const USES: Readonly<Record<Exclude<SelfTestName, "CTR_DRBG">, Use>> = {
  ...KNOWN_ANSWER_USES,
  ...each(
    pairNames,
    (name) => name,
    (name) => pair(PAIRS[name].choice, PAIRS[name].usage),
  ),
};

/** RSA keys are not what takes time here. */
const quick = (engine: Engine): Engine => {
  if (!quickened.has(engine)) {
    const rsaGenerate = function* (): Generator<void, RsaComponents> {
      return Object.fromEntries(Object.entries(components).map(([n, v]) => [n, v.slice()])) as unknown as RsaComponents;
    };
    quickened.set(engine, { ...engine, rsaGenerate });
  }
  return quickened.get(engine) as Engine;
};
const quickened = new Map<Engine, Engine>();

const open = (options: HsmOptions): { hsm: Hsm; session: Session } => {
  const hsm = createHsm({ slots: 2, ...options });
  return { hsm, session: hsm.openSession({ readWrite: true }) };
};

// ── Every service ──────────────────────────────────────────────────────────────────────────────────────────────────

/** What answers in the error state, and why. */
const EXEMPT: Readonly<Record<string, string>> = {
  slots: "C_GetSlotList and C_GetTokenInfo say what is there, and nothing of a key; NSS answers them in FIPS mode too",
  tokenInfo: "C_GetTokenInfo says that the token is in its error state: CKF_ERROR_STATE",
  initialize: "C_Initialize is the way out",
};

/** Arguments that every method takes, from an HSM that is in order: in the error state nobody looks at them. */
const sessionArguments = methodsOf(Session).map((name) => {
  const prepare = sessionCalls(open({}).session)[name];
  return [name, prepare?.() ?? []] as const;
});
const hsmArguments = Object.entries(hsmCalls(open({}).hsm)).map(([name, prepare]) => [name, prepare()] as const);

type Methods = Record<string, (...given: readonly unknown[]) => unknown>;

async function outcomeOf(call: () => unknown): Promise<string> {
  try {
    await call();
    return "OK";
  } catch (error) {
    expect(error).toBeInstanceOf(CkrError);
    return (error as CkrError).ckr;
  }
}

/** How every public method of both answers. */
async function outcomes({ hsm, session }: { hsm: Hsm; session: Session }): Promise<Record<string, string>> {
  const answers: Record<string, string> = {};
  for (const [name, given] of sessionArguments) {
    answers[`Session.${name}`] = await outcomeOf(() => (session as unknown as Methods)[name]?.(...given));
  }
  for (const [name, given] of hsmArguments) {
    if (name in EXEMPT) continue;
    answers[`Hsm.${name}`] = await outcomeOf(() => (hsm as unknown as Methods)[name]?.(...given));
  }
  return answers;
}

const everyRefusal: Readonly<Record<string, string>> = Object.fromEntries([
  ...methodsOf(Session).map((name) => [`Session.${name}`, FAILED]),
  ...methodsOf(Hsm)
    .filter((name) => !(name in EXEMPT))
    .map((name) => [`Hsm.${name}`, FAILED]),
]);

overEngines((given) => {
  const engine = quick(given);

  test("every self-test is made to fail here", () => {
    expect(["CTR_DRBG", ...Object.keys(USES)].sort()).toEqual([...selfTestNames].sort());
  });

  test.each(Object.entries(USES))("%s failing puts the HSM into the error state", async (name, use) => {
    const { hsm, session } = open({ engine, failSelfTests: [name as SelfTestName], policy: "pkcs11" });
    expect(session.generateRandom(8).length).toBe(8);
    expect(() => use(session, hsm)).toThrow(`CKR_${FAILED}: the self-test ${name} failed`);
    expect(await outcomes({ hsm, session })).toEqual(everyRefusal);
    expect(hsm.slots().length).toBe(2);

    hsm.initialize();
    expectCkr(() => session.info(), "SESSION_HANDLE_INVALID");
    const next = hsm.openSession({ readWrite: true });
    expect(next.findObjects()).toEqual([]);
    expect(next.generateRandom(16).length).toBe(16);
    // The algorithm is still broken, and is found out again.
    expectCkr(() => use(next, hsm), FAILED);
    expectCkr(() => next.generateRandom(16), FAILED);
  });

  test("without a random generator there is no HSM", () => {
    expectCkr(() => createHsm({ engine, failSelfTests: ["CTR_DRBG"] }), FAILED);
  });

  test("a pairwise test of an imported key that is made to fail leaves no object", () => {
    const source = open({ engine, policy: "pkcs11" });
    const wrapping = { CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: data, WRAP: true, UNWRAP: true } as const;
    const wrap = source.session.createObject(wrapping);
    for (const name of pairNames) {
      const { choice, usage, attributes } = PAIRS[name];
      const made = source.session.generateKeyPair(choice, { usage, extractable: true, sensitive: false });
      const wanted: AttributeName[] = [
        ...(["CLASS", "KEY_TYPE", "SIGN", "DECRYPT", "DERIVE", "DECAPSULATE"] as const),
        ...attributes,
      ];
      const has = (attribute: AttributeName): boolean => {
        try {
          source.session.getAttributes(made.privateKey, [attribute]);
          return true;
        } catch {
          return false;
        }
      };
      const template = source.session.getAttributes(made.privateKey, wanted.filter(has)) as Template;
      const blob = source.session.wrapKey("PHSM_BOUND_WRAP", wrap, made.privateKey);
      const ways: readonly ((s: Session) => ObjectHandle)[] = [
        (s) => s.createObject(template as KeyTemplate),
        (s) => s.unwrapKey("PHSM_BOUND_WRAP", s.createObject(wrapping), blob),
      ];
      for (const way of ways) {
        const good = open({ engine, policy: "pkcs11" });
        expect(good.session.findObjects({ CLASS: "PRIVATE_KEY" })).toEqual([]);
        expect(good.session.getAttributes(way(good.session), ["CLASS"])).toEqual({ CLASS: "PRIVATE_KEY" });

        const bad = open({ engine, policy: "pkcs11", failSelfTests: [name] });
        expect(() => way(bad.session)).toThrow(`CKR_${FAILED}: the self-test ${name} failed`);
        bad.hsm.initialize();
        expect(bad.hsm.openSession().findObjects({ CLASS: "PRIVATE_KEY" })).toEqual([]);
      }
    }
  });
});

describe("the error state", () => {
  test("gives nothing out of what was running", () => {
    const { hsm, session } = open({ failSelfTests: ["SM4-GCM"] });
    const key = session.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "encrypt" });
    session.encryptInit({ mechanism: "AES_GCM", iv: new Uint8Array(12) }, key);
    session.encryptUpdate(data);
    session.digestInit("SHA256");
    session.digestUpdate(data);
    expect(() => sm4(hsm.openSession(), hsm)).toThrow("SM4-GCM");
    expectCkr(() => session.encryptUpdate(data), FAILED);
    expectCkr(() => session.encryptFinal(), FAILED);
    expectCkr(() => session.digestFinal(), FAILED);
  });

  test("stops a key pair that is being made in slices", async () => {
    const { session } = open({ failSelfTests: ["SHA384"] });
    const job = session.generateKeyPairAsync(rsaGen, { usage: "sign" });
    expectCkr(() => session.digest("SHA384", data), FAILED);
    await expect(job).rejects.toMatchObject({ ckr: FAILED });
  });

  test("is a flag of the token's", () => {
    const { hsm, session } = open({ failSelfTests: ["SHA384"] });
    expect(hsm.tokenInfo().errorState).toBe(false);
    expectCkr(() => session.digest("SHA384", data), FAILED);
    expect(hsm.tokenInfo().errorState).toBe(true);
    expect(hsm.slots().map(({ token }) => token.errorState)).toEqual([true, true]);
    hsm.initialize();
    expect(hsm.tokenInfo().errorState).toBe(false);
  });

  test("is every session's, and no other HSM's", () => {
    const { hsm, session } = open({ failSelfTests: ["SHA384"] });
    const other = hsm.openSession();
    expectCkr(() => session.digest("SHA384", data), FAILED);
    expectCkr(() => other.digest("SHA256", data), FAILED);
    expect(open({}).session.digest("SHA384", data).length).toBe(48);
  });

  test("hides behind no other error: a wrapped key whose type cannot be tested", () => {
    const source = open({ policy: "pkcs11" });
    const kek = { CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: data, WRAP: true, UNWRAP: true } as const;
    const made = source.session.generateKeyPair(p256, { usage: "sign", extractable: true });
    const mechanism = "AES_KEY_WRAP_KWP";
    const blob = source.session.wrapKey(mechanism, source.session.createObject(kek), made.privateKey);
    const { session } = open({ policy: "pkcs11", failSelfTests: ["ECDH P-256"] });
    const unwrapping = session.createObject(kek);
    const template = { CLASS: "PRIVATE_KEY", KEY_TYPE: "EC", SIGN: true } as const;
    expectCkr(() => session.unwrapKey(mechanism, unwrapping, blob, template), FAILED);
  });

  test("names the test, and nothing that it saw", () => {
    const { session } = open({ failSelfTests: ["pairwise ECDSA"] });
    try {
      session.generateKeyPair(p256, { usage: "sign" });
      expect.unreachable();
    } catch (error) {
      expect((error as CkrError).message).toBe(
        "CKR_FIPS_SELF_TEST_FAILED: the self-test pairwise ECDSA failed; the HSM is in the error state",
      );
      expect((error as CkrError).cause).toBeUndefined();
    }
  });

  test("is asked for by a name that there is", () => {
    for (const failSelfTests of [["AES"], "AES-GCM", [1], { length: 0 }, null]) {
      expectCkr(() => createHsm({ failSelfTests: failSelfTests as never }), "ARGUMENTS_BAD");
    }
  });
});

describe("selfTest", () => {
  test("tells how every known-answer test went", () => {
    const { hsm, session } = open({});
    const told = hsm.selfTest();
    expect(told.map(({ name }) => name)).toEqual(selfTestNames.filter((name) => !name.startsWith("pairwise")));
    expect(told.every(({ passed }) => passed)).toBe(true);
    expect(session.digest("SHA256", data).length).toBe(32);
  });

  test("that finds a failure leaves the HSM in the error state", () => {
    const { hsm, session } = open({ failSelfTests: ["SM4-CTR"] });
    expect(hsm.selfTest().filter(({ passed }) => !passed)).toEqual([{ name: "SM4-CTR", passed: false }]);
    expectCkr(() => session.generateRandom(1), FAILED);
    expectCkr(() => hsm.selfTest(), FAILED);
    hsm.initialize();
    expect(hsm.openSession().generateRandom(1).length).toBe(1);
  });
});

describe("initialize", () => {
  test("ends sessions, logins and session objects; token objects stay and work", () => {
    const hsm = createHsm({ pin: "1234", pinCost: 2 });
    const session = hsm.openSession({ readWrite: true });
    session.login("user", "1234");
    const kept = session.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "encrypt", token: true, label: "kept" });
    session.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "encrypt" });
    const gcm = { mechanism: "AES_GCM", iv: new Uint8Array(12) } as const;
    const sealed = session.encrypt(gcm, kept, data);
    hsm.initialize();
    expectCkr(() => session.info(), "SESSION_HANDLE_INVALID");
    const next = hsm.openSession();
    expect(next.info().state).toBe("RO_PUBLIC_SESSION");
    next.login("user", "1234");
    const found = next.findObjects({ CLASS: "SECRET_KEY" });
    expect(found.map((object) => next.getAttributes(object, ["LABEL"]).LABEL)).toEqual(["kept"]);
    expect(next.decrypt(gcm, found[0] as ObjectHandle, sealed)).toEqual(data);
  });

  test("tests an algorithm anew, a prepared key's too", () => {
    let isBroken = false;
    const { engine, calls } = watched(() => isBroken);
    const { hsm, session } = open({ engine });
    const key = session.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "encrypt", token: true, PRIVATE: false });
    session.encrypt("AES_GCM", key, data);
    const once = calls();
    session.encrypt("AES_GCM", key, data);
    expect(calls()).toBe(once);
    hsm.initialize();
    isBroken = true;
    const next = hsm.openSession();
    expectCkr(() => next.encrypt("AES_GCM", key, data), FAILED);
  });

  test("leaves the error state of an entropy source that is well again", () => {
    let isStuck = false;
    let draws = 0;
    const entropy = (byteLength: number): Uint8Array =>
      isStuck
        ? new Uint8Array(byteLength)
        : crypto.getRandomValues(new Uint8Array(byteLength)).fill(draws++ & 255, 0, 1);
    const { hsm, session } = open({ entropy });
    isStuck = true;
    expectCkr(() => session.generateRandom(8), "DEVICE_ERROR");
    expectCkr(() => hsm.initialize(), "DEVICE_ERROR");
    isStuck = false;
    expectCkr(() => hsm.openSession(), "DEVICE_ERROR");
    hsm.initialize();
    expect(hsm.openSession().generateRandom(8).length).toBe(8);
  });

  /** An engine of which AES can break, and how often it was asked for a key. */
  function watched(isBroken: () => boolean): { engine: Engine; calls: () => number } {
    let calls = 0;
    const aesKey: Engine["aes"] = (key) => {
      calls++;
      return pureEngine.aes(isBroken() ? key.map((byte) => byte ^ 1) : key);
    };
    return { engine: { ...pureEngine, aes: aesKey }, calls: () => calls };
  }
});

describe("a pair that does not belong together", () => {
  /** Signs wrongly with every key but the self-test's. */
  const faulty: Engine = {
    ...pureEngine,
    ecPrivate(curve, scalar) {
      const key = pureEngine.ecPrivate(curve, scalar);
      const isTest = Buffer.from(scalar).toString("hex").startsWith("c9afa9d8");
      return key && { ...key, sign: (digest, rng) => key.sign(isTest ? digest : digest.map((b) => b ^ 1), rng) };
    },
  };

  test("is a failed self-test when it was made here", () => {
    const { hsm, session } = open({ engine: faulty });
    expect(() => session.generateKeyPair(p256, { usage: "sign" })).toThrow("the self-test pairwise ECDSA failed");
    expectCkr(() => session.findObjects(), FAILED);
    hsm.initialize();
    expect(hsm.openSession().findObjects()).toEqual([]);
  });

  test("is not tested for what it is not for: an agreement key does not sign", () => {
    const { session } = open({ engine: faulty });
    expect(session.generateKeyPair(p256, { usage: "derive" }).privateKey).toBeGreaterThan(0);
  });

  test("is a bad value when it came from outside, and the HSM works on", () => {
    const kemPair = pureEngine.mlKem("ML-KEM-512").generate(new Uint8Array(64).fill(1));
    const other = pureEngine.mlKem("ML-KEM-512").generate(new Uint8Array(64).fill(2));
    // dk_PKE of one pair before ek ‖ H(ek) ‖ z of the other: each part is sound (FIPS 203, 7.3).
    const VALUE = Uint8Array.from([...kemPair.privateKey.subarray(0, 768), ...other.privateKey.subarray(768)]);
    const { session } = open({});
    const template = { CLASS: "PRIVATE_KEY", KEY_TYPE: "ML_KEM", PARAMETER_SET: 1, usage: "encapsulate" } as const;
    expectCkr(() => session.createObject({ ...template, VALUE }), "ATTRIBUTE_VALUE_INVALID");
    expect(session.findObjects()).toEqual([]);
    expect(session.createObject({ ...template, VALUE: kemPair.privateKey })).toBeGreaterThan(0);
  });

  test("is refused before anybody signs with it: ML-DSA with another key's t0", () => {
    const scheme = pureEngine.mlDsa("ML-DSA-44");
    const [one, two] = [1, 2].map((byte) => scheme.generate(new Uint8Array(32).fill(byte)));
    // t0 is the last part: 4 vectors of 13 · 256 bits (FIPS 204, algorithm 24).
    const t0 = 4 * 13 * 32;
    const VALUE = Uint8Array.from([...one!.privateKey.subarray(0, -t0), ...two!.privateKey.subarray(-t0)]);
    const { session } = open({});
    const template = { CLASS: "PRIVATE_KEY", KEY_TYPE: "ML_DSA", PARAMETER_SET: 1, usage: "sign", VALUE } as const;
    expectCkr(() => session.createObject(template), "ATTRIBUTE_VALUE_INVALID");
    expect(session.generateRandom(1).length).toBe(1);
  });
});

test("a hash that is wrong is found out before its first digest leaves", () => {
  const wrong = fromHex("00".repeat(32));
  const engine: Engine = {
    ...pureEngine,
    digest: () => wrong,
    hash: () => ({ update: () => undefined, digest: () => wrong }),
  };
  const { session } = open({ engine });
  expect(() => session.digest("SHA256", data)).toThrow("the self-test SHA256 failed");
  expectCkr(() => session.generateRandom(1), FAILED);
});
