/**
 * Where the state of the KMS lives. A store is tables of records by id; a commit is all or nothing. Durable stores
 * encode the same records; nodes that share one are kept apart by the version that each record carries.
 */

/** What a record may hold: data that CBOR has, nothing else. */
export type Value =
  | undefined
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly Value[]
  | { readonly [member: string]: Value };

export interface Stored<T> {
  readonly id: string;
  /** Counts the commits of this record from 1. */
  readonly version: number;
  /** Frozen: a change is a new record. */
  readonly value: T;
}

export interface Change {
  readonly table: string;
  readonly id: string;
  /** The new value; `undefined` deletes the record. */
  readonly value: object | undefined;
  /** The version that must still stand: 0 for "does not exist". */
  readonly expect: number;
}

/** A commit found another version than it expected; nothing was changed. */
export class StoreConflict extends Error {
  constructor(table: string, id: string) {
    super(`record ${id} of ${table} was changed by another commit`);
    this.name = "StoreConflict";
  }
}

export interface Store {
  /** A store in memory answers at once; what comes later may be any promise (`soon`). */
  get<T>(table: string, id: string): Stored<T> | undefined | PromiseLike<Stored<T> | undefined>;
  /** Records whose id starts with `prefix`, by id ascending, beginning after the id `after`. */
  list<T>(table: string, options: { prefix: string; after?: string; limit?: number }): Promise<Stored<T>[]>;
  /** @throws StoreConflict */
  commit(changes: readonly Change[]): Promise<void>;
  close(): Promise<void>;
}
