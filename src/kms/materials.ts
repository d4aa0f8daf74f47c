/**
 * Which key a ciphertext blob belongs to: an index from backing key identifiers to keys.
 *
 * A blob's header names the backing key that made it (developer guide, "Decrypt": the HBKID is read from the header).
 * The record is written in the commit that adds the material to its key, and stays as long as the key does, so blobs of
 * old materials stay readable and nothing is ever found by trial.
 */

import { equalBytes, inOnePiece, toHex } from "../bytes/bytes.ts";
import { after, type Soon, soon } from "../storage/soon.ts";
import type { BackingKey, CallContext, KeyMaterial, KeyRecord } from "./context.ts";
import { keyById } from "./key-records.ts";
import { MATERIALS, materialRecordId } from "./record-ids.ts";

/** A material as stored, table `materials`, id `region/<64 hexadecimal digits>`. */
interface MaterialRecord {
  readonly account: string;
  readonly keyId: string;
}

/** A key and the one of its materials that was asked for. */
export interface MaterialOwner {
  readonly key: KeyRecord;
  readonly material: KeyMaterial;
}

/** The key and material that a blob's 32-byte identifier names, or `undefined` when this Region has none. */
export function materialOwner(context: CallContext, identifier: Uint8Array): Soon<MaterialOwner | undefined> {
  const { id, recordId } = namesOf(context, identifier);
  return after(soon(context.store.get<MaterialRecord>(MATERIALS, recordId)), (entry) => {
    if (entry === undefined) return undefined;
    const { account, keyId } = entry.value;
    return after(keyById(context, keyId, { account, region: context.region }), (key) => {
      const material = key?.value.materials.find((candidate) => candidate.id === id);
      return key === undefined || material === undefined ? undefined : { key: key.value, material };
    });
  });
}

interface Names extends Pick<KeyRecord, "region"> {
  readonly identifier: Uint8Array;
  /** The identifier in hexadecimal digits. */
  readonly id: string;
  readonly recordId: string;
}

/** Names that were asked for, by the first bytes of the identifiers, which are random: to write them takes longer. */
const known = new Map<number, Names>();
const MAX_KNOWN = 10_000;

function namesOf(context: CallContext, identifier: Uint8Array): Names {
  const { region } = context;
  const [a = 0, b = 0, c = 0, d = 0] = identifier;
  const place = (a << 24) | (b << 16) | (c << 8) | d;
  let names = known.get(place);
  if (names === undefined || names.region !== region || !equalBytes(names.identifier, identifier)) {
    const id = toHex(identifier);
    names = { region, identifier: identifier.slice(), id, recordId: inOnePiece(materialRecordId(context, id)) };
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(place, names);
  }
  return names;
}

/** The material that a key encrypts, signs and derives with. */
export function currentMaterial(key: KeyRecord): BackingKey {
  const [material] = key.materials;
  if (material === undefined) throw new Error(`${key.arn} has no material`);
  return usable(key, material);
}

/**
 * A material for the token. One that was made for another key must not work under this one's policy, however it got
 * into the record; and a key is enabled only when all of its materials are here.
 */
export function usable(key: KeyRecord, material: KeyMaterial): BackingKey {
  if (material.keyId !== key.keyId) throw new Error(`${key.arn} has a material of another key`);
  if (!isHere(material)) throw new Error(`${key.arn} is usable without its material`);
  return material;
}

function isHere(material: KeyMaterial): material is BackingKey {
  return material.exported !== undefined;
}
