/** Rotation: EnableKeyRotation, DisableKeyRotation, GetKeyRotationStatus, RotateKeyOnDemand. */

import type { CallContext, KeyMaterial, KeyRecord } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { findAuthorized, requireEnabled, requireOrigin } from "./key-access.ts";
import { MILLISECONDS_PER_DAY, newMaterial, rotated, withMaterials } from "./key-life.ts";
import { changeSet } from "./key-records.ts";
import { inAll, isReplica, type KeySet } from "./key-set.ts";

/** RotationPeriodInDays when the caller does not say (API reference, EnableKeyRotation). */
const DEFAULT_PERIOD = 365;
/** RotateKeyOnDemand: this often for a key (API reference, RotateKeyOnDemand). */
const MAX_ON_DEMAND = 25;
/** No rotation on demand so shortly before an automatic one (service model, ConflictException). */
const CONFLICT_MILLISECONDS = 20 * 60_000;

/**
 * EnableKeyRotation (API reference, EnableKeyRotation). The period begins with the call; asking again for the period
 * that the key has changes nothing.
 * @throws KmsError in the order lookup, permission, origin, state, spec, primary key.
 */
export async function enableKeyRotation(
  context: CallContext,
  { KeyId, RotationPeriodInDays: periodInDays = DEFAULT_PERIOD }: OperationInput<"EnableKeyRotation">,
): Promise<void> {
  const key = await findAuthorized(context, KeyId, "kms:EnableKeyRotation", { aliases: false });
  await changeSet(context, key, (current, set) => {
    requireOrigin(current, "AWS_KMS");
    requireEnabled(current);
    requireRotatable(current);
    requirePrimary(current);
    if (current.rotation?.periodInDays === periodInDays) return set;
    const nextDate = context.now + periodInDays * MILLISECONDS_PER_DAY;
    return inAll(set, () => ({ rotation: { periodInDays, nextDate } }));
  });
}

/**
 * DisableKeyRotation (API reference, DisableKeyRotation). A key that has no rotation may be named too.
 * @throws KmsError in the order lookup, permission, origin, state, primary key.
 */
export async function disableKeyRotation(
  context: CallContext,
  input: OperationInput<"DisableKeyRotation">,
): Promise<void> {
  const key = await findAuthorized(context, input.KeyId, "kms:DisableKeyRotation", { aliases: false });
  await changeSet(context, key, (current, set) => {
    requireOrigin(current, "AWS_KMS");
    requireEnabled(current);
    requirePrimary(current);
    return current.rotation === undefined ? set : set.map(({ rotation, ...own }) => own);
  });
}

/** GetKeyRotationStatus (API reference): false for a key that cannot rotate, and while it is pending deletion. */
export async function getKeyRotationStatus(
  context: CallContext,
  input: OperationInput<"GetKeyRotationStatus">,
): Promise<object> {
  const lookup = { aliases: false, otherAccounts: true };
  const { keyId, rotation, state } = await findAuthorized(context, input.KeyId, "kms:GetKeyRotationStatus", lookup);
  const isPending = state === "PendingDeletion" || state === "PendingReplicaDeletion";
  return {
    KeyId: keyId,
    KeyRotationEnabled: rotation !== undefined && !isPending,
    ...(rotation &&
      !isPending && {
        RotationPeriodInDays: rotation.periodInDays,
        NextRotationDate: new Date(rotation.nextDate),
      }),
  };
}

/**
 * RotateKeyOnDemand (API reference, RotateKeyOnDemand): new material from the token, or the imported material that
 * waits for it.
 * @throws KmsError in the order lookup, permission, state, spec, primary key, pending material, limit, conflict.
 */
export async function rotateKeyOnDemand(
  context: CallContext,
  input: OperationInput<"RotateKeyOnDemand">,
): Promise<object> {
  const key = await findAuthorized(context, input.KeyId, "kms:RotateKeyOnDemand", { aliases: false });
  const { arn } = await changeSet(context, key, async (current, set) => {
    requireEnabled(current);
    requireRotatable(current);
    requirePrimary(current);
    const pending = current.origin === "EXTERNAL" ? requirePending(current, set) : undefined;
    requireOnDemandLeft(current);
    requireNoConflict(current, context.now);
    const rotation = { date: context.now, type: "ON_DEMAND" } as const;
    if (pending === undefined) return rotated(set, await newMaterial(context.vault, current), rotation);
    // Each key of the set has been given the material, with an expiry of its own.
    return set.map((own) => withMaterials(own, [{ ...(own.pendingMaterial ?? pending), rotation }, ...own.materials]));
  });
  return { KeyId: arn };
}

/** Only symmetric encryption keys rotate. @throws KmsError UnsupportedOperationException, without a message */
export function requireRotatable(key: KeyRecord): void {
  if (key.keySpec !== "SYMMETRIC_DEFAULT") fail("UnsupportedOperationException");
}

/** @throws KmsError UnsupportedOperationException for a replica */
export function requirePrimary(key: KeyRecord): void {
  if (isReplica(key)) fail("UnsupportedOperationException", `${key.arn} is not a multi-region primary key.`);
}

function requirePending(key: KeyRecord, set: KeySet): KeyMaterial {
  const pending = key.pendingMaterial;
  if (pending?.exported === undefined) {
    fail("KMSInvalidStateException", `No available key material pending rotation for the key: ${key.arn}.`);
  }
  const missing = set.find(({ pendingMaterial }) => pendingMaterial?.exported === undefined);
  if (missing !== undefined) {
    fail(
      "KMSInvalidStateException",
      `The key material pending rotation (id: ${pending.id}) has not been imported into ${missing.arn}.`,
    );
  }
  return pending;
}

function requireOnDemandLeft({ arn, materials }: KeyRecord): void {
  if (materials.filter(({ rotation }) => rotation?.type === "ON_DEMAND").length < MAX_ON_DEMAND) return;
  fail(
    "LimitExceededException",
    "The on-demand rotations limit has been reached for the given keyId. " +
      `No more on-demand rotations can be performed for this key: ${arn}`,
  );
}

function requireNoConflict({ arn, rotation }: KeyRecord, now: number): void {
  if (rotation === undefined || rotation.nextDate - now > CONFLICT_MILLISECONDS) return;
  fail("ConflictException", `An automatic rotation of ${arn} is due within the next 20 minutes.`);
}
