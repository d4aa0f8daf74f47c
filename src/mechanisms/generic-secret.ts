import { MAX_SECRET_BYTES, MIN_SECRET_BYTES, newGenericSecret } from "./keys/generic-secret.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { integer, optional, paramReader } from "./params.ts";
import { valueLength } from "./value-length.ts";

/** `keyBytes` stands for CKA_VALUE_LEN in the template. */
export interface GenericSecretKeyGenParams {
  readonly keyBytes?: number | undefined;
}

const parse = paramReader<GenericSecretKeyGenParams>({
  keyBytes: optional(integer(MIN_SECRET_BYTES, MAX_SECRET_BYTES)),
});

/** A random secret of CKA_VALUE_LEN bytes. */
function keyGen<N extends "GENERIC_SECRET_KEY_GEN" | "HKDF_KEY_GEN">(
  name: N,
  type: "GENERIC_SECRET" | "HKDF",
  source: string,
): Mechanism<N, GenericSecretKeyGenParams> {
  return mechanism({
    name,
    source,
    keyTypes: [type],
    keySize: { min: MIN_SECRET_BYTES, max: MAX_SECRET_BYTES, unit: "bytes" },
    parse,
    generateKey(context, { keyBytes }, template) {
      const isAllowed = (length: number): boolean => length >= MIN_SECRET_BYTES && length <= MAX_SECRET_BYTES;
      return newGenericSecret(context.rng(valueLength(keyBytes, template, isAllowed)), type);
    },
  });
}

/** CKM_GENERIC_SECRET_KEY_GEN (PKCS #11 v3.1, 6.8). */
export const genericSecretKeyGen: Mechanism<"GENERIC_SECRET_KEY_GEN", GenericSecretKeyGenParams> = keyGen(
  "GENERIC_SECRET_KEY_GEN",
  "GENERIC_SECRET",
  "PKCS #11 v3.1, 6.8",
);
/** CKM_HKDF_KEY_GEN (PKCS #11 v3.1, 6.62). */
export const hkdfKeyGen: Mechanism<"HKDF_KEY_GEN", GenericSecretKeyGenParams> = keyGen(
  "HKDF_KEY_GEN",
  "HKDF",
  "PKCS #11 v3.1, 6.62",
);
