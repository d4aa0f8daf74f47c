/** Request quotas of AWS KMS (developer guide, "Request quotas"), in requests a second. They are raised now and then. */

/** What shares one quota: a kind of key, a data key pair's spec, or an operation. */
export type QuotaRates = Readonly<Record<string, number>>;

/** Operations that use a key and share the quota of its kind. */
export const SHARED: ReadonlySet<string> = new Set([
  ...["Decapsulate", "Decrypt", "DeriveSharedSecret", "Encapsulate", "Encrypt", "GenerateDataKey"],
  ...["GenerateDataKeyWithoutPlaintext", "GenerateMac", "ReEncrypt", "Sign", "Verify", "VerifyMac"],
]);

/** Operations that share the quota of the pair's spec. */
export const PAIRS: ReadonlySet<string> = new Set(["GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"]);

/** The quota of a key's kind, by its spec. */
export function quotaOfSpec(keySpec: string): string {
  if (keySpec.startsWith("RSA_")) return "RSA";
  if (keySpec.startsWith("ECC_") || keySpec === "SM2") return "ECC";
  if (keySpec.startsWith("ML_")) return keySpec.slice(0, keySpec.lastIndexOf("_"));
  return "symmetric";
}

const SYMMETRIC: Readonly<Record<string, number>> = {
  ...{ "us-east-1": 100_000, "us-west-2": 100_000, "eu-west-1": 100_000 },
  ...{ "us-east-2": 20_000, "ap-southeast-1": 20_000, "ap-southeast-2": 20_000, "ap-northeast-1": 20_000 },
  ...{ "eu-central-1": 20_000, "eu-west-2": 20_000 },
};

// biome-ignore format: a table
const RATES: QuotaRates = {
  RSA: 1000, ECC: 1000, ML_DSA: 1000, ML_KEM: 1000,

  "pair RSA_2048": 1, "pair RSA_3072": 0.5, "pair RSA_4096": 0.1,
  "pair ECC_NIST_P256": 25, "pair ECC_NIST_P384": 10, "pair ECC_NIST_P521": 5, "pair ECC_SECG_P256K1": 25,
  "pair ECC_NIST_EDWARDS25519": 25, "pair SM2": 25,

  CancelKeyDeletion: 5, ConnectCustomKeyStore: 5, CreateAlias: 5, CreateCustomKeyStore: 5, CreateGrant: 50,
  CreateKey: 5, DeleteAlias: 15, DeleteCustomKeyStore: 5, DeleteImportedKeyMaterial: 15, DescribeCustomKeyStores: 5,
  DescribeKey: 2000, DisableKey: 5, DisableKeyRotation: 5, DisconnectCustomKeyStore: 5, EnableKey: 5,
  EnableKeyRotation: 15, GetKeyPolicy: 1000, GetKeyRotationStatus: 1000, GetParametersForImport: 0.25,
  GetPublicKey: 2000, ImportKeyMaterial: 15, ListAliases: 500, ListGrants: 100, ListKeyPolicies: 100,
  ListKeyRotations: 100, ListKeys: 500, ListResourceTags: 2000, ListRetirableGrants: 100, PutKeyPolicy: 15,
  ReplicateKey: 5, RetireGrant: 50, RevokeGrant: 50, RotateKeyOnDemand: 5, ScheduleKeyDeletion: 15, TagResource: 10,
  UntagResource: 5, UpdateAlias: 5, UpdateCustomKeyStore: 5, UpdateKeyDescription: 5, UpdatePrimaryRegion: 5,
};

/** The default quotas of an account in a region. */
export function awsRates(region: string): QuotaRates {
  return { symmetric: SYMMETRIC[region] ?? 10_000, ...RATES };
}
