import type { HashName } from "../crypto/engine.ts";
import { demand } from "../cryptoki/error.ts";
import { FIELD_BYTES } from "../der/ec-params.ts";
import type { TokenObject } from "../objects/object.ts";
import { curveOfKey, ecPrivateOf, ecPublicOf } from "./keys/ec.ts";
import { type Context, type Mechanism, mechanism } from "./mechanism.ts";
import { type NoParams, noParams } from "./params.ts";
import { overDigest } from "./streams.ts";

type HashedName =
  | "ECDSA_SHA1"
  | "ECDSA_SHA224"
  | "ECDSA_SHA256"
  | "ECDSA_SHA384"
  | "ECDSA_SHA512"
  | "ECDSA_SHA3_224"
  | "ECDSA_SHA3_256"
  | "ECDSA_SHA3_384"
  | "ECDSA_SHA3_512";

/** The longest digest of this token's hashes; longer input is no digest. */
const MAX_DIGEST_BYTES = 64;

const common = {
  keyTypes: ["EC"],
  keySize: { min: 256, max: 521, unit: "bits" },
  parse: noParams,
  /** r ‖ s (PKCS #11 v3.1, 6.3). */
  signatureBytes: (key: TokenObject) => 2 * FIELD_BYTES[curveOfKey(key)],
} as const;

function sign(context: Context, key: TokenObject, digest: Uint8Array): Uint8Array {
  return ecPrivateOf(context, key).sign(digest, context.rng);
}

function verify(context: Context, key: TokenObject, digest: Uint8Array, signature: Uint8Array): boolean {
  return ecPublicOf(context, key).verify(digest, signature);
}

function requireDigest(data: Uint8Array): void {
  const isDigest = data.length > 0 && data.length <= MAX_DIGEST_BYTES;
  demand(isDigest, "DATA_LEN_RANGE", `ECDSA takes a digest of 1 to ${MAX_DIGEST_BYTES} bytes, not ${data.length}`);
}

/** CKM_ECDSA over a digest (PKCS #11 v3.1, 6.3). (r, n − s) verifies as (r, s) does, as FIPS 186-5 has it. */
export const ecdsa: Mechanism<"ECDSA", NoParams> = mechanism({
  name: "ECDSA",
  source: "PKCS #11 v3.1, 6.3; FIPS 186-5, 6.4; RFC 6979, 3.6",
  ...common,
  sign(context, key, _params, data) {
    requireDigest(data);
    return sign(context, key, data);
  },
  verify(context, key, _params, data, signature) {
    requireDigest(data);
    return verify(context, key, data, signature);
  },
});

function hashed<N extends HashedName>(name: N, hash: HashName): Mechanism<N, NoParams> {
  return mechanism({
    name,
    source: "PKCS #11 v3.1, 6.3; FIPS 186-5, 6.4; RFC 6979, 3.6",
    ...common,
    ...overDigest<NoParams>(hash, (context, key) => ({
      sign: (digest) => sign(context, key, digest),
      verify: (digest, signature) => verify(context, key, digest, signature),
    })),
  });
}

/** CKM_ECDSA_SHA1. */
export const ecdsaSha1: Mechanism<"ECDSA_SHA1", NoParams> = hashed("ECDSA_SHA1", "SHA1");
/** CKM_ECDSA_SHA224. */
export const ecdsaSha224: Mechanism<"ECDSA_SHA224", NoParams> = hashed("ECDSA_SHA224", "SHA224");
/** CKM_ECDSA_SHA256. */
export const ecdsaSha256: Mechanism<"ECDSA_SHA256", NoParams> = hashed("ECDSA_SHA256", "SHA256");
/** CKM_ECDSA_SHA384. */
export const ecdsaSha384: Mechanism<"ECDSA_SHA384", NoParams> = hashed("ECDSA_SHA384", "SHA384");
/** CKM_ECDSA_SHA512. */
export const ecdsaSha512: Mechanism<"ECDSA_SHA512", NoParams> = hashed("ECDSA_SHA512", "SHA512");
/** CKM_ECDSA_SHA3_224. */
export const ecdsaSha3_224: Mechanism<"ECDSA_SHA3_224", NoParams> = hashed("ECDSA_SHA3_224", "SHA3_224");
/** CKM_ECDSA_SHA3_256. */
export const ecdsaSha3_256: Mechanism<"ECDSA_SHA3_256", NoParams> = hashed("ECDSA_SHA3_256", "SHA3_256");
/** CKM_ECDSA_SHA3_384. */
export const ecdsaSha3_384: Mechanism<"ECDSA_SHA3_384", NoParams> = hashed("ECDSA_SHA3_384", "SHA3_384");
/** CKM_ECDSA_SHA3_512. */
export const ecdsaSha3_512: Mechanism<"ECDSA_SHA3_512", NoParams> = hashed("ECDSA_SHA3_512", "SHA3_512");
