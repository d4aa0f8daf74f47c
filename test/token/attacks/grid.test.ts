/** A15j, whole: every mechanism with every kind of key in every operation ends in a return value (SoftHSM2's issue 854). */

import { beforeAll, expect, test } from "vitest";
import type { ObjectHandle } from "../../../src/cryptoki/handles.ts";
import { mechanisms, parseChoice } from "../../../src/mechanisms/registry.ts";
import { createHsm } from "../../../src/token/hsm.ts";
import type { Session } from "../../../src/token/session.ts";
import { ckrOf } from "../../support/ckr.ts";

let s: Session;
const keys = new Map<string, ObjectHandle>();

const data = new Uint8Array(32).fill(3);
const everything = ["ENCRYPT", "DECRYPT", "SIGN", "VERIFY", "WRAP", "UNWRAP", "DERIVE"] as const;
const flags = (...names: readonly string[]): object => Object.fromEntries(names.map((name) => [name, true]));

beforeAll(() => {
  s = createHsm({ policy: "pkcs11" }).openSession({ readWrite: true });
  for (const mechanism of ["AES_KEY_GEN", "GENERIC_SECRET_KEY_GEN", "HKDF_KEY_GEN", "PHSM_SM4_KEY_GEN"] as const) {
    const size = mechanism === "PHSM_SM4_KEY_GEN" ? {} : { VALUE_LEN: 32 };
    keys.set(mechanism, s.generateKey(mechanism, { ...size, ...flags(...everything), EXTRACTABLE: true }));
  }
  const pairs = [
    { mechanism: "RSA_PKCS_KEY_PAIR_GEN", modulusBits: 1024 },
    { mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" },
    { mechanism: "EC_EDWARDS_KEY_PAIR_GEN", curve: "Ed25519" },
    { mechanism: "EC_MONTGOMERY_KEY_PAIR_GEN", curve: "X25519" },
    { mechanism: "ML_KEM_KEY_PAIR_GEN", parameterSet: "ML-KEM-512" },
    { mechanism: "ML_DSA_KEY_PAIR_GEN", parameterSet: "ML-DSA-44" },
    { mechanism: "PHSM_SM2_KEY_PAIR_GEN" },
  ] as const;
  for (const choice of pairs) {
    const isKem = choice.mechanism === "ML_KEM_KEY_PAIR_GEN";
    const { publicKey, privateKey } = s.generateKeyPair(
      choice,
      flags("ENCRYPT", "VERIFY", "WRAP", ...(isKem ? ["ENCAPSULATE"] : [])),
      { ...flags("DECRYPT", "SIGN", "UNWRAP", "DERIVE", ...(isKem ? ["DECAPSULATE"] : [])), EXTRACTABLE: true },
    );
    keys.set(`${choice.mechanism}, public`, publicKey).set(`${choice.mechanism}, private`, privateKey);
  }
});

/** Parameters, of which each mechanism takes one kind. */
const PARAMETERS: readonly object[] = [
  ...[
    {},
    { iv: new Uint8Array(16) },
    { iv: new Uint8Array(12) },
    { counter: new Uint8Array(16) },
    { bit: 0 },
    { key: 1 },
  ],
  ...[
    { data },
    { data, iv: new Uint8Array(16) },
    { hash: "SHA256" },
    { macBytes: 16 },
    { publicData: new Uint8Array(65) },
  ],
  ...[{ nonce: new Uint8Array(12) }, { prf: "SHA256_HMAC", password: data, salt: data, iterations: 1000 }],
  ...[{ modulusBits: 1024 }, { curve: "P-256" }, { curve: "Ed25519" }, { parameterSet: "ML-KEM-512" }],
  ...[{ parameterSet: "ML-DSA-44" }, { parameterSet: "SLH-DSA-SHA2-128s" }, { hash: "SHA256", aesKeyBits: 256 }],
];

function choiceOf(mechanism: string): never {
  const found = PARAMETERS.find((parameters) => {
    try {
      parseChoice({ mechanism, ...parameters } as never);
      return true;
    } catch {
      return false;
    }
  });
  return { mechanism, ...found } as never;
}

const OPERATIONS: Readonly<Record<string, (choice: never, key: ObjectHandle) => unknown>> = {
  encrypt: (choice, key) => s.encrypt(choice, key, data),
  decrypt: (choice, key) => s.decrypt(choice, key, data),
  sign: (choice, key) => s.sign(choice, key, data),
  verify: (choice, key) => s.verify(choice, key, data, data),
  signRecover: (choice, key) => s.signRecover(choice, key, data),
  verifyRecover: (choice, key) => s.verifyRecover(choice, key, data),
  wrap: (choice, key) => s.wrapKey(choice, key, keys.get("AES_KEY_GEN") as ObjectHandle),
  unwrap: (choice, key) => s.unwrapKey(choice, key, data, { CLASS: "SECRET_KEY", KEY_TYPE: "AES" }),
  derive: (choice, key) => s.deriveKey(choice, key, { VALUE_LEN: 16 }),
  encapsulate: (choice, key) => s.encapsulateKey(choice, key),
  decapsulate: (choice, key) => s.decapsulateKey(choice, key, data),
  messageEncrypt: (choice, key) => s.messageEncryptInit(choice, key),
  messageSign: (choice, key) => s.messageSignInit(choice, key),
  encryptInit: (choice, key) => s.encryptInit(choice, key),
  signInit: (choice, key) => s.signInit(choice, key),
};

/** By mechanism, then by operation and key. */
const outcomes = new Map<string, Map<string, string>>();

beforeAll(() => {
  for (const name of mechanisms.keys()) {
    const choice = choiceOf(name);
    const ofMechanism = new Map<string, string>();
    for (const [kind, key] of keys)
      for (const [operation, run] of Object.entries(OPERATIONS)) {
        ofMechanism.set(
          `${operation} with ${kind}`,
          ckrOf(() => run(choice, key)),
        );
        s.cancel();
      }
    outcomes.set(name, ofMechanism);
  }
});

test("A15j: every mechanism with every key in every operation gives a return value that says why", () => {
  const all = [...outcomes].flatMap(([name, ofMechanism]) => [...ofMechanism].map(([what, ckr]) => [name, what, ckr]));
  const vague = ["GENERAL_ERROR", "FUNCTION_FAILED", "HOST_MEMORY", "DEVICE_ERROR"];
  expect(all.length).toBe(mechanisms.size * keys.size * Object.keys(OPERATIONS).length);
  expect(all.filter(([, , ckr]) => vague.includes(ckr as string))).toEqual([]);
});

test("A15j: most mechanisms work with one of these keys, so that the grid is not refused as a whole", () => {
  const isReached = (ckr: string): boolean =>
    ckr === "OK" || /DATA_LEN_RANGE|DATA_INVALID|SIGNATURE_|WRAPPED_KEY/.test(ckr);
  const reached = [...outcomes].filter(([, ofMechanism]) => [...ofMechanism.values()].some(isReached));
  expect(reached.length).toBeGreaterThan(90);
});
