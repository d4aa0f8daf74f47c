import type { Encapsulated } from "../crypto/engine.ts";
import { CkrError } from "../cryptoki/error.ts";
import type { TokenObject } from "../objects/object.ts";
import { inOneStep } from "./in-one-step.ts";
import { kemPrivateOf, kemPublicOf } from "./keys/ml-kem.ts";
import { chosenSet, newPqPair, parameterSets, type SetOf } from "./keys/parameter-set.ts";
import { type Context, type Mechanism, mechanism } from "./mechanism.ts";
import { type NoParams, noParams, oneOf, optional, paramReader } from "./params.ts";

/** `parameterSet` stands for CKA_PARAMETER_SET in the public template. */
export interface MlKemKeyPairGenParams {
  readonly parameterSet?: SetOf<"ML_KEM"> | undefined;
}

// CK_MECHANISM_INFO counts the bytes of public keys.
const KEY_SIZE = { min: 800, max: 1568, unit: "bytes" } as const;

/** CKM_ML_KEM_KEY_PAIR_GEN (PKCS #11 v3.2; FIPS 203, 7.1). */
export const mlKemKeyPairGen: Mechanism<"ML_KEM_KEY_PAIR_GEN", MlKemKeyPairGenParams> = mechanism({
  name: "ML_KEM_KEY_PAIR_GEN",
  source: "PKCS #11 v3.2; FIPS 203, 7.1",
  keyTypes: ["ML_KEM"],
  keySize: KEY_SIZE,
  parse: paramReader<MlKemKeyPairGenParams>({ parameterSet: optional(oneOf(...parameterSets("ML_KEM"))) }),
  generateKeyPair: (context, { parameterSet }, publicTemplate) =>
    inOneStep(() => {
      const set = chosenSet("ML_KEM", parameterSet, publicTemplate);
      const kem = context.engine.mlKem(set);
      return newPqPair("ML_KEM", set, kem, context.rng(kem.seedBytes));
    }),
});

/**
 * CKM_ML_KEM (PKCS #11 v3.2; FIPS 203, 7.2 and 7.3): a ciphertext of the right length always gives a secret, with
 * implicit rejection a pseudorandom one.
 */
export const mlKem: Mechanism<"ML_KEM", NoParams> = mechanism({
  name: "ML_KEM",
  source: "PKCS #11 v3.2; FIPS 203, 7.2 and 7.3",
  keyTypes: ["ML_KEM"],
  keySize: KEY_SIZE,
  parse: noParams,
  encapsulate,
  decapsulate,
});

/** The same for a key whose owner allowed the secret itself to leave the token (KMS's Encapsulate and Decapsulate). */
export const mlKemSharedSecret: Mechanism<"PHSM_ML_KEM_SHARED_SECRET", NoParams> = mechanism({
  name: "PHSM_ML_KEM_SHARED_SECRET",
  source: "docs/pkcs11.md; FIPS 203, 7.2 and 7.3",
  keyTypes: ["ML_KEM"],
  keySize: KEY_SIZE,
  mustBeAllowed: true,
  releasesSecret: true,
  parse: noParams,
  encapsulate,
  decapsulate,
});

function encapsulate(context: Context, key: TokenObject): Encapsulated {
  return kemPublicOf(context, key).encapsulate(context.rng);
}

function decapsulate(context: Context, key: TokenObject, _params: NoParams, ciphertext: Uint8Array): Uint8Array {
  const secret = kemPrivateOf(context, key).decapsulate(ciphertext);
  if (secret !== undefined) return secret;
  throw new CkrError("ENCRYPTED_DATA_LEN_RANGE", "the ciphertext has another length than the parameter set's");
}
