import { Secret } from "../../bytes/secret.ts";
import type { AesKey } from "../../crypto/engine.ts";
import { demand } from "../../cryptoki/error.ts";
import type { TokenObject } from "../../objects/object.ts";
import type { Context, NewKey } from "../mechanism.ts";
import { badValue, type KeyTypeSpec, required, zeroBlock } from "./key-type.ts";

/** Lengths of AES keys (FIPS 197, section 5). */
export const AES_KEY_BYTES: readonly number[] = [16, 24, 32];

/** CKK_AES (PKCS #11 v3.1, 6.13). */
export const aes: KeyTypeSpec = {
  type: "AES",
  importSecret: (_context, template) => newAesKey(required(template, "VALUE")),
  fromValue: (value) => newAesKey(Uint8Array.from(value)),
  encryptZeros: (value, { engine }) => zeroBlock(engine.aes(value, "CBC")),
};

/** Takes the bytes over. @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID */
export function newAesKey(value: Uint8Array): NewKey {
  if (!AES_KEY_BYTES.includes(value.length)) {
    throw badValue(`an AES key has ${AES_KEY_BYTES.join(", ")} bytes, not ${value.length}`);
  }
  return {
    attributes: { CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE_LEN: value.length },
    secrets: { VALUE: new Secret(value) },
  };
}

/** The prepared AES key of an object. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function aesKeyOf({ engine }: Context, key: TokenObject): AesKey {
  return key.prepared("aes", () => {
    demand(key.get("KEY_TYPE") === "AES", "KEY_TYPE_INCONSISTENT", "the mechanism needs an AES key");
    return key.secret("VALUE").use((value) => engine.aes(value));
  });
}
