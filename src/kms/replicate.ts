/** Multi-Region keys: ReplicateKey and UpdatePrimaryRegion. */

import { isRegion, keyArn, partitionOf } from "./arn.ts";
import type { CallContext, KeyRecord, KeyRegions } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { findAuthorized, requireEnabled } from "./key-access.ts";
import { withoutValue } from "./key-life.ts";
import { keyMetadata } from "./key-metadata.ts";
import { checkPolicy } from "./key-policies.ts";
import { changeSet } from "./key-records.ts";
import { inAll, regionsOf } from "./key-set.ts";
import { defaultKeyPolicy } from "./policy/key-policy.ts";
import { requirePrimary } from "./rotation.ts";
import { checkTags } from "./tags.ts";

/**
 * ReplicateKey (API reference, ReplicateKey). Identifier, material and rotation are shared; policy, tags, description,
 * aliases, grants and state are the replica's own. Imported material has to be imported into the replica too.
 * @throws KmsError in the order lookup, permission for the primary key, primary key, state, Region, permission in the
 * replica's Region, tags, policy.
 */
export async function replicateKey(context: CallContext, input: OperationInput<"ReplicateKey">): Promise<object> {
  const { ReplicaRegion, Policy, Description = "", Tags = [], BypassPolicyLockoutSafetyCheck = false } = input;
  const key = await findAuthorized(context, input.KeyId, "kms:ReplicateKey", { aliases: false });
  requireMultiRegionPrimary(key);
  requireEnabled(key);
  requireSamePartition(context, ReplicaRegion);
  requireNoReplica(key, ReplicaRegion);
  const there = context.at(ReplicaRegion);
  const arn = keyArn(there, key.keyId);
  await there.authorize("kms:CreateKey", "*");
  if (Tags.length > 0) await there.authorize("kms:TagResource", "*");
  checkTags(Tags);
  if (Policy !== undefined) checkPolicy(there, Policy, arn, BypassPolicyLockoutSafetyCheck);

  const own = {
    arn,
    region: ReplicaRegion,
    description: Description,
    creationDate: context.now,
    policy: Policy ?? defaultKeyPolicy(key.account, partitionOf(ReplicaRegion)),
    tags: Tags,
  };
  const primary = await changeSet(context, key, (current, set) => {
    const before = requireMultiRegionPrimary(current);
    requireEnabled(current);
    requireNoReplica(current, ReplicaRegion);
    const regions = { ...before, replicas: [...before.replicas, { region: ReplicaRegion }] };
    return inAll([...set, replicaOf(current, own)], () => ({ regions }));
  });
  const { CurrentKeyMaterialId, ...metadata } = keyMetadata(replicaOf(primary, own)) as Record<string, unknown>;
  return {
    // AWS is still at work on the replica when it answers; here it is ready.
    ReplicaKeyMetadata: { ...metadata, KeyState: "Creating", Enabled: false },
    ReplicaPolicy: own.policy,
    ReplicaTags: Tags,
  };
}

function replicaOf(primary: KeyRecord, own: Partial<KeyRecord>): KeyRecord {
  const replica = { ...primary, ...own };
  if (primary.origin !== "EXTERNAL") return replica;
  const { pendingMaterial, materials } = primary;
  return {
    ...replica,
    state: "PendingImport",
    materials: materials.map(withoutValue),
    ...(pendingMaterial && { pendingMaterial: withoutValue(pendingMaterial) }),
  };
}

/**
 * UpdatePrimaryRegion (API reference, UpdatePrimaryRegion): primary key and replica change places, and nothing else.
 * @throws KmsError in the order lookup, permission, primary key, state, replica, permission and state of the replica.
 */
export async function updatePrimaryRegion(
  context: CallContext,
  { KeyId, PrimaryRegion }: OperationInput<"UpdatePrimaryRegion">,
): Promise<void> {
  const key = await findAuthorized(context, KeyId, "kms:UpdatePrimaryRegion", { aliases: false });
  requireMultiRegionPrimary(key);
  requireEnabled(key);
  const there = context.at(PrimaryRegion);
  requireReplica(key, PrimaryRegion);
  const replica = await findAuthorized(there, key.keyId, "kms:UpdatePrimaryRegion", { aliases: false });
  requireEnabled(replica);
  await changeSet(context, key, (current, set) => {
    const { replicas } = requireMultiRegionPrimary(current);
    requireReplica(current, PrimaryRegion);
    for (const own of set) if (own.region === key.region || own.region === PrimaryRegion) requireEnabled(own);
    const others = replicas.map((own) => (own.region === PrimaryRegion ? { region: key.region } : own));
    return inAll(set, () => ({ regions: { primary: PrimaryRegion, replicas: others } }));
  });
}

/** @throws KmsError UnsupportedOperationException for a replica, and for a key of one Region. */
function requireMultiRegionPrimary(key: KeyRecord): KeyRegions {
  requirePrimary(key);
  return key.regions ?? fail("UnsupportedOperationException", `${key.arn} is not a multi-region primary key.`);
}

function requireSamePartition({ region }: CallContext, other: string): void {
  if (isRegion(other) && partitionOf(other) === partitionOf(region)) return;
  fail("UnsupportedOperationException", `A key in ${region} cannot be replicated into ${other}.`);
}

function requireNoReplica(key: KeyRecord, region: string): void {
  if (!regionsOf(key).includes(region)) return;
  fail("AlreadyExistsException", `${keyArn({ ...key, region }, key.keyId)} already exists.`);
}

function requireReplica(key: KeyRecord, region: string): void {
  if (key.regions?.replicas.some((replica) => replica.region === region)) return;
  fail("NotFoundException", `Key '${keyArn({ ...key, region }, key.keyId)}' does not exist`);
}
