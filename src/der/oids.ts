/** Object identifiers, one line an entry. */
// biome-ignore format: a table
export const OID = {
  rsaEncryption: "1.2.840.113549.1.1.1", // RFC 8017, A.1
  ecPublicKey:   "1.2.840.10045.2.1",    // RFC 5480, 2.1.1
  Ed25519:       "1.3.101.112",          // RFC 8410, 3
  "P-256":       "1.2.840.10045.3.1.7",  // RFC 5480, 2.1.1.1: secp256r1
  "P-384":       "1.3.132.0.34",         // RFC 5480, 2.1.1.1: secp384r1
  "P-521":       "1.3.132.0.35",         // RFC 5480, 2.1.1.1: secp521r1
  secp256k1:     "1.3.132.0.10",         // SEC 2, A.2.1
} as const;
