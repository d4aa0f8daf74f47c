import { beforeEach, describe, expect, test } from "vitest";
import { CKP } from "../../src/cryptoki/constants.ts";
import { createHsm } from "../../src/token/hsm.ts";
import type { Session } from "../../src/token/session.ts";
import { expectCkr } from "../mechanisms/support/keys.ts";

const message = new TextEncoder().encode("through the token");

let s: Session;
beforeEach(() => {
  s = createHsm().openSession({ readWrite: true });
});

describe("key encapsulation", () => {
  const aes = { KEY_TYPE: "AES", usage: "encrypt" } as const;
  const pair = (session: Session, extra: object = {}) =>
    session.generateKeyPair(
      { mechanism: "ML_KEM_KEY_PAIR_GEN", parameterSet: "ML-KEM-768" },
      {
        usage: "encapsulate",
        ...extra,
      },
    );

  test("both sides hold the same key, and it never left the token", () => {
    const { publicKey, privateKey } = pair(s);
    const { key, ciphertext } = s.encapsulateKey("ML_KEM", publicKey, aes);
    const same = s.decapsulateKey("ML_KEM", privateKey, ciphertext, aes);
    expect(ciphertext).toHaveLength(1088);
    const sealed = s.encrypt("AES_GCM", key, message);
    expect(s.decrypt("AES_GCM", same, sealed)).toEqual(message);
    for (const made of [key, same]) {
      expect(s.getAttributes(made, ["VALUE_LEN", "LOCAL", "ALWAYS_SENSITIVE", "NEVER_EXTRACTABLE"])).toEqual({
        VALUE_LEN: 32,
        LOCAL: false,
        ALWAYS_SENSITIVE: false,
        NEVER_EXTRACTABLE: false,
      });
      expectCkr("ATTRIBUTE_SENSITIVE", () => s.getAttributes(made, ["VALUE"]));
    }
  });

  test("a changed ciphertext gives another key, and one of another length none", () => {
    const { publicKey, privateKey } = pair(s);
    const { key, ciphertext } = s.encapsulateKey("ML_KEM", publicKey, aes);
    ciphertext[5]! ^= 1;
    const other = s.decapsulateKey("ML_KEM", privateKey, ciphertext, aes);
    const sealed = s.encrypt("AES_GCM", key, message);
    expectCkr("ENCRYPTED_DATA_INVALID", () => s.decrypt("AES_GCM", other, sealed));
    const before = s.findObjects().length;
    for (const length of [0, 1087, 1089]) {
      expectCkr("ENCRYPTED_DATA_LEN_RANGE", () => s.decapsulateKey("ML_KEM", privateKey, new Uint8Array(length), aes));
    }
    expect(s.findObjects()).toHaveLength(before);
  });

  test("each half does its own side, with its flag, and nothing else", () => {
    const { publicKey, privateKey } = pair(s);
    const { ciphertext } = s.encapsulateKey("ML_KEM", publicKey);
    expectCkr("KEY_FUNCTION_NOT_PERMITTED", () => s.encapsulateKey("ML_KEM", privateKey));
    expectCkr("KEY_FUNCTION_NOT_PERMITTED", () => s.decapsulateKey("ML_KEM", publicKey, ciphertext));
    expectCkr("MECHANISM_INVALID", () => s.encapsulateKey("ML_KEM_KEY_PAIR_GEN", publicKey));
    expectCkr("MECHANISM_INVALID", () => s.decrypt("ML_KEM", privateKey, ciphertext));
    const ec = s.generateKeyPair({ mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" }, { usage: "derive" });
    expectCkr("KEY_FUNCTION_NOT_PERMITTED", () => s.encapsulateKey("ML_KEM", ec.publicKey));
    expectCkr("ATTRIBUTE_TYPE_INVALID", () =>
      s.generateKeyPair({ mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" }, { usage: "encapsulate" }),
    );
    const unflagged = s.generateKeyPair({ mechanism: "ML_KEM_KEY_PAIR_GEN", parameterSet: "ML-KEM-512" });
    expectCkr("KEY_FUNCTION_NOT_PERMITTED", () => s.encapsulateKey("ML_KEM", unflagged.publicKey));
  });

  test("the key is of a kind and length that the secret has, and is as protected as the private key", () => {
    const { publicKey, privateKey } = pair(s);
    const { ciphertext } = s.encapsulateKey("ML_KEM", publicKey);
    const before = s.findObjects().length;
    for (const template of [{ KEY_TYPE: "RSA" }, { CLASS: "PRIVATE_KEY" }, { KEY_TYPE: "ML_KEM" }] as const) {
      expectCkr("TEMPLATE_INCONSISTENT", () => s.encapsulateKey("ML_KEM", publicKey, template));
      expectCkr("TEMPLATE_INCONSISTENT", () => s.decapsulateKey("ML_KEM", privateKey, ciphertext, template));
    }
    expectCkr("KEY_SIZE_RANGE", () => s.encapsulateKey("ML_KEM", publicKey, { ...aes, VALUE_LEN: 16 }));
    expectCkr("TEMPLATE_INCONSISTENT", () => s.decapsulateKey("ML_KEM", privateKey, ciphertext, { sensitive: false }));
    expectCkr("TEMPLATE_INCONSISTENT", () => s.decapsulateKey("ML_KEM", privateKey, ciphertext, { extractable: true }));
    expectCkr("TEMPLATE_INCONSISTENT", () => s.encapsulateKey("ML_KEM", publicKey, { usage: "wrap" }));
    expect(s.findObjects()).toHaveLength(before);
  });

  test("the secret leaves the token when the maker of the pair has decided so, and by that mechanism alone", () => {
    const readable = { SENSITIVE: false, EXTRACTABLE: true } as const;
    const mechanism = "PHSM_ML_KEM_SHARED_SECRET";
    const { publicKey, privateKey } = pair(s, { ALLOWED_MECHANISMS: [mechanism], SENSITIVE: true });
    const { key, ciphertext } = s.encapsulateKey(mechanism, publicKey, readable);
    const opened = s.decapsulateKey(mechanism, privateKey, ciphertext, readable);
    expect(s.getAttributes(opened, ["VALUE"])).toEqual(s.getAttributes(key, ["VALUE"]));
    expectCkr("MECHANISM_INVALID", () => s.decapsulateKey("ML_KEM", privateKey, ciphertext));
    const other = pair(s);
    expectCkr("MECHANISM_INVALID", () => s.encapsulateKey(mechanism, other.publicKey, readable));
    expectCkr("MECHANISM_INVALID", () => s.decapsulateKey(mechanism, other.privateKey, ciphertext, readable));
  });

  test("a key pair can be imported from its seed alone", () => {
    const SEED = new Uint8Array(64).fill(9);
    const [CLASS, KEY_TYPE, PARAMETER_SET] = ["PRIVATE_KEY", "ML_KEM", CKP.ML_KEM["ML-KEM-1024"]] as const;
    const open = { sensitive: false, extractable: true };
    const privateKey = s.createObject({ CLASS, KEY_TYPE, PARAMETER_SET, SEED, usage: "encapsulate", ...open });
    const { VALUE } = s.getAttributes(privateKey, ["VALUE"]);
    const ek = VALUE.slice(1536, 3104);
    const publicKey = s.createObject({
      CLASS: "PUBLIC_KEY",
      KEY_TYPE,
      PARAMETER_SET,
      VALUE: ek,
      usage: "encapsulate",
    });
    const { key, ciphertext } = s.encapsulateKey("ML_KEM", publicKey, open);
    const same = s.decapsulateKey("ML_KEM", privateKey, ciphertext, open);
    expect(s.getAttributes(same, ["VALUE"])).toEqual(s.getAttributes(key, ["VALUE"]));
    expectCkr("ATTRIBUTE_VALUE_INVALID", () =>
      s.createObject({ CLASS: "PUBLIC_KEY", KEY_TYPE, PARAMETER_SET, VALUE: ek.fill(0xff) }),
    );
  });
});

test("ML-DSA signs in parts, and its key survives a bound wrap with its seed", () => {
  const usage = "sign" as const;
  const { publicKey, privateKey } = s.generateKeyPair(
    { mechanism: "ML_DSA_KEY_PAIR_GEN", parameterSet: "ML-DSA-44" },
    {
      usage,
      extractable: true,
    },
  );
  s.signInit({ mechanism: "ML_DSA", hedge: "DETERMINISTIC_REQUIRED" }, privateKey);
  s.signUpdate(message.subarray(0, 3));
  s.signUpdate(message.subarray(3));
  const signature = s.signFinal();
  expect(s.verify("ML_DSA", publicKey, message, signature)).toBe(true);
  expectCkr("SIGNATURE_LEN_RANGE", () => s.verify("ML_DSA", publicKey, message, signature.subarray(1)));
  expectCkr("SIGNATURE_INVALID", () => s.verify("ML_DSA", publicKey, message.subarray(1), signature));
  const wrapping = s.generateKey({ mechanism: "AES_KEY_GEN", keyBytes: 32 }, { usage: "wrap" });
  const blob = s.wrapKey("PHSM_BOUND_WRAP", wrapping, privateKey);
  s.destroyObject(privateKey);
  const back = s.unwrapKey("PHSM_BOUND_WRAP", wrapping, blob);
  expect(s.sign({ mechanism: "ML_DSA", hedge: "DETERMINISTIC_REQUIRED" }, back, message)).toEqual(signature);
  expect(s.getAttributes(back, ["PARAMETER_SET"])).toEqual({ PARAMETER_SET: 1 });
});

test("X25519 keys agree in the token, and Ed448 keys sign", () => {
  const [ours, theirs] = [0, 1].map(() =>
    s.generateKeyPair({ mechanism: "EC_MONTGOMERY_KEY_PAIR_GEN", curve: "X25519" }, { usage: "derive" }),
  ) as [ReturnType<Session["generateKeyPair"]>, ReturnType<Session["generateKeyPair"]>];
  const agree = (own: typeof ours, peer: typeof ours) => {
    const { EC_POINT: publicData } = s.getAttributes(peer.publicKey, ["EC_POINT"]);
    const template = { KEY_TYPE: "AES", VALUE_LEN: 32, usage: "encrypt" } as const;
    return s.deriveKey({ mechanism: "ECDH1_DERIVE", publicData, kdf: "SHA256_KDF" }, own.privateKey, template);
  };
  const sealed = s.encrypt({ mechanism: "AES_CCM", aad: message }, agree(ours, theirs), message);
  expect(s.decrypt({ mechanism: "AES_CCM", aad: message }, agree(theirs, ours), sealed)).toEqual(message);

  const ed448 = s.generateKeyPair({ mechanism: "EC_EDWARDS_KEY_PAIR_GEN", curve: "Ed448" }, { usage: "sign" });
  const params = { mechanism: "EDDSA", context: message } as const;
  const signature = s.sign(params, ed448.privateKey, message);
  expect(s.verify(params, ed448.publicKey, message, signature)).toBe(true);
  expectCkr("SIGNATURE_INVALID", () => s.verify("EDDSA", ed448.publicKey, message, signature));
  expectCkr("SIGNATURE_LEN_RANGE", () => s.verify("EDDSA", ed448.publicKey, message, signature.subarray(50)));
});
