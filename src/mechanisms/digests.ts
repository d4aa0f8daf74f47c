import type { HashName } from "../crypto/engine.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import { type Mechanism, mechanism } from "./mechanism.ts";
import { type NoParams, noParams } from "./params.ts";

/** A digest mechanism. */
export function digest<N extends MechanismName>(name: N, hash: HashName, source: string): Mechanism<N, NoParams> {
  return mechanism({ name, source, parse: noParams, digest: ({ engine }) => engine.hash(hash) });
}

const SHS = "PKCS #11 v3.1, 6.20 to 6.24; FIPS 180-4";
const SHA3 = "PKCS #11 v3.1, 6.28 to 6.31; FIPS 202";

/** CKM_SHA_1. */
export const sha1: Mechanism<"SHA_1", NoParams> = digest("SHA_1", "SHA1", SHS);
/** CKM_SHA224. */
export const sha224: Mechanism<"SHA224", NoParams> = digest("SHA224", "SHA224", SHS);
/** CKM_SHA256. */
export const sha256: Mechanism<"SHA256", NoParams> = digest("SHA256", "SHA256", SHS);
/** CKM_SHA384. */
export const sha384: Mechanism<"SHA384", NoParams> = digest("SHA384", "SHA384", SHS);
/** CKM_SHA512. */
export const sha512: Mechanism<"SHA512", NoParams> = digest("SHA512", "SHA512", SHS);
/** CKM_SHA512_224. */
export const sha512_224: Mechanism<"SHA512_224", NoParams> = digest("SHA512_224", "SHA512_224", SHS);
/** CKM_SHA512_256. */
export const sha512_256: Mechanism<"SHA512_256", NoParams> = digest("SHA512_256", "SHA512_256", SHS);
/** CKM_SHA3_224. */
export const sha3_224: Mechanism<"SHA3_224", NoParams> = digest("SHA3_224", "SHA3_224", SHA3);
/** CKM_SHA3_256. */
export const sha3_256: Mechanism<"SHA3_256", NoParams> = digest("SHA3_256", "SHA3_256", SHA3);
/** CKM_SHA3_384. */
export const sha3_384: Mechanism<"SHA3_384", NoParams> = digest("SHA3_384", "SHA3_384", SHA3);
/** CKM_SHA3_512. */
export const sha3_512: Mechanism<"SHA3_512", NoParams> = digest("SHA3_512", "SHA3_512", SHA3);
