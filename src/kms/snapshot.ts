/** The state of a whole KMS, taken and given back. */

import { isRestorable, type Restorable } from "../storage/restorable.ts";

/** What a KMS is made of, by name. */
export type Parts = Readonly<Record<string, object>>;

/** A KMS as it once was. It stays good however often it is restored, and for the forks of its KMS too. */
export class Snapshot {
  readonly #family: object;
  readonly #states: ReadonlyMap<string, unknown>;

  /** @param family what the KMSs have in common that can open each other's keys: their vault. */
  constructor(family: object, states: ReadonlyMap<string, unknown>) {
    this.#family = family;
    this.#states = states;
  }

  /**
   * Gives every part its state back.
   * @throws Error when it is of another family, whose keys this one could not open
   */
  restore(family: object, parts: Parts): void {
    if (this.#family !== family) throw new Error("a snapshot is restored by its own KMS or a fork of that");
    for (const [name, state] of this.#states) (parts[name] as Restorable).load(state);
  }
}

/**
 * Takes the state of every part. A clock of the caller's own that cannot be saved is left out.
 * @throws Error when the store cannot be saved
 */
export function snapshotOf(family: object, parts: Parts): Snapshot {
  const states = new Map<string, unknown>();
  for (const [name, part] of Object.entries(parts)) {
    if (isRestorable(part)) states.set(name, part.save());
    else if (name === "store") throw new Error("snapshots are taken of stores in memory (memoryStore)");
  }
  return new Snapshot(family, states);
}
