import { Secret } from "../bytes/secret.ts";
import type { HashName } from "../crypto/engine.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import type { CkrName } from "../cryptoki/return-values.ts";
import type { TokenObject } from "../objects/object.ts";
import { useKeyMaterial } from "./key-material.ts";
import { modulusBytesOf, RSA_SIZE, rsaPrivateOf, rsaPublicOf } from "./keys/rsa.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { type NoParams, noParams } from "./params.ts";
import { overDigest } from "./streams.ts";

type HashedName = "SHA1_RSA_PKCS" | "SHA224_RSA_PKCS" | "SHA256_RSA_PKCS" | "SHA384_RSA_PKCS" | "SHA512_RSA_PKCS";

/** 00 ‖ type ‖ at least 8 bytes of padding ‖ 00 (RFC 8017, 7.2.1 and 9.2). */
const OVERHEAD = 11;

const common = {
  keyTypes: ["RSA"],
  keySize: RSA_SIZE,
  parse: noParams,
  signatureBytes: (key: TokenObject) => modulusBytesOf(key),
} as const;

function requireRoom(key: TokenObject, data: Uint8Array, tooLong: CkrName = "DATA_LEN_RANGE"): void {
  const most = modulusBytesOf(key) - OVERHEAD;
  demand(data.length <= most, tooLong, `the key takes up to ${most} bytes, not ${data.length}`);
}

/**
 * CKM_RSA_PKCS (PKCS #11 v3.1, 6.1). Signs the bytes as they are given, which for a signature of RFC 8017 is a
 * DigestInfo. Decryption never tells good padding from bad: a bad one gives other bytes, of which a key is made where
 * they are long enough for one. The strict policy does not wrap with it.
 */
export const rsaPkcs: Mechanism<"RSA_PKCS", NoParams> = mechanism({
  name: "RSA_PKCS",
  source: "PKCS #11 v3.1, 6.1; RFC 8017, 7.2 and 8.2; draft-irtf-cfrg-rsa-guidance",
  ...common,
  encrypt(context, key, _params, data) {
    requireRoom(key, data);
    return rsaPublicOf(context, key).pkcs1Encrypt(data, context.rng);
  },
  decrypt(context, key, _params, data) {
    const length = modulusBytesOf(key);
    demand(data.length === length, "ENCRYPTED_DATA_LEN_RANGE", `the ciphertext has ${length} bytes`);
    const plaintext = rsaPrivateOf(context, key).pkcs1Decrypt(data, context.rng);
    if (plaintext === undefined) throw new CkrError("ENCRYPTED_DATA_INVALID", "the ciphertext cannot be decrypted");
    return plaintext;
  },
  sign(context, key, _params, data) {
    requireRoom(key, data);
    return rsaPrivateOf(context, key).pkcs1Sign(undefined, data, context.rng);
  },
  verify(context, key, _params, data, signature) {
    requireRoom(key, data);
    return rsaPublicOf(context, key).pkcs1Verify(undefined, data, signature);
  },
  signRecover(context, key, _params, data) {
    requireRoom(key, data);
    return rsaPrivateOf(context, key).pkcs1Sign(undefined, data, context.rng);
  },
  verifyRecover: (context, key, _params, signature) => rsaPublicOf(context, key).pkcs1Recover(signature),
  wrap: (context, key, _params, target) =>
    useKeyMaterial(target, (material) => {
      requireRoom(key, material, "KEY_SIZE_RANGE");
      return rsaPublicOf(context, key).pkcs1Encrypt(material, context.rng);
    }),
  unwrap(context, key, _params, wrapped) {
    const length = modulusBytesOf(key);
    demand(wrapped.length === length, "WRAPPED_KEY_LEN_RANGE", `the wrapped key has ${length} bytes`);
    const value = rsaPrivateOf(context, key).pkcs1Decrypt(wrapped, context.rng);
    if (value === undefined) throw new CkrError("WRAPPED_KEY_INVALID", "the wrapped key cannot be unwrapped");
    return { value: new Secret(value) };
  },
});

function hashed<N extends HashedName>(name: N, hash: HashName): Mechanism<N, NoParams> {
  return mechanism({
    name,
    source: "PKCS #11 v3.1, 6.1; RFC 8017, 8.2",
    ...common,
    ...overDigest<NoParams>(hash, (context, key) => ({
      sign: (digest) => rsaPrivateOf(context, key).pkcs1Sign(hash, digest, context.rng),
      verify: (digest, signature) => rsaPublicOf(context, key).pkcs1Verify(hash, digest, signature),
    })),
  });
}

/** CKM_SHA1_RSA_PKCS. */
export const sha1RsaPkcs: Mechanism<"SHA1_RSA_PKCS", NoParams> = hashed("SHA1_RSA_PKCS", "SHA1");
/** CKM_SHA224_RSA_PKCS. */
export const sha224RsaPkcs: Mechanism<"SHA224_RSA_PKCS", NoParams> = hashed("SHA224_RSA_PKCS", "SHA224");
/** CKM_SHA256_RSA_PKCS. */
export const sha256RsaPkcs: Mechanism<"SHA256_RSA_PKCS", NoParams> = hashed("SHA256_RSA_PKCS", "SHA256");
/** CKM_SHA384_RSA_PKCS. */
export const sha384RsaPkcs: Mechanism<"SHA384_RSA_PKCS", NoParams> = hashed("SHA384_RSA_PKCS", "SHA384");
/** CKM_SHA512_RSA_PKCS. */
export const sha512RsaPkcs: Mechanism<"SHA512_RSA_PKCS", NoParams> = hashed("SHA512_RSA_PKCS", "SHA512");
