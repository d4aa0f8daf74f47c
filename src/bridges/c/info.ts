/** CK_INFO, CK_SLOT_INFO, CK_TOKEN_INFO, CK_MECHANISM_INFO and CK_SESSION_INFO (PKCS #11 v3.1, 3.1 to 3.3 and 5.4 to 5.6). */

import { utf8 } from "../../bytes/bytes.ts";
import type { SlotId } from "../../cryptoki/handles.ts";
import * as ck from "../../cryptoki/pkcs11t.ts";
import type { Hsm } from "../../token/hsm.ts";
import type { Session } from "../../token/session.ts";
import type { Application, OpenSession } from "./application.ts";
import { mechanismName } from "./mechanism.ts";

export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** CK_INFO. */
export interface ModuleInfo {
  readonly cryptokiVersion: Version;
  readonly manufacturerID: string;
  readonly flags: number;
  readonly libraryDescription: string;
  readonly libraryVersion: Version;
}

/** CK_SLOT_INFO. */
export interface SlotInfo {
  readonly slotDescription: string;
  readonly manufacturerID: string;
  readonly flags: number;
  readonly hardwareVersion: Version;
  readonly firmwareVersion: Version;
}

/** CK_TOKEN_INFO. Memory is counted in bigints, as pkcs11js does. */
export interface TokenInfo {
  readonly label: string;
  readonly manufacturerID: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly flags: number;
  readonly maxSessionCount: number;
  readonly sessionCount: number;
  readonly maxRwSessionCount: number;
  readonly rwSessionCount: number;
  readonly maxPinLen: number;
  readonly minPinLen: number;
  readonly hardwareVersion: Version;
  readonly firmwareVersion: Version;
  readonly utcTime: string;
  readonly totalPublicMemory: bigint;
  readonly freePublicMemory: bigint;
  readonly totalPrivateMemory: bigint;
  readonly freePrivateMemory: bigint;
}

/** CK_MECHANISM_INFO. */
export interface MechanismInfo {
  readonly minKeySize: number;
  readonly maxKeySize: number;
  readonly flags: number;
}

/** CK_SESSION_INFO. */
export interface SessionInfo {
  readonly slotID: SlotId;
  readonly state: number;
  readonly flags: number;
  readonly deviceError: number;
}

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

// biome-ignore format: a table
const STATES: Readonly<Record<ReturnType<Session["info"]>["state"], number>> = {
  RO_PUBLIC_SESSION: ck.CKS_RO_PUBLIC_SESSION,
  RO_USER_FUNCTIONS: ck.CKS_RO_USER_FUNCTIONS,
  RW_PUBLIC_SESSION: ck.CKS_RW_PUBLIC_SESSION,
  RW_USER_FUNCTIONS: ck.CKS_RW_USER_FUNCTIONS,
  RW_SO_FUNCTIONS:   ck.CKS_RW_SO_FUNCTIONS,
};

/** Text in a field of a fixed number of bytes: filled with blanks, or without the characters that do not fit. */
function field(value: string, byteLength: number): string {
  let text = "";
  let length = 0;
  for (const character of value) {
    length += utf8(character).length;
    if (length > byteLength) break;
    text += character;
  }
  return text + " ".repeat(byteLength - utf8(text).length);
}

export function moduleInfo(): ModuleInfo {
  return {
    cryptokiVersion: CRYPTOKI,
    manufacturerID: field(MANUFACTURER, 32),
    flags: 0,
    libraryDescription: field("TypeScript HSM", 32),
    libraryVersion: LIBRARY,
  };
}

/** @throws CkrError CKR_SLOT_ID_INVALID */
export function slotInfo(hsm: Hsm, slot: SlotId): SlotInfo {
  const { description, manufacturer, tokenPresent, removable } = hsm.slotInfo(slot);
  return {
    slotDescription: field(description, 64),
    manufacturerID: field(manufacturer, 32),
    flags: (tokenPresent ? ck.CKF_TOKEN_PRESENT : 0) | (removable ? ck.CKF_REMOVABLE_DEVICE : 0),
    hardwareVersion: NONE,
    firmwareVersion: NONE,
  };
}

/** @throws CkrError CKR_SLOT_ID_INVALID, CKR_TOKEN_NOT_PRESENT */
export function tokenInfo(application: Application, slot: SlotId): TokenInfo {
  const token = application.hsm.tokenInfo(slot);
  const sessions = application.sessionsOf(slot);
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
}

/** @throws ReturnedError CKR_MECHANISM_INVALID */
export function mechanismInfo(hsm: Hsm, type: number): MechanismInfo {
  const { keySize, flags, curves } = hsm.mechanismInfo(mechanismName(type));
  const all = [...flags.map((operation) => OPERATION_FLAGS[operation]), ...curves.map((flag) => CURVE_FLAGS[flag])];
  return {
    minKeySize: keySize?.min ?? 0,
    maxKeySize: keySize?.max ?? 0,
    flags: all.reduce((sum, flag) => sum | flag, 0),
  };
}

export function sessionInfo({ session, readWrite }: OpenSession): SessionInfo {
  const { slot, state } = session.info();
  return {
    slotID: slot,
    state: STATES[state],
    flags: ck.CKF_SERIAL_SESSION | (readWrite ? ck.CKF_RW_SESSION : 0),
    deviceError: 0,
  };
}
