/** DescribeKey, ListKeys, GetPublicKey, and what changes a key: its state, its deletion, its description. */

import { after, type Soon } from "../storage/soon.ts";
import type { CallContext, KeyRecord, KeyState } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { findAuthorized, requireNotPendingDeletion, requireNotPendingImport } from "./key-access.ts";
import { isComplete, isDue, MILLISECONDS_PER_DAY } from "./key-life.ts";
import { algorithmMember, keyMetadata } from "./key-metadata.ts";
import { changeKey, changeSet, KEYS, keyById, placePrefix } from "./key-records.ts";
import { inAll, inRegion, isReplica, type KeySet } from "./key-set.ts";
import { isAvailable } from "./key-stores/sealing.ts";
import { pageOf, recordsAfter } from "./pagination.ts";

/** The bounds and default of PendingWindowInDays (API reference, ScheduleKeyDeletion). */
const [MIN_WINDOW, MAX_WINDOW, DEFAULT_WINDOW] = [7, 30, 30];

export function describeKey(context: CallContext, input: OperationInput<"DescribeKey">): Soon<object> {
  return after(findAuthorized(context, input.KeyId, "kms:DescribeKey"), (key) =>
    after(isAvailable(context, key), (isConnected) => ({ KeyMetadata: keyMetadata(key, isConnected) })),
  );
}

export async function listKeys(context: CallContext, input: OperationInput<"ListKeys">): Promise<object> {
  await context.authorize("kms:ListKeys", "*");
  const prefix = placePrefix(context);
  const rules = { scope: "ListKeys", defaultLimit: 100, maxLimit: 1000 };
  const { items, rest } = await pageOf(input, rules, async function* (after, count) {
    const start = after === undefined ? undefined : prefix + after;
    for await (const { value: key } of recordsAfter<KeyRecord>(context.store, KEYS, prefix, start, count)) {
      if (isDue(key, context.now) && (await keyById(context, key.keyId)) === undefined) continue;
      yield { place: key.keyId, item: { KeyId: key.keyId, KeyArn: key.arn } };
    }
  });
  return { Keys: items, ...rest };
}

/**
 * GetPublicKey (API reference, GetPublicKey). A disabled key's public half is given out too.
 * @throws KmsError of lookup, permission and state; UnsupportedOperationException, without a message, for a key that
 * has no public half.
 */
export function getPublicKey(context: CallContext, input: OperationInput<"GetPublicKey">): Soon<object> {
  return after(findAuthorized(context, input.KeyId, "kms:GetPublicKey"), (key) => {
    requireNotPendingDeletion(key);
    requireNotPendingImport(key);
    const publicKey = key.materials[0]?.publicKey ?? fail("UnsupportedOperationException");
    return {
      KeyId: key.arn,
      PublicKey: Uint8Array.from(publicKey),
      CustomerMasterKeySpec: key.keySpec,
      KeySpec: key.keySpec,
      KeyUsage: key.keyUsage,
      ...algorithmMember(key.keySpec, key.keyUsage),
    };
  });
}

export async function enableKey(context: CallContext, input: OperationInput<"EnableKey">): Promise<void> {
  await changeState(context, input.KeyId, "kms:EnableKey", "Enabled");
}

export async function disableKey(context: CallContext, input: OperationInput<"DisableKey">): Promise<void> {
  await changeState(context, input.KeyId, "kms:DisableKey", "Disabled");
}

async function changeState(
  context: CallContext,
  keyId: string,
  action: string,
  state: "Enabled" | "Disabled",
): Promise<void> {
  const key = await findAuthorized(context, keyId, action, { aliases: false });
  await changeSet(context, key, (current, set) => {
    requireNotPendingDeletion(current);
    requireNotPendingImport(current);
    if (current.state === state) return set;
    const changed = inRegion(set, key.region, (own) => ({ ...own, state }));
    return state === "Enabled" && !isReplica(current) ? withoutDelay(changed, current, context.now) : changed;
  });
}

/** A rotation that was due while the key was disabled is due now, and the next one a whole period after it. */
function withoutDelay(set: KeySet, { rotation }: KeyRecord, now: number): KeySet {
  if (rotation === undefined || rotation.nextDate > now) return set;
  return inAll(set, () => ({ rotation: { ...rotation, nextDate: now } }));
}

/** ScheduleKeyDeletion (API reference, ScheduleKeyDeletion): the key ends when the waiting period is over. */
export async function scheduleKeyDeletion(
  context: CallContext,
  { KeyId, PendingWindowInDays = DEFAULT_WINDOW }: OperationInput<"ScheduleKeyDeletion">,
): Promise<object> {
  if (PendingWindowInDays < MIN_WINDOW || PendingWindowInDays > MAX_WINDOW) {
    fail("ValidationException", `PendingWindowInDays must be between ${MIN_WINDOW} and ${MAX_WINDOW}`);
  }
  const key = await findAuthorized(context, KeyId, "kms:ScheduleKeyDeletion", { aliases: false });
  const deletionDate = context.now + PendingWindowInDays * MILLISECONDS_PER_DAY;
  const { arn, state } = await changeSet(context, key, (current, set) => {
    requireNotPendingDeletion(current);
    if (set.length === 1 || isReplica(current)) return withDeletionDate(set, current, deletionDate, "PendingDeletion");
    return inRegion(set, key.region, (own) => ({
      ...own,
      state: "PendingReplicaDeletion",
      pendingWindowInDays: PendingWindowInDays,
    }));
  });
  return {
    KeyId: arn,
    DeletionDate: state === "PendingDeletion" ? new Date(deletionDate) : undefined,
    KeyState: state,
    PendingWindowInDays,
  };
}

/** CancelKeyDeletion (API reference, CancelKeyDeletion): the key is disabled then, not enabled. */
export async function cancelKeyDeletion(
  context: CallContext,
  input: OperationInput<"CancelKeyDeletion">,
): Promise<object> {
  const key = await findAuthorized(context, input.KeyId, "kms:CancelKeyDeletion", { aliases: false });
  await changeSet(context, key, (current, set) => {
    const isPending = current.deletionDate !== undefined || current.pendingWindowInDays !== undefined;
    if (!isPending) fail("KMSInvalidStateException", `${key.arn} is not pending deletion.`);
    return withDeletionDate(set, current, undefined, isComplete(current) ? "Disabled" : "PendingImport");
  });
  return { KeyId: key.arn };
}

/** The set with a key that will end, or will not after all; the related keys of a replica know its date too. */
function withDeletionDate(set: KeySet, key: KeyRecord, deletionDate: number | undefined, state: KeyState): KeySet {
  const date = deletionDate === undefined ? {} : { deletionDate };
  const changed = inRegion(set, key.region, ({ deletionDate: _, pendingWindowInDays: __, ...own }) => ({
    ...own,
    state,
    ...date,
  }));
  if (!isReplica(key)) return changed;
  return changed.map((own) => {
    const { regions } = own;
    if (regions === undefined) return own;
    const replicas = regions.replicas.map(({ region, ...known }) =>
      region === key.region ? { region, ...date } : { region, ...known },
    );
    return { ...own, regions: { ...regions, replicas } };
  });
}

export async function updateKeyDescription(
  context: CallContext,
  input: OperationInput<"UpdateKeyDescription">,
): Promise<void> {
  const key = await findAuthorized(context, input.KeyId, "kms:UpdateKeyDescription", { aliases: false });
  await changeKey(context, key, (current) => {
    requireNotPendingDeletion(current);
    return { ...current, description: input.Description };
  });
}
