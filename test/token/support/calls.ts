/** A call of every public method, with arguments that it takes. */

import type { Hsm } from "../../../src/token/hsm.ts";
import type { Session } from "../../../src/token/session.ts";

const data = new Uint8Array(32);
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

function begun(begin: () => void, ...args: unknown[]): unknown[] {
  begin();
  return args;
}

/** Arguments of each method of a session. What a call needs before it happens here too. */
export function sessionCalls(session: Session): Calls {
  const secret = (usage: string): unknown =>
    session.generateKey("GENERIC_SECRET_KEY_GEN", { VALUE_LEN: 32, usage: usage as "sign" });
  const aes = (usage: string): unknown =>
    session.generateKey("AES_KEY_GEN", { VALUE_LEN: 32, usage: usage as "wrap", extractable: true });

  const kem = (): { publicKey: unknown; privateKey: unknown } =>
    session.generateKeyPair({ mechanism: "ML_KEM_KEY_PAIR_GEN", parameterSet: "ML-KEM-512" }, { usage: "encapsulate" });

  return {
    close: () => [],
    info: () => [],
    tokenInfo: () => [],
    login: () => ["user", "1234"],
    logout: () => [],
    initPin: () => ["1234"],
    setPin: () => ["1234", "12345"],
    createObject: () => [{ CLASS: "DATA" }],
    copyObject: () => [aes("wrap"), {}],
    destroyObject: () => [aes("wrap")],
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
}

export function hsmCalls(hsm: Hsm): Calls {
  return {
    slots: () => [],
    mechanismList: () => [],
    mechanismInfo: () => ["AES_GCM"],
    openSession: () => [{}],
    closeAllSessions: () => [hsm.slots()[1]?.slot],
    initToken: () => [hsm.slots()[1]?.slot, "so-pin", "label"],
    initialize: () => [],
    selfTest: () => [],
  };
}
