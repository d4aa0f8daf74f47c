/**
 * What time does to keys: deletions, automatic rotations and the expiry of imported material. It is done when somebody
 * looks at a key, in the order and with the dates in which it was due, so nobody sees that nothing ran in between.
 */

import type { Store, Stored } from "../storage/store.ts";
import type { BackingKey, KeyMaterial, KeyRecord, KeyRegions } from "./context.ts";
import { inAll, inRegion, isReplica, type KeySet, readSet, setChanges } from "./key-set.ts";
import { type Place, retried } from "./record-ids.ts";
import type { Vault } from "./vault.ts";

export const MILLISECONDS_PER_DAY = 86_400_000;

/** What the passing of time needs. */
export interface LifeContext {
  readonly store: Store;
  readonly vault: Vault;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Something that is due for a set at an instant. */
interface DueEvent {
  readonly at: number;
  readonly happen: (set: KeySet, vault: Vault) => KeySet | Promise<KeySet>;
}

/** Whether time may have something to do with a key, as far as its own record tells. */
export function isDue(key: KeyRecord, now: number): boolean {
  const { deletionDate, rotation, origin, regions } = key;
  if (deletionDate !== undefined && deletionDate <= now) return true;
  if (rotation !== undefined && rotation.nextDate <= now && mayRotate(key)) return true;
  if (origin === "EXTERNAL" && expiring(key).some(({ validTo }) => validTo <= now)) return true;
  return (
    regions?.replicas.some((replica) => replica.deletionDate !== undefined && replica.deletionDate <= now) ?? false
  );
}

/**
 * Brings a key and its related ones up to the present.
 * @returns the key's record as it is now, or undefined when it has ended.
 */
export async function bringUpToDate(
  { store, vault, now }: LifeContext,
  place: Place,
  keyId: string,
): Promise<Stored<KeyRecord> | undefined> {
  return retried(async () => {
    const before = await readSet(store, place, keyId);
    let set: KeySet = before.map(({ value }) => value);
    for (;;) {
      const next = nextEvent(set);
      if (next === undefined || next.at > now) break;
      set = await next.happen(set, vault);
    }
    const changes = await setChanges(store, before, set);
    if (changes.length > 0) await store.commit(changes);
    for (const { value } of before) if (!set.includes(value)) vault.forget(value);
    const index = before.findIndex(({ value }) => value.region === place.region);
    const key = set.find(({ region }) => region === place.region);
    const stored = before[index];
    if (stored === undefined || key === undefined) return undefined;
    return stored.value === key ? stored : { id: stored.id, version: stored.version + 1, value: key };
  });
}

function nextEvent(set: KeySet): DueEvent | undefined {
  let next: DueEvent | undefined;
  for (const event of set.flatMap(eventsOf)) if (next === undefined || event.at < next.at) next = event;
  return next;
}

function eventsOf(key: KeyRecord): DueEvent[] {
  const events: DueEvent[] = expiring(key).map(({ validTo }) => ({
    at: validTo,
    happen: (set) => inRegion(set, key.region, (current) => withoutExpired(current, validTo)),
  }));
  const { deletionDate, rotation } = key;
  if (deletionDate !== undefined) events.push({ at: deletionDate, happen: (set) => withoutKey(set, key) });
  if (rotation !== undefined && !isReplica(key) && mayRotate(key)) {
    events.push({
      at: rotation.nextDate,
      happen: async (set, vault) =>
        inAll(rotated(set, await newMaterial(vault, key), { date: rotation.nextDate, type: "AUTOMATIC" }), () => ({
          rotation: { ...rotation, nextDate: rotation.nextDate + rotation.periodInDays * MILLISECONDS_PER_DAY },
        })),
    });
  }
  return events;
}

/** A disabled key, and one that is pending deletion, is not rotated (API reference, GetKeyRotationStatus). */
function mayRotate(key: KeyRecord): boolean {
  return isReplica(key) || key.state === "Enabled";
}

export function newMaterial(vault: Vault, key: KeyRecord): Promise<BackingKey> {
  return vault.createBackingKey(key.keyId, key.keySpec, key.keyUsage);
}

/** The set with a material that has become the current one. */
export function rotated(set: KeySet, material: KeyMaterial, rotation: NonNullable<KeyMaterial["rotation"]>): KeySet {
  return inAll(set, ({ materials }) => ({ materials: [{ ...material, rotation }, ...materials] }));
}

function expiring({ materials, pendingMaterial }: KeyRecord): { readonly validTo: number }[] {
  return [...materials, ...(pendingMaterial === undefined ? [] : [pendingMaterial])].filter(
    (material): material is KeyMaterial & { validTo: number } =>
      material.exported !== undefined && material.validTo !== undefined,
  );
}

function withoutExpired(key: KeyRecord, now: number): KeyRecord {
  const expired = ({ exported, validTo }: KeyMaterial): boolean =>
    exported !== undefined && validTo !== undefined && validTo <= now;
  const materials = key.materials.map((material) => (expired(material) ? withoutValue(material) : material));
  const { pendingMaterial } = key;
  return withMaterials(
    key,
    materials,
    pendingMaterial && expired(pendingMaterial) ? withoutValue(pendingMaterial) : pendingMaterial,
  );
}

/** What stays of imported material that is deleted or has expired: its name and its place in the key's history. */
export function withoutValue({ exported, publicKey, validTo, ...rest }: KeyMaterial): KeyMaterial {
  return rest;
}

/**
 * A key of imported material with other materials, in the state that follows: it can be used when all that are
 * permanently associated with it are here (developer guide, "Importing key material").
 */
export function withMaterials(
  { pendingMaterial: _, ...key }: KeyRecord,
  materials: readonly KeyMaterial[],
  pendingMaterial?: KeyMaterial,
): KeyRecord {
  const changed = { ...key, materials, ...(pendingMaterial && { pendingMaterial }) };
  if (key.deletionDate !== undefined || key.pendingWindowInDays !== undefined) return changed;
  if (!isComplete(changed)) return { ...changed, state: "PendingImport" };
  return key.state === "PendingImport" ? { ...changed, state: "Enabled" } : changed;
}

/** Whether all materials of a key are here. */
export function isComplete({ materials }: Pick<KeyRecord, "materials">): boolean {
  return materials.length > 0 && materials.every(({ exported }) => exported !== undefined);
}

/**
 * The set without a key that has ended. With the last replica begins the waiting period of a primary key that is
 * pending deletion (API reference, ScheduleKeyDeletion).
 */
function withoutKey(set: KeySet, ended: KeyRecord): KeySet {
  const rest = set.filter(({ region }) => region !== ended.region);
  if (!isReplica(ended)) return rest;
  const { regions: before, deletionDate = 0 } = ended as KeyRecord & { regions: KeyRegions };
  const regions = { ...before, replicas: before.replicas.filter(({ region }) => region !== ended.region) };
  return inAll(rest, () => ({ regions })).map((key) => {
    const { pendingWindowInDays, ...others } = key;
    if (pendingWindowInDays === undefined || regions.replicas.length > 0) return key;
    return {
      ...others,
      state: "PendingDeletion",
      deletionDate: deletionDate + pendingWindowInDays * MILLISECONDS_PER_DAY,
    };
  });
}
