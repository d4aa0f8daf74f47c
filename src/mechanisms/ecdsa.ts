import type { HashName } from "../crypto/engine.ts";
import { hashBytes } from "../crypto/hash.ts";
import { demand } from "../cryptoki/error.ts";
import { FIELD_BYTES } from "../der/ec-params.ts";
import type { TokenObject } from "../objects/object.ts";
import { curveOfKey, ecPrivateOf, ecPublicOf } from "./keys/ec.ts";
import { type Context, CURVE_FLAGS, type Mechanism, mechanism } from "./mechanism.ts";
import { flag, HASH_NAMES, oneOf, optional, paramReader } from "./params.ts";
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

/** `deterministic`: the nonce by RFC 6979, 3.2 (FIPS 186-5, 6.3.2), where it is hedged otherwise (RFC 6979, 3.6). */
export interface EcdsaHashedParams {
  readonly deterministic?: boolean | undefined;
}

/** A deterministic nonce depends on the hash of the message too: `hash` says which one the digest is of. */
export interface EcdsaParams extends EcdsaHashedParams {
  readonly hash?: HashName | undefined;
}

/** The longest digest of this token's hashes; longer input is no digest. */
const MAX_DIGEST_BYTES = 64;

const common = {
  keyTypes: ["EC"],
  keySize: { min: 224, max: 521, unit: "bits" },
  curves: CURVE_FLAGS,
  /** r ‖ s (PKCS #11 v3.1, 6.3). */
  signatureBytes: (key: TokenObject) => 2 * FIELD_BYTES[curveOfKey(key)],
} as const;

const read = paramReader<EcdsaParams>({
  deterministic: optional(flag),
  hash: optional(oneOf(...HASH_NAMES)),
});

function parse(choice: Readonly<Record<string, unknown>>): EcdsaParams {
  const params = read(choice);
  const { deterministic = false, hash } = params;
  const isWhole = deterministic === (hash !== undefined);
  demand(
    isWhole,
    "MECHANISM_PARAM_INVALID",
    "deterministic ECDSA needs hash, the one of the digest, and no other does",
  );
  return params;
}

function sign(context: Context, key: TokenObject, digest: Uint8Array, hash: HashName | undefined): Uint8Array {
  return ecPrivateOf(context, key).sign(digest, hash ?? context.rng);
}

function verify(context: Context, key: TokenObject, digest: Uint8Array, signature: Uint8Array): boolean {
  return ecPublicOf(context, key).verify(digest, signature);
}

function verifyHashed(
  context: Context,
  key: TokenObject,
  hash: HashName,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const own = ecPublicOf(context, key);
  if (own.verifyMessage === undefined) return own.verify(context.engine.digest(hash, message), signature);
  // The hash has a self-test of its own, which comes before its use here too.
  context.engine.hash(hash);
  return own.verifyMessage(hash, message, signature);
}

function requireDigest(data: Uint8Array): void {
  const isDigest = data.length > 0 && data.length <= MAX_DIGEST_BYTES;
  demand(isDigest, "DATA_LEN_RANGE", `ECDSA takes a digest of 1 to ${MAX_DIGEST_BYTES} bytes, not ${data.length}`);
}

/** RFC 6979, 3.2, a: the digest is the whole output of the hash. */
function requireDigestOf(hash: HashName, data: Uint8Array): void {
  const wanted = hashBytes(hash);
  demand(data.length === wanted, "DATA_LEN_RANGE", `a ${hash} digest has ${wanted} bytes, not ${data.length}`);
}

/** CKM_ECDSA over a digest (PKCS #11 v3.1, 6.3). (r, n − s) verifies as (r, s) does, as FIPS 186-5 has it. */
export const ecdsa: Mechanism<"ECDSA", EcdsaParams> = mechanism({
  name: "ECDSA",
  source: "PKCS #11 v3.1, 6.3; FIPS 186-5, 6.4; RFC 6979",
  ...common,
  parse,
  sign(context, key, { hash }, data) {
    if (hash === undefined) requireDigest(data);
    else requireDigestOf(hash, data);
    return sign(context, key, data, hash);
  },
  verify(context, key, _params, data, signature) {
    requireDigest(data);
    return verify(context, key, data, signature);
  },
});

function hashed<N extends HashedName>(name: N, hash: HashName): Mechanism<N, EcdsaHashedParams> {
  return mechanism({
    name,
    source: "PKCS #11 v3.1, 6.3; FIPS 186-5, 6.4; RFC 6979",
    ...common,
    parse: paramReader<EcdsaHashedParams>({ deterministic: optional(flag) }),
    ...overDigest<EcdsaHashedParams>(hash, (context, key, { deterministic }) => ({
      sign: (digest) => sign(context, key, digest, deterministic === true ? hash : undefined),
      verify: (digest, signature) => verify(context, key, digest, signature),
    })),
    verify: (context, key, _params, data, signature) => verifyHashed(context, key, hash, data, signature),
  });
}

/** CKM_ECDSA_SHA1. */
export const ecdsaSha1: Mechanism<"ECDSA_SHA1", EcdsaHashedParams> = hashed("ECDSA_SHA1", "SHA1");
/** CKM_ECDSA_SHA224. */
export const ecdsaSha224: Mechanism<"ECDSA_SHA224", EcdsaHashedParams> = hashed("ECDSA_SHA224", "SHA224");
/** CKM_ECDSA_SHA256. */
export const ecdsaSha256: Mechanism<"ECDSA_SHA256", EcdsaHashedParams> = hashed("ECDSA_SHA256", "SHA256");
/** CKM_ECDSA_SHA384. */
export const ecdsaSha384: Mechanism<"ECDSA_SHA384", EcdsaHashedParams> = hashed("ECDSA_SHA384", "SHA384");
/** CKM_ECDSA_SHA512. */
export const ecdsaSha512: Mechanism<"ECDSA_SHA512", EcdsaHashedParams> = hashed("ECDSA_SHA512", "SHA512");
/** CKM_ECDSA_SHA3_224. */
export const ecdsaSha3_224: Mechanism<"ECDSA_SHA3_224", EcdsaHashedParams> = hashed("ECDSA_SHA3_224", "SHA3_224");
/** CKM_ECDSA_SHA3_256. */
export const ecdsaSha3_256: Mechanism<"ECDSA_SHA3_256", EcdsaHashedParams> = hashed("ECDSA_SHA3_256", "SHA3_256");
/** CKM_ECDSA_SHA3_384. */
export const ecdsaSha3_384: Mechanism<"ECDSA_SHA3_384", EcdsaHashedParams> = hashed("ECDSA_SHA3_384", "SHA3_384");
/** CKM_ECDSA_SHA3_512. */
export const ecdsaSha3_512: Mechanism<"ECDSA_SHA3_512", EcdsaHashedParams> = hashed("ECDSA_SHA3_512", "SHA3_512");
