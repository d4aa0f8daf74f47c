/** The algorithms of AWS KMS: how the token does each, and how much it takes. */

import type { Session } from "../token/session.ts";

/** A mechanism of the token with its parameters. */
export type MechanismChoice = Exclude<Parameters<Session["sign"]>[0], string>;

/** What the bytes of a message are (API reference, Sign, MessageType). */
export type MessageType = "RAW" | "DIGEST" | "EXTERNAL_MU";

export interface SigningAlgorithmRow {
  /** How a message of each type is signed; a type that is absent is not taken. */
  readonly by: { readonly [T in MessageType]?: MechanismChoice };
  /** Bytes of a DIGEST, or of an EXTERNAL_MU. */
  readonly digestBytes: number;
  /** DigestInfo up to the digest (RFC 8017, 9.2, note 1), which the mechanism wants in front of a DIGEST. */
  readonly digestInfoPrefix?: Uint8Array;
}

type ShaBits = 256 | 384 | 512;

/** The salt is as long as the digest (developer guide, "RSASSA_PSS_SHA_256"). */
function pss(bits: ShaBits): SigningAlgorithmRow {
  const params = { mgf: `SHA${bits}`, saltBytes: bits / 8 } as const;
  return {
    by: {
      RAW: { mechanism: `SHA${bits}_RSA_PKCS_PSS`, ...params },
      DIGEST: { mechanism: "RSA_PKCS_PSS", hash: `SHA${bits}`, ...params },
    },
    digestBytes: bits / 8,
  };
}

/** The last byte of the object identifier 2.16.840.1.101.3.4.2.x of SHA-2 (RFC 8017, B.1). */
const SHA2_ARC: Readonly<Record<ShaBits, number>> = { 256: 1, 384: 2, 512: 3 };

function pkcs1(bits: ShaBits): SigningAlgorithmRow {
  const digestBytes = bits / 8;
  // SEQUENCE { SEQUENCE { OBJECT IDENTIFIER, NULL }, OCTET STRING }
  const oid = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, SHA2_ARC[bits]];
  const prefix = [0x30, 17 + digestBytes, 0x30, 13, 0x06, 9, ...oid, 0x05, 0, 0x04, digestBytes];
  return {
    by: { RAW: { mechanism: `SHA${bits}_RSA_PKCS` }, DIGEST: { mechanism: "RSA_PKCS" } },
    digestBytes,
    digestInfoPrefix: Uint8Array.from(prefix),
  };
}

function ecdsa(bits: ShaBits): SigningAlgorithmRow {
  return {
    by: { RAW: { mechanism: `ECDSA_SHA${bits}` }, DIGEST: { mechanism: "ECDSA" } },
    digestBytes: bits / 8,
  };
}

export const SIGNING_ALGORITHMS: Readonly<Record<string, SigningAlgorithmRow>> = {
  RSASSA_PSS_SHA_256: pss(256),
  RSASSA_PSS_SHA_384: pss(384),
  RSASSA_PSS_SHA_512: pss(512),
  RSASSA_PKCS1_V1_5_SHA_256: pkcs1(256),
  RSASSA_PKCS1_V1_5_SHA_384: pkcs1(384),
  RSASSA_PKCS1_V1_5_SHA_512: pkcs1(512),
  ECDSA_SHA_256: ecdsa(256),
  ECDSA_SHA_384: ecdsa(384),
  ECDSA_SHA_512: ecdsa(512),
  ED25519_SHA_512: { by: { RAW: { mechanism: "EDDSA" } }, digestBytes: 64 },
  // The digest is hashed again: PH of Ed25519ph is done to whatever comes (API reference, Sign, MessageType).
  ED25519_PH_SHA_512: { by: { DIGEST: { mechanism: "EDDSA", phFlag: true } }, digestBytes: 64 },
  // DIGEST is e = SM3(Z || M) (developer guide, "Offline verification with SM2 key pairs").
  SM2DSA: { by: { RAW: { mechanism: "PHSM_SM2DSA_SM3" }, DIGEST: { mechanism: "PHSM_SM2DSA" } }, digestBytes: 32 },
  ML_DSA_SHAKE_256: {
    by: { RAW: { mechanism: "ML_DSA" }, EXTERNAL_MU: { mechanism: "ML_DSA", externalMu: true } },
    digestBytes: 64,
  },
};

export interface EncryptionAlgorithmRow {
  readonly by: MechanismChoice;
  /** The longest plaintext under a key whose modulus has that many bytes; the number is of no use where none has. */
  maximum(modulusBytes: number): number;
}

/** RSAES-OAEP with the same hash inside MGF1: up to k − 2·hLen − 2 bytes (RFC 8017, 7.1.1). */
function oaep(hash: "SHA1" | "SHA256", hashBytes: number): EncryptionAlgorithmRow {
  return {
    by: { mechanism: "RSA_PKCS_OAEP", hash, mgf: hash },
    maximum: (modulusBytes) => modulusBytes - 2 * hashBytes - 2,
  };
}

/** Encryption with a public key. */
export const ENCRYPTION_ALGORITHMS: Readonly<Record<string, EncryptionAlgorithmRow>> = {
  RSAES_OAEP_SHA_1: oaep("SHA1", 20),
  RSAES_OAEP_SHA_256: oaep("SHA256", 32),
  // Developer guide, "SM2 key spec": up to 1,024 bytes; the ciphertext is the DER of GM/T 0009-2012, 7.2.
  SM2PKE: { by: { mechanism: "PHSM_SM2PKE" }, maximum: () => 1024 },
};

export const MAC_ALGORITHMS: Readonly<Record<string, MechanismChoice>> = {
  HMAC_SHA_224: { mechanism: "SHA224_HMAC" },
  HMAC_SHA_256: { mechanism: "SHA256_HMAC" },
  HMAC_SHA_384: { mechanism: "SHA384_HMAC" },
  HMAC_SHA_512: { mechanism: "SHA512_HMAC" },
};
