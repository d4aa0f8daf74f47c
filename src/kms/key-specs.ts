/** What each key spec is: how its material is made, and the algorithms of each usage it may have. */

import type { Session } from "../token/session.ts";

export type KeyUsage = "ENCRYPT_DECRYPT" | "SIGN_VERIFY" | "GENERATE_VERIFY_MAC" | "KEY_AGREEMENT";

/** The key specs that this service makes. The service model names more (shapes.ts). */
export type KeySpec =
  | "SYMMETRIC_DEFAULT"
  | `RSA_${2048 | 3072 | 4096}`
  | `ECC_NIST_P${256 | 384 | 521}`
  | "ECC_SECG_P256K1"
  | "ECC_NIST_EDWARDS25519"
  | `HMAC_${224 | 256 | 384 | 512}`;

export type DataKeyPairSpec = Exclude<KeySpec, "SYMMETRIC_DEFAULT" | `HMAC_${number}`>;

/** How the token makes the material. */
export type Material =
  | { readonly kind: "AES" }
  | { readonly kind: "HMAC"; readonly byteLength: number }
  | { readonly kind: "RSA"; readonly modulusBits: 2048 | 3072 | 4096 }
  | { readonly kind: "EC"; readonly curve: "P-256" | "P-384" | "P-521" | "secp256k1" }
  | { readonly kind: "Ed25519" };

export interface KeySpecRow {
  readonly material: Material;
  /** The usages that the spec allows, each with its algorithms in the order in which AWS lists them. */
  readonly usages: { readonly [U in KeyUsage]?: readonly string[] };
}

const OAEP: readonly string[] = ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"];
const RSASSA: readonly string[] = ["PKCS1_V1_5", "PSS"].flatMap((scheme) =>
  [256, 384, 512].map((bits) => `RSASSA_${scheme}_SHA_${bits}`),
);
const rsa = (modulusBits: 2048 | 3072 | 4096): KeySpecRow => ({
  material: { kind: "RSA", modulusBits },
  usages: { ENCRYPT_DECRYPT: OAEP, SIGN_VERIFY: RSASSA },
});
const nistCurve = (curve: "P-256" | "P-384" | "P-521", algorithm: string): KeySpecRow => ({
  material: { kind: "EC", curve },
  usages: { SIGN_VERIFY: [algorithm], KEY_AGREEMENT: ["ECDH"] },
});
/** The key is as long as the digest (developer guide, "HMAC keys in AWS KMS"). */
const hmac = (bits: 224 | 256 | 384 | 512): KeySpecRow => ({
  material: { kind: "HMAC", byteLength: bits / 8 },
  usages: { GENERATE_VERIFY_MAC: [`HMAC_SHA_${bits}`] },
});

// biome-ignore format: a table
export const KEY_SPECS: Readonly<Record<KeySpec, KeySpecRow>> = {
  SYMMETRIC_DEFAULT:     { material: { kind: "AES" }, usages: { ENCRYPT_DECRYPT: ["SYMMETRIC_DEFAULT"] } },
  RSA_2048:              rsa(2048),
  RSA_3072:              rsa(3072),
  RSA_4096:              rsa(4096),
  ECC_NIST_P256:         nistCurve("P-256", "ECDSA_SHA_256"),
  ECC_NIST_P384:         nistCurve("P-384", "ECDSA_SHA_384"),
  ECC_NIST_P521:         nistCurve("P-521", "ECDSA_SHA_512"),
  ECC_SECG_P256K1:       { material: { kind: "EC", curve: "secp256k1" }, usages: { SIGN_VERIFY: ["ECDSA_SHA_256"] } },
  ECC_NIST_EDWARDS25519: { material: { kind: "Ed25519" }, usages: { SIGN_VERIFY: ["ED25519_SHA_512", "ED25519_PH_SHA_512"] } },
  HMAC_224:              hmac(224),
  HMAC_256:              hmac(256),
  HMAC_384:              hmac(384),
  HMAC_512:              hmac(512),
};

/** Whether this service makes keys of that spec. */
export function isKeySpec(name: string): name is KeySpec {
  return Object.hasOwn(KEY_SPECS, name);
}

/** Whether this service makes data key pairs of that spec. */
export function isDataKeyPairSpec(name: string): name is DataKeyPairSpec {
  return isKeySpec(name) && isAsymmetric(name);
}

/** Whether keys of the spec have a public half. */
export function isAsymmetric(spec: KeySpec): boolean {
  const { kind } = KEY_SPECS[spec].material;
  return kind !== "AES" && kind !== "HMAC";
}

/** The algorithms of a key, by its spec and usage. Empty when the spec does not have the usage. */
export function algorithmsOf(spec: KeySpec, usage: KeyUsage): readonly string[] {
  return KEY_SPECS[spec].usages[usage] ?? [];
}

/** A mechanism of the token with its parameters. */
export type MechanismChoice = Exclude<Parameters<Session["sign"]>[0], string>;

export interface SigningAlgorithmRow {
  /** Bytes of a DIGEST message. */
  readonly digestBytes: number;
  /** How a RAW message is signed; absent when the algorithm takes digests only. */
  readonly raw?: MechanismChoice;
  /** How a digest is signed; absent when the algorithm takes messages only. */
  readonly digest?: MechanismChoice;
  /** DigestInfo up to the digest (RFC 8017, 9.2, note 1), which the digest mechanism wants in front of it. */
  readonly digestInfoPrefix?: Uint8Array;
}

type ShaBits = 256 | 384 | 512;

/** The salt is as long as the digest (developer guide, "RSASSA_PSS_SHA_256"). */
function pss(bits: ShaBits): SigningAlgorithmRow {
  const params = { mgf: `SHA${bits}`, saltBytes: bits / 8 } as const;
  return {
    digestBytes: bits / 8,
    raw: { mechanism: `SHA${bits}_RSA_PKCS_PSS`, ...params },
    digest: { mechanism: "RSA_PKCS_PSS", hash: `SHA${bits}`, ...params },
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
    digestBytes,
    raw: { mechanism: `SHA${bits}_RSA_PKCS` },
    digest: { mechanism: "RSA_PKCS" },
    digestInfoPrefix: Uint8Array.from(prefix),
  };
}

function ecdsa(bits: ShaBits): SigningAlgorithmRow {
  return { digestBytes: bits / 8, raw: { mechanism: `ECDSA_SHA${bits}` }, digest: { mechanism: "ECDSA" } };
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
  ED25519_SHA_512: { digestBytes: 64, raw: { mechanism: "EDDSA" } },
  ED25519_PH_SHA_512: { digestBytes: 64, digest: { mechanism: "EDDSA", prehashed: true } },
};

/** RSAES-OAEP, with the same hash inside MGF1. */
export const OAEP_ALGORITHMS: Readonly<
  Record<string, { readonly hash: "SHA1" | "SHA256"; readonly hashBytes: number }>
> = { RSAES_OAEP_SHA_1: { hash: "SHA1", hashBytes: 20 }, RSAES_OAEP_SHA_256: { hash: "SHA256", hashBytes: 32 } };

export const MAC_ALGORITHMS: Readonly<Record<string, MechanismChoice>> = {
  HMAC_SHA_224: { mechanism: "SHA224_HMAC" },
  HMAC_SHA_256: { mechanism: "SHA256_HMAC" },
  HMAC_SHA_384: { mechanism: "SHA384_HMAC" },
  HMAC_SHA_512: { mechanism: "SHA512_HMAC" },
};

/**
 * The longest plaintext of an OAEP algorithm: k − 2·hLen − 2 bytes (RFC 8017, 7.1.1). `undefined` when the spec is
 * not RSA or the algorithm not OAEP.
 */
export function oaepMaximum(spec: KeySpec, algorithm: string): number | undefined {
  const { material } = KEY_SPECS[spec];
  const oaep = Object.hasOwn(OAEP_ALGORITHMS, algorithm) ? OAEP_ALGORITHMS[algorithm] : undefined;
  if (material.kind !== "RSA" || oaep === undefined) return undefined;
  return material.modulusBits / 8 - 2 * oaep.hashBytes - 2;
}
