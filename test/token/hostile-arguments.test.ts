/** Every public method with arguments of every wrong kind: nothing but a CkrError comes out, and nothing has changed. */

import { beforeEach, expect, test } from "vitest";
import { CkrError } from "../../src/cryptoki/error.ts";
import { createHsm, Hsm } from "../../src/token/hsm.ts";
import { Session } from "../../src/token/session.ts";
import { nodeRsaKey } from "../support/rsa-fixture.ts";

/** scrypt is slow on purpose; what is tried here is what comes before it. */
const pinCost = 2;

const HOSTILE: readonly unknown[] = [
  ...[undefined, null, true, Number.NaN, -1, 0, 1.5, 2 ** 53, Number.POSITIVE_INFINITY, 10n, Symbol("s")],
  ...["", "x", "__proto__", "constructor", "x".repeat(100_000), [], [undefined], [[]], {}, Object.create(null)],
  ...[() => 1, new Date(0), new Map(), new Uint8Array(0), new Uint8Array(3), new Uint8Array(70_000)],
  ...[new Float64Array(3), new ArrayBuffer(8), new Proxy({}, {}), new Proxy([], {}), Promise.resolve(1), /x/],
  ...[{ WRAP_TEMPLATE: { WRAP_TEMPLATE: {} } }, { START_DATE: "20260231" }],
  ...[{ CLASS: Symbol("c") }, { usage: {} }, { LABEL: null }, { ID: [1] }, { ALLOWED_MECHANISMS: [null] }],
  ...[{ mechanism: "AES_GCM", iv: null }, { mechanism: Symbol("m") }, { mechanism: "AES_GCM", tagBytes: 10n }],
  ...[{ length: 3 }, { toString: () => "LABEL" }, { valueOf: () => 1 }, { limit: "1" }, { signal: 1 }, { slot: {} }],
];

let hsm: Hsm;
let session: Session;
let observer: Session;

beforeEach(() => {
  hsm = createHsm({ slots: 2, maxPinTries: 1_000_000, pinCost });
});

const data = new Uint8Array(32);
const gcm = { mechanism: "AES_GCM" } as const;
const hmac = { mechanism: "SHA256_HMAC" } as const;
const secret = (usage: string): unknown =>
  session.generateKey("GENERIC_SECRET_KEY_GEN", { VALUE_LEN: 32, usage: usage as "sign" });
const aes = (usage: string): unknown =>
  session.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: usage as "wrap", extractable: true });

const kem = (): { publicKey: unknown; privateKey: unknown } =>
  session.generateKeyPair({ mechanism: "ML_KEM_KEY_PAIR_GEN", parameterSet: "ML-KEM-512" }, { usage: "encapsulate" });

function begun(begin: () => unknown, ...args: unknown[]): unknown[] {
  begin();
  return args;
}

const rsa = "RSA_PKCS";
const { components } = nodeRsaKey(2048);
const rsaKey = { KEY_TYPE: "RSA", MODULUS: components.n, PUBLIC_EXPONENT: components.e, TOKEN: true } as const;
const rsaSecrets = {
  PRIVATE_EXPONENT: components.d,
  PRIME_1: components.p,
  PRIME_2: components.q,
  EXPONENT_1: components.dp,
  EXPONENT_2: components.dq,
  COEFFICIENT: components.qi,
};
/** An import takes its time; these stay on the token. */
const rsaPair = (): { publicKey: unknown; privateKey: unknown } => ({
  publicKey:
    session.findObjects({ VERIFY_RECOVER: true })[0] ??
    session.createObject({ CLASS: "PUBLIC_KEY", ...rsaKey, VERIFY_RECOVER: true }),
  privateKey:
    session.findObjects({ SIGN_RECOVER: true })[0] ??
    session.createObject({ CLASS: "PRIVATE_KEY", ...rsaKey, ...rsaSecrets, SIGN_RECOVER: true }),
});

const iv = new Uint8Array(12);
const tag = new Uint8Array(16);

/** The six functions on messages of one kind. */
function ofMessages(
  Kind: string,
  kind: string,
  start: () => unknown[],
  whole: unknown[],
  end: unknown[],
): Record<string, () => unknown[]> {
  const call = (name: string, ...args: unknown[]): unknown =>
    (session as unknown as Record<string, (...args: unknown[]) => unknown>)[name]?.(...args);
  const init = (): unknown => call(`message${Kind}Init`, ...start());
  const begin = (): unknown[] => (whole.length > 1 && Kind !== "Verify" ? [whole[0]] : []);
  const amid = (): void => {
    init();
    call(`${kind}MessageBegin`, ...begin());
  };
  return {
    [`message${Kind}Init`]: start,
    [`${kind}Message`]: () => begun(init, ...whole),
    [`${kind}MessageBegin`]: () => begun(init, ...begin()),
    [`${kind}MessageNext`]: () => begun(amid, data),
    [`${kind}MessageEnd`]: () => begun(amid, ...end),
    [`message${Kind}Final`]: () => begun(init),
  };
}

/** Begins two operations. */
const both = (one: "digest" | "sign" | "verify", other: "encrypt" | "decrypt") => (): void => {
  if (one === "digest") session.digestInit("SHA256");
  else session[`${one}Init`](hmac, secret("sign") as never);
  session[`${other}Init`](gcm, aes("encrypt") as never);
};

/** Arguments that each method takes; one at a time is replaced. What the call needs before it happens here too. */
const CALLS: Readonly<Record<string, () => unknown[]>> = {
  close: () => [],
  info: () => [],
  validationFlags: () => [],
  tokenInfo: () => [],
  login: () => ["user", "1234"],
  loginUser: () => ["user", "1234", ""],
  cancel: () => [["digest"]],
  logout: () => [],
  initPin: () => ["1234"],
  setPin: () => ["1234", "12345"],
  createObject: () => [{ CLASS: "DATA" }],
  copyObject: () => [aes("wrap"), {}],
  destroyObject: () => [aes("wrap")],
  objectSize: () => [aes("wrap")],
  getAttributes: () => [aes("wrap"), ["LABEL"]],
  setAttributes: () => [aes("wrap"), { LABEL: "x" }],
  findObjects: () => [{}, {}],
  findInit: () => [{}],
  find: () => begun(() => session.findInit(), 5),
  findFinal: () => begun(() => session.findInit()),
  encrypt: () => [gcm, aes("encrypt"), data],
  encryptInit: () => [gcm, aes("encrypt")],
  encryptUpdate: () => begun(() => session.encryptInit(gcm, aes("encrypt") as never), data),
  encryptFinal: () => begun(() => session.encryptInit(gcm, aes("encrypt") as never)),
  decrypt: () => [gcm, aes("encrypt"), data],
  decryptInit: () => [gcm, aes("encrypt")],
  decryptUpdate: () => begun(() => session.decryptInit(gcm, aes("encrypt") as never), data),
  decryptFinal: () => begun(() => session.decryptInit(gcm, aes("encrypt") as never)),
  sign: () => [hmac, secret("sign"), data],
  signInit: () => [hmac, secret("sign")],
  signUpdate: () => begun(() => session.signInit(hmac, secret("sign") as never), data),
  signFinal: () => begun(() => session.signInit(hmac, secret("sign") as never)),
  verify: () => [hmac, secret("sign"), data, data],
  verifyInit: () => [hmac, secret("sign")],
  verifyUpdate: () => begun(() => session.verifyInit(hmac, secret("sign") as never), data),
  verifyFinal: () => begun(() => session.verifyInit(hmac, secret("sign") as never), data),
  signRecover: () => [rsa, rsaPair().privateKey, data],
  signRecoverInit: () => [rsa, rsaPair().privateKey],
  signRecoverFinal: () => begun(() => session.signRecoverInit(rsa, rsaPair().privateKey as never), data),
  verifyRecover: () => [rsa, rsaPair().publicKey, data],
  verifyRecoverInit: () => [rsa, rsaPair().publicKey],
  verifyRecoverFinal: () => begun(() => session.verifyRecoverInit(rsa, rsaPair().publicKey as never), data),
  verifySignature: () => [hmac, secret("sign"), data, data],
  verifySignatureInit: () => [hmac, secret("sign"), data],
  verifySignatureUpdate: () => begun(() => session.verifySignatureInit(hmac, secret("sign") as never, data), data),
  verifySignatureFinal: () => begun(() => session.verifySignatureInit(hmac, secret("sign") as never, data)),
  ...ofMessages("Encrypt", "encrypt", () => [gcm, aes("encrypt")], [{}, data], [data]),
  ...ofMessages("Decrypt", "decrypt", () => [gcm, aes("encrypt")], [{ iv, tag }, data], [data, { tag }]),
  ...ofMessages("Sign", "sign", () => [hmac, secret("sign")], [data], [data]),
  ...ofMessages("Verify", "verify", () => [hmac, secret("sign")], [data, data], [data, data]),
  digestEncryptUpdate: () => begun(both("digest", "encrypt"), data),
  decryptDigestUpdate: () => begun(both("digest", "decrypt"), data),
  signEncryptUpdate: () => begun(both("sign", "encrypt"), data),
  decryptVerifyUpdate: () => begun(both("verify", "decrypt"), data),
  operationState: () => begun(() => session.digestInit("SHA256")),
  restoreOperationState: () => [data],
  digestKey: () => begun(() => session.digestInit("SHA256"), aes("encrypt")),
  digest: () => ["SHA256", data],
  digestInit: () => ["SHA256"],
  digestUpdate: () => begun(() => session.digestInit("SHA256"), data),
  digestFinal: () => begun(() => session.digestInit("SHA256")),
  generateRandom: () => [8],
  seedRandom: () => [data],
  generateKey: () => ["AES_KEY_GEN", { VALUE_LEN: 16 }],
  generateKeyPair: () => [{ mechanism: "EC_EDWARDS_KEY_PAIR_GEN" }, {}, {}],
  generateKeyPairAsync: () => [{ mechanism: "EC_EDWARDS_KEY_PAIR_GEN" }, {}, {}, {}],
  deriveKey: () => ["HKDF_DERIVE", secret("derive"), {}],
  wrapKey: () => ["PHSM_BOUND_WRAP", aes("wrap"), aes("encrypt")],
  unwrapKey: () => ["PHSM_BOUND_WRAP", aes("wrap"), data, {}],
  encapsulateKey: () => ["ML_KEM", kem().publicKey, {}],
  decapsulateKey: () => ["ML_KEM", kem().privateKey, new Uint8Array(768), {}],
};

const HSM_CALLS: Readonly<Record<string, () => unknown[]>> = {
  slots: () => [],
  mechanismList: () => [],
  mechanismInfo: () => ["AES_GCM"],
  openSession: () => [{}],
  closeAllSessions: () => [hsm.slots()[1]?.slot],
  initToken: () => [hsm.slots()[1]?.slot, "so-pin", "label"],
  slotList: () => [true],
  slotInfo: () => [hsm.slotList()[0]],
  tokenInfo: () => [hsm.slotList()[0]],
  removeToken: () => [hsm.slotList()[1]],
  insertToken: () => begun(() => hsm.removeToken(hsm.slotList()[1]), hsm.slotList()[1]),
  slotEvent: () => [],
  waitForSlotEvent: () => begun(() => hsm.removeToken(hsm.slotList()[1]), {}),
};

/** A wrong PIN is counted; that alone a refused call may change. */
const uncounted = { soPinCountLow: false, userPinCountLow: false };
const state = (): unknown => [
  hsm.slots().map(({ slot, token }) => ({ slot, token: { ...token, ...uncounted } })),
  observer.info(),
  observer.findObjects().map((object) => [object, observer.getAttributes(object, ["UNIQUE_ID", "LABEL"])]),
];

async function play(type: typeof Session | typeof Hsm, name: string, prepare: () => unknown[]): Promise<void> {
  session = hsm.openSession({ readWrite: true });
  const arity = prepare().length;
  for (let position = 0; position < arity; position++) {
    for (const value of HOSTILE) {
      for (const slot of hsm.slotList()) if (!hsm.slotInfo(slot).tokenPresent) hsm.insertToken(slot);
      hsm.closeAllSessions();
      observer = hsm.openSession({ readWrite: true });
      session = hsm.openSession({ readWrite: true });
      const args = prepare();
      args[position] = value;
      const before = state();
      const on = (type === Session ? session : hsm) as unknown as Record<string, (...args: unknown[]) => unknown>;
      try {
        await on[name]?.(...args);
      } catch (error) {
        expect(error, `${name}, argument ${position}`).toBeInstanceOf(CkrError);
        expect(state()).toEqual(before);
      }
    }
  }
}

test.each(Object.entries(CALLS))("Session.%s", (name, prepare) => play(Session, name, prepare));

test.each(Object.entries(HSM_CALLS))("Hsm.%s", (name, prepare) => play(Hsm, name, prepare));

test("createHsm", () => {
  const options = ["slots", "label", "pin", "soPin", "policy", "entropy", "maxPinTries", "pinCost", "pinsToBeChanged"];
  for (const value of HOSTILE) {
    for (const given of [value, ...options.map((name) => ({ pinCost, [name]: value }))]) {
      try {
        createHsm(given as never);
      } catch (error) {
        expect(error).toBeInstanceOf(CkrError);
      }
    }
  }
});

test("every public method is in the tables", () => {
  const own = (prototype: object): string[] =>
    prototype === Object.prototype
      ? []
      : [...Object.getOwnPropertyNames(prototype), ...own(Object.getPrototypeOf(prototype))];
  const methods = (type: { prototype: object }): string[] =>
    own(type.prototype).filter((name) => name !== "constructor");
  expect(Object.keys(CALLS).sort()).toEqual(methods(Session).sort());
  expect(Object.keys(HSM_CALLS).sort()).toEqual(methods(Hsm).sort());
});
