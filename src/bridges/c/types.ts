/** The functions of PKCS #11's C interface, with C's arguments but for pointers to what comes out: that is the result. */

import type { KeyPairHandles } from "../../token/session.ts";
import type { Application } from "./application.ts";
import type { RawAttribute, RawValue } from "./attributes.ts";
import type { MechanismInfo, ModuleInfo, SessionInfo, SlotInfo, TokenInfo } from "./info.ts";
import type { RawMechanism } from "./mechanism.ts";
import type { Room } from "./returned.ts";

/** Functions as they are called here: on behalf of an application. */
export type Implemented<F> = {
  readonly [N in keyof F]: F[N] extends (...args: infer A) => infer T
    ? (application: Application, ...args: A) => T
    : never;
};

type Slot = number;
type Handle = number;
type Bytes = Uint8Array;
type Template = readonly RawAttribute[];
/** C_…Init without a mechanism ends the operation (PKCS #11 v3.1, 5.8.1 and its like). */
type Mechanism = RawMechanism | undefined;

/** General purpose, slots and tokens (PKCS #11 v3.1, 5.4 and 5.5). */
export interface GeneralFunctions {
  C_Initialize(): void;
  C_Finalize(): void;
  C_GetInfo(): ModuleInfo;
  C_GetSlotList(tokenPresent: boolean): Slot[];
  C_GetSlotInfo(slot: Slot): SlotInfo;
  C_GetTokenInfo(slot: Slot): TokenInfo;
  C_GetMechanismList(slot: Slot): number[];
  C_GetMechanismInfo(slot: Slot, type: number): MechanismInfo;
  C_InitToken(slot: Slot, pin: string, label: string): void;
  C_InitPIN(session: Handle, pin: string): void;
  C_SetPIN(session: Handle, oldPin: string, newPin: string): void;
  /** Without CKF_DONT_BLOCK a promise, which C_Finalize ends. @throws CkrError CKR_NO_EVENT */
  C_WaitForSlotEvent(flags: number): Slot | Promise<Slot>;
}

/** Sessions, objects and random numbers (PKCS #11 v3.1, 5.6, 5.7 and 5.19). */
export interface SessionFunctions {
  C_OpenSession(slot: Slot, flags: number): Handle;
  C_CloseSession(session: Handle): void;
  C_CloseAllSessions(slot: Slot): void;
  C_GetSessionInfo(session: Handle): SessionInfo;
  C_GetOperationState(session: Handle, room: Room): Bytes;
  C_SetOperationState(session: Handle, state: Bytes, encryptionKey: Handle, authenticationKey: Handle): void;
  C_Login(session: Handle, userType: number, pin: string): void;
  C_LoginUser(session: Handle, userType: number, pin: string, username: string): void;
  C_Logout(session: Handle): void;
  C_SessionCancel(session: Handle, flags: number): void;
  C_CreateObject(session: Handle, template: Template): Handle;
  C_CopyObject(session: Handle, object: Handle, template: Template): Handle;
  C_DestroyObject(session: Handle, object: Handle): void;
  C_GetObjectSize(session: Handle, object: Handle): number;
  /** Each attribute by itself (5.7.5): a function that gives its value, or throws why there is none. */
  C_GetAttributeValue(session: Handle, object: Handle, types: readonly number[]): (() => RawValue)[];
  C_SetAttributeValue(session: Handle, object: Handle, template: Template): void;
  C_FindObjectsInit(session: Handle, template: Template): void;
  C_FindObjects(session: Handle, maxObjectCount: number): Handle[];
  C_FindObjectsFinal(session: Handle): void;
  C_SeedRandom(session: Handle, seed: Bytes): void;
  C_GenerateRandom(session: Handle, byteLength: number): Bytes;
}

/** Encryption, digests, signatures and what combines them (PKCS #11 v3.1, 5.8 to 5.16). @throws BufferTooSmall */
export interface OperationFunctions {
  C_EncryptInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_Encrypt(session: Handle, data: Bytes, room: Room): Bytes;
  C_EncryptUpdate(session: Handle, part: Bytes, room: Room): Bytes;
  C_EncryptFinal(session: Handle, room: Room): Bytes;
  C_DecryptInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_Decrypt(session: Handle, data: Bytes, room: Room): Bytes;
  C_DecryptUpdate(session: Handle, part: Bytes, room: Room): Bytes;
  C_DecryptFinal(session: Handle, room: Room): Bytes;
  C_DigestInit(session: Handle, mechanism: Mechanism): void;
  C_Digest(session: Handle, data: Bytes, room: Room): Bytes;
  C_DigestUpdate(session: Handle, part: Bytes): void;
  C_DigestKey(session: Handle, key: Handle): void;
  C_DigestFinal(session: Handle, room: Room): Bytes;
  C_SignInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_Sign(session: Handle, data: Bytes, room: Room): Bytes;
  C_SignUpdate(session: Handle, part: Bytes): void;
  C_SignFinal(session: Handle, room: Room): Bytes;
  C_SignRecoverInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_SignRecover(session: Handle, data: Bytes, room: Room): Bytes;
  C_VerifyInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_Verify(session: Handle, data: Bytes, signature: Bytes): true;
  C_VerifyUpdate(session: Handle, part: Bytes): void;
  C_VerifyFinal(session: Handle, signature: Bytes): true;
  C_VerifyRecoverInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_VerifyRecover(session: Handle, signature: Bytes, room: Room): Bytes;
  C_DigestEncryptUpdate(session: Handle, part: Bytes, room: Room): Bytes;
  C_DecryptDigestUpdate(session: Handle, part: Bytes, room: Room): Bytes;
  C_SignEncryptUpdate(session: Handle, part: Bytes, room: Room): Bytes;
  C_DecryptVerifyUpdate(session: Handle, part: Bytes, room: Room): Bytes;
}

/** Signatures and MACs of many messages (PKCS #11 v3.1, 5.14 and 5.16). No mechanism here has parameters for a message. */
export interface MessageFunctions {
  C_MessageSignInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_SignMessage(session: Handle, parameter: Bytes, data: Bytes, room: Room): Bytes;
  C_SignMessageBegin(session: Handle, parameter: Bytes): void;
  /** With the last part a signature, and nothing with those before. */
  C_SignMessageNext(session: Handle, parameter: Bytes, part: Bytes, isLast: boolean, room: Room): Bytes;
  C_MessageSignFinal(session: Handle): void;
  C_MessageVerifyInit(session: Handle, mechanism: Mechanism, key: Handle): void;
  C_VerifyMessage(session: Handle, parameter: Bytes, data: Bytes, signature: Bytes): true;
  C_VerifyMessageBegin(session: Handle, parameter: Bytes): void;
  /** With the last part the signature, which is `undefined` with those before. */
  C_VerifyMessageNext(session: Handle, parameter: Bytes, part: Bytes, signature: Bytes | undefined): void;
  C_MessageVerifyFinal(session: Handle): void;
}

/** Key management (PKCS #11 v3.1, 5.18). */
export interface KeyFunctions {
  C_GenerateKey(session: Handle, mechanism: RawMechanism, template: Template): Handle;
  C_GenerateKeyPair(
    session: Handle,
    mechanism: RawMechanism,
    publicKey: Template,
    privateKey: Template,
  ): KeyPairHandles;
  C_WrapKey(session: Handle, mechanism: RawMechanism, wrappingKey: Handle, key: Handle, room: Room): Bytes;
  C_UnwrapKey(session: Handle, mechanism: RawMechanism, key: Handle, wrapped: Bytes, template: Template): Handle;
  C_DeriveKey(session: Handle, mechanism: RawMechanism, key: Handle, template: Template): Handle;
}

/** Functions that have a form which leaves the event loop free while they work. */
export interface SlicedFunctions {
  C_GenerateKeyPair(...args: Parameters<KeyFunctions["C_GenerateKeyPair"]>): Promise<KeyPairHandles>;
}
