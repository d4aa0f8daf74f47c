/** KeyMetadata, the description of a key in CreateKey's and DescribeKey's answers. */

import type { KeyRecord } from "./context.ts";
import { algorithmsOf, type KeySpec, type KeyUsage } from "./key-specs.ts";

/** The member that lists the algorithms, by usage: each key has exactly one of them. */
const ALGORITHM_MEMBER: Readonly<Record<KeyUsage, string>> = {
  ENCRYPT_DECRYPT: "EncryptionAlgorithms",
  SIGN_VERIFY: "SigningAlgorithms",
  GENERATE_VERIFY_MAC: "MacAlgorithms",
  KEY_AGREEMENT: "KeyAgreementAlgorithms",
  ENCAPSULATE_DECAPSULATE: "EncapsulationAlgorithms",
};

/** `{ SigningAlgorithms: […] }`, or whatever the usage calls them. */
export function algorithmMember(spec: KeySpec, usage: KeyUsage): { readonly [member: string]: readonly string[] } {
  return { [ALGORITHM_MEMBER[usage]]: [...algorithmsOf(spec, usage)] };
}

/** KeyMetadata (API reference). Members that do not apply are left out. */
export function keyMetadata(key: KeyRecord): object {
  const [material] = key.materials;
  return {
    AWSAccountId: key.account,
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: new Date(key.creationDate),
    Enabled: key.state === "Enabled",
    Description: key.description,
    KeyUsage: key.keyUsage,
    KeyState: key.state,
    ...(key.deletionDate !== undefined && { DeletionDate: new Date(key.deletionDate) }),
    Origin: key.origin,
    KeyManager: "CUSTOMER",
    CustomerMasterKeySpec: key.keySpec,
    KeySpec: key.keySpec,
    ...algorithmMember(key.keySpec, key.keyUsage),
    MultiRegion: key.multiRegion,
    ...(key.multiRegion && {
      MultiRegionConfiguration: {
        MultiRegionKeyType: "PRIMARY",
        PrimaryKey: { Arn: key.arn, Region: key.region },
        ReplicaKeys: [],
      },
    }),
    ...(key.keySpec === "SYMMETRIC_DEFAULT" && material !== undefined && { CurrentKeyMaterialId: material.id }),
  };
}
