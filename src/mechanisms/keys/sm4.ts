import { Secret } from "../../bytes/secret.ts";
import type { Sm4Key } from "../../crypto/engine.ts";
import { demand } from "../../cryptoki/error.ts";
import type { TokenObject } from "../../objects/object.ts";
import type { Context, NewKey } from "../mechanism.ts";
import { badValue, type KeyTypeSpec, required, zeroBlock } from "./key-type.ts";

/** Length of an SM4 key (GB/T 32907-2016, 5). */
export const SM4_KEY_BYTES = 16;

/** SM4, a key type of this token's own (docs/pkcs11.md). */
export const sm4: KeyTypeSpec = {
  type: "SM4",
  importSecret: (_context, template) => newSm4Key(required(template, "VALUE")),
  fromValue: (value) => newSm4Key(Uint8Array.from(value)),
  encryptZeros: (value, { engine }) => zeroBlock(engine.sm4(value)),
};

/** Takes the bytes over. @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID */
export function newSm4Key(value: Uint8Array): NewKey {
  if (value.length !== SM4_KEY_BYTES) throw badValue(`an SM4 key has ${SM4_KEY_BYTES} bytes, not ${value.length}`);
  return {
    attributes: { CLASS: "SECRET_KEY", KEY_TYPE: "SM4", VALUE_LEN: value.length },
    secrets: { VALUE: new Secret(value) },
  };
}

/** The prepared SM4 key of an object. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function sm4KeyOf({ engine }: Context, key: TokenObject): Sm4Key {
  return key.prepared("sm4", () => {
    demand(key.get("KEY_TYPE") === "SM4", "KEY_TYPE_INCONSISTENT", "the mechanism needs an SM4 key");
    return key.secret("VALUE").use((value) => engine.sm4(value));
  });
}
