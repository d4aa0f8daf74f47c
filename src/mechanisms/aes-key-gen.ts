import { AES_KEY_BYTES, newAesKey } from "./keys/aes.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { oneOf, optional, paramReader } from "./params.ts";
import { valueLength } from "./value-length.ts";

/** `keyBytes` stands for CKA_VALUE_LEN in the template. */
export interface AesKeyGenParams {
  readonly keyBytes?: number | undefined;
}

const parse = paramReader<AesKeyGenParams>({ keyBytes: optional(oneOf(...AES_KEY_BYTES)) });

/** CKM_AES_KEY_GEN (PKCS #11 v3.1, 6.13). */
export const aesKeyGen: Mechanism<"AES_KEY_GEN", AesKeyGenParams> = mechanism({
  name: "AES_KEY_GEN",
  source: "PKCS #11 v3.1, 6.13; FIPS 197",
  keyTypes: ["AES"],
  keySize: { min: 16, max: 32, unit: "bytes" },
  parse,
  generateKey(context, { keyBytes }, template) {
    return newAesKey(context.rng(valueLength(keyBytes, template, (length) => AES_KEY_BYTES.includes(length))));
  },
});
