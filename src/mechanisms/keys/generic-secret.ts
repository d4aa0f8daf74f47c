import { Secret } from "../../bytes/secret.ts";
import type { HashName, MacKey } from "../../crypto/engine.ts";
import { demand } from "../../cryptoki/error.ts";
import type { TokenObject } from "../../objects/object.ts";
import type { Context, NewKey } from "../mechanism.ts";
import { badValue, type KeyTypeSpec, required } from "./key-type.ts";

/** What the standard's policy takes; the strict one has a rule for the least (objects/policy.ts). */
export const MIN_SECRET_BYTES = 1;
export const MAX_SECRET_BYTES = 4096;

/** The key types that are byte strings of any length. */
type SecretType = "GENERIC_SECRET" | "HKDF";

function secretType(type: SecretType): KeyTypeSpec {
  return {
    type,
    importSecret: (_context, template) => newGenericSecret(required(template, "VALUE"), type),
    fromValue: (value) => newGenericSecret(Uint8Array.from(value), type),
  };
}

/** CKK_GENERIC_SECRET (PKCS #11 v3.1, 6.8). */
export const genericSecret: KeyTypeSpec = secretType("GENERIC_SECRET");
/** CKK_HKDF (PKCS #11 v3.1, 6.62): the base key of an HKDF. */
export const hkdfKeys: KeyTypeSpec = secretType("HKDF");

/** Takes the bytes over. @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID */
export function newGenericSecret(value: Uint8Array, type: SecretType = "GENERIC_SECRET"): NewKey {
  if (value.length < MIN_SECRET_BYTES || value.length > MAX_SECRET_BYTES) {
    throw badValue(`a secret has ${MIN_SECRET_BYTES} to ${MAX_SECRET_BYTES} bytes, not ${value.length}`);
  }
  return {
    attributes: { CLASS: "SECRET_KEY", KEY_TYPE: type, VALUE_LEN: value.length },
    secrets: { VALUE: new Secret(value) },
  };
}

/** The prepared HMAC key of a secret key, one for each hash, by its name alone: one put together is hashed at each call. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function hmacKeyOf({ engine }: Context, key: TokenObject, hash: HashName): MacKey {
  return key.prepared(hash, () => secretValueOf(key).use((value) => engine.hmac(hash, value)));
}

/** The value of a secret key of any type, and of nothing else. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function secretValueOf(key: TokenObject): Secret {
  demand(key.get("CLASS") === "SECRET_KEY", "KEY_TYPE_INCONSISTENT", "the mechanism needs a secret key");
  return key.secret("VALUE");
}
