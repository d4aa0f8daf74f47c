/** Keys and aliases as records of the store: how they are found as they are now, and how they change. */

import { after, type Soon, soon } from "../storage/soon.ts";
import type { Stored } from "../storage/store.ts";
import { strayRemoval } from "./alias-records.ts";
import type { AliasRecord, CallContext, KeyRecord } from "./context.ts";
import { fail } from "./errors.ts";
import { bringUpToDate, isDue } from "./key-life.ts";
import { type KeySet, readSet, setChanges } from "./key-set.ts";
import { ALIASES, aliasRecordId, KEYS, keyRecordId, type Place, retried } from "./record-ids.ts";

export { ALIASES, aliasRecordId, KEYS, keyRecordId, type Place, placePrefix, retried } from "./record-ids.ts";

/** The key of that identifier, in the caller's place or another one, as time has left it; none when it has ended. */
export function keyById(
  context: CallContext,
  keyId: string,
  place: Place = context,
): Soon<Stored<KeyRecord> | undefined> {
  return after(soon(context.store.get<KeyRecord>(KEYS, keyRecordId(place, keyId))), (stored) =>
    stored === undefined || !isDue(stored.value, context.now) ? stored : bringUpToDate(context, place, keyId),
  );
}

/** The alias of that name. One whose key has ended goes with it, and is not found. */
export function aliasByName(
  context: CallContext,
  name: string,
  place: Place = context,
): Soon<Stored<AliasRecord> | undefined> {
  const id = aliasRecordId(place, name);
  return after(soon(context.store.get<AliasRecord>(ALIASES, id)), (stored) => {
    if (stored === undefined) return undefined;
    const target = keyById(context, stored.value.targetKeyId, place);
    return after(target, (key) => (key === undefined ? removeStray(context, place, id) : stored));
  });
}

/** Normally the end of the key has taken it along; an alias that was made in the same moment has escaped that. */
async function removeStray(context: CallContext, place: Place, id: string): Promise<undefined> {
  await retried(async () => {
    const left = await context.store.get<AliasRecord>(ALIASES, id);
    if (left !== undefined) await context.store.commit(await strayRemoval(context.store, place, left));
  });
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
    const stored = await keyById(context, key.keyId, key);
    if (stored === undefined) return notFound(key);
    const value = change(stored.value);
    if (value === stored.value) return value;
    await context.store.commit([{ table: KEYS, id: stored.id, value, expect: stored.version }]);
    return value;
  });
}

/**
 * Replaces a key and its related keys together, as {@link changeKey} does one.
 * @param change gets the newest version of the key, and all of its set.
 * @returns the key as it is then.
 */
export async function changeSet(
  context: CallContext,
  key: KeyRecord,
  change: (current: KeyRecord, set: KeySet) => KeySet | Promise<KeySet>,
): Promise<KeyRecord> {
  return retried(async () => {
    if ((await keyById(context, key.keyId, key)) === undefined) return notFound(key);
    const before = await readSet(context.store, key, key.keyId);
    const set = before.map(({ value }) => value);
    const own = (keys: KeySet): KeyRecord => keys.find(({ region }) => region === key.region) ?? notFound(key);
    const after = await change(own(set), set);
    const changes = await setChanges(context.store, before, after);
    if (changes.length > 0) await context.store.commit(changes);
    return own(after);
  });
}

function notFound({ arn }: KeyRecord): never {
  return fail("NotFoundException", `Key '${arn}' does not exist`);
}
