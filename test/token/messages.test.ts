/** Message-based functions (PKCS #11 v3.2, 5.9, 5.11, 5.14 and 5.16). */

import { createCipheriv, createHmac } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import type { ObjectHandle } from "../../src/cryptoki/handles.ts";
import type { SealedMessage } from "../../src/mechanisms/mechanism.ts";
import type { MessageParams } from "../../src/mechanisms/message-aead.ts";
import { createHsm } from "../../src/token/hsm.ts";
import type { Session } from "../../src/token/session.ts";
import { expectCkr } from "../support/ckr.ts";

const VALUE = new Uint8Array(32).fill(7);
const data = new TextEncoder().encode("a message of some length");
const aad = Uint8Array.of(1, 2, 3);

let s: Session;
let key: ObjectHandle;
beforeEach(() => {
  s = createHsm().openSession({ readWrite: true });
  key = s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE, usage: "encrypt" });
});

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** The same message by Node. */
function byNode(mode: "gcm" | "ccm", iv: Uint8Array, tagBytes: number): Omit<SealedMessage, "iv"> {
  const cipher = createCipheriv(`aes-256-${mode}` as "aes-256-ccm", VALUE, iv, { authTagLength: tagBytes });
  cipher.setAAD(aad, { plaintextLength: data.length });
  const ciphertext = new Uint8Array(Buffer.concat([cipher.update(data), cipher.final()]));
  return { ciphertext, tag: new Uint8Array(cipher.getAuthTag()) };
}

const MODES = [
  ["AES_GCM", "gcm", 96],
  ["AES_GCM", "gcm", 128],
  ["AES_CCM", "ccm", 64],
  ["AES_CCM", "ccm", 128],
] as const;

describe.each(MODES)("messages of %s", (mechanism, mode, tagBits) => {
  test(`with a tag of ${tagBits} bits are Node's, whole and in parts, and are opened again`, () => {
    s.messageEncryptInit(mechanism, key);
    s.messageDecryptInit(mechanism, key);
    for (let i = 0; i < 3; i++) {
      const sealed = s.encryptMessage({ aad, tagBits }, data);
      expect({ ciphertext: sealed.ciphertext, tag: sealed.tag }).toEqual(byNode(mode, sealed.iv, tagBits / 8));
      const { ciphertext, ...rest } = sealed;
      expect(s.decryptMessage({ ...rest, aad, tagBits }, ciphertext)).toEqual(data);

      s.encryptMessageBegin({ aad, tagBits, iv: sealed.iv });
      s.encryptMessageNext(data.subarray(0, 5));
      expect(s.encryptMessageEnd(data.subarray(5))).toEqual(sealed);

      s.decryptMessageBegin({ iv: sealed.iv, aad, tagBits });
      s.decryptMessageNext(ciphertext.subarray(0, 7));
      expect(s.decryptMessageEnd(ciphertext.subarray(7), { tag: sealed.tag })).toEqual(data);
    }
    s.messageEncryptFinal();
    expectCkr(() => s.encryptMessage({}, data), "OPERATION_NOT_INITIALIZED");
  });
});

describe("a message that is not authentic", () => {
  test("is refused for each thing that is changed, and the next one is opened", () => {
    s.messageEncryptInit("AES_GCM", key);
    s.messageDecryptInit("AES_GCM", key);
    const { ciphertext, iv, tag } = s.encryptMessage({ aad }, data);
    const other = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
    for (const [params, text] of [
      [{ iv, tag, aad }, other(ciphertext)],
      [{ iv: other(iv), tag, aad }, ciphertext],
      [{ iv, tag: other(tag), aad }, ciphertext],
      [{ iv, tag, aad: other(aad) }, ciphertext],
      [{ iv, tag }, ciphertext],
    ] as const) {
      expectCkr(() => s.decryptMessage(params, text), "AEAD_DECRYPT_FAILED");
      expect(s.decryptMessage({ iv, tag, aad }, ciphertext)).toEqual(data);
    }
  });

  test("of parameters that a message cannot have is refused before anything is opened", () => {
    s.messageDecryptInit("AES_GCM", key);
    const iv = new Uint8Array(12);
    const tag = new Uint8Array(16);
    for (const params of [
      ...[{}, { iv }, { tag }, { iv: new Uint8Array(11), tag }, { iv, tag: new Uint8Array(11) }],
      ...[
        { iv, tag: new Uint8Array(17) },
        { iv, tag: new Uint8Array(12) },
        { iv, tag, tagBits: 96 },
        { iv, tag, colour: 1 },
      ],
    ])
      expectCkr(() => s.decryptMessage(params, data), "MECHANISM_PARAM_INVALID");
  });
});

describe("IVs that the token makes", () => {
  const ivs = (params: MessageParams, count = 3): string[] =>
    Array.from({ length: count }, () => hex(s.encryptMessage(params, data).iv));
  const base = Uint8Array.from({ length: 12 }, (_, i) => 0xa0 + i);

  beforeEach(() => s.messageEncryptInit("AES_GCM", key));

  test("are random without parameters, and where only the generator is named", () => {
    for (const params of [{}, { ivGenerator: "GENERATE" }, { ivGenerator: "GENERATE_RANDOM" }] as const) {
      const made = ivs(params, 50);
      expect(new Set(made).size).toBe(50);
      expect(made.every((iv) => iv.length === 24)).toBe(true);
    }
  });

  test("count after the fixed bits, and go on counting in another process and in a copy of the key", () => {
    const params = { iv: base, ivFixedBits: 32, ivGenerator: "GENERATE_COUNTER" } as const;
    expect(ivs(params)).toEqual([0, 1, 2].map((n) => `a0a1a2a3000000000000000${n}`));
    s.messageEncryptFinal();
    s.messageEncryptInit("AES_GCM", s.copyObject(key));
    expect(ivs({ ...params, ivFixedBits: 64 })).toEqual([3, 4, 5].map((n) => `a0a1a2a3a4a5a6a70000000${n}`));
    expect(ivs({ ...params, ivFixedBits: 4 }, 1)).toEqual(["a00000000000000000000006"]);
    expect(ivs({ iv: base, ivFixedBits: 32, ivGenerator: "GENERATE" }, 1)).toEqual(["a0a1a2a30000000000000007"]);
  });

  test("are the given one XOR the counter, as TLS 1.3 makes its nonces", () => {
    const made = ivs({ iv: base, ivGenerator: "GENERATE_COUNTER_XOR" });
    expect(made).toEqual(["ab", "aa", "a9"].map((last) => `a0a1a2a3a4a5a6a7a8a9aa${last}`));
  });

  test("are refused where too few bits are free, or no iv is there to be taken", () => {
    for (const params of [
      { iv: base, ivFixedBits: 1, ivGenerator: "GENERATE_RANDOM" },
      { iv: base, ivFixedBits: 65, ivGenerator: "GENERATE_COUNTER" },
      { iv: base, ivFixedBits: 65, ivGenerator: "GENERATE_COUNTER_XOR" },
      { iv: base, ivFixedBits: 97, ivGenerator: "GENERATE" },
      { ivGenerator: "NO_GENERATE" },
      { ivGenerator: "DREAM" as never },
    ] as const)
      expectCkr(() => s.encryptMessage(params, data), "MECHANISM_PARAM_INVALID");
  });
});

describe("signed messages", () => {
  const MAC = createHmac("sha256", VALUE).update(data).digest();

  test("are signed and verified whole and in parts, many with one init", () => {
    const mac = s.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", VALUE, usage: "sign" });
    s.messageSignInit("SHA256_HMAC", mac);
    s.messageVerifyInit("SHA256_HMAC", mac);
    for (let i = 0; i < 2; i++) {
      const signature = s.signMessage(data);
      expect(Buffer.from(signature)).toEqual(MAC);
      s.signMessageBegin();
      s.signMessageNext(data.subarray(0, 3));
      expect(s.signMessageEnd(data.subarray(3))).toEqual(signature);
      expect(s.verifyMessage(data, signature)).toBe(true);
      expectCkr(() => s.verifyMessage(data.subarray(1), signature), "SIGNATURE_INVALID");
      expectCkr(() => s.verifyMessage(data, signature.subarray(1)), "SIGNATURE_LEN_RANGE");
      s.verifyMessageBegin();
      s.verifyMessageNext(data);
      expect(s.verifyMessageEnd(new Uint8Array(0), signature)).toBe(true);
    }
    s.messageSignFinal();
    s.messageVerifyFinal();
    expectCkr(() => s.signMessage(data), "OPERATION_NOT_INITIALIZED");
    expectCkr(() => s.verifyMessage(data, MAC), "OPERATION_NOT_INITIALIZED");
  });
});

describe("the state of a message process", () => {
  test("one message at a time; an error ends the message and not the process", () => {
    s.messageEncryptInit("AES_GCM", key);
    expectCkr(() => s.messageEncryptInit("AES_GCM", key), "OPERATION_ACTIVE");
    expectCkr(() => s.encryptMessageNext(data), "OPERATION_NOT_INITIALIZED");
    s.encryptMessageBegin({});
    expectCkr(() => s.encryptMessageBegin({}), "OPERATION_ACTIVE");
    expectCkr(() => s.encryptMessage({}, data), "OPERATION_ACTIVE");
    expectCkr(() => s.encryptMessageNext("text" as never), "ARGUMENTS_BAD");
    expectCkr(() => s.encryptMessageEnd(data), "OPERATION_NOT_INITIALIZED");
    expect(s.encryptMessage({}, data).ciphertext.length).toBe(data.length);
  });

  test("ordinary encryption runs beside it, and C_SessionCancel and a destroyed key end it", () => {
    s.messageEncryptInit("AES_GCM", key);
    s.encrypt("AES_GCM", key, data);
    s.cancel(["messageEncrypt"]);
    expectCkr(() => s.messageEncryptFinal(), "OPERATION_NOT_INITIALIZED");
    s.messageEncryptInit("AES_GCM", key);
    s.destroyObject(key);
    expectCkr(() => s.encryptMessage({}, data), "KEY_HANDLE_INVALID");
    expectCkr(() => s.encryptMessage({}, data), "OPERATION_NOT_INITIALIZED");
  });

  test("keys and mechanisms that are not for it are refused, and parameters at the init", () => {
    const wrapping = s.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "wrap" });
    expectCkr(() => s.messageEncryptInit("AES_GCM", wrapping), "KEY_FUNCTION_NOT_PERMITTED");
    expectCkr(
      () => s.messageEncryptInit({ mechanism: "AES_CTR", counter: new Uint8Array(16) }, key),
      "MECHANISM_INVALID",
    );
    expectCkr(() => s.messageEncryptInit({ mechanism: "AES_GCM", aad }, key), "MECHANISM_PARAM_INVALID");
    expectCkr(() => s.messageSignInit("AES_CMAC", key), "KEY_FUNCTION_NOT_PERMITTED");
  });

  test("a key of CKA_ALWAYS_AUTHENTICATE wants the PIN for each message", () => {
    const t = createHsm({ pin: "user-1234", pinCost: 2 }).openSession();
    t.login("user", "user-1234");
    const template = { usage: "sign", ALWAYS_AUTHENTICATE: true } as const;
    const pair = t.generateKeyPair({ mechanism: "EC_EDWARDS_KEY_PAIR_GEN" }, { usage: "sign" }, template);
    t.messageSignInit("EDDSA", pair.privateKey);
    expectCkr(() => t.signMessage(data), "USER_NOT_LOGGED_IN");
    expectCkr(() => t.signMessage(data), "OPERATION_NOT_INITIALIZED");
    t.messageSignInit("EDDSA", pair.privateKey);
    for (let i = 0; i < 2; i++) {
      t.login("context-specific", "user-1234");
      expect(t.verify("EDDSA", pair.publicKey, data, t.signMessage(data))).toBe(true);
    }
    t.login("context-specific", "user-1234");
    t.signMessageBegin();
    expectCkr(() => t.login("context-specific", "user-1234"), "OPERATION_NOT_INITIALIZED");
    t.signMessageNext(data);
    expect(t.verify("EDDSA", pair.publicKey, data, t.signMessageEnd(new Uint8Array(0)))).toBe(true);
    expectCkr(() => t.signMessageBegin(), "USER_NOT_LOGGED_IN");
    expectCkr(() => t.messageSignFinal(), "OPERATION_NOT_INITIALIZED");
  });

  test("parameters that call back change nothing in between", () => {
    s.messageEncryptInit("AES_GCM", key);
    const params = Object.defineProperty({}, "aad", {
      enumerable: true,
      get: () => {
        s.destroyObject(key);
        return aad;
      },
    });
    expectCkr(() => s.encryptMessage(params, data), "KEY_HANDLE_INVALID");
  });
});
