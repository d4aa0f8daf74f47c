import type { KemPrivateKey, KemPublicKey } from "../../crypto/engine.ts";
import { demand } from "../../cryptoki/error.ts";
import type { Prepared, TokenObject } from "../../objects/object.ts";
import type { Context } from "../mechanism.ts";
import { type KeyTypeSpec, required } from "./key-type.ts";
import { importPqPrivateKey, newPqPublicKey, parameterSetIn, parameterSetOf } from "./parameter-set.ts";

/** CKK_ML_KEM (PKCS #11 v3.2; FIPS 203): CKA_VALUE is ek or dk of FIPS 203, 7.1. */
export const mlKemKeys: KeyTypeSpec = {
  type: "ML_KEM",
  importPublic({ engine }, template) {
    const set = parameterSetIn("ML_KEM", template);
    return newPqPublicKey("ML_KEM", set, engine.mlKem(set), required(template, "VALUE"));
  },
  importPrivate({ engine }, template) {
    const set = parameterSetIn("ML_KEM", template);
    return importPqPrivateKey("ML_KEM", set, engine.mlKem(set), template);
  },
};

/** The prepared private key of an object. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function kemPrivateOf({ engine }: Context, key: TokenObject): KemPrivateKey {
  return key.prepared("kem private", () => {
    const kem = engine.mlKem(parameterSetOf("ML_KEM", key));
    const prepared = key.secret("VALUE").use((value) => kem.privateKey(value));
    demand(prepared, "KEY_TYPE_INCONSISTENT", "the ML-KEM private key is damaged");
    return prepared;
  });
}

/** The prepared public key of an object. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function kemPublicOf({ engine }: Context, key: TokenObject): KemPublicKey {
  return key.prepared<KemPublicKey & Prepared>("kem public", () => {
    const kem = engine.mlKem(parameterSetOf("ML_KEM", key));
    const value = key.get("CLASS") === "PUBLIC_KEY" ? key.get("VALUE") : undefined;
    demand(value, "KEY_TYPE_INCONSISTENT", "the mechanism needs an ML-KEM public key");
    const prepared = kem.publicKey(value);
    demand(prepared, "KEY_TYPE_INCONSISTENT", "the ML-KEM public key is damaged");
    return prepared;
  });
}
