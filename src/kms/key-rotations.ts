/** ListKeyRotations: the materials of a key and how each came to be. */

import type { CallContext, KeyMaterial, KeyRecord } from "./context.ts";
import type { OperationInput } from "./inputs.ts";
import { findAuthorized } from "./key-access.ts";
import { expirationMembers } from "./key-metadata.ts";
import { isReplica, type KeySet, readSet } from "./key-set.ts";
import { type Placed, pageOf } from "./pagination.ts";
import { requireRotatable } from "./rotation.ts";

/**
 * ListKeyRotations (API reference, ListKeyRotations), the oldest first.
 * @throws KmsError in the order lookup, permission, spec.
 */
export async function listKeyRotations(
  context: CallContext,
  input: OperationInput<"ListKeyRotations">,
): Promise<object> {
  const { IncludeKeyMaterial = "ROTATIONS_ONLY" } = input;
  const key = await findAuthorized(context, input.KeyId, "kms:ListKeyRotations", { aliases: false });
  requireRotatable(key);
  const set = (await readSet(context.store, key, key.keyId)).map(({ value }) => value);
  const entries = entriesOf(key, set, IncludeKeyMaterial === "ALL_KEY_MATERIAL");
  const rules = { scope: `ListKeyRotations ${key.arn} ${IncludeKeyMaterial}`, defaultLimit: 100, maxLimit: 1000 };
  const { items, rest } = await pageOf(input, rules, (after) =>
    entries.slice(after === undefined ? 0 : entries.findIndex(({ place }) => place === after) + 1),
  );
  return { Rotations: items, ...rest };
}

function entriesOf(key: KeyRecord, set: KeySet, all: boolean): Placed<object>[] {
  const { materials, pendingMaterial } = key;
  const entries = materials
    .map((material, i) => ({ material, state: i === 0 ? "CURRENT" : "NON_CURRENT" }))
    .filter(({ material }) => all || material.rotation !== undefined)
    .reverse();
  if (all && pendingMaterial !== undefined) entries.push({ material: pendingMaterial, state: pendingState(set) });
  return entries.map(({ material, state }) => ({ place: material.id, item: entryOf(key, material, state) }));
}

/** New material waits for its import into the replicas, then for the rotation (API reference, RotationsListEntry). */
function pendingState(set: KeySet): string {
  const missing = set.some((key) => isReplica(key) && key.pendingMaterial?.exported === undefined);
  return missing ? "PENDING_MULTI_REGION_IMPORT_AND_ROTATION" : "PENDING_ROTATION";
}

function entryOf({ keyId, origin }: KeyRecord, material: KeyMaterial, state: string): object {
  const { id, rotation, description, exported, validTo } = material;
  return {
    KeyId: keyId,
    KeyMaterialId: id,
    ...(description !== undefined && { KeyMaterialDescription: description }),
    ...(origin === "EXTERNAL" && { ImportState: exported === undefined ? "PENDING_IMPORT" : "IMPORTED" }),
    KeyMaterialState: state,
    ...(origin === "EXTERNAL" && exported !== undefined && expirationMembers(validTo)),
    ...(rotation && { RotationDate: new Date(rotation.date), RotationType: rotation.type }),
  };
}
