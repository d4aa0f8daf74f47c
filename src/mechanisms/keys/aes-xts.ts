import { equalBytes, wipe } from "../../bytes/bytes.ts";
import { Secret } from "../../bytes/secret.ts";
import type { AesKey } from "../../crypto/engine.ts";
import { demand } from "../../cryptoki/error.ts";
import type { TokenObject } from "../../objects/object.ts";
import type { Context, NewKey } from "../mechanism.ts";
import { badValue, type KeyTypeSpec, required } from "./key-type.ts";

/** Lengths of both keys together (SP 800-38E; PKCS #11 v3.1, 6.15). */
export const AES_XTS_KEY_BYTES: readonly number[] = [32, 64];

/** CKK_AES_XTS. */
export const aesXtsKeys: KeyTypeSpec = {
  type: "AES_XTS",
  importSecret: (_context, template) => newAesXtsKey(required(template, "VALUE")),
  fromValue: (value) => newAesXtsKey(Uint8Array.from(value)),
};

/** Takes the bytes over; the two keys are not the same (FIPS 140-3 IG, C.I). @throws CkrError CKR_ATTRIBUTE_VALUE_INVALID */
export function newAesXtsKey(value: Uint8Array): NewKey {
  const half = value.length / 2;
  const isOfLength = AES_XTS_KEY_BYTES.includes(value.length);
  if (!isOfLength || equalBytes(value.subarray(0, half), value.subarray(half))) {
    const why = isOfLength
      ? "the two keys of AES-XTS are different"
      : `an AES-XTS key has ${AES_XTS_KEY_BYTES.join(" or ")} bytes, not ${value.length}`;
    wipe(value);
    throw badValue(why);
  }
  return {
    attributes: { CLASS: "SECRET_KEY", KEY_TYPE: "AES_XTS", VALUE_LEN: value.length },
    secrets: { VALUE: new Secret(value) },
  };
}

interface PreparedXts {
  readonly data: AesKey;
  readonly tweak: AesKey;
  destroy(): void;
}

/** Both prepared keys of an object. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function xtsKeyOf({ engine }: Context, key: TokenObject): PreparedXts {
  return key.prepared("aes-xts", () => {
    demand(key.get("KEY_TYPE") === "AES_XTS", "KEY_TYPE_INCONSISTENT", "the mechanism needs an AES-XTS key");
    return key.secret("VALUE").use((value) => {
      const half = value.length / 2;
      const [data, tweak] = [engine.aes(value.subarray(0, half)), engine.aes(value.subarray(half))];
      return {
        data,
        tweak,
        destroy() {
          data.destroy();
          tweak.destroy();
        },
      };
    });
  });
}
