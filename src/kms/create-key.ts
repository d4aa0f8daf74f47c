/** CreateKey. */

import { StoreConflict } from "../storage/store.ts";
import { keyArn, keyIdFrom, partitionOf } from "./arn.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { keyMetadata } from "./key-metadata.ts";
import { checkPolicy } from "./key-policies.ts";
import { setChanges } from "./key-set.ts";
import { algorithmsOf, isOffered, type KeySpec, type KeyUsage, type SpecPlace } from "./key-specs.ts";
import { keyStoreOf, originOf } from "./key-stores/new-keys.ts";
import { defaultKeyPolicy } from "./policy/key-policy.ts";
import { checkTags } from "./tags.ts";

type Input = OperationInput<"CreateKey">;

/**
 * CreateKey (API reference, CreateKey).
 * @throws KmsError in the order spec and usage, origin, permission, tags, policy, custom key store.
 */
export async function createKey(context: CallContext, input: Input): Promise<object> {
  const { Policy, Description = "", MultiRegion = false, Tags = [], BypassPolicyLockoutSafetyCheck = false } = input;
  const { keySpec, keyUsage } = specOf(context, input);
  const Origin = originOf(input, keySpec);
  const { account, region, now } = context;
  await context.authorize("kms:CreateKey", "*");
  if (Tags.length > 0) await context.authorize("kms:TagResource", "*");
  checkTags(Tags);

  const keyId = keyIdFrom(context.vault.random(16), MultiRegion);
  const arn = keyArn(context, keyId);
  if (Policy !== undefined) checkPolicy(context, Policy, arn, BypassPolicyLockoutSafetyCheck);
  const keyStore = await keyStoreOf(context, Origin, input);
  const materials = Origin === "EXTERNAL" ? [] : [await context.vault.createBackingKey(keyId, keySpec, keyUsage)];
  const key: KeyRecord = {
    keyId,
    arn,
    account,
    region,
    keySpec,
    keyUsage,
    origin: Origin,
    ...(keyStore && { keyStore }),
    multiRegion: MultiRegion,
    ...(MultiRegion && { regions: { primary: region, replicas: [] } }),
    description: Description,
    state: Origin === "EXTERNAL" ? "PendingImport" : "Enabled",
    creationDate: now,
    policy: Policy ?? defaultKeyPolicy(account, partitionOf(region)),
    tags: Tags,
    materials,
  };
  try {
    await context.store.commit(await setChanges(context.store, [], [key]));
  } catch (error) {
    // Another request may have taken the external key meanwhile, and then this says so.
    if (error instanceof StoreConflict) await keyStoreOf(context, Origin, input);
    throw error;
  }
  return { KeyMetadata: keyMetadata(key) };
}

function specOf(place: SpecPlace, input: Input): { keySpec: KeySpec; keyUsage: KeyUsage } {
  if (input.KeySpec !== undefined && input.CustomerMasterKeySpec !== undefined) {
    fail(
      "ValidationException",
      "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.",
    );
  }
  const keySpec = input.KeySpec ?? input.CustomerMasterKeySpec ?? "SYMMETRIC_DEFAULT";
  const keyUsage = input.KeyUsage ?? (keySpec === "SYMMETRIC_DEFAULT" ? "ENCRYPT_DECRYPT" : undefined);
  if (keyUsage === undefined) {
    fail(
      "ValidationException",
      "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
    );
  }
  if (!isOffered(keySpec, place)) {
    fail("UnsupportedOperationException", `KeySpec ${keySpec} is not supported in ${place.region}.`);
  }
  if (algorithmsOf(keySpec, keyUsage).length === 0) {
    fail("ValidationException", `KeyUsage ${keyUsage} is not compatible with KeySpec ${keySpec}`);
  }
  return { keySpec, keyUsage };
}
