/** Aliases in the store: a record for each, by its name, and an entry that its key finds it by. */

import type { Change, Store, Stored } from "../storage/store.ts";
import type { AliasRecord } from "./context.ts";
import { recordsAfter } from "./pagination.ts";
import { ALIASES, aliasRecordId, KEY_ALIASES, keyRecordId, type Place, removal } from "./record-ids.ts";

/** An entry as stored, table `key-aliases`, id `account/region/keyId/alias/name`. It is made and removed, never changed. */
interface KeyAlias {
  readonly name: string;
}

/** What the entries of a key's aliases begin with. */
export function keyAliasPrefix(place: Place, keyId: string): string {
  return `${keyRecordId(place, keyId)}/`;
}

/** The changes that make, change or, with nothing `after`, remove an alias. */
export function aliasChanges(
  place: Place,
  before: Stored<AliasRecord> | undefined,
  after: AliasRecord | undefined,
): Change[] {
  const value = after ?? before?.value;
  if (value === undefined) return [];
  const { name } = value;
  const entry = ({ targetKeyId }: AliasRecord, value: KeyAlias | undefined): Change => ({
    table: KEY_ALIASES,
    id: keyAliasPrefix(place, targetKeyId) + name,
    value,
    expect: value === undefined ? 1 : 0,
  });
  const isMoved = before?.value.targetKeyId !== after?.targetKeyId;
  return [
    { table: ALIASES, id: aliasRecordId(place, name), value: after, expect: before?.version ?? 0 },
    ...(before && isMoved ? [entry(before.value, undefined)] : []),
    ...(after && isMoved ? [entry(after, { name })] : []),
  ];
}

/** What removes an alias whose key is there no more: its record, and its entry if it has one. */
export async function strayRemoval(store: Store, place: Place, alias: Stored<AliasRecord>): Promise<Change[]> {
  const { name, targetKeyId } = alias.value;
  const entry = await store.get(KEY_ALIASES, keyAliasPrefix(place, targetKeyId) + name);
  return [removal(ALIASES)(alias), ...(entry === undefined ? [] : [removal(KEY_ALIASES)(entry)])];
}

/** The aliases of a key, by name, beginning after one. */
export async function* aliasesOfKey(
  store: Store,
  place: Place,
  keyId: string,
  after?: string,
  count?: number,
): AsyncIterable<Stored<AliasRecord>> {
  const prefix = keyAliasPrefix(place, keyId);
  const start = after === undefined ? undefined : prefix + after;
  for await (const { value } of recordsAfter<KeyAlias>(store, KEY_ALIASES, prefix, start, count)) {
    const alias = await store.get<AliasRecord>(ALIASES, aliasRecordId(place, value.name));
    if (alias?.value.targetKeyId === keyId) yield alias;
  }
}
