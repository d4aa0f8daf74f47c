/**
 * Shapes: what an input may look like, as plain data that one interpreter (validate.ts) and one codec
 * (server/json-codec.ts) read, and from which the TypeScript types are derived.
 *
 * Names and constraints are those of the KMS service model; a shape refers to others by name, as the model does. The
 * order of an enumeration is what AWS prints in its message. It drifts as AWS adds members, hence it is data.
 */

export interface StringShape {
  readonly type: "string";
  readonly min?: number;
  readonly max?: number;
  /** A regular expression that the whole string must match. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
  /** Values that AWS takes beside those of the enumeration, without naming them. */
  readonly unlisted?: readonly string[];
}

export interface BlobShape {
  readonly type: "blob";
  readonly min?: number;
  readonly max?: number;
  /** Whether messages say nothing of the value, not even that it is null (service model, trait `sensitive`). */
  readonly sensitive?: boolean;
}

export interface IntegerShape {
  readonly type: "integer";
  readonly min?: number;
  readonly max?: number;
}

export interface PlainShape {
  readonly type: "boolean" | "timestamp";
}

export interface ListShape {
  readonly type: "list";
  readonly member: ShapeName;
  readonly min?: number;
  readonly max?: number;
}

export interface MapShape {
  readonly type: "map";
  readonly key: ShapeName;
  readonly value: ShapeName;
  readonly min?: number;
  readonly max?: number;
}

export interface StructureShape {
  readonly type: "structure";
  readonly members: { readonly [name: string]: ShapeName };
  readonly required: readonly string[];
}

export type Shape = StringShape | BlobShape | IntegerShape | PlainShape | ListShape | MapShape | StructureShape;

/** The named shapes of the service model that inputs refer to. */
// biome-ignore format: a table
export const SHAPES = {
  AliasNameType:             { type: "string", min: 1, max: 256, pattern: "^[a-zA-Z0-9:/_-]+$" },
  AttestationDocumentType:   { type: "blob", min: 1, max: 262144 },
  BooleanType:               { type: "boolean" },
  CiphertextType:            { type: "blob", min: 1, max: 6144 },
  CustomKeyStoreIdType:      { type: "string", min: 1, max: 64 },
  CustomerMasterKeySpec: {
    type: "string",
    enum: [
      "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1",
      "SYMMETRIC_DEFAULT", "HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512", "SM2",
    ],
  },
  DataKeyPairSpec: {
    type: "string",
    enum: [
      "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1", "SM2",
      "ECC_NIST_EDWARDS25519", "ML_KEM_512", "ML_KEM_768", "ML_KEM_1024",
    ],
  },
  DataKeySpec:               { type: "string", enum: ["AES_256", "AES_128"] },
  DescriptionType:           { type: "string", min: 0, max: 8192 },
  DryRunModifierList:        { type: "list", member: "DryRunModifierType" },
  DryRunModifierType:        { type: "string", enum: ["IGNORE_CIPHERTEXT"] },
  EncryptionAlgorithmSpec: {
    type: "string",
    enum: ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE", "SYMMETRIC_DEFAULT"],
  },
  EncryptionContextKey:      { type: "string" },
  EncryptionContextType:     { type: "map", key: "EncryptionContextKey", value: "EncryptionContextValue" },
  EncryptionContextValue:    { type: "string" },
  GrantTokenList:            { type: "list", member: "GrantTokenType", min: 0, max: 10 },
  GrantTokenType:            { type: "string", min: 1, max: 8192 },
  KeyAgreementAlgorithmSpec: { type: "string", enum: ["ECDH"] },
  KeyEncryptionMechanism:    { type: "string", enum: ["RSAES_OAEP_SHA_256"] },
  KeyIdType:                 { type: "string", min: 1, max: 2048, pattern: "^\\p{ASCII}+$" },
  KeySpec: {
    type: "string",
    enum: [
      "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1",
      "ECC_NIST_EDWARDS25519", "SYMMETRIC_DEFAULT", "HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512", "SM2", "ML_DSA_44",
      "ML_DSA_65", "ML_DSA_87", "ML_KEM_512", "ML_KEM_768", "ML_KEM_1024",
    ],
  },
  KeyUsageType: {
    type: "string",
    enum: ["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT", "ENCAPSULATE_DECAPSULATE"],
  },
  LimitType:                 { type: "integer", min: 1, max: 1000 },
  MacAlgorithmSpec:          { type: "string", enum: ["HMAC_SHA_384", "HMAC_SHA_256", "HMAC_SHA_224", "HMAC_SHA_512"] },
  MarkerType:                { type: "string", min: 1, max: 1024, pattern: "[\\u0020-\\u00FF]*" },
  MessageType:               { type: "string", enum: ["RAW", "DIGEST", "EXTERNAL_MU"] },
  NumberOfBytesType:         { type: "integer", min: 1, max: 1024 },
  OriginType:                { type: "string", enum: ["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"] },
  PendingWindowInDaysType:   { type: "integer", min: 1, max: 365 },
  PlaintextType:             { type: "blob", min: 1, max: 4096, sensitive: true },
  PolicyNameType:            { type: "string", min: 1, max: 128, pattern: "[\\w]+" },
  PolicyType:                { type: "string", min: 1, max: 131072, pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+" },
  PublicKeyType:             { type: "blob", min: 1, max: 8192 },
  RecipientInfo: {
    type: "structure",
    members: { KeyEncryptionAlgorithm: "KeyEncryptionMechanism", AttestationDocument: "AttestationDocumentType" },
    required: [],
  },
  SigningAlgorithmSpec: {
    type: "string",
    enum: [
      "RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512", "RSASSA_PKCS1_V1_5_SHA_256",
      "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512", "ECDSA_SHA_256", "ECDSA_SHA_384", "ECDSA_SHA_512",
      "ED25519_SHA_512", "ED25519_PH_SHA_512", "SM2DSA", "ML_DSA_SHAKE_256",
    ],
    unlisted: ["SYMMETRIC_DEFAULT"],
  },
  Tag: {
    type: "structure",
    members: { TagKey: "TagKeyType", TagValue: "TagValueType" },
    required: ["TagKey", "TagValue"],
  },
  TagKeyList:                { type: "list", member: "TagKeyType" },
  TagKeyType:                { type: "string", min: 1, max: 128 },
  TagList:                   { type: "list", member: "Tag" },
  TagValueType:              { type: "string", min: 0, max: 256 },
  XksKeyIdType:              { type: "string", min: 1, max: 128, pattern: "^[a-zA-Z0-9-_.]+$" },

  // AWS STS, AssumeRole
  StsRoleArnType: {
    type: "string",
    min: 20,
    max: 2048,
    pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+",
  },
  StsRoleDurationSecondsType: { type: "integer", min: 900, max: 43200 },
  StsRoleSessionNameType:    { type: "string", min: 2, max: 64, pattern: "[\\w+=,.@-]*" },
} as const;

export type ShapeName = keyof typeof SHAPES;

/** The shape of that name. */
export function shapeOf(name: ShapeName): Shape {
  return SHAPES[name];
}

/** The TypeScript type of a validated input of shape `S`: blobs are `Uint8Array`, timestamps `Date`, maps `Map`. */
export type InputOf<S> = S extends { readonly enum: readonly (infer Value)[] }
  ? Value
  : S extends { readonly type: "string" }
    ? string
    : S extends { readonly type: "blob" }
      ? Uint8Array
      : S extends { readonly type: "integer" }
        ? number
        : S extends { readonly type: "boolean" }
          ? boolean
          : S extends { readonly type: "timestamp" }
            ? Date
            : S extends { readonly member: infer Member extends ShapeName }
              ? readonly InputOfName<Member>[]
              : S extends { readonly key: infer Key extends ShapeName; readonly value: infer Value extends ShapeName }
                ? ReadonlyMap<InputOfName<Key>, InputOfName<Value>>
                : S extends { readonly members: infer Members; readonly required: readonly (infer Required)[] }
                  ? StructureOf<Members, Required>
                  : never;

type InputOfName<Name extends ShapeName> = InputOf<(typeof SHAPES)[Name]>;

type StructureOf<Members, Required> = {
  readonly [Name in keyof Members as Name extends Required ? Name : never]: InputOfMember<Members[Name]>;
} & {
  readonly [Name in keyof Members as Name extends Required ? never : Name]?: InputOfMember<Members[Name]>;
};

type InputOfMember<Name> = Name extends ShapeName ? InputOfName<Name> : never;
