/** Object classes, key types and mechanisms (PKCS #11 v3.2, pkcs11t.h): those implemented here, sorted by code. */

// biome-ignore format: a table
export const CKO = {
  DATA:        0x0,
  CERTIFICATE: 0x1,
  PUBLIC_KEY:  0x2,
  PRIVATE_KEY: 0x3,
  SECRET_KEY:  0x4,
  MECHANISM:   0x7,
  PROFILE:     0x9,
} as const;

// biome-ignore format: a table
export const CKK = {
  RSA:            0x00,
  EC:             0x03,
  GENERIC_SECRET: 0x10,
  AES:            0x1f,
  EC_EDWARDS:     0x40,
  EC_MONTGOMERY:  0x41,
  ML_KEM:         0x49,
  ML_DSA:         0x4a,
  SLH_DSA:        0x4b,
  SM2:            0xd048_0001,
  SM4:            0xd048_0002,
} as const;

// From 0xd048_0000 on they are vendor-defined, with "PH" to keep clear of other vendors (docs/pkcs11.md describes them).
// biome-ignore format: a table
export const CKM = {
  RSA_PKCS_KEY_PAIR_GEN:      0x0000,
  RSA_PKCS:                   0x0001,
  SHA1_RSA_PKCS:              0x0006,
  RSA_PKCS_OAEP:              0x0009,
  RSA_PKCS_PSS:               0x000d,
  SHA1_RSA_PKCS_PSS:          0x000e,
  ML_KEM_KEY_PAIR_GEN:        0x000f,
  ML_KEM:                     0x0017,
  ML_DSA_KEY_PAIR_GEN:        0x001c,
  ML_DSA:                     0x001d,
  SLH_DSA_KEY_PAIR_GEN:       0x002d,
  SLH_DSA:                    0x002e,
  SHA256_RSA_PKCS:            0x0040,
  SHA384_RSA_PKCS:            0x0041,
  SHA512_RSA_PKCS:            0x0042,
  SHA256_RSA_PKCS_PSS:        0x0043,
  SHA384_RSA_PKCS_PSS:        0x0044,
  SHA512_RSA_PKCS_PSS:        0x0045,
  SHA224_RSA_PKCS:            0x0046,
  SHA224_RSA_PKCS_PSS:        0x0047,
  SHA512_224:                 0x0048,
  SHA512_224_HMAC:            0x0049,
  SHA512_224_HMAC_GENERAL:    0x004a,
  SHA512_256:                 0x004c,
  SHA512_256_HMAC:            0x004d,
  SHA512_256_HMAC_GENERAL:    0x004e,
  SHA_1:                      0x0220,
  SHA_1_HMAC:                 0x0221,
  SHA_1_HMAC_GENERAL:         0x0222,
  SHA256:                     0x0250,
  SHA256_HMAC:                0x0251,
  SHA256_HMAC_GENERAL:        0x0252,
  SHA224:                     0x0255,
  SHA224_HMAC:                0x0256,
  SHA224_HMAC_GENERAL:        0x0257,
  SHA384:                     0x0260,
  SHA384_HMAC:                0x0261,
  SHA384_HMAC_GENERAL:        0x0262,
  SHA512:                     0x0270,
  SHA512_HMAC:                0x0271,
  SHA512_HMAC_GENERAL:        0x0272,
  SHA3_256:                   0x02b0,
  SHA3_256_HMAC:              0x02b1,
  SHA3_256_HMAC_GENERAL:      0x02b2,
  SHA3_224:                   0x02b5,
  SHA3_224_HMAC:              0x02b6,
  SHA3_224_HMAC_GENERAL:      0x02b7,
  SHA3_384:                   0x02c0,
  SHA3_384_HMAC:              0x02c1,
  SHA3_384_HMAC_GENERAL:      0x02c2,
  SHA3_512:                   0x02d0,
  SHA3_512_HMAC:              0x02d1,
  SHA3_512_HMAC_GENERAL:      0x02d2,
  GENERIC_SECRET_KEY_GEN:     0x0350,
  SHAKE_128_KEY_DERIVATION:   0x039b,
  SHAKE_256_KEY_DERIVATION:   0x039c,
  SP800_108_COUNTER_KDF:      0x03ac,
  SP800_108_FEEDBACK_KDF:     0x03ad,
  SP800_108_DOUBLE_PIPELINE_KDF:0x03ae,
  PKCS5_PBKD2:                0x03b0,
  EC_KEY_PAIR_GEN:            0x1040,
  ECDSA:                      0x1041,
  ECDSA_SHA1:                 0x1042,
  ECDSA_SHA224:               0x1043,
  ECDSA_SHA256:               0x1044,
  ECDSA_SHA384:               0x1045,
  ECDSA_SHA512:               0x1046,
  ECDH1_DERIVE:               0x1050,
  EC_EDWARDS_KEY_PAIR_GEN:    0x1055,
  EC_MONTGOMERY_KEY_PAIR_GEN: 0x1056,
  EDDSA:                      0x1057,
  AES_KEY_GEN:                0x1080,
  AES_CBC_PAD:                0x1085,
  AES_CTR:                    0x1086,
  AES_GCM:                    0x1087,
  AES_CCM:                    0x1088,
  AES_CMAC:                   0x108a,
  AES_GMAC:                   0x108e,
  AES_KEY_WRAP:               0x2109,
  AES_KEY_WRAP_KWP:           0x210b,
  HKDF_DERIVE:                0x402a,
  PHSM_BOUND_WRAP:            0xd048_0001,
  PHSM_KMS_ENVELOPE:          0xd048_0002,
  PHSM_ECDH_SHARED_SECRET:    0xd048_0003,
  PHSM_SM3:                   0xd048_0010,
  PHSM_SM3_HMAC:              0xd048_0011,
  PHSM_SHAKE128:              0xd048_0012,
  PHSM_SHAKE256:              0xd048_0013,
  PHSM_SM4_KEY_GEN:           0xd048_0020,
  PHSM_SM4_CBC_PAD:           0xd048_0021,
  PHSM_SM4_CTR:               0xd048_0022,
  PHSM_SM4_GCM:               0xd048_0023,
  PHSM_SM4_CCM:               0xd048_0024,
  PHSM_SM2_KEY_PAIR_GEN:      0xd048_0030,
  PHSM_SM2DSA:                0xd048_0031,
  PHSM_SM2DSA_SM3:            0xd048_0032,
  PHSM_SM2PKE:                0xd048_0033,
} as const;

/** Values of CKA_PARAMETER_SET, by key type (PKCS #11 v3.2, CKP_ML_DSA_44 and so on); names are those of the standards. */
// biome-ignore format: a table
export const CKP = {
  ML_KEM:  { "ML-KEM-512": 1, "ML-KEM-768": 2, "ML-KEM-1024": 3 },
  ML_DSA:  { "ML-DSA-44": 1, "ML-DSA-65": 2, "ML-DSA-87": 3 },
  SLH_DSA: {
    "SLH-DSA-SHA2-128s":  1,
    "SLH-DSA-SHAKE-128s": 2,
    "SLH-DSA-SHA2-128f":  3,
    "SLH-DSA-SHAKE-128f": 4,
    "SLH-DSA-SHA2-192s":  5,
    "SLH-DSA-SHAKE-192s": 6,
    "SLH-DSA-SHA2-192f":  7,
    "SLH-DSA-SHAKE-192f": 8,
    "SLH-DSA-SHA2-256s":  9,
    "SLH-DSA-SHAKE-256s": 10,
    "SLH-DSA-SHA2-256f":  11,
    "SLH-DSA-SHAKE-256f": 12,
  },
} as const;

/** CKC_X_509, the one CKA_CERTIFICATE_TYPE here. */
export const X_509 = 0;

/** Values of CKA_PROFILE_ID (CKP_BASELINE_PROVIDER and so on). */
// biome-ignore format: a table
export const PROFILE_IDS = {
  BASELINE_PROVIDER: 1,
  EXTENDED_PROVIDER: 2,
} as const;

export type ObjectClass = keyof typeof CKO;
export type KeyType = keyof typeof CKK;
export type MechanismName = keyof typeof CKM;
