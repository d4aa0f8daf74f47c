/** Keys and aliases as records of the store: where they are, how they change, and how a key ends. */

import { type Change, type Store, StoreConflict, type Stored } from "../storage/store.ts";
import type { AliasRecord, CallContext, KeyRecord } from "./context.ts";
import { fail } from "./errors.ts";

export const KEYS = "keys";
export const ALIASES = "aliases";
export const GRANTS = "grants";
const MATERIALS = "materials";

/** How often a change is tried again when another commit came first. */
const MAX_ATTEMPTS = 100;

interface Place {
  readonly account: string;
  readonly region: string;
}

/** What all records of an account and region begin with. */
export function placePrefix({ account, region }: Place): string {
  return `${account}/${region}/`;
}

export function keyRecordId(place: Place, keyId: string): string {
  return placePrefix(place) + keyId;
}

/** @param name with its prefix, `alias/…`. */
export function aliasRecordId(place: Place, name: string): string {
  return placePrefix(place) + name;
}

/** Whether the waiting period of a deletion is over. The record may still be there: keys end when they are looked at. */
export function isGone(key: KeyRecord, now: number): boolean {
  return key.deletionDate !== undefined && key.deletionDate <= now;
}

/** The key of that identifier; one whose time has come is ended here, with its aliases, and is not found. */
export async function keyById(context: CallContext, keyId: string): Promise<Stored<KeyRecord> | undefined> {
  const stored = await context.store.get<KeyRecord>(KEYS, keyRecordId(context, keyId));
  if (stored === undefined || !isGone(stored.value, context.now)) return stored;
  await endKey(context, stored);
  return undefined;
}

/** The alias of that name. One whose key has ended goes with it, and is not found. */
export async function aliasByName(context: CallContext, name: string): Promise<Stored<AliasRecord> | undefined> {
  const id = aliasRecordId(context, name);
  const stored = await context.store.get<AliasRecord>(ALIASES, id);
  if (stored === undefined || (await keyById(context, stored.value.targetKeyId)) !== undefined) return stored;
  // Normally the end of the key has taken it along; one that was made in the same moment has escaped that.
  await retried(async () => context.store.commit(await removalsOf(context.store, ALIASES, id)));
  return undefined;
}

/**
 * Replaces a key by what `change` makes of it, from its newest version. `change` may refuse by throwing, and is asked
 * again when another commit came first.
 * @throws StoreConflict when that happens time and again, KmsError NotFoundException when the key has ended meanwhile.
 */
export async function changeKey(
  context: CallContext,
  key: KeyRecord,
  change: (current: KeyRecord) => KeyRecord,
): Promise<KeyRecord> {
  return retried(async () => {
    const stored = await keyById(context, key.keyId);
    if (stored === undefined) fail("NotFoundException", `Key '${key.arn}' does not exist`);
    const value = change(stored.value);
    if (value === stored.value) return value;
    await context.store.commit([{ table: KEYS, id: stored.id, value, expect: stored.version }]);
    return value;
  });
}

/** Does a read-modify-write again when its commit came too late. */
export async function retried<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StoreConflict) || tries === MAX_ATTEMPTS) throw error;
    }
  }
}

/** Deletes a key with its aliases, its grants and the index of its materials (developer guide, "Deleting AWS KMS keys"). */
async function endKey(context: CallContext, { value: key }: Stored<KeyRecord>): Promise<void> {
  await retried(async () => {
    const stored = await context.store.get<KeyRecord>(KEYS, keyRecordId(context, key.keyId));
    if (stored === undefined || !isGone(stored.value, context.now)) return;
    const prefix = `${placePrefix(context)}alias/`;
    const aliases = await context.store.list<AliasRecord>(ALIASES, { prefix });
    const changes = aliases.filter(({ value }) => value.targetKeyId === key.keyId).map(removal(ALIASES));
    const grants = await context.store.list(GRANTS, { prefix: `${keyRecordId(context, key.keyId)}/` });
    changes.push(...grants.map(removal(GRANTS)));
    for (const { id } of key.materials) {
      changes.push(...(await removalsOf(context.store, MATERIALS, placePrefix(context) + id)));
    }
    await context.store.commit([...changes, removal(KEYS)(stored)]);
  });
  context.vault.forget(key);
}

const removal =
  (table: string) =>
  ({ id, version }: Stored<unknown>): Change => ({ table, id, value: undefined, expect: version });

async function removalsOf(store: Store, table: string, id: string): Promise<Change[]> {
  const stored = await store.get(table, id);
  return stored === undefined ? [] : [removal(table)(stored)];
}
