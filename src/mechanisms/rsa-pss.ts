import type { HashName, PssParams, XofName } from "../crypto/engine.ts";
import { digestBytes } from "../crypto/xof.ts";
import { demand } from "../cryptoki/error.ts";
import type { TokenObject } from "../objects/object.ts";
import { modulusBitsOf, modulusBytesOf, RSA_SIZE, rsaPrivateOf, rsaPublicOf } from "./keys/rsa.ts";
import { type Context, type Mechanism, mechanism } from "./mechanism.ts";
import { HASH_NAMES, integer, oneOf, optional, paramReader } from "./params.ts";
import { overDigest } from "./streams.ts";

/** A hash, or a SHAKE in its place (RFC 8702), which as `mgf` is the mask itself, without MGF1. */
export type PssHash = HashName | XofName;

const PSS_HASHES: readonly PssHash[] = [...HASH_NAMES, "SHAKE128", "SHAKE256"];

/** `mgf` is `hash` unless told otherwise, and the salt has the length of its digest. */
export interface RsaPssParams extends HashedRsaPssParams {
  readonly hash: PssHash;
}

export interface HashedRsaPssParams {
  readonly mgf?: PssHash | undefined;
  readonly saltBytes?: number | undefined;
}

type HashedName =
  | "SHA1_RSA_PKCS_PSS"
  | "SHA224_RSA_PKCS_PSS"
  | "SHA256_RSA_PKCS_PSS"
  | "SHA384_RSA_PKCS_PSS"
  | "SHA512_RSA_PKCS_PSS"
  | "SHA3_224_RSA_PKCS_PSS"
  | "SHA3_256_RSA_PKCS_PSS"
  | "SHA3_384_RSA_PKCS_PSS"
  | "SHA3_512_RSA_PKCS_PSS";

const readers = {
  mgf: optional(oneOf(...PSS_HASHES)),
  saltBytes: optional(integer(0, 512)),
};

const common = {
  keyTypes: ["RSA"],
  keySize: RSA_SIZE,
  signatureBytes: (key: TokenObject) => modulusBytesOf(key),
} as const;

/** @throws CkrError CKR_MECHANISM_PARAM_INVALID when the salt does not fit the modulus (RFC 8017, 9.1.1, step 3) */
function complete<H extends PssHash>(
  key: TokenObject,
  hash: H,
  { mgf = hash, saltBytes }: HashedRsaPssParams,
): PssParams & { readonly hash: H } {
  const salt = saltBytes ?? digestBytes(hash);
  const most = Math.ceil((modulusBitsOf(key) - 1) / 8) - digestBytes(hash) - 2;
  demand(salt <= most, "MECHANISM_PARAM_INVALID", `key and hash leave room for a salt of ${most} bytes, not ${salt}`);
  return { hash, mgf, saltBytes: salt };
}

function sign(context: Context, key: TokenObject, params: PssParams, digest: Uint8Array): Uint8Array {
  return rsaPrivateOf(context, key).pssSign(params, digest, context.rng);
}

function verifyMessage(
  context: Context,
  key: TokenObject,
  params: PssParams & { readonly hash: HashName },
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const own = rsaPublicOf(context, key);
  if (own.pssVerifyMessage === undefined) {
    return own.pssVerify(params, context.engine.digest(params.hash, message), signature);
  }
  // The hash has a self-test of its own, which comes before its use here too.
  context.engine.hash(params.hash);
  return own.pssVerifyMessage(params, message, signature);
}

function requireDigest(hash: PssHash, data: Uint8Array): void {
  const length = digestBytes(hash);
  demand(data.length === length, "DATA_LEN_RANGE", `a ${hash} digest has ${length} bytes, not ${data.length}`);
}

/** CKM_RSA_PKCS_PSS over a digest of `hash` (PKCS #11 v3.1, 6.1). */
export const rsaPkcsPss: Mechanism<"RSA_PKCS_PSS", RsaPssParams> = mechanism({
  name: "RSA_PKCS_PSS",
  source: "PKCS #11 v3.1, 6.1; RFC 8017, 8.1; RFC 8702",
  ...common,
  parse: paramReader<RsaPssParams>({ hash: oneOf(...PSS_HASHES), ...readers }),
  sign(context, key, params, data) {
    requireDigest(params.hash, data);
    return sign(context, key, complete(key, params.hash, params), data);
  },
  verify(context, key, params, data, signature) {
    requireDigest(params.hash, data);
    return rsaPublicOf(context, key).pssVerify(complete(key, params.hash, params), data, signature);
  },
});

function hashed<N extends HashedName>(name: N, hash: HashName): Mechanism<N, HashedRsaPssParams> {
  return mechanism({
    name,
    source: "PKCS #11 v3.1, 6.1; RFC 8017, 8.1",
    ...common,
    parse: paramReader<HashedRsaPssParams>(readers),
    ...overDigest<HashedRsaPssParams>(hash, (context, key, params) => {
      const pss = complete(key, hash, params);
      return {
        sign: (digest) => sign(context, key, pss, digest),
        verify: (digest, signature) => rsaPublicOf(context, key).pssVerify(pss, digest, signature),
      };
    }),
    verify: (context, key, params, data, signature) =>
      verifyMessage(context, key, complete(key, hash, params), data, signature),
  });
}

/** CKM_SHA1_RSA_PKCS_PSS. */
export const sha1RsaPkcsPss: Mechanism<"SHA1_RSA_PKCS_PSS", HashedRsaPssParams> = hashed("SHA1_RSA_PKCS_PSS", "SHA1");
/** CKM_SHA224_RSA_PKCS_PSS. */
export const sha224RsaPkcsPss: Mechanism<"SHA224_RSA_PKCS_PSS", HashedRsaPssParams> = hashed(
  "SHA224_RSA_PKCS_PSS",
  "SHA224",
);
/** CKM_SHA256_RSA_PKCS_PSS. */
export const sha256RsaPkcsPss: Mechanism<"SHA256_RSA_PKCS_PSS", HashedRsaPssParams> = hashed(
  "SHA256_RSA_PKCS_PSS",
  "SHA256",
);
/** CKM_SHA384_RSA_PKCS_PSS. */
export const sha384RsaPkcsPss: Mechanism<"SHA384_RSA_PKCS_PSS", HashedRsaPssParams> = hashed(
  "SHA384_RSA_PKCS_PSS",
  "SHA384",
);
/** CKM_SHA512_RSA_PKCS_PSS. */
export const sha512RsaPkcsPss: Mechanism<"SHA512_RSA_PKCS_PSS", HashedRsaPssParams> = hashed(
  "SHA512_RSA_PKCS_PSS",
  "SHA512",
);
/** CKM_SHA3_224_RSA_PKCS_PSS. */
export const sha3_224RsaPkcsPss: Mechanism<"SHA3_224_RSA_PKCS_PSS", HashedRsaPssParams> = hashed(
  "SHA3_224_RSA_PKCS_PSS",
  "SHA3_224",
);
/** CKM_SHA3_256_RSA_PKCS_PSS. */
export const sha3_256RsaPkcsPss: Mechanism<"SHA3_256_RSA_PKCS_PSS", HashedRsaPssParams> = hashed(
  "SHA3_256_RSA_PKCS_PSS",
  "SHA3_256",
);
/** CKM_SHA3_384_RSA_PKCS_PSS. */
export const sha3_384RsaPkcsPss: Mechanism<"SHA3_384_RSA_PKCS_PSS", HashedRsaPssParams> = hashed(
  "SHA3_384_RSA_PKCS_PSS",
  "SHA3_384",
);
/** CKM_SHA3_512_RSA_PKCS_PSS. */
export const sha3_512RsaPkcsPss: Mechanism<"SHA3_512_RSA_PKCS_PSS", HashedRsaPssParams> = hashed(
  "SHA3_512_RSA_PKCS_PSS",
  "SHA3_512",
);
