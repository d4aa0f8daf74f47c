/**
 * A key with its related keys: a multi-Region key has a record in each of its Regions, any other key is a set of one.
 * What the keys of a set share (materials, rotation, who is primary) is in every record, so that a lookup reads one;
 * a change of it is one commit.
 */

import type { Change, Store, Stored } from "../storage/store.ts";
import { aliasChanges, aliasesOfKey } from "./alias-records.ts";
import type { KeyRecord } from "./context.ts";
import { grantRemoval } from "./grant-indexes.ts";
import { grantsOn } from "./grant-records.ts";
import { entryMade, entryRemoved } from "./key-stores/key-entries.ts";
import { KEYS, keyRecordId, MATERIALS, materialRecordId, type Place, removal } from "./record-ids.ts";

/** The keys of a set, in no particular order. */
export type KeySet = readonly KeyRecord[];

/** The set that a key belongs to, as it is stored; empty when the key is not there. */
export async function readSet(store: Store, place: Place, keyId: string): Promise<Stored<KeyRecord>[]> {
  const own = await store.get<KeyRecord>(KEYS, keyRecordId(place, keyId));
  if (own === undefined) return [];
  const others = regionsOf(own.value).filter((region) => region !== place.region);
  const records = await Promise.all(
    others.map((region) => store.get<KeyRecord>(KEYS, keyRecordId({ ...place, region }, keyId))),
  );
  return [own, ...records.filter((record) => record !== undefined)];
}

/** The Regions in which there is a key of the set. */
export function regionsOf({ region, regions }: KeyRecord): string[] {
  return regions === undefined ? [region] : [regions.primary, ...regions.replicas.map((replica) => replica.region)];
}

/** Whether the key is a replica of another Region's. */
export function isReplica({ region, regions }: KeyRecord): boolean {
  return regions !== undefined && regions.primary !== region;
}

/** MultiRegionKeyType of a multi-Region key. */
export function multiRegionKeyType(key: KeyRecord): "PRIMARY" | "REPLICA" {
  return isReplica(key) ? "REPLICA" : "PRIMARY";
}

/** Makes one change in all keys of the set. */
export function inAll(set: KeySet, change: (key: KeyRecord) => Partial<KeyRecord>): KeySet {
  return set.map((key) => ({ ...key, ...change(key) }));
}

/** Replaces the key of one Region. */
export function inRegion(set: KeySet, region: string, change: (key: KeyRecord) => KeyRecord): KeySet {
  return set.map((key) => (key.region === region ? change(key) : key));
}

/**
 * What turns a set into another: records written and removed, new keys and materials entered into the indexes, and with
 * a key that ends its aliases, its grants and its part of the indexes (developer guide, "Deleting AWS KMS keys").
 */
export async function setChanges(store: Store, before: readonly Stored<KeyRecord>[], after: KeySet): Promise<Change[]> {
  const changes: Change[] = [];
  for (const stored of before) {
    if (!after.some(({ region }) => region === stored.value.region)) changes.push(...(await endOf(store, stored)));
  }
  for (const key of after) {
    const stored = before.find(({ value }) => value.region === key.region);
    if (stored?.value === key) continue;
    changes.push({ table: KEYS, id: keyRecordId(key, key.keyId), value: key, expect: stored?.version ?? 0 });
    if (stored === undefined) changes.push(...entryMade(key));
    const known = new Set(stored?.value.materials.map(({ id }) => id));
    changes.push(...key.materials.filter(({ id }) => !known.has(id)).map(({ id }) => indexEntry(key, id)));
  }
  return changes;
}

/** The entry of the index that says whose a material is (materials.ts). */
export function indexEntry(key: KeyRecord, materialId: string): Change {
  const value = { account: key.account, keyId: key.keyId };
  return { table: MATERIALS, id: materialRecordId(key, materialId), value, expect: 0 };
}

async function endOf(store: Store, stored: Stored<KeyRecord>): Promise<Change[]> {
  const key = stored.value;
  const entries = await Promise.all(key.materials.map(({ id }) => store.get(MATERIALS, materialRecordId(key, id))));
  return [
    ...(await aliasRemovals(store, key)),
    ...entries.filter((entry) => entry !== undefined).map(removal(MATERIALS)),
    ...(await grantsOn(store, key)).flatMap((grant) => grantRemoval(key, grant)),
    ...(await entryRemoved(store, key)),
    removal(KEYS)(stored),
  ];
}

async function aliasRemovals(store: Store, key: KeyRecord): Promise<Change[]> {
  const changes: Change[] = [];
  for await (const alias of aliasesOfKey(store, key, key.keyId)) changes.push(...aliasChanges(key, alias, undefined));
  return changes;
}
