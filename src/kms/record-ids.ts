/** Where the records of the KMS are in its store, and how a read-modify-write is tried again. */

import { inOnePiece } from "../bytes/bytes.ts";
import { type Change, StoreConflict, type Stored } from "../storage/store.ts";

export const KEYS = "keys";
export const ALIASES = "aliases";
/** The index from keys to their aliases (alias-records.ts). */
export const KEY_ALIASES = "key-aliases";
/** The index from custom key stores to their keys (key-stores/key-entries.ts). */
export const KEY_STORE_KEYS = "custom-key-store-keys";
export const GRANTS = "grants";
/** The indexes from grantees and retiring principals to their grants (grant-indexes.ts). */
export const GRANTEES = "grants-by-grantee";
export const RETIREMENTS = "grants-to-retire";
/** The index of materials.ts: which key made a ciphertext. */
export const MATERIALS = "materials";

/** How often a change is tried again when another commit came first. */
const MAX_ATTEMPTS = 100;

/** A Region of an account; a key's record names its own. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** What all records of an account and region begin with. */
export function placePrefix({ account, region }: Place): string {
  return `${account}/${region}/`;
}

/** As many identifiers of records are kept as they were put together: V8 takes longer for that than to find a record. */
const MAX_KNOWN = 10_000;
const known = new Map<string, Place & { readonly recordId: string }>();

export function keyRecordId({ account, region }: Place, keyId: string): string {
  const last = known.get(keyId);
  if (last !== undefined && last.account === account && last.region === region) return last.recordId;
  const recordId = inOnePiece(placePrefix({ account, region }) + keyId);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(keyId, { account, region, recordId });
  return recordId;
}

/** @param name with its prefix, `alias/…`. */
export function aliasRecordId(place: Place, name: string): string {
  return placePrefix(place) + name;
}

/** Blobs are found by their material alone, whichever account of the Region its key is in. */
export function materialRecordId({ region }: Place, id: string): string {
  return `${region}/${id}`;
}

/** The change that deletes a record of a table, as it was read. */
export const removal =
  (table: string) =>
  ({ id, version }: Stored<unknown>): Change => ({ table, id, value: undefined, expect: version });

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
