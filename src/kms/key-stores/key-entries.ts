/** The index from custom key stores to their keys. */

import type { Change, Store } from "../../storage/store.ts";
import type { KeyRecord } from "../context.ts";
import { KEY_STORE_KEYS, type Place, placePrefix, removal } from "../record-ids.ts";

/**
 * An entry as stored, table `custom-key-store-keys`, id `account/region/cks-…/` and the identifier of the external key,
 * which is one KMS key's alone, or else of the key itself.
 */
export interface KeyStoreEntry {
  readonly keyId: string;
}

/** What the entries of a key store begin with. */
export function entryPrefix(place: Place, keyStoreId: string): string {
  return `${placePrefix(place)}${keyStoreId}/`;
}

function entryId({ keyStore, keyId, account, region }: KeyRecord): string | undefined {
  return keyStore && entryPrefix({ account, region }, keyStore.id) + (keyStore.externalKeyId ?? keyId);
}

/** What enters a new key, when it is in a custom key store. */
export function entryMade(key: KeyRecord): Change[] {
  const id = entryId(key);
  return id === undefined ? [] : [{ table: KEY_STORE_KEYS, id, value: { keyId: key.keyId }, expect: 0 }];
}

/** What removes the entry of a key that ends. */
export async function entryRemoved(store: Store, key: KeyRecord): Promise<Change[]> {
  const id = entryId(key);
  const entry = id === undefined ? undefined : await store.get(KEY_STORE_KEYS, id);
  return entry === undefined ? [] : [removal(KEY_STORE_KEYS)(entry)];
}
