/** Object classes, key types and mechanisms (PKCS #11 v3.1, pkcs11t.h): those implemented here, sorted by code. */

// biome-ignore format: a table
export const CKO = {
  DATA:        0x0,
  CERTIFICATE: 0x1,
  PUBLIC_KEY:  0x2,
  PRIVATE_KEY: 0x3,
  SECRET_KEY:  0x4,
} as const;

// biome-ignore format: a table
export const CKK = {
  RSA:            0x00,
  EC:             0x03,
  GENERIC_SECRET: 0x10,
  AES:            0x1f,
  EC_EDWARDS:     0x40,
} as const;

// The last three are CKM_VENDOR_DEFINED with "PH" to keep clear of other vendors (docs/pkcs11.md describes them).
// biome-ignore format: a table
export const CKM = {
  RSA_PKCS_KEY_PAIR_GEN:     0x0000,
  RSA_PKCS:                  0x0001,
  SHA1_RSA_PKCS:             0x0006,
  RSA_PKCS_OAEP:             0x0009,
  RSA_PKCS_PSS:              0x000d,
  SHA1_RSA_PKCS_PSS:         0x000e,
  SHA256_RSA_PKCS:           0x0040,
  SHA384_RSA_PKCS:           0x0041,
  SHA512_RSA_PKCS:           0x0042,
  SHA256_RSA_PKCS_PSS:       0x0043,
  SHA384_RSA_PKCS_PSS:       0x0044,
  SHA512_RSA_PKCS_PSS:       0x0045,
  SHA224_RSA_PKCS:           0x0046,
  SHA224_RSA_PKCS_PSS:       0x0047,
  SHA_1:                     0x0220,
  SHA_1_HMAC:                0x0221,
  SHA256:                    0x0250,
  SHA256_HMAC:               0x0251,
  SHA224:                    0x0255,
  SHA224_HMAC:               0x0256,
  SHA384:                    0x0260,
  SHA384_HMAC:               0x0261,
  SHA512:                    0x0270,
  SHA512_HMAC:               0x0271,
  SHA3_256:                  0x02b0,
  SHA3_224:                  0x02b5,
  SHA3_384:                  0x02c0,
  SHA3_512:                  0x02d0,
  GENERIC_SECRET_KEY_GEN:    0x0350,
  SP800_108_COUNTER_KDF:     0x03ac,
  EC_KEY_PAIR_GEN:           0x1040,
  ECDSA:                     0x1041,
  ECDSA_SHA1:                0x1042,
  ECDSA_SHA224:              0x1043,
  ECDSA_SHA256:              0x1044,
  ECDSA_SHA384:              0x1045,
  ECDSA_SHA512:              0x1046,
  ECDH1_DERIVE:              0x1050,
  EC_EDWARDS_KEY_PAIR_GEN:   0x1055,
  EDDSA:                     0x1057,
  AES_KEY_GEN:               0x1080,
  AES_CBC_PAD:               0x1085,
  AES_CTR:                   0x1086,
  AES_GCM:                   0x1087,
  AES_CMAC:                  0x108a,
  AES_KEY_WRAP:              0x2109,
  AES_KEY_WRAP_KWP:          0x210b,
  HKDF_DERIVE:               0x402a,
  PHSM_BOUND_WRAP:           0xd048_0001,
  PHSM_KMS_ENVELOPE:         0xd048_0002,
  PHSM_ECDH_SHARED_SECRET:   0xd048_0003,
} as const;

export type ObjectClass = keyof typeof CKO;
export type KeyType = keyof typeof CKK;
export type MechanismName = keyof typeof CKM;
