/** A call of every public method, with arguments that it takes. */

import type { Hsm } from "../../../src/token/hsm.ts";
import type { Session } from "../../../src/token/session.ts";
import { nodeRsaKey } from "../../support/rsa-fixture.ts";

const data = new Uint8Array(32);
const iv = new Uint8Array(12);
const tag = new Uint8Array(16);
const gcm = { mechanism: "AES_GCM" } as const;
const hmac = { mechanism: "SHA256_HMAC" } as const;

export type Calls = Readonly<Record<string, () => unknown[]>>;

/** The names of a class's methods, inherited ones too. */
export function methodsOf(type: { readonly prototype: object }): string[] {
  const own = (prototype: object): string[] =>
    prototype === Object.prototype
      ? []
      : [...Object.getOwnPropertyNames(prototype), ...own(Object.getPrototypeOf(prototype))];
  return [...new Set(own(type.prototype))].filter((name) => name !== "constructor");
}

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
/** Arguments of each method of a session. What a call needs before it happens here too. */
export function sessionCalls(session: Session): Calls {
  const secret = (usage: string): unknown =>
    session.generateKey("GENERIC_SECRET_KEY_GEN", { VALUE_LEN: 32, usage: usage as "sign" });
  const aes = (usage: string): unknown =>
    session.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: usage as "wrap", extractable: true });

  const kem = (): { publicKey: unknown; privateKey: unknown } =>
    session.generateKeyPair({ mechanism: "ML_KEM_KEY_PAIR_GEN", parameterSet: "ML-KEM-512" }, { usage: "encapsulate" });

  const saved = (): Uint8Array => {
    session.cancel();
    session.digestInit("SHA256");
    return session.operationState();
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

  return {
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
    encryptBatch: () => ["AES_GCM", aes("encrypt"), [data, data], {}],
    encryptInit: () => [gcm, aes("encrypt")],
    encryptUpdate: () => begun(() => session.encryptInit(gcm, aes("encrypt") as never), data),
    encryptFinal: () => begun(() => session.encryptInit(gcm, aes("encrypt") as never)),
    decrypt: () => [gcm, aes("encrypt"), data],
    decryptInit: () => [gcm, aes("encrypt")],
    decryptUpdate: () => begun(() => session.decryptInit(gcm, aes("encrypt") as never), data),
    decryptFinal: () => begun(() => session.decryptInit(gcm, aes("encrypt") as never)),
    sign: () => [hmac, secret("sign"), data],
    signBatch: () => [hmac, secret("sign"), [data, data], {}],
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
    restoreOperationState: () => [saved(), []],
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
    wrapKeyAuthenticated: () => ["PHSM_BOUND_WRAP", aes("wrap"), aes("encrypt"), { aad: data }],
    unwrapKeyAuthenticated: () => ["PHSM_BOUND_WRAP", aes("wrap"), data, { aad: data }, {}],
    encapsulateKey: () => ["ML_KEM", kem().publicKey, {}],
    decapsulateKey: () => ["ML_KEM", kem().privateKey, new Uint8Array(768), {}],
  };
}

export function hsmCalls(hsm: Hsm): Calls {
  const second = hsm.slotList()[1];
  const takenOut = (): void => {
    if (second !== undefined && hsm.slotInfo(second).tokenPresent) hsm.removeToken(second);
  };
  return {
    slots: () => [],
    mechanismList: () => [],
    mechanismInfo: () => ["AES_GCM"],
    openSession: () => [{}],
    closeAllSessions: () => [hsm.slots()[1]?.slot],
    initToken: () => [hsm.slots()[1]?.slot, "so-pin", "label"],
    slotList: () => [true],
    slotInfo: () => [hsm.slotList()[0]],
    tokenInfo: () => [hsm.slotList()[0]],
    removeToken: () => [second],
    insertToken: () => begun(takenOut, second),
    slotEvent: () => [],
    waitForSlotEvent: () => begun(takenOut, {}),
    initialize: () => [],
    selfTest: () => [],
  };
}
