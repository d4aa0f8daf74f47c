import type { AesKey } from "../../crypto/engine.ts";
import type { AttributeName, Template } from "../../cryptoki/attributes.ts";
import type { KeyType } from "../../cryptoki/constants.ts";
import { CkrError } from "../../cryptoki/error.ts";
import { DerError } from "../../der/der-error.ts";
import type { TokenObject } from "../../objects/object.ts";
import type { Context, NewKey } from "../mechanism.ts";

/**
 * What a key type can be made from. Values that are no key of the type are CKR_ATTRIBUTE_VALUE_INVALID, missing ones
 * CKR_TEMPLATE_INCOMPLETE; the bytes of a template are copied.
 */
export interface KeyTypeSpec {
  readonly type: KeyType;
  /** C_CreateObject of a secret key. */
  importSecret?(context: Context, template: Template): NewKey;
  /** C_CreateObject of a public key. */
  importPublic?(context: Context, template: Template): NewKey;
  /** C_CreateObject of a private key. */
  importPrivate?(context: Context, template: Template): NewKey;
  /** A secret key from an unwrapped or derived value, which is copied. */
  fromValue?(value: Uint8Array, context: Context): NewKey;
  /** A zero block under the key of a block cipher, for CKA_CHECK_VALUE. */
  encryptZeros?(value: Uint8Array, context: Context): Uint8Array;
  /** A private key from PKCS #8. */
  decodePrivate?(pkcs8: Uint8Array, context: Context): NewKey;
  /** A private key as PKCS #8; the caller wipes it. */
  encodePrivate?(key: TokenObject): Uint8Array;
}

/** A block of zeros under a prepared key, which is wiped. */
export function zeroBlock(key: Pick<AesKey, "cbcEncrypt" | "destroy">): Uint8Array {
  const zeros = new Uint8Array(16);
  try {
    return key.cbcEncrypt(zeros, zeros);
  } finally {
    key.destroy();
  }
}

/** The error of every value that is no key. */
export function badValue(why: string): CkrError {
  return new CkrError("ATTRIBUTE_VALUE_INVALID", why);
}

/** A byte-string attribute that an import needs, copied. @throws CkrError CKR_TEMPLATE_INCOMPLETE */
export function required(template: Template, name: AttributeName): Uint8Array {
  const value = template[name];
  if (value === undefined) throw new CkrError("TEMPLATE_INCOMPLETE", `CKA_${name} is missing`);
  if (!(value instanceof Uint8Array)) throw badValue(`CKA_${name} must be a byte string`);
  return Uint8Array.from(value);
}

/** Runs a decoder. @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID for its DerError */
export function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof DerError) throw badValue(error.message);
    throw error;
  }
}
