import type { HashState } from "../crypto/engine.ts";
import type { AttributeName } from "../cryptoki/attributes.ts";
import { CkrError } from "../cryptoki/error.ts";
import type { CkrName } from "../cryptoki/return-values.ts";
import type { CipherStream, Context, Mechanism, Operation, VerifyStream } from "../mechanisms/mechanism.ts";
import type { TokenObject } from "../objects/object.ts";
import type { DigestOperation } from "./digest-operation.ts";
import type { MessageProcess } from "./messages.ts";

interface UseRow {
  /** The attribute that permits it. */
  readonly flag: AttributeName;
  /** What the mechanism must have for it. */
  readonly by: Operation & keyof Mechanism;
  /** The return values that name a wrong key. */
  readonly handle: CkrName;
  readonly type: CkrName;
}

const KEY = { handle: "KEY_HANDLE_INVALID", type: "KEY_TYPE_INCONSISTENT" } as const;
const WRAPPING_KEY = { handle: "WRAPPING_KEY_HANDLE_INVALID", type: "WRAPPING_KEY_TYPE_INCONSISTENT" } as const;
const UNWRAPPING_KEY = { handle: "UNWRAPPING_KEY_HANDLE_INVALID", type: "UNWRAPPING_KEY_TYPE_INCONSISTENT" } as const;

export type KeyUse =
  | "encrypt"
  | "decrypt"
  | "sign"
  | "verify"
  | "signRecover"
  | "verifyRecover"
  | "verifySignature"
  | "messageEncrypt"
  | "messageDecrypt"
  | "messageSign"
  | "messageVerify"
  | "derive"
  | "wrap"
  | "unwrap"
  | "encapsulate"
  | "decapsulate";

/** What a key can be used for. */
// biome-ignore format: a table
export const KEY_USES: Readonly<Record<KeyUse, UseRow>> = {
  encrypt:         { flag: "ENCRYPT",        by: "encrypt",        ...KEY },
  decrypt:         { flag: "DECRYPT",        by: "decrypt",        ...KEY },
  sign:            { flag: "SIGN",           by: "sign",           ...KEY },
  verify:          { flag: "VERIFY",         by: "verify",         ...KEY },
  signRecover:     { flag: "SIGN_RECOVER",   by: "signRecover",    ...KEY },
  verifyRecover:   { flag: "VERIFY_RECOVER", by: "verifyRecover",  ...KEY },
  verifySignature: { flag: "VERIFY",         by: "verify",         ...KEY },
  messageEncrypt:  { flag: "ENCRYPT",        by: "messageEncrypt", ...KEY },
  messageDecrypt:  { flag: "DECRYPT",        by: "messageDecrypt", ...KEY },
  messageSign:     { flag: "SIGN",           by: "sign",           ...KEY },
  messageVerify:   { flag: "VERIFY",         by: "verify",         ...KEY },
  derive:          { flag: "DERIVE",         by: "derive",         ...KEY },
  wrap:            { flag: "WRAP",           by: "wrap",           ...WRAPPING_KEY },
  unwrap:          { flag: "UNWRAP",         by: "unwrap",         ...UNWRAPPING_KEY },
  encapsulate:     { flag: "ENCAPSULATE",    by: "encapsulate",    ...KEY },
  decapsulate:     { flag: "DECAPSULATE",    by: "decapsulate",    ...KEY },
};

/** A key, a mechanism and its parameters, checked against each other and ready for one use. */
export interface Ready {
  readonly mechanism: Mechanism;
  readonly params: unknown;
  readonly key: TokenObject;
  readonly context: Context;
}

/** Data in, something out: operations that have no parts. */
export type InOnePart = (data: Uint8Array) => Uint8Array;

/** A running operation of each kind; `verify` takes the signature last, `verifySignature` has had it first. */
export interface Operations {
  encrypt: CipherStream;
  decrypt: CipherStream;
  sign: HashState;
  verify: VerifyStream;
  signRecover: InOnePart;
  verifyRecover: InOnePart;
  verifySignature: { readonly stream: VerifyStream; readonly signature: Uint8Array };
  messageEncrypt: MessageProcess;
  messageDecrypt: MessageProcess;
  messageSign: MessageProcess;
  messageVerify: MessageProcess;
  digest: DigestOperation;
}

export type OperationKind = keyof Operations;

/** The kinds of operations on many messages. */
export type MessageKind = "messageEncrypt" | "messageDecrypt" | "messageSign" | "messageVerify";

/** The kinds of operations that begin with a mechanism and a key, and nothing else. */
export type StartedWithKey = Exclude<OperationKind, "digest" | "verifySignature">;

/** Checks a key against a mechanism and a use. @throws CkrError */
export function requireUse(use: KeyUse, mechanism: Mechanism, key: TokenObject): void {
  const { flag, by, type } = KEY_USES[use];
  const { name, keyTypes } = mechanism;
  if (mechanism[by] === undefined) throw new CkrError("MECHANISM_INVALID", `${name} does not ${use}`);
  if (!key.isTrue(flag)) throw new CkrError("KEY_FUNCTION_NOT_PERMITTED", `CKA_${flag} is false`);
  const keyType = key.get("KEY_TYPE");
  if (use !== "derive" && (keyType === undefined || !keyTypes?.includes(keyType))) {
    throw new CkrError(type, `${name} does not work with a key of type ${keyType}`);
  }
  const allowed = key.get("ALLOWED_MECHANISMS");
  if (allowed === undefined ? mechanism.mustBeAllowed === true : !allowed.includes(name)) {
    throw new CkrError("MECHANISM_INVALID", `the key's CKA_ALLOWED_MECHANISMS does not name ${name}`);
  }
}

export function encryptOnce({ mechanism, context, key, params }: Ready, data: Uint8Array): Uint8Array {
  return (mechanism.encrypt as NonNullable<Mechanism["encrypt"]>)(context, key, params, data);
}

export function decryptOnce({ mechanism, context, key, params }: Ready, data: Uint8Array): Uint8Array {
  return (mechanism.decrypt as NonNullable<Mechanism["decrypt"]>)(context, key, params, data);
}

export function signOnce({ mechanism, context, key, params }: Ready, data: Uint8Array): Uint8Array {
  return (mechanism.sign as NonNullable<Mechanism["sign"]>)(context, key, params, data);
}

/** @throws CkrError CKR_SIGNATURE_LEN_RANGE */
export function verifyOnce(ready: Ready, data: Uint8Array, signature: Uint8Array): boolean {
  requireSignatureLength(ready, signature);
  const { mechanism, context, key, params } = ready;
  return (mechanism.verify as NonNullable<Mechanism["verify"]>)(context, key, params, data, signature);
}

export function signRecoverOnce({ mechanism, context, key, params }: Ready, data: Uint8Array): Uint8Array {
  return (mechanism.signRecover as NonNullable<Mechanism["signRecover"]>)(context, key, params, data);
}

/** @throws CkrError CKR_SIGNATURE_LEN_RANGE, CKR_SIGNATURE_INVALID */
export function verifyRecoverOnce(ready: Ready, signature: Uint8Array): Uint8Array {
  requireSignatureLength(ready, signature);
  const { mechanism, context, key, params } = ready;
  const recover = mechanism.verifyRecover as NonNullable<Mechanism["verifyRecover"]>;
  const data = recover(context, key, params, signature);
  if (data === undefined) throw new CkrError("SIGNATURE_INVALID", "the signature is not valid");
  return data;
}

/** @throws CkrError CKR_SIGNATURE_LEN_RANGE */
export function requireSignatureLength({ mechanism, key, params }: Ready, signature: Uint8Array): void {
  const expected = mechanism.signatureBytes?.(key, params);
  if (expected !== undefined && signature.length !== expected) {
    throw new CkrError("SIGNATURE_LEN_RANGE", `a signature of this key has ${expected} bytes`);
  }
}
