import { describe, expect, test } from "vitest";
import { utf8 } from "../../src/bytes/bytes.ts";
import type { Engine, Threads } from "../../src/crypto/engine.ts";
import { seededEntropy } from "../../src/crypto/entropy.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import type { ObjectHandle } from "../../src/cryptoki/handles.ts";
import { mechanisms } from "../../src/mechanisms/registry.ts";
import { nodeEngine } from "../../src/node/engine.ts";
import type { BatchChoice } from "../../src/token/batches.ts";
import { createHsm } from "../../src/token/hsm.ts";
import type { Session } from "../../src/token/session.ts";
import type { BatchTask } from "../../src/token/tasks.ts";

const messages = Array.from({ length: 40 }, (_, i) => utf8(`message ${i}`.repeat(i % 4)));
const aesKey = (s: Session) => s.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: "encrypt" });
const ecPair = (s: Session) => s.generateKeyPair({ mechanism: "EC_KEY_PAIR_GEN", curve: "P-256" }, { usage: "sign" });

const open = (engine: Engine = pureEngine): Session =>
  createHsm({ engine, entropy: seededEntropy(new Uint8Array(32).fill(4)) }).openSession({ readWrite: true });

/** What a caller who ignores the types passes. */
const anyChoice = (choice: object | string): BatchChoice => choice as BatchChoice;

/** So many that no machine does them in one slice. */
const manyMessages = (): Uint8Array[] => Array.from({ length: 20_000 }, () => utf8("one of many"));

describe.each([pureEngine, nodeEngine])("batches on the $name engine", (engine) => {
  test("give signatures in the order of the messages, each valid for its own", async () => {
    const s = open(engine);
    const { publicKey, privateKey } = ecPair(s);
    const signatures = await s.signBatch("ECDSA_SHA256", privateKey, messages);
    expect(signatures.length).toBe(messages.length);
    for (const [i, signature] of signatures.entries()) {
      expect(s.verify("ECDSA_SHA256", publicKey, messages[i] as Uint8Array, signature)).toBe(true);
    }
    expect(() => s.verify("ECDSA_SHA256", publicKey, messages[2] as Uint8Array, signatures[1] as Uint8Array)).toThrow(
      "CKR_SIGNATURE_INVALID",
    );
  });

  test("give ciphertexts with an IV of the token's own for each", async () => {
    const s = open(engine);
    const key = aesKey(s);
    const sealed = await s.encryptBatch({ mechanism: "AES_GCM", aad: utf8("for all") }, key, messages);
    const opened = sealed.map((each) => s.decrypt({ mechanism: "AES_GCM", aad: utf8("for all") }, key, each));
    expect(opened).toEqual(messages);
    expect(new Set(sealed.map((each) => String(each.subarray(0, 12)))).size).toBe(messages.length);
  });
});

test("one seed gives the same batches on both engines, whatever is drawn while they run", async () => {
  const results = async (engine: Engine, isDisturbed: boolean): Promise<unknown> => {
    const s = open(engine);
    const { privateKey } = ecPair(s);
    const key = aesKey(s);
    const running = [s.signBatch("ECDSA_SHA256", privateKey, messages), s.encryptBatch("AES_GCM", key, messages)];
    if (isDisturbed) s.generateRandom(100);
    return Promise.all(running);
  };
  const expected = await results(pureEngine, false);
  expect(await results(nodeEngine, false)).toEqual(expected);
  expect(await results(pureEngine, true)).toEqual(expected);
});

test("parameters that serve one message are refused, whichever mechanism has them", async () => {
  const s = open();
  const aes = aesKey(s);
  const xts = s.generateKey("AES_XTS_KEY_GEN", { VALUE_LEN: 64, usage: "encrypt" });
  const sm4 = s.generateKey("PHSM_SM4_KEY_GEN", { usage: "encrypt" });
  const block = new Uint8Array(16);
  const single: Readonly<Record<string, readonly [object, ObjectHandle]>> = {
    AES_CBC: [{ iv: block }, aes],
    AES_CBC_PAD: [{ iv: block }, aes],
    AES_CCM: [{ nonce: new Uint8Array(12) }, aes],
    AES_CFB128: [{ iv: block }, aes],
    AES_CFB64: [{ iv: block }, aes],
    AES_CFB8: [{ iv: block }, aes],
    AES_CTR: [{ counter: block }, aes],
    AES_CTS: [{ iv: block }, aes],
    AES_GCM: [{ iv: new Uint8Array(12) }, aes],
    AES_OFB: [{ iv: block }, aes],
    AES_XTS: [{ unit: block }, xts],
    PHSM_SM4_CBC_PAD: [{ iv: block }, sm4],
    PHSM_SM4_CCM: [{ nonce: new Uint8Array(12) }, sm4],
    PHSM_SM4_CTR: [{ counter: block }, sm4],
    PHSM_SM4_GCM: [{ iv: new Uint8Array(12) }, sm4],
  };
  const withoutIv = [
    ...["AES_ECB", "AES_KEY_WRAP", "AES_KEY_WRAP_KWP", "AES_KEY_WRAP_PAD", "PHSM_KMS_ENVELOPE", "PHSM_SM2PKE"],
    ...["RSA_PKCS", "RSA_PKCS_OAEP", "RSA_X_509"],
  ];
  const encrypting = [...mechanisms.values()].filter(({ encrypt }) => encrypt).map(({ name }) => name);
  expect(encrypting.sort()).toEqual([...Object.keys(single), ...withoutIv].sort());
  for (const [mechanism, [params, key]] of Object.entries(single)) {
    const batch = s.encryptBatch(anyChoice({ mechanism, ...params }), key, messages);
    await expect(batch, mechanism).rejects.toThrow("CKR_MECHANISM_PARAM_INVALID");
  }
  const mac = s.generateKey("AES_KEY_GEN", { VALUE_LEN: 16, usage: "sign" });
  const gmac = s.signBatch(anyChoice({ mechanism: "AES_GMAC", iv: new Uint8Array(12) }), mac, messages);
  await expect(gmac).rejects.toThrow("CKR_MECHANISM_PARAM_INVALID: iv serves one message");
});

test("a key is checked as for one message, before anything is done", async () => {
  const s = open();
  const { publicKey, privateKey } = ecPair(s);
  await expect(s.signBatch("ECDSA_SHA256", publicKey, [])).rejects.toThrow("CKR_KEY_FUNCTION_NOT_PERMITTED");
  await expect(s.encryptBatch("AES_GCM", privateKey, [])).rejects.toThrow("CKR_KEY_FUNCTION_NOT_PERMITTED");
  await expect(s.signBatch("SHA256_RSA_PKCS", privateKey, [])).rejects.toThrow("CKR_KEY_TYPE_INCONSISTENT");
  s.signInit("ECDSA_SHA256", privateKey);
  await expect(s.signBatch("ECDSA_SHA256", privateKey, [])).rejects.toThrow("CKR_OPERATION_ACTIVE");
  s.cancel();
  expect(await s.signBatch("ECDSA_SHA256", privateKey, [])).toEqual([]);
});

test("messages are bytes in a list, and copied when the call is made", async () => {
  const s = open();
  const { publicKey, privateKey } = ecPair(s);
  for (const bad of [undefined, "text", [utf8("a"), "text"], [utf8("a"), undefined], new Set()]) {
    await expect(s.signBatch("ECDSA_SHA256", privateKey, bad as Uint8Array[])).rejects.toThrow("CKR_ARGUMENTS_BAD");
  }
  const message = utf8("before");
  const running = s.signBatch("ECDSA_SHA256", privateKey, [...manyMessages().slice(0, 50), message]);
  message.fill(0);
  const last = (await running).at(-1) as Uint8Array;
  expect(s.verify("ECDSA_SHA256", publicKey, utf8("before"), last)).toBe(true);
});

test("one bad message is an error that says which, and there are no results", async () => {
  const s = open();
  const { privateKey } = ecPair(s);
  const digests = [new Uint8Array(32), new Uint8Array(32), new Uint8Array(65), new Uint8Array(32)];
  await expect(s.signBatch("ECDSA", privateKey, digests)).rejects.toThrow(
    /^CKR_DATA_LEN_RANGE: message 2: ECDSA takes a digest/,
  );
});

test("the event loop goes on while a batch runs, and a signal ends it", async () => {
  const s = open();
  const { privateKey } = ecPair(s);
  const controller = new AbortController();
  let turns = 0;
  const timer = setInterval(() => {
    turns++;
    if (turns === 3) controller.abort("enough");
  }, 0);
  const batch = s.signBatch("ECDSA_SHA256", privateKey, manyMessages(), { signal: controller.signal });
  await expect(batch).rejects.toMatchObject({ ckr: "FUNCTION_CANCELED", cause: "enough" });
  clearInterval(timer);
  expect(turns).toBeGreaterThanOrEqual(3);
  const done = s.signBatch("ECDSA_SHA256", privateKey, [utf8("a")], { signal: AbortSignal.abort() });
  await expect(done).rejects.toThrow("CKR_FUNCTION_CANCELED");
  const notASignal = { signal: {} as AbortSignal };
  await expect(s.signBatch("ECDSA_SHA256", privateKey, [], notASignal)).rejects.toThrow("CKR_ARGUMENTS_BAD");
});

test("a key, a login or a session that ends meanwhile ends the batch", async () => {
  const ends: Readonly<Record<string, (s: Session, key: ObjectHandle) => void>> = {
    KEY_HANDLE_INVALID: (s, key) => s.destroyObject(key),
    SESSION_HANDLE_INVALID: (s) => s.close(),
  };
  for (const [ckr, end] of Object.entries(ends)) {
    const s = open();
    const { privateKey } = ecPair(s);
    const batch = s.signBatch("ECDSA_SHA256", privateKey, manyMessages());
    end(s, privateKey);
    await expect(batch).rejects.toMatchObject({ ckr });
  }
  const s = createHsm({ pin: "1234", pinCost: 2 }).openSession({ readWrite: true });
  s.login("user", "1234");
  const { privateKey } = ecPair(s);
  const batch = s.signBatch("ECDSA_SHA256", privateKey, manyMessages());
  s.logout();
  await expect(batch).rejects.toMatchObject({ ckr: "KEY_HANDLE_INVALID" });
});

test("more messages than a call can have arguments go through threads", async () => {
  const done = Uint8Array.of(1);
  const threads: Threads = {
    count: 1,
    run: (task) => ({ result: Promise.resolve({ results: (task as BatchTask).messages.map(() => done) }), stop() {} }),
  };
  const s = open({ ...nodeEngine, threads });
  // A thread of tests has stack for half a million, a process's first one for an eighth of that.
  const all = new Array<Uint8Array>(600_000).fill(utf8(""));
  expect((await s.signBatch("ECDSA_SHA256", ecPair(s).privateKey, all)).length).toBe(all.length);
});
