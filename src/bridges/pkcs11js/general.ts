/** General purpose, slots and tokens (PKCS #11 v3.1, 5.4 and 5.5). */

import { utf8 } from "../../bytes/bytes.ts";
import { CKM } from "../../cryptoki/constants.ts";
import { CkrError } from "../../cryptoki/error.ts";
import * as ck from "../../cryptoki/pkcs11t.ts";
import type { Hsm } from "../../token/hsm.ts";
import type { Application } from "./application.ts";
import { type Call, type Calls, call, inSession, number, slot, text } from "./arguments.ts";
import { ulong } from "./bytes.ts";
import { ensure } from "./errors.ts";
import { mechanismName } from "./mechanism.ts";
import type { GeneralFunctions, MechanismInfo, ModuleInfo, SlotInfo, TokenInfo } from "./types.ts";

const MANUFACTURER = "pocket-hsm";
const CRYPTOKI = { major: 3, minor: 2 };
const LIBRARY = { major: 0, minor: 1 };
const NONE = { major: 0, minor: 0 };
/** CK_UNAVAILABLE_INFORMATION and CK_EFFECTIVELY_INFINITE. */
const UNKNOWN = 2n ** 64n - 1n;
const UNLIMITED = 0;

type TokenState = ReturnType<Hsm["tokenInfo"]>;

/** Flags of CK_TOKEN_INFO that say what a token is, and those that say how it is at the moment. */
const TOKEN_FLAGS = ck.CKF_RNG | ck.CKF_RESTORE_KEY_NOT_NEEDED | ck.CKF_DUAL_CRYPTO_OPERATIONS;
// biome-ignore format: a table
const STATE_FLAGS: { readonly [S in keyof TokenState]?: number } = {
  loginRequired:      ck.CKF_LOGIN_REQUIRED,
  userPinInitialized: ck.CKF_USER_PIN_INITIALIZED,
  initialized:        ck.CKF_TOKEN_INITIALIZED,
  userPinCountLow:    ck.CKF_USER_PIN_COUNT_LOW,
  userPinFinalTry:    ck.CKF_USER_PIN_FINAL_TRY,
  userPinLocked:      ck.CKF_USER_PIN_LOCKED,
  userPinToBeChanged: ck.CKF_USER_PIN_TO_BE_CHANGED,
  soPinCountLow:      ck.CKF_SO_PIN_COUNT_LOW,
  soPinFinalTry:      ck.CKF_SO_PIN_FINAL_TRY,
  soPinLocked:        ck.CKF_SO_PIN_LOCKED,
  soPinToBeChanged:   ck.CKF_SO_PIN_TO_BE_CHANGED,
  errorState:         ck.CKF_ERROR_STATE,
};

// biome-ignore format: a table
const OPERATION_FLAGS: Readonly<Record<ReturnType<Hsm["mechanismInfo"]>["flags"][number], number>> = {
  encrypt:         ck.CKF_ENCRYPT,
  decrypt:         ck.CKF_DECRYPT,
  digest:          ck.CKF_DIGEST,
  sign:            ck.CKF_SIGN,
  verify:          ck.CKF_VERIFY,
  generateKey:     ck.CKF_GENERATE,
  generateKeyPair: ck.CKF_GENERATE_KEY_PAIR,
  wrap:            ck.CKF_WRAP,
  unwrap:          ck.CKF_UNWRAP,
  derive:          ck.CKF_DERIVE,
  messageEncrypt:  ck.CKF_MESSAGE_ENCRYPT,
  messageDecrypt:  ck.CKF_MESSAGE_DECRYPT,
  messageSign:     ck.CKF_MESSAGE_SIGN,
  messageVerify:   ck.CKF_MESSAGE_VERIFY,
  signRecover:     ck.CKF_SIGN_RECOVER,
  verifyRecover:   ck.CKF_VERIFY_RECOVER,
  encapsulate:     ck.CKF_ENCAPSULATE,
  decapsulate:     ck.CKF_DECAPSULATE,
};

const CURVE_FLAGS: Readonly<Record<ReturnType<Hsm["mechanismInfo"]>["curves"][number], number>> = {
  EC_F_P: ck.CKF_EC_F_P,
  EC_OID: ck.CKF_EC_OID,
  EC_CURVENAME: ck.CKF_EC_CURVENAME,
  EC_UNCOMPRESS: ck.CKF_EC_UNCOMPRESS,
};

/** Text in a field of a fixed number of bytes, filled with blanks. */
function field(value: string, byteLength: number): string {
  return value + " ".repeat(Math.max(0, byteLength - utf8(value).length));
}

/** 0 to 1 arguments: the only functions that pkcs11js counts so. */
function oneOptional(run: (application: Application, value: unknown) => unknown): Call {
  return (application, [value]) => run(application, value);
}

export const general: Calls<GeneralFunctions> = {
  C_Initialize: oneOptional((application, options) => {
    const isObject = options === undefined || options === null || typeof options === "object";
    if (!isObject) throw new TypeError("Argument 0 has wrong type. Should be an Object");
    const { libraryParameters = "" } = (options ?? {}) as { readonly libraryParameters?: unknown };
    if (typeof libraryParameters !== "string") {
      throw new TypeError("Argument 0 has wrong type. Property 'libraryParameters' should be a String");
    }
    application.initialize();
  }),

  C_Finalize: oneOptional((application) => application.finalize()),

  C_GetInfo: oneOptional((application): ModuleInfo => {
    application.requireInitialized();
    return {
      cryptokiVersion: CRYPTOKI,
      manufacturerID: field(MANUFACTURER, 32),
      flags: 0,
      libraryDescription: field("TypeScript HSM", 32),
      libraryVersion: LIBRARY,
    };
  }),

  C_GetSlotList: (application: Application, values: readonly unknown[]) => {
    const [tokenPresent = false] = values;
    if (typeof tokenPresent !== "boolean") throw new TypeError("Argument 0 has wrong type. Should be a Boolean");
    application.requireInitialized();
    return application.hsm.slotList(tokenPresent).map(ulong);
  },

  C_GetSlotInfo: call([slot], ({ hsm }, id): SlotInfo => {
    const { description, manufacturer, tokenPresent, removable } = hsm.slotInfo(id);
    return {
      slotDescription: field(description, 64),
      manufacturerID: field(manufacturer, 32),
      flags: (tokenPresent ? ck.CKF_TOKEN_PRESENT : 0) | (removable ? ck.CKF_REMOVABLE_DEVICE : 0),
      hardwareVersion: NONE,
      firmwareVersion: NONE,
    };
  }),

  C_GetTokenInfo: call([slot], (application, id): TokenInfo => {
    const token = application.hsm.tokenInfo(id);
    const sessions = application.sessionsOf(id);
    const states = Object.entries(STATE_FLAGS).filter(([state]) => token[state as keyof TokenState] === true);
    return {
      label: field(token.label, 32),
      manufacturerID: field(MANUFACTURER, 32),
      model: field("TypeScript HSM", 16),
      serialNumber: field(token.serialNumber, 16),
      flags: states.reduce((flags, [, flag]) => flags | flag, TOKEN_FLAGS),
      maxSessionCount: UNLIMITED,
      sessionCount: sessions.length,
      maxRwSessionCount: UNLIMITED,
      rwSessionCount: sessions.filter(({ readWrite }) => readWrite).length,
      maxPinLen: token.maxPinBytes,
      minPinLen: token.minPinBytes,
      hardwareVersion: NONE,
      firmwareVersion: NONE,
      utcTime: field("", 16),
      totalPublicMemory: UNKNOWN,
      freePublicMemory: UNKNOWN,
      totalPrivateMemory: UNKNOWN,
      freePrivateMemory: UNKNOWN,
    };
  }),

  C_GetMechanismList: call([slot], ({ hsm }, id) => {
    hsm.tokenInfo(id);
    return hsm.mechanismList().map((name) => CKM[name]);
  }),

  C_GetMechanismInfo: call([slot, number], ({ hsm }, id, type): MechanismInfo => {
    hsm.tokenInfo(id);
    const { keySize, flags, curves } = hsm.mechanismInfo(mechanismName(type));
    const all = [...flags.map((operation) => OPERATION_FLAGS[operation]), ...curves.map((flag) => CURVE_FLAGS[flag])];
    return {
      minKeySize: keySize?.min ?? 0,
      maxKeySize: keySize?.max ?? 0,
      flags: all.reduce((sum, flag) => sum | flag, 0),
    };
  }),

  C_InitToken: call([slot, text, text], ({ hsm }, id, pin, label) => hsm.initToken(id, pin, label.trimEnd())),

  C_InitPIN: inSession([text], ({ session }, pin) => session.initPin(pin)),

  C_SetPIN: inSession([text, text], ({ session }, oldPin, newPin) => session.setPin(oldPin, newPin)),

  /** Null when nothing has happened, where C_WaitForSlotEvent says CKR_NO_EVENT. */
  C_WaitForSlotEvent: call([number], (application, flags) => {
    application.requireInitialized();
    try {
      return ulong(application.hsm.slotEvent());
    } catch (error) {
      if (!(error instanceof CkrError && error.ckr === "NO_EVENT")) throw error;
      const isToWait = (flags & ck.CKF_DONT_BLOCK) === 0;
      ensure(!isToWait, "CKR_FUNCTION_NOT_SUPPORTED", "waiting would hold up the event loop");
      return null;
    }
  }),
};
