/** The table of known-answer tests. */

import type { CurveName, HashName, MlDsaSet, MlKemSet, XCurveName, XofName } from "../crypto/engine.ts";
import { aesTests, sm4Tests } from "./ciphers.ts";
import { derivationTests } from "./derivation.ts";
import { ellipticTests } from "./elliptic.ts";
import { hashTests, hmacTests, xofTests } from "./hashes.ts";
import type { KnownAnswerTest } from "./known-answer.ts";
import { octetCurveTests } from "./octet-curves.ts";
import { postQuantumTests } from "./post-quantum.ts";
import { rsaTests } from "./rsa.ts";
import { sm2Tests } from "./sm2.ts";

export type KnownAnswerName =
  | HashName
  | `HMAC-${HashName}`
  | `AES-${"GCM" | "CBC" | "CTR" | "CMAC" | "KW" | "KWP"}`
  | XofName
  | "CCM"
  | `SM4-${"GCM" | "CBC" | "CTR"}`
  | `ECDSA ${CurveName} ${"sign" | "verify"}`
  | `ECDH ${CurveName}`
  | `${"Ed25519" | "Ed448"} ${"sign" | "verify"}`
  | XCurveName
  | `SM2 ${"sign" | "verify" | "encrypt" | "decrypt" | "agreement"}`
  | `RSA ${"sign" | "verify" | "encrypt" | "decrypt"}`
  | MlKemSet
  | MlDsaSet
  | `SLH-DSA ${"SHA2" | "SHAKE"}`
  | "HKDF"
  | "KDF SP 800-108"
  | "KDF X9.63"
  | "PBKDF2"
  | "CTR_DRBG"
  | "scrypt";

/** Every known-answer test, by name (FIPS 140-3 IG, 10.3.A). The compiler asks for a row of each name. */
export const knownAnswerTests: Readonly<Record<KnownAnswerName, KnownAnswerTest>> = Object.freeze({
  ...hashTests,
  ...hmacTests,
  ...xofTests,
  ...aesTests,
  ...sm4Tests,
  ...ellipticTests,
  ...octetCurveTests,
  ...sm2Tests,
  ...rsaTests,
  ...postQuantumTests,
  ...derivationTests,
});
