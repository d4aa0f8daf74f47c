/** The names of the pairwise consistency tests. They need a key in the token, so the token runs them (token/pairwise.ts). */

export type PairwiseName =
  | "pairwise RSA signature"
  | "pairwise RSA encryption"
  | "pairwise ECDSA"
  | "pairwise ECDH"
  | "pairwise EdDSA"
  | "pairwise X25519 and X448"
  | "pairwise SM2 signature"
  | "pairwise SM2 encryption"
  | "pairwise SM2 agreement"
  | "pairwise ML-DSA"
  | "pairwise SLH-DSA"
  | "pairwise ML-KEM";

/** What each does with a new pair (FIPS 140-3 IG, 10.3.A, additional comment 1), and of which standard the pair is. */
// biome-ignore format: a table
export const pairwiseTests: Readonly<Record<PairwiseName, string>> = {
  "pairwise RSA signature":   "signs and verifies (FIPS 186-5)",
  "pairwise RSA encryption":  "encrypts and decrypts (SP 800-56B r2)",
  "pairwise ECDSA":           "signs and verifies (FIPS 186-5)",
  "pairwise ECDH":            "computes the public key again (SP 800-56A r3, 5.6.2.1.4)",
  "pairwise EdDSA":           "signs and verifies (FIPS 186-5)",
  "pairwise X25519 and X448": "computes the public key again (SP 800-56A r3, 5.6.2.1.4)",
  "pairwise SM2 signature":   "signs and verifies (GB/T 32918.2-2016)",
  "pairwise SM2 encryption":  "encrypts and decrypts (GB/T 32918.4-2016)",
  "pairwise SM2 agreement":   "computes the public key again (GB/T 32918.1-2016, 6)",
  "pairwise ML-DSA":          "signs and verifies (FIPS 204)",
  "pairwise SLH-DSA":         "computes the root again (FIPS 205, 9.1)",
  "pairwise ML-KEM":          "encapsulates and decapsulates (FIPS 203, 7.1)",
};
