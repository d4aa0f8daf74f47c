/** KeyMetadata, the description of a key in CreateKey's and DescribeKey's answers. */

import { keyArn } from "./arn.ts";
import type { KeyRecord, KeyRegions } from "./context.ts";
import { multiRegionKeyType } from "./key-set.ts";
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

/**
 * KeyMetadata (API reference). Members that do not apply are left out.
 * @param isAvailable whether the custom key store of a key in one is connected. Pending deletion goes before that
 * (developer guide, "Key states of AWS KMS keys", notes 12 and 13).
 */
export function keyMetadata(key: KeyRecord, isAvailable = true): object {
  const [material] = key.materials;
  const isUnavailable = !isAvailable && (key.state === "Enabled" || key.state === "Disabled");
  const state = isUnavailable ? "Unavailable" : key.state;
  return {
    AWSAccountId: key.account,
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: new Date(key.creationDate),
    Enabled: state === "Enabled",
    Description: key.description,
    KeyUsage: key.keyUsage,
    KeyState: state,
    ...(key.deletionDate !== undefined && { DeletionDate: new Date(key.deletionDate) }),
    Origin: key.origin,
    ...(key.keyStore && keyStoreMembers(key.keyStore)),
    ...expiration(key),
    KeyManager: "CUSTOMER",
    CustomerMasterKeySpec: key.keySpec,
    KeySpec: key.keySpec,
    ...algorithmMember(key.keySpec, key.keyUsage),
    MultiRegion: key.multiRegion,
    ...(key.regions && { MultiRegionConfiguration: multiRegionConfiguration(key, key.regions) }),
    ...(key.pendingWindowInDays !== undefined && { PendingDeletionWindowInDays: key.pendingWindowInDays }),
    ...(key.keySpec === "SYMMETRIC_DEFAULT" && material && materialMember(key, "CurrentKeyMaterialId", material.id)),
  };
}

/** The member that names a material: keys in custom key stores have none (API reference, KeyMetadata). */
export function materialMember(key: KeyRecord, member: string, id: string): { readonly [member: string]: string } {
  return key.keyStore === undefined ? { [member]: id } : {};
}

function keyStoreMembers({ id, clusterId, externalKeyId }: NonNullable<KeyRecord["keyStore"]>): object {
  return {
    CustomKeyStoreId: id,
    ...(clusterId !== undefined && { CloudHsmClusterId: clusterId }),
    ...(externalKeyId !== undefined && { XksKeyConfiguration: { Id: externalKeyId } }),
  };
}

/** ExpirationModel and ValidTo, the earliest end of the materials that are here. */
function expiration({ origin, materials }: KeyRecord): object {
  const here = materials.filter(({ exported }) => exported !== undefined);
  if (origin !== "EXTERNAL" || here.length === 0) return {};
  const ends = here.flatMap(({ validTo }) => (validTo === undefined ? [] : [validTo]));
  return expirationMembers(ends.length === 0 ? undefined : Math.min(...ends));
}

/** The members that say whether and when imported material expires. */
export function expirationMembers(validTo: number | undefined): object {
  return validTo === undefined
    ? { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" }
    : { ExpirationModel: "KEY_MATERIAL_EXPIRES", ValidTo: new Date(validTo) };
}

function multiRegionConfiguration(key: KeyRecord, { primary, replicas }: KeyRegions): object {
  const related = (region: string): object => ({ Arn: keyArn({ ...key, region }, key.keyId), Region: region });
  return {
    MultiRegionKeyType: multiRegionKeyType(key),
    PrimaryKey: related(primary),
    ReplicaKeys: replicas.map(({ region }) => related(region)),
  };
}
