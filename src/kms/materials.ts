/**
 * Which key a ciphertext blob belongs to: an index from backing key identifiers to keys.
 *
 * A blob's header names the backing key that made it (developer guide, "Decrypt": the HBKID is read from the header).
 * The record is written in the commit that adds the material to its key, and stays as long as the key does, so blobs of
 * old materials stay readable and nothing is ever found by trial.
 */

import { toHex } from "../bytes/bytes.ts";
import type { Change } from "../storage/store.ts";
import type { BackingKey, CallContext, KeyRecord } from "./context.ts";
import { keyById } from "./key-records.ts";

const TABLE = "materials";

/** A material as stored, table `materials`, id `account/region/<64 hexadecimal digits>`. */
interface MaterialRecord {
  readonly keyId: string;
}

/** A key and the one of its materials that was asked for. */
export interface MaterialOwner {
  readonly key: KeyRecord;
  readonly material: BackingKey;
}

/** The change that enters a new material of a key into the index, for the commit that adds it to the key. */
export function materialChange(record: KeyRecord, backing: BackingKey): Change {
  const value: MaterialRecord = { keyId: record.keyId };
  return { table: TABLE, id: materialId(record, backing.id), value, expect: 0 };
}

/** The key and material that a blob's 32-byte identifier names, or `undefined` when this account and region has none. */
export async function materialOwner(context: CallContext, identifier: Uint8Array): Promise<MaterialOwner | undefined> {
  const id = toHex(identifier);
  const entry = await context.store.get<MaterialRecord>(TABLE, materialId(context, id));
  if (entry === undefined) return undefined;
  const key = await keyById(context, entry.value.keyId);
  const material = key?.value.materials.find((candidate) => candidate.id === id);
  return key === undefined || material === undefined
    ? undefined
    : { key: key.value, material: own(key.value, material) };
}

/** The material that a key encrypts, signs and derives with. */
export function currentMaterial(key: KeyRecord): BackingKey {
  const [material] = key.materials;
  if (material === undefined) throw new Error(`${key.arn} has no material`);
  return own(key, material);
}

/** A material that was made for another key must not work under this one's policy, however it got into the record. */
function own(key: KeyRecord, material: BackingKey): BackingKey {
  if (material.keyId !== key.keyId) throw new Error(`${key.arn} has a material of another key`);
  return material;
}

function materialId(place: { readonly account: string; readonly region: string }, id: string): string {
  return `${place.account}/${place.region}/${id}`;
}
