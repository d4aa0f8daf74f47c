/** The input of every operation of this service: members, in the service model's order, and which are required. */

import type { InputOf, StructureShape } from "./shapes.ts";

/** Operation to input shape. What is listed here is what the endpoint answers to. */
// biome-ignore format: a table
export const INPUTS = {
  CancelKeyDeletion: {
    type: "structure",
    members: { KeyId: "KeyIdType" },
    required: ["KeyId"],
  },
  CreateAlias: {
    type: "structure",
    members: { AliasName: "AliasNameType", TargetKeyId: "KeyIdType" },
    required: ["AliasName", "TargetKeyId"],
  },
  CreateKey: {
    type: "structure",
    members: {
      Policy: "PolicyType", Description: "DescriptionType", KeyUsage: "KeyUsageType",
      CustomerMasterKeySpec: "CustomerMasterKeySpec", KeySpec: "KeySpec", Origin: "OriginType",
      CustomKeyStoreId: "CustomKeyStoreIdType", BypassPolicyLockoutSafetyCheck: "BooleanType", Tags: "TagList",
      MultiRegion: "BooleanType", XksKeyId: "XksKeyIdType",
    },
    required: [],
  },
  Decrypt: {
    type: "structure",
    members: {
      CiphertextBlob: "CiphertextType", EncryptionContext: "EncryptionContextType", GrantTokens: "GrantTokenList",
      KeyId: "KeyIdType", EncryptionAlgorithm: "EncryptionAlgorithmSpec", Recipient: "RecipientInfo",
      DryRun: "BooleanType", DryRunModifiers: "DryRunModifierList",
    },
    required: [],
  },
  DeleteAlias: {
    type: "structure",
    members: { AliasName: "AliasNameType" },
    required: ["AliasName"],
  },
  DeriveSharedSecret: {
    type: "structure",
    members: {
      KeyId: "KeyIdType", KeyAgreementAlgorithm: "KeyAgreementAlgorithmSpec", PublicKey: "PublicKeyType",
      GrantTokens: "GrantTokenList", DryRun: "BooleanType", Recipient: "RecipientInfo",
    },
    required: ["KeyId", "KeyAgreementAlgorithm", "PublicKey"],
  },
  DescribeKey: {
    type: "structure",
    members: { KeyId: "KeyIdType", GrantTokens: "GrantTokenList" },
    required: ["KeyId"],
  },
  DisableKey: {
    type: "structure",
    members: { KeyId: "KeyIdType" },
    required: ["KeyId"],
  },
  EnableKey: {
    type: "structure",
    members: { KeyId: "KeyIdType" },
    required: ["KeyId"],
  },
  Encrypt: {
    type: "structure",
    members: {
      KeyId: "KeyIdType", Plaintext: "PlaintextType", EncryptionContext: "EncryptionContextType",
      GrantTokens: "GrantTokenList", EncryptionAlgorithm: "EncryptionAlgorithmSpec", DryRun: "BooleanType",
    },
    required: ["KeyId", "Plaintext"],
  },
  GenerateDataKey: {
    type: "structure",
    members: {
      KeyId: "KeyIdType", EncryptionContext: "EncryptionContextType", NumberOfBytes: "NumberOfBytesType",
      KeySpec: "DataKeySpec", GrantTokens: "GrantTokenList", Recipient: "RecipientInfo", DryRun: "BooleanType",
    },
    required: ["KeyId"],
  },
  GenerateDataKeyPair: {
    type: "structure",
    members: {
      EncryptionContext: "EncryptionContextType", KeyId: "KeyIdType", KeyPairSpec: "DataKeyPairSpec",
      GrantTokens: "GrantTokenList", Recipient: "RecipientInfo", DryRun: "BooleanType",
    },
    required: ["KeyId", "KeyPairSpec"],
  },
  GenerateDataKeyPairWithoutPlaintext: {
    type: "structure",
    members: {
      EncryptionContext: "EncryptionContextType", KeyId: "KeyIdType", KeyPairSpec: "DataKeyPairSpec",
      GrantTokens: "GrantTokenList", DryRun: "BooleanType",
    },
    required: ["KeyId", "KeyPairSpec"],
  },
  GenerateDataKeyWithoutPlaintext: {
    type: "structure",
    members: {
      KeyId: "KeyIdType", EncryptionContext: "EncryptionContextType", KeySpec: "DataKeySpec",
      NumberOfBytes: "NumberOfBytesType", GrantTokens: "GrantTokenList", DryRun: "BooleanType",
    },
    required: ["KeyId"],
  },
  GenerateMac: {
    type: "structure",
    members: {
      Message: "PlaintextType", KeyId: "KeyIdType", MacAlgorithm: "MacAlgorithmSpec", GrantTokens: "GrantTokenList",
      DryRun: "BooleanType",
    },
    required: ["Message", "KeyId", "MacAlgorithm"],
  },
  GenerateRandom: {
    type: "structure",
    members: {
      NumberOfBytes: "NumberOfBytesType", CustomKeyStoreId: "CustomKeyStoreIdType", Recipient: "RecipientInfo",
    },
    required: [],
  },
  GetKeyPolicy: {
    type: "structure",
    members: { KeyId: "KeyIdType", PolicyName: "PolicyNameType" },
    required: ["KeyId"],
  },
  GetPublicKey: {
    type: "structure",
    members: { KeyId: "KeyIdType", GrantTokens: "GrantTokenList" },
    required: ["KeyId"],
  },
  ListAliases: {
    type: "structure",
    members: { KeyId: "KeyIdType", Limit: "LimitType", Marker: "MarkerType" },
    required: [],
  },
  ListKeyPolicies: {
    type: "structure",
    members: { KeyId: "KeyIdType", Limit: "LimitType", Marker: "MarkerType" },
    required: ["KeyId"],
  },
  ListKeys: {
    type: "structure",
    members: { Limit: "LimitType", Marker: "MarkerType" },
    required: [],
  },
  ListResourceTags: {
    type: "structure",
    members: { KeyId: "KeyIdType", Limit: "LimitType", Marker: "MarkerType" },
    required: ["KeyId"],
  },
  PutKeyPolicy: {
    type: "structure",
    members: {
      KeyId: "KeyIdType", PolicyName: "PolicyNameType", Policy: "PolicyType",
      BypassPolicyLockoutSafetyCheck: "BooleanType",
    },
    required: ["KeyId", "Policy"],
  },
  ReEncrypt: {
    type: "structure",
    members: {
      CiphertextBlob: "CiphertextType", SourceEncryptionContext: "EncryptionContextType", SourceKeyId: "KeyIdType",
      DestinationKeyId: "KeyIdType", DestinationEncryptionContext: "EncryptionContextType",
      SourceEncryptionAlgorithm: "EncryptionAlgorithmSpec", DestinationEncryptionAlgorithm: "EncryptionAlgorithmSpec",
      GrantTokens: "GrantTokenList", DryRun: "BooleanType", DryRunModifiers: "DryRunModifierList",
    },
    required: ["DestinationKeyId"],
  },
  ScheduleKeyDeletion: {
    type: "structure",
    members: { KeyId: "KeyIdType", PendingWindowInDays: "PendingWindowInDaysType" },
    required: ["KeyId"],
  },
  Sign: {
    type: "structure",
    members: {
      KeyId: "KeyIdType", Message: "PlaintextType", MessageType: "MessageType", GrantTokens: "GrantTokenList",
      SigningAlgorithm: "SigningAlgorithmSpec", DryRun: "BooleanType",
    },
    required: ["KeyId", "Message", "SigningAlgorithm"],
  },
  TagResource: {
    type: "structure",
    members: { KeyId: "KeyIdType", Tags: "TagList" },
    required: ["KeyId", "Tags"],
  },
  UntagResource: {
    type: "structure",
    members: { KeyId: "KeyIdType", TagKeys: "TagKeyList" },
    required: ["KeyId", "TagKeys"],
  },
  UpdateAlias: {
    type: "structure",
    members: { AliasName: "AliasNameType", TargetKeyId: "KeyIdType" },
    required: ["AliasName", "TargetKeyId"],
  },
  UpdateKeyDescription: {
    type: "structure",
    members: { KeyId: "KeyIdType", Description: "DescriptionType" },
    required: ["KeyId", "Description"],
  },
  Verify: {
    type: "structure",
    members: {
      KeyId: "KeyIdType", Message: "PlaintextType", MessageType: "MessageType", Signature: "CiphertextType",
      SigningAlgorithm: "SigningAlgorithmSpec", GrantTokens: "GrantTokenList", DryRun: "BooleanType",
    },
    required: ["KeyId", "Message", "Signature", "SigningAlgorithm"],
  },
  VerifyMac: {
    type: "structure",
    members: {
      Message: "PlaintextType", KeyId: "KeyIdType", MacAlgorithm: "MacAlgorithmSpec", Mac: "CiphertextType",
      GrantTokens: "GrantTokenList", DryRun: "BooleanType",
    },
    required: ["Message", "KeyId", "MacAlgorithm", "Mac"],
  },
} as const;

export type OperationName = keyof typeof INPUTS;

/** The validated input of an operation: `OperationInput<"Encrypt">`. */
export type OperationInput<Name extends OperationName> = InputOf<(typeof INPUTS)[Name]>;

/** Whether the text names an operation of this service. */
export function isOperation(name: string): name is OperationName {
  return Object.hasOwn(INPUTS, name);
}

/** The input shape of an operation. */
export function inputShape(name: OperationName): StructureShape {
  return INPUTS[name];
}
