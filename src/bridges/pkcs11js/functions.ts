/** The functions of PKCS #11 as pkcs11js shows them: what comes in, what is called (../c/functions), what goes out. */

import { CkrError } from "../../cryptoki/error.ts";
import * as ck from "../../cryptoki/pkcs11t.ts";
import type { KeyPairHandles } from "../../token/session.ts";
import type { Application } from "../c/application.ts";
import { general as g } from "../c/functions/general.ts";
import { keys as k, inSlices as slicedKeys } from "../c/functions/keys.ts";
import { operations as o } from "../c/functions/operations.ts";
import { sessions as s } from "../c/functions/sessions.ts";
import { ensure } from "../c/returned.ts";
import { bytes, type Call, type Calls, call, filling, handle, number, requireCount, text } from "./arguments.ts";
import { toBytes, ulong } from "./bytes.ts";
import { mechanism } from "./mechanism.ts";
import { outwardValue, template, wanted } from "./template.ts";
import type { GeneralFunctions, KeyFunctions, KeyPair, OperationFunctions, SessionFunctions } from "./types.ts";

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
    g.C_Initialize(application);
  }),
  C_Finalize: oneOptional(g.C_Finalize),
  C_GetInfo: oneOptional(g.C_GetInfo),
  C_GetSlotList: oneOptional((application, tokenPresent = false) => {
    if (typeof tokenPresent !== "boolean") throw new TypeError("Argument 0 has wrong type. Should be a Boolean");
    return g.C_GetSlotList(application, tokenPresent).map(ulong);
  }),
  C_GetSlotInfo: call([handle], g.C_GetSlotInfo),
  C_GetTokenInfo: call([handle], g.C_GetTokenInfo),
  C_GetMechanismList: call([handle], g.C_GetMechanismList),
  C_GetMechanismInfo: call([handle, number], g.C_GetMechanismInfo),
  C_InitToken: call([handle, text, text], g.C_InitToken),
  C_InitPIN: call([handle, text], g.C_InitPIN),
  C_SetPIN: call([handle, text, text], g.C_SetPIN),

  /** Null when nothing has happened, where C_WaitForSlotEvent says CKR_NO_EVENT. */
  C_WaitForSlotEvent: call([number], (application, flags) => {
    try {
      return ulong(g.C_WaitForSlotEvent(application, ck.CKF_DONT_BLOCK) as number);
    } catch (error) {
      if (!(error instanceof CkrError && error.ckr === "NO_EVENT")) throw error;
      const isToWait = (flags & ck.CKF_DONT_BLOCK) === 0;
      ensure(!isToWait, "CKR_FUNCTION_NOT_SUPPORTED", "waiting would hold up the event loop");
      return null;
    }
  }),
};

export const sessions: Calls<SessionFunctions> = {
  C_OpenSession: call([handle, number], s.C_OpenSession, ulong),
  C_CloseSession: call([handle], s.C_CloseSession),
  C_CloseAllSessions: call([handle], s.C_CloseAllSessions),
  C_GetSessionInfo: call([handle], s.C_GetSessionInfo, (info) => ({ ...info, slotID: ulong(info.slotID) })),
  C_GetOperationState: call([handle], (application, session) =>
    toBytes(s.C_GetOperationState(application, session, Number.POSITIVE_INFINITY)),
  ),
  C_SetOperationState: call([handle, bytes, handle, handle], s.C_SetOperationState),
  C_Login: call([handle, number, text], s.C_Login),
  C_Logout: call([handle], s.C_Logout),
  C_CreateObject: call([handle, template], s.C_CreateObject, ulong),
  C_CopyObject: call([handle, handle, template], s.C_CopyObject, ulong),
  C_DestroyObject: call([handle, handle], s.C_DestroyObject),
  C_GetObjectSize: call([handle, handle], s.C_GetObjectSize),

  /** Fills the caller's own template, as pkcs11js does, and gives it back: all of it, or nothing. */
  C_GetAttributeValue: (application, values) => {
    requireCount(3, values.length);
    const [session, object, given] = values;
    const entries = wanted(given, 2);
    const types = entries.map(({ type }) => type);
    const found = s.C_GetAttributeValue(application, handle(session, 0), handle(object, 1), types);
    const read = found.map((value) => value());
    for (const [i, value] of read.entries())
      (entries[i] as { entry: { value?: unknown } }).entry.value = outwardValue(value);
    return given;
  },

  C_SetAttributeValue: call([handle, handle, template], s.C_SetAttributeValue),
  C_FindObjectsInit: call([handle, template], s.C_FindObjectsInit),

  /** Without a count: the next handle, or null. */
  C_FindObjects: (application, values) => {
    const isOne = values.length < 2;
    requireCount(2, isOne ? values.length + 1 : values.length);
    const count = isOne ? 1 : number(values[1], 1);
    const found = s.C_FindObjects(application, handle(values[0], 0), count).map(ulong);
    return isOne ? (found[0] ?? null) : found;
  },

  C_FindObjectsFinal: call([handle], s.C_FindObjectsFinal),
  C_SeedRandom: call([handle, bytes], s.C_SeedRandom),
  C_GenerateRandom: call([handle, bytes], (application, session, out) => {
    out.set(s.C_GenerateRandom(application, session, out.length));
    return out;
  }),
};

export const operations: Calls<OperationFunctions> = {
  C_EncryptInit: call([handle, mechanism, handle], o.C_EncryptInit),
  C_Encrypt: filling([handle, bytes], o.C_Encrypt),
  C_EncryptUpdate: filling([handle, bytes], o.C_EncryptUpdate),
  C_EncryptFinal: filling([handle], o.C_EncryptFinal),
  C_DecryptInit: call([handle, mechanism, handle], o.C_DecryptInit),
  C_Decrypt: filling([handle, bytes], o.C_Decrypt),
  C_DecryptUpdate: filling([handle, bytes], o.C_DecryptUpdate),
  C_DecryptFinal: filling([handle], o.C_DecryptFinal),
  C_DigestInit: call([handle, mechanism], o.C_DigestInit),
  C_Digest: filling([handle, bytes], o.C_Digest),
  C_DigestUpdate: call([handle, bytes], o.C_DigestUpdate),
  C_DigestKey: call([handle, handle], o.C_DigestKey),
  C_DigestFinal: filling([handle], o.C_DigestFinal),
  C_SignInit: call([handle, mechanism, handle], o.C_SignInit),
  C_Sign: filling([handle, bytes], o.C_Sign),
  C_SignUpdate: call([handle, bytes], o.C_SignUpdate),
  C_SignFinal: filling([handle], o.C_SignFinal),
  C_SignRecoverInit: call([handle, mechanism, handle], o.C_SignRecoverInit),
  C_SignRecover: filling([handle, bytes], o.C_SignRecover),
  C_VerifyInit: call([handle, mechanism, handle], o.C_VerifyInit),
  C_Verify: call([handle, bytes, bytes], o.C_Verify),
  C_VerifyUpdate: call([handle, bytes], o.C_VerifyUpdate),
  C_VerifyFinal: call([handle, bytes], o.C_VerifyFinal),
  C_VerifyRecoverInit: call([handle, mechanism, handle], o.C_VerifyRecoverInit),
  C_VerifyRecover: filling([handle, bytes], o.C_VerifyRecover),
  C_DigestEncryptUpdate: filling([handle, bytes], o.C_DigestEncryptUpdate),
  C_DecryptDigestUpdate: filling([handle, bytes], o.C_DecryptDigestUpdate),
  C_SignEncryptUpdate: filling([handle, bytes], o.C_SignEncryptUpdate),
  C_DecryptVerifyUpdate: filling([handle, bytes], o.C_DecryptVerifyUpdate),
};

function pairOf({ publicKey, privateKey }: KeyPairHandles): KeyPair {
  return { privateKey: ulong(privateKey), publicKey: ulong(publicKey) };
}

export const keys: Calls<KeyFunctions> = {
  C_GenerateKey: call([handle, mechanism, template], k.C_GenerateKey, ulong),
  C_GenerateKeyPair: call([handle, mechanism, template, template], k.C_GenerateKeyPair, pairOf),
  C_WrapKey: filling([handle, mechanism, handle, handle], k.C_WrapKey),
  C_UnwrapKey: call([handle, mechanism, handle, bytes, template], k.C_UnwrapKey, ulong),
  C_DeriveKey: call([handle, mechanism, handle, template], k.C_DeriveKey, ulong),
};

/** Forms of the above that leave the event loop free while they work. */
export const inSlices: Calls<Pick<KeyFunctions, "C_GenerateKeyPair">> = {
  C_GenerateKeyPair: call([handle, mechanism, template, template], slicedKeys.C_GenerateKeyPair, async (pair) =>
    pairOf(await pair),
  ),
};
