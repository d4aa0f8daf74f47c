import { MAX_SECRET_BYTES, MIN_SECRET_BYTES, newGenericSecret } from "./keys/generic-secret.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { integer, optional, readParams } from "./params.ts";
import { valueLength } from "./value-length.ts";

/** `keyBytes` stands for CKA_VALUE_LEN in the template. */
export interface GenericSecretKeyGenParams {
  readonly keyBytes?: number | undefined;
}

function parse(choice: Readonly<Record<string, unknown>>): GenericSecretKeyGenParams {
  return readParams<GenericSecretKeyGenParams>(choice, {
    keyBytes: optional(integer(MIN_SECRET_BYTES, MAX_SECRET_BYTES)),
  });
}

/** CKM_GENERIC_SECRET_KEY_GEN (PKCS #11 v3.1, 6.8). */
export const genericSecretKeyGen: Mechanism<"GENERIC_SECRET_KEY_GEN", GenericSecretKeyGenParams> = mechanism({
  name: "GENERIC_SECRET_KEY_GEN",
  source: "PKCS #11 v3.1, 6.8",
  keyTypes: ["GENERIC_SECRET"],
  keySize: { min: MIN_SECRET_BYTES, max: MAX_SECRET_BYTES, unit: "bytes" },
  parse,
  generateKey(context, { keyBytes }, template) {
    const isAllowed = (length: number): boolean => length >= MIN_SECRET_BYTES && length <= MAX_SECRET_BYTES;
    return newGenericSecret(context.rng(valueLength(keyBytes, template, isAllowed)));
  },
});
