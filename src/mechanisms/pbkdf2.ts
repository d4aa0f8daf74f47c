import { wipe } from "../bytes/bytes.ts";
import { hashBytes } from "../crypto/hash.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import { HMAC_HASHES } from "./hmac.ts";
import { keyTypes } from "./key-types.ts";
import { MAX_SECRET_BYTES } from "./keys/generic-secret.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { bytes, integer, MAX_PARAM_BYTES, oneOf, paramReader } from "./params.ts";
import { valueLength } from "./value-length.ts";

/** The PRFs of PKCS #11, CKP_PKCS5_PBKD2_HMAC_SHA1 and so on, by the names of the HMAC mechanisms. */
export type Pbkdf2Prf = (typeof PRFS)[number];

const PRFS = [
  "SHA_1_HMAC",
  "SHA224_HMAC",
  "SHA256_HMAC",
  "SHA384_HMAC",
  "SHA512_HMAC",
  "SHA512_224_HMAC",
  "SHA512_256_HMAC",
] as const;

/** CK_PKCS5_PBKD2_PARAMS2, the salt of the source CKZ_SALT_SPECIFIED. */
export interface Pbkdf2Params {
  readonly prf: Pbkdf2Prf;
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** The call is synchronous: so many rounds of HMAC take a few seconds, and the caller has chosen them. */
const MAX_ROUNDS = 10_000_000;

/**
 * CKM_PKCS5_PBKD2 (PKCS #11 v3.1, 6.44): a generic secret, or an AES key, of CKA_VALUE_LEN bytes from a password. The
 * key counts as generated (CKA_LOCAL), but who knows the password knows it: under the strict policy it wraps no keys.
 */
export const pkcs5Pbkd2: Mechanism<"PKCS5_PBKD2", Pbkdf2Params> = mechanism({
  name: "PKCS5_PBKD2",
  source: "PKCS #11 v3.1, 6.44; RFC 8018, 5.2; SP 800-132",
  keyTypes: ["GENERIC_SECRET", "AES"],
  keySize: { min: 1, max: MAX_SECRET_BYTES, unit: "bytes" },
  parse: paramReader<Pbkdf2Params>({
    prf: oneOf<Pbkdf2Prf>(...PRFS),
    password: bytes(0, MAX_PARAM_BYTES),
    salt: bytes(0, MAX_PARAM_BYTES),
    iterations: integer(1, MAX_ROUNDS),
  }),
  strengths: ({ salt, iterations }) => [
    { what: "the length of salt", given: salt.length, least: 16, source: "SP 800-132, 5.1" },
    { what: "iterations", given: iterations, least: 1000, source: "SP 800-132, 5.2" },
  ],
  generateKey(context, { prf, password, salt, iterations }, template) {
    const { KEY_TYPE = "GENERIC_SECRET" } = template;
    const fromValue = KEY_TYPE === "GENERIC_SECRET" || KEY_TYPE === "AES" ? keyTypes[KEY_TYPE].fromValue : undefined;
    if (fromValue === undefined) throw new CkrError("TEMPLATE_INCONSISTENT", `PKCS5_PBKD2 makes no ${KEY_TYPE} key`);
    const hash = HMAC_HASHES[prf];
    const length = valueLength(undefined, template, (bytes) => bytes >= 1 && bytes <= MAX_SECRET_BYTES);
    const rounds = iterations * Math.ceil(length / hashBytes(hash));
    demand(rounds <= MAX_ROUNDS, "MECHANISM_PARAM_INVALID", `at most ${MAX_ROUNDS} rounds, not ${rounds}`);
    const value = context.engine.pbkdf2(password, { hash, salt, iterations }, length);
    try {
      return fromValue(value, context);
    } finally {
      wipe(value, password);
    }
  },
});
