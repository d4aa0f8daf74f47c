import type { Engine, PqPrivateKey, PqPublicKey, PqSignature } from "../../crypto/engine.ts";
import { demand } from "../../cryptoki/error.ts";
import type { Prepared, TokenObject } from "../../objects/object.ts";
import type { Context } from "../mechanism.ts";
import { type KeyTypeSpec, required } from "./key-type.ts";
import { importPqPrivateKey, newPqPublicKey, parameterSetIn, parameterSetOf, type SetOf } from "./parameter-set.ts";

/** The two key types that sign in a parameter set. */
export type PqSignatureType = "ML_DSA" | "SLH_DSA";

/** The engine's scheme of a parameter set. */
export function schemeOf<T extends PqSignatureType>(engine: Engine, type: T, set: SetOf<T>): PqSignature {
  return type === "ML_DSA" ? engine.mlDsa(set as SetOf<"ML_DSA">) : engine.slhDsa(set as SetOf<"SLH_DSA">);
}

function keysOf(type: PqSignatureType): KeyTypeSpec {
  return {
    type,
    importPublic(context, template) {
      const set = parameterSetIn(type, template);
      return newPqPublicKey(type, set, schemeOf(context.engine, type, set), required(template, "VALUE"));
    },
    importPrivate(context, template) {
      const set = parameterSetIn(type, template);
      return importPqPrivateKey(type, set, schemeOf(context.engine, type, set), template);
    },
  };
}

/** CKK_ML_DSA (PKCS #11 v3.2; FIPS 204): CKA_VALUE is pk or sk of FIPS 204, 7.2. */
export const mlDsaKeys: KeyTypeSpec = keysOf("ML_DSA");

/** CKK_SLH_DSA (PKCS #11 v3.2; FIPS 205): CKA_VALUE is PK or SK of FIPS 205, 9.1. */
export const slhDsaKeys: KeyTypeSpec = keysOf("SLH_DSA");

/** The scheme of a key. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function schemeOfKey({ engine }: Pick<Context, "engine">, type: PqSignatureType, key: TokenObject): PqSignature {
  return schemeOf(engine, type, parameterSetOf(type, key));
}

/** The prepared private key of an object. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function pqPrivateOf(context: Context, type: PqSignatureType, key: TokenObject): PqPrivateKey {
  return key.prepared(`${type} private`, () => {
    const scheme = schemeOfKey(context, type, key);
    const prepared = key.secret("VALUE").use((value) => scheme.privateKey(value));
    demand(prepared, "KEY_TYPE_INCONSISTENT", "the private key is damaged");
    return prepared;
  });
}

/** The prepared public key of an object. @throws CkrError CKR_KEY_TYPE_INCONSISTENT */
export function pqPublicOf(context: Context, type: PqSignatureType, key: TokenObject): PqPublicKey {
  return key.prepared<PqPublicKey & Prepared>(`${type} public`, () => {
    const scheme = schemeOfKey(context, type, key);
    const value = key.get("CLASS") === "PUBLIC_KEY" ? key.get("VALUE") : undefined;
    demand(value, "KEY_TYPE_INCONSISTENT", "the mechanism needs a public key");
    const prepared = scheme.publicKey(value);
    demand(prepared, "KEY_TYPE_INCONSISTENT", "the public key is damaged");
    return prepared;
  });
}
