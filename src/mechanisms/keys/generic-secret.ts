import { Secret } from "../../bytes/secret.ts";
import type { HashName, MacKey } from "../../crypto/engine.ts";
import { demand } from "../../cryptoki/error.ts";
import type { TokenObject } from "../../objects/object.ts";
import type { Context, NewKey } from "../mechanism.ts";
import { badValue, type KeyTypeSpec, required } from "./key-type.ts";

/** What the standard's policy takes; the strict one has a rule for the least (objects/policy.ts). */
export const MIN_SECRET_BYTES = 1;
export const MAX_SECRET_BYTES = 4096;

/** CKK_GENERIC_SECRET (PKCS #11 v3.1, 6.8). */
export const genericSecret: KeyTypeSpec = {
  type: "GENERIC_SECRET",
  importSecret: (_context, template) => newGenericSecret(required(template, "VALUE")),
  fromValue: (value) => newGenericSecret(Uint8Array.from(value)),
};

/** Takes the bytes over. @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID */
export function newGenericSecret(value: Uint8Array): NewKey {
  if (value.length < MIN_SECRET_BYTES || value.length > MAX_SECRET_BYTES) {
    throw badValue(`a generic secret has ${MIN_SECRET_BYTES} to ${MAX_SECRET_BYTES} bytes, not ${value.length}`);
  }
  return {
    attributes: { CLASS: "SECRET_KEY", KEY_TYPE: "GENERIC_SECRET", VALUE_LEN: value.length },
    secrets: { VALUE: new Secret(value) },
  };
}

/** The prepared HMAC key of a secret key, one for each hash. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function hmacKeyOf({ engine }: Context, key: TokenObject, hash: HashName): MacKey {
  return key.prepared(`hmac ${hash}`, () => secretValueOf(key).use((value) => engine.hmac(hash, value)));
}

/** The value of a secret key of any type, and of nothing else. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function secretValueOf(key: TokenObject): Secret {
  demand(key.get("CLASS") === "SECRET_KEY", "KEY_TYPE_INCONSISTENT", "the mechanism needs a secret key");
  return key.secret("VALUE");
}
