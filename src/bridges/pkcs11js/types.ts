/** The types of pkcs11js, by its names. Bytes may come in as any Uint8Array; they go out as {@link Bytes}. */

import type { MechanismInfo, ModuleInfo, SlotInfo, TokenInfo } from "../c/info.ts";
import type { Bytes } from "./bytes.ts";

export type { MechanismInfo, ModuleInfo, SlotInfo, TokenInfo, Version } from "../c/info.ts";

/** A slot, session or object: a CK_ULONG of 8 bytes, little-endian. */
export type Handle = Bytes;

/** CK_SESSION_INFO. */
export interface SessionInfo {
  readonly slotID: Handle;
  readonly state: number;
  readonly flags: number;
  readonly deviceError: number;
}

/**
 * CK_ATTRIBUTE; numbers are CK_ULONGs, booleans CK_BBOOLs, dates CK_DATEs. CKA_WRAP_TEMPLATE and its like take, and give
 * back, templates, which pkcs11js cannot do.
 */
export interface Attribute {
  type: number;
  value?: number | boolean | string | Uint8Array | Date | Template | null;
}

export type Template = Attribute[];

export interface AttributeResult {
  type: number;
  value: Bytes;
}

export type TemplateResult = AttributeResult[];

/** A parameter object; `type` is one of CK_PARAMS_. */
export interface IParams {
  type: number;
}

/** CK_ECDH1_DERIVE_PARAMS. */
export interface ECDH1 extends IParams {
  kdf: number;
  sharedData?: Uint8Array;
  publicData: Uint8Array;
}

/** CK_AES_CBC_ENCRYPT_DATA_PARAMS. */
export interface AesCBC extends IParams {
  iv: Uint8Array;
  data?: Uint8Array;
}

/** CK_CCM_PARAMS. */
export interface AesCCM extends IParams {
  dataLength?: number;
  nonce?: Uint8Array;
  aad?: Uint8Array;
  macLength?: number;
}

/** CK_GCM_PARAMS. The token counts `ivBits` itself. */
export interface AesGCM extends IParams {
  iv: Uint8Array;
  ivBits?: number;
  aad?: Uint8Array;
  tagBits?: number;
}

/** CK_RSA_PKCS_OAEP_PARAMS. */
export interface RsaOAEP extends IParams {
  hashAlg: number;
  mgf: number;
  source: number;
  sourceData?: Uint8Array;
}

/** CK_RSA_PKCS_PSS_PARAMS. */
export interface RsaPSS extends IParams {
  hashAlg: number;
  mgf: number;
  saltLen: number;
}

/** CK_MECHANISM. */
export interface Mechanism {
  mechanism: number;
  parameter?: Uint8Array | number | IParams | null;
}

export interface KeyPair {
  privateKey: Handle;
  publicKey: Handle;
}

/** CK_C_INITIALIZE_ARGS: there are neither threads nor parameters of a library here. */
export interface InitializationOptions {
  libraryParameters?: string;
  flags?: number;
}

/** A handle or bytes on their way in. */
type In = Uint8Array;

/** General purpose, slots and tokens (PKCS #11 v3.1, 5.4 and 5.5). */
export interface GeneralFunctions {
  C_Initialize(options?: InitializationOptions): void;
  C_Finalize(): void;
  C_GetInfo(): ModuleInfo;
  C_GetSlotList(tokenPresent?: boolean): Handle[];
  C_GetSlotInfo(slot: In): SlotInfo;
  C_GetTokenInfo(slot: In): TokenInfo;
  C_GetMechanismList(slot: In): number[];
  C_GetMechanismInfo(slot: In, mechanism: number): MechanismInfo;
  C_InitToken(slot: In, pin: string, label: string): void;
  C_InitPIN(session: In, pin: string): void;
  C_SetPIN(session: In, oldPin: string, newPin: string): void;
  C_WaitForSlotEvent(flags: number): Handle | null;
}

/** Sessions, objects and random numbers (PKCS #11 v3.1, 5.6, 5.7 and 5.19). */
export interface SessionFunctions {
  C_OpenSession(slot: In, flags: number): Handle;
  C_CloseSession(session: In): void;
  C_CloseAllSessions(slot: In): void;
  C_GetSessionInfo(session: In): SessionInfo;
  C_GetOperationState(session: In): Bytes;
  C_SetOperationState(session: In, state: In, encryptionKey: In, authenticationKey: In): void;
  C_Login(session: In, userType: number, pin: string): void;
  C_Logout(session: In): void;
  C_CreateObject(session: In, template: Template): Handle;
  C_CopyObject(session: In, object: In, template: Template): Handle;
  C_DestroyObject(session: In, object: In): void;
  C_GetObjectSize(session: In, object: In): number;
  C_GetAttributeValue(session: In, object: In, template: Template): TemplateResult;
  C_SetAttributeValue(session: In, object: In, template: Template): void;
  C_FindObjectsInit(session: In, template: Template): void;
  C_FindObjects(session: In, maxObjectCount: number): Handle[];
  C_FindObjects(session: In): Handle | null;
  C_FindObjectsFinal(session: In): void;
  C_SeedRandom(session: In, seed: In): void;
  C_GenerateRandom<B extends In>(session: In, out: B): B;
}

/** Encryption, digests, signatures and what combines them (PKCS #11 v3.1, 5.8 to 5.16). */
export interface OperationFunctions {
  C_EncryptInit(session: In, mechanism: Mechanism, key: In): void;
  C_Encrypt(session: In, data: In, out: In): Bytes;
  C_EncryptUpdate(session: In, data: In, out: In): Bytes;
  C_EncryptFinal(session: In, out: In): Bytes;
  C_DecryptInit(session: In, mechanism: Mechanism, key: In): void;
  C_Decrypt(session: In, data: In, out: In): Bytes;
  C_DecryptUpdate(session: In, data: In, out: In): Bytes;
  C_DecryptFinal(session: In, out: In): Bytes;
  C_DigestInit(session: In, mechanism: Mechanism): void;
  C_Digest(session: In, data: In, out: In): Bytes;
  C_DigestUpdate(session: In, data: In): void;
  C_DigestKey(session: In, key: In): void;
  C_DigestFinal(session: In, out: In): Bytes;
  C_SignInit(session: In, mechanism: Mechanism, key: In): void;
  C_Sign(session: In, data: In, out: In): Bytes;
  C_SignUpdate(session: In, data: In): void;
  C_SignFinal(session: In, out: In): Bytes;
  C_SignRecoverInit(session: In, mechanism: Mechanism, key: In): void;
  C_SignRecover(session: In, data: In, out: In): Bytes;
  C_VerifyInit(session: In, mechanism: Mechanism, key: In): void;
  C_Verify(session: In, data: In, signature: In): boolean;
  C_VerifyUpdate(session: In, data: In): void;
  C_VerifyFinal(session: In, signature: In): boolean;
  C_VerifyRecoverInit(session: In, mechanism: Mechanism, key: In): void;
  C_VerifyRecover(session: In, signature: In, out: In): Bytes;
  C_DigestEncryptUpdate(session: In, data: In, out: In): Bytes;
  C_DecryptDigestUpdate(session: In, data: In, out: In): Bytes;
  C_SignEncryptUpdate(session: In, data: In, out: In): Bytes;
  C_DecryptVerifyUpdate(session: In, data: In, out: In): Bytes;
}

/** Key management (PKCS #11 v3.1, 5.18). */
export interface KeyFunctions {
  C_GenerateKey(session: In, mechanism: Mechanism, template: Template): Handle;
  C_GenerateKeyPair(session: In, mechanism: Mechanism, publicKey: Template, privateKey: Template): KeyPair;
  C_WrapKey(session: In, mechanism: Mechanism, wrappingKey: In, key: In, out: In): Bytes;
  C_UnwrapKey(session: In, mechanism: Mechanism, unwrappingKey: In, wrapped: In, template: Template): Handle;
  C_DeriveKey(session: In, mechanism: Mechanism, baseKey: In, template: Template): Handle;
}

/** The functions of PKCS #11 that pkcs11js has, as plain calls. */
export interface Functions extends GeneralFunctions, SessionFunctions, OperationFunctions, KeyFunctions {}

export type FunctionName = keyof Functions;

/** The functions that also take a callback, and have a form that gives a promise. */
export type AsyncName =
  | `C_${"Encrypt" | "Decrypt" | "Digest" | "Sign"}${"" | "Final"}`
  | `C_Verify${"" | "Final"}`
  | `C_${"DigestEncrypt" | "DecryptDigest" | "SignEncrypt" | "DecryptVerify"}Update`
  | `C_${"Generate" | "Wrap" | "Unwrap" | "Derive"}Key`
  | "C_GenerateKeyPair";

/** Called in a later turn with an error, or with null and the result. */
export type Callback<T> = (error: Error | null, result: T) => void;

type WithCallback<F extends (...args: never[]) => unknown> = (
  ...args: [...Parameters<F>, callback: Callback<ReturnType<F>>]
) => void;

/** All that a loaded library has: the functions, and for those of {@link AsyncName} their other forms. */
export type AllFunctions = Omit<Functions, AsyncName> & {
  readonly [N in AsyncName]: Functions[N] & WithCallback<Functions[N]>;
} & {
  readonly [N in AsyncName as `${N}Callback`]: WithCallback<Functions[N]>;
} & {
  readonly [N in AsyncName as `${N}Async`]: (...args: Parameters<Functions[N]>) => Promise<ReturnType<Functions[N]>>;
};
