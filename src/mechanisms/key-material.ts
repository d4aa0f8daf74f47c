import { wipe } from "../bytes/bytes.ts";
import { demand } from "../cryptoki/error.ts";
import type { TokenObject } from "../objects/object.ts";
import { keyTypes } from "./key-types.ts";

/**
 * Lends what a wrapping mechanism of the standard wraps: CKA_VALUE of a secret key, PKCS #8 of a private key
 * (PKCS #11 v3.1, 5.18).
 * @throws CkrError CKR_KEY_NOT_WRAPPABLE
 */
export function useKeyMaterial<T>(target: TokenObject, use: (material: Uint8Array) => T): T {
  if (target.get("CLASS") === "SECRET_KEY") return target.secret("VALUE").use(use);
  const type = target.get("KEY_TYPE");
  const isPrivate = target.get("CLASS") === "PRIVATE_KEY" && type !== undefined;
  demand(isPrivate, "KEY_NOT_WRAPPABLE", "only secret and private keys can be wrapped");
  const pkcs8 = keyTypes[type].encodePrivate?.(target);
  demand(pkcs8, "KEY_NOT_WRAPPABLE", `a key of type ${type} has no PKCS #8 form`);
  try {
    return use(pkcs8);
  } finally {
    wipe(pkcs8);
  }
}
