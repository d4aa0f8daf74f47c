import { equalBytes } from "../bytes/bytes.ts";
import type { HashName, HashState } from "../crypto/engine.ts";
import { hashBytes } from "../crypto/hash.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import { hmacKeyOf, MAX_SECRET_BYTES, MIN_SECRET_BYTES } from "./keys/generic-secret.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { type NoParams, noParams } from "./params.ts";
import { comparing } from "./streams.ts";
import { type GeneralMacParams, generalMac } from "./truncated-mac.ts";

/** The HMACs of this token; HMAC parameters of other mechanisms use the same names. */
export type HmacName =
  | "SHA_1_HMAC"
  | "SHA224_HMAC"
  | "SHA256_HMAC"
  | "SHA384_HMAC"
  | "SHA512_HMAC"
  | "SHA512_224_HMAC"
  | "SHA512_256_HMAC"
  | "SHA3_224_HMAC"
  | "SHA3_256_HMAC"
  | "SHA3_384_HMAC"
  | "SHA3_512_HMAC";

// biome-ignore format: a table
export const HMAC_HASHES: Readonly<Record<HmacName, HashName>> = {
  SHA_1_HMAC:      "SHA1",
  SHA224_HMAC:     "SHA224",
  SHA256_HMAC:     "SHA256",
  SHA384_HMAC:     "SHA384",
  SHA512_HMAC:     "SHA512",
  SHA512_224_HMAC: "SHA512_224",
  SHA512_256_HMAC: "SHA512_256",
  SHA3_224_HMAC:   "SHA3_224",
  SHA3_256_HMAC:   "SHA3_256",
  SHA3_384_HMAC:   "SHA3_384",
  SHA3_512_HMAC:   "SHA3_512",
};

const SOURCE = "PKCS #11 v3.1, 6.20 to 6.26 and 6.28 to 6.31; FIPS 198-1";

function hmac<N extends HmacName>(name: N): Mechanism<N, NoParams> {
  return hmacOver(name, HMAC_HASHES[name], SOURCE);
}

/** HMAC over any hash. */
export function hmacOver<N extends MechanismName>(name: N, hash: HashName, source: string): Mechanism<N, NoParams> {
  const macBytes = hashBytes(hash);
  return mechanism({
    name,
    source,
    keyTypes: ["GENERIC_SECRET"],
    keySize: { min: MIN_SECRET_BYTES, max: MAX_SECRET_BYTES, unit: "bytes" },
    parse: noParams,
    sign: (context, key, _params, data) => hmacKeyOf(context, key, hash).mac(data),
    verify: (context, key, _params, data, signature) => equalBytes(hmacKeyOf(context, key, hash).mac(data), signature),
    signStart: (context, key) => hmacKeyOf(context, key, hash).start(),
    verifyStart: (context, key) => comparing(hmacKeyOf(context, key, hash).start()),
    signatureBytes: () => macBytes,
  });
}

/** The same with a MAC of any length up to the hash's. */
function hmacGeneral<N extends `${HmacName}_GENERAL`>(name: N): Mechanism<N, GeneralMacParams> {
  const hash = HMAC_HASHES[name.slice(0, -"_GENERAL".length) as HmacName];
  return generalMac(name, SOURCE, {
    keyTypes: ["GENERIC_SECRET"],
    keySize: { min: MIN_SECRET_BYTES, max: MAX_SECRET_BYTES, unit: "bytes" },
    macBytes: hashBytes(hash),
    start: (context, key): HashState => hmacKeyOf(context, key, hash).start(),
  });
}

/** CKM_SHA_1_HMAC. */
export const sha1Hmac: Mechanism<"SHA_1_HMAC", NoParams> = hmac("SHA_1_HMAC");
/** CKM_SHA224_HMAC. */
export const sha224Hmac: Mechanism<"SHA224_HMAC", NoParams> = hmac("SHA224_HMAC");
/** CKM_SHA256_HMAC. */
export const sha256Hmac: Mechanism<"SHA256_HMAC", NoParams> = hmac("SHA256_HMAC");
/** CKM_SHA384_HMAC. */
export const sha384Hmac: Mechanism<"SHA384_HMAC", NoParams> = hmac("SHA384_HMAC");
/** CKM_SHA512_HMAC. */
export const sha512Hmac: Mechanism<"SHA512_HMAC", NoParams> = hmac("SHA512_HMAC");
/** CKM_SHA512_224_HMAC. */
export const sha512_224Hmac: Mechanism<"SHA512_224_HMAC", NoParams> = hmac("SHA512_224_HMAC");
/** CKM_SHA512_256_HMAC. */
export const sha512_256Hmac: Mechanism<"SHA512_256_HMAC", NoParams> = hmac("SHA512_256_HMAC");
/** CKM_SHA3_224_HMAC. */
export const sha3_224Hmac: Mechanism<"SHA3_224_HMAC", NoParams> = hmac("SHA3_224_HMAC");
/** CKM_SHA3_256_HMAC. */
export const sha3_256Hmac: Mechanism<"SHA3_256_HMAC", NoParams> = hmac("SHA3_256_HMAC");
/** CKM_SHA3_384_HMAC. */
export const sha3_384Hmac: Mechanism<"SHA3_384_HMAC", NoParams> = hmac("SHA3_384_HMAC");
/** CKM_SHA3_512_HMAC. */
export const sha3_512Hmac: Mechanism<"SHA3_512_HMAC", NoParams> = hmac("SHA3_512_HMAC");

/** CKM_SHA_1_HMAC_GENERAL. */
export const sha1HmacGeneral: Mechanism<"SHA_1_HMAC_GENERAL", GeneralMacParams> = hmacGeneral("SHA_1_HMAC_GENERAL");
/** CKM_SHA224_HMAC_GENERAL. */
export const sha224HmacGeneral: Mechanism<"SHA224_HMAC_GENERAL", GeneralMacParams> = hmacGeneral("SHA224_HMAC_GENERAL");
/** CKM_SHA256_HMAC_GENERAL. */
export const sha256HmacGeneral: Mechanism<"SHA256_HMAC_GENERAL", GeneralMacParams> = hmacGeneral("SHA256_HMAC_GENERAL");
/** CKM_SHA384_HMAC_GENERAL. */
export const sha384HmacGeneral: Mechanism<"SHA384_HMAC_GENERAL", GeneralMacParams> = hmacGeneral("SHA384_HMAC_GENERAL");
/** CKM_SHA512_HMAC_GENERAL. */
export const sha512HmacGeneral: Mechanism<"SHA512_HMAC_GENERAL", GeneralMacParams> = hmacGeneral("SHA512_HMAC_GENERAL");
/** CKM_SHA512_224_HMAC_GENERAL. */
export const sha512_224HmacGeneral: Mechanism<"SHA512_224_HMAC_GENERAL", GeneralMacParams> =
  hmacGeneral("SHA512_224_HMAC_GENERAL");
/** CKM_SHA512_256_HMAC_GENERAL. */
export const sha512_256HmacGeneral: Mechanism<"SHA512_256_HMAC_GENERAL", GeneralMacParams> =
  hmacGeneral("SHA512_256_HMAC_GENERAL");
/** CKM_SHA3_224_HMAC_GENERAL. */
export const sha3_224HmacGeneral: Mechanism<"SHA3_224_HMAC_GENERAL", GeneralMacParams> =
  hmacGeneral("SHA3_224_HMAC_GENERAL");
/** CKM_SHA3_256_HMAC_GENERAL. */
export const sha3_256HmacGeneral: Mechanism<"SHA3_256_HMAC_GENERAL", GeneralMacParams> =
  hmacGeneral("SHA3_256_HMAC_GENERAL");
/** CKM_SHA3_384_HMAC_GENERAL. */
export const sha3_384HmacGeneral: Mechanism<"SHA3_384_HMAC_GENERAL", GeneralMacParams> =
  hmacGeneral("SHA3_384_HMAC_GENERAL");
/** CKM_SHA3_512_HMAC_GENERAL. */
export const sha3_512HmacGeneral: Mechanism<"SHA3_512_HMAC_GENERAL", GeneralMacParams> =
  hmacGeneral("SHA3_512_HMAC_GENERAL");
