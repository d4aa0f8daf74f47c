import { wipe } from "../bytes/bytes.ts";
import type { HashName } from "../crypto/engine.ts";
import { hashBytes } from "../crypto/hash.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import { derivedLength } from "./derived-length.ts";
import { MAX_SECRET_BYTES, secretValueOf } from "./keys/generic-secret.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { type NoParams, noParams } from "./params.ts";

/** The key is the front of the digest of the base key's value. */
function keyDerivation<N extends MechanismName>(name: N, hash: HashName): Mechanism<N, NoParams> {
  return mechanism({
    name,
    source: "PKCS #11 v3.1, 6.20 to 6.31; FIPS 180-4; FIPS 202",
    keyTypes: ["GENERIC_SECRET", "AES"],
    keySize: { min: 1, max: MAX_SECRET_BYTES, unit: "bytes" },
    inheritsProtection: true,
    parse: noParams,
    derive({ engine }, key, _params, byteLength) {
      const length = derivedLength(byteLength, hashBytes(hash), hashBytes(hash));
      const digest = secretValueOf(key).use((value) => engine.digest(hash, value));
      const front = digest.slice(0, length);
      wipe(digest);
      return front;
    },
  });
}

/** CKM_SHA1_KEY_DERIVATION. */
export const sha1KeyDerivation: Mechanism<"SHA1_KEY_DERIVATION", NoParams> = keyDerivation(
  "SHA1_KEY_DERIVATION",
  "SHA1",
);
/** CKM_SHA224_KEY_DERIVATION. */
export const sha224KeyDerivation: Mechanism<"SHA224_KEY_DERIVATION", NoParams> = keyDerivation(
  "SHA224_KEY_DERIVATION",
  "SHA224",
);
/** CKM_SHA256_KEY_DERIVATION. */
export const sha256KeyDerivation: Mechanism<"SHA256_KEY_DERIVATION", NoParams> = keyDerivation(
  "SHA256_KEY_DERIVATION",
  "SHA256",
);
/** CKM_SHA384_KEY_DERIVATION. */
export const sha384KeyDerivation: Mechanism<"SHA384_KEY_DERIVATION", NoParams> = keyDerivation(
  "SHA384_KEY_DERIVATION",
  "SHA384",
);
/** CKM_SHA512_KEY_DERIVATION. */
export const sha512KeyDerivation: Mechanism<"SHA512_KEY_DERIVATION", NoParams> = keyDerivation(
  "SHA512_KEY_DERIVATION",
  "SHA512",
);
/** CKM_SHA512_224_KEY_DERIVATION. */
export const sha512_224KeyDerivation: Mechanism<"SHA512_224_KEY_DERIVATION", NoParams> = keyDerivation(
  "SHA512_224_KEY_DERIVATION",
  "SHA512_224",
);
/** CKM_SHA512_256_KEY_DERIVATION. */
export const sha512_256KeyDerivation: Mechanism<"SHA512_256_KEY_DERIVATION", NoParams> = keyDerivation(
  "SHA512_256_KEY_DERIVATION",
  "SHA512_256",
);
/** CKM_SHA3_224_KEY_DERIVATION. */
export const sha3_224KeyDerivation: Mechanism<"SHA3_224_KEY_DERIVATION", NoParams> = keyDerivation(
  "SHA3_224_KEY_DERIVATION",
  "SHA3_224",
);
/** CKM_SHA3_256_KEY_DERIVATION. */
export const sha3_256KeyDerivation: Mechanism<"SHA3_256_KEY_DERIVATION", NoParams> = keyDerivation(
  "SHA3_256_KEY_DERIVATION",
  "SHA3_256",
);
/** CKM_SHA3_384_KEY_DERIVATION. */
export const sha3_384KeyDerivation: Mechanism<"SHA3_384_KEY_DERIVATION", NoParams> = keyDerivation(
  "SHA3_384_KEY_DERIVATION",
  "SHA3_384",
);
/** CKM_SHA3_512_KEY_DERIVATION. */
export const sha3_512KeyDerivation: Mechanism<"SHA3_512_KEY_DERIVATION", NoParams> = keyDerivation(
  "SHA3_512_KEY_DERIVATION",
  "SHA3_512",
);
