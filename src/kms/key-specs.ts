/** What each key spec is: how its material is made, and the algorithms of each usage it may have. */

import { ENCRYPTION_ALGORITHMS } from "./algorithms.ts";

export type KeyUsage =
  | "ENCRYPT_DECRYPT"
  | "SIGN_VERIFY"
  | "GENERATE_VERIFY_MAC"
  | "KEY_AGREEMENT"
  | "ENCAPSULATE_DECAPSULATE";

export type KeySpec =
  | "SYMMETRIC_DEFAULT"
  | `RSA_${2048 | 3072 | 4096}`
  | `ECC_NIST_P${256 | 384 | 521}`
  | "ECC_SECG_P256K1"
  | "ECC_NIST_EDWARDS25519"
  | `HMAC_${224 | 256 | 384 | 512}`
  | `ML_DSA_${44 | 65 | 87}`
  | `ML_KEM_${512 | 768 | 1024}`
  | "SM2";

export type DataKeyPairSpec = Exclude<KeySpec, "SYMMETRIC_DEFAULT" | `HMAC_${number}` | `ML_DSA_${number}`>;

/** How the token makes the material. */
export type Material =
  | { readonly kind: "AES" }
  | { readonly kind: "HMAC"; readonly byteLength: number }
  | { readonly kind: "RSA"; readonly modulusBits: 2048 | 3072 | 4096 }
  | { readonly kind: "EC"; readonly curve: "P-256" | "P-384" | "P-521" | "secp256k1" | "SM2" }
  | { readonly kind: "Ed25519" }
  | { readonly kind: "ML_DSA"; readonly parameterSet: `ML-DSA-${44 | 65 | 87}` }
  | { readonly kind: "ML_KEM"; readonly parameterSet: `ML-KEM-${512 | 768 | 1024}` };

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
const mlDsa = (set: 44 | 65 | 87): KeySpecRow => ({
  material: { kind: "ML_DSA", parameterSet: `ML-DSA-${set}` },
  usages: { SIGN_VERIFY: ["ML_DSA_SHAKE_256"] },
});
const mlKem = (set: 512 | 768 | 1024): KeySpecRow => ({
  material: { kind: "ML_KEM", parameterSet: `ML-KEM-${set}` },
  usages: { ENCAPSULATE_DECAPSULATE: ["ML_KEM"] },
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
  ML_DSA_44:             mlDsa(44),
  ML_DSA_65:             mlDsa(65),
  ML_DSA_87:             mlDsa(87),
  ML_KEM_512:            mlKem(512),
  ML_KEM_768:            mlKem(768),
  ML_KEM_1024:           mlKem(1024),
  SM2: {
    material: { kind: "EC", curve: "SM2" },
    usages: { ENCRYPT_DECRYPT: ["SM2PKE"], SIGN_VERIFY: ["SM2DSA"], KEY_AGREEMENT: ["ECDH"] },
  },
};

/** What decides which key specs there are. */
export interface SpecPlace {
  readonly region: string;
  /** Whether SM2 is offered outside the China Regions too. */
  readonly sm2?: boolean;
}

/** Whether a Region has a key spec: SM2 in the China Regions alone, ML-KEM outside them (API reference, CreateKey, KeySpec). */
export function isOffered(spec: KeySpec, { region, sm2 = false }: SpecPlace): boolean {
  const inChina = region.startsWith("cn-");
  if (spec === "SM2") return inChina || sm2;
  return !inChina || KEY_SPECS[spec].material.kind !== "ML_KEM";
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

/** The longest plaintext of a public key algorithm in bytes; `undefined` when the spec has no such algorithm. */
export function plaintextMaximum(spec: KeySpec, algorithm: string): number | undefined {
  if (!algorithmsOf(spec, "ENCRYPT_DECRYPT").includes(algorithm)) return undefined;
  const { material } = KEY_SPECS[spec];
  return ENCRYPTION_ALGORITHMS[algorithm]?.maximum(material.kind === "RSA" ? material.modulusBits / 8 : 0);
}

/** Whether material of the spec may come from outside (developer guide, "Importing key material"). */
export function isImportable(spec: KeySpec): boolean {
  const { kind } = KEY_SPECS[spec].material;
  return kind !== "ML_DSA" && kind !== "ML_KEM";
}
