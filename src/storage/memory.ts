/** The store that lives as long as the process. */

import { inOnePiece } from "../bytes/bytes.ts";
import { ChunkedMap } from "./chunked-map.ts";
import { OrderedIds } from "./ordered-ids.ts";
import type { Restorable } from "./restorable.ts";
import type { Soon } from "./soon.ts";
import { type Change, type Store, StoreConflict, type Stored, type Value } from "./store.ts";

/** A table's records, and their ids in order so that a listing goes straight to its place. */
interface Table {
  readonly records: ChunkedMap<Stored<unknown>>;
  readonly ids: OrderedIds;
}

const copyOf = ({ records, ids }: Table): Table => ({ records: records.copy(), ids: ids.copy() });

/** All tables of a store as they once were. */
export type StoreState = ReadonlyMap<string, Table>;

/** A store in memory. Records are copied when they are committed, and frozen; a saved state shares them, and their tables. */
export function memoryStore(): Store & Restorable<StoreState> {
  return new MemoryStore();
}

class MemoryStore implements Store, Restorable<StoreState> {
  #tables = new Map<string, Table>();
  #closed = false;

  get<T>(table: string, id: string): Soon<Stored<T> | undefined> {
    if (this.#closed) return Promise.reject(closed());
    return this.#table(table).records.get(id) as Stored<T> | undefined;
  }

  async list<T>(
    table: string,
    { prefix, after, limit = Number.POSITIVE_INFINITY }: { prefix: string; after?: string; limit?: number },
  ): Promise<Stored<T>[]> {
    const { ids, records } = this.#table(table);
    const found: Stored<T>[] = [];
    if (limit <= 0) return found;
    for (const id of ids.from(after !== undefined && after >= prefix ? after : prefix)) {
      if (id === after) continue;
      if (!id.startsWith(prefix)) break;
      if (found.push(records.get(id) as Stored<T>) >= limit) break;
    }
    return found;
  }

  async commit(changes: readonly Change[]): Promise<void> {
    const places = new Set(changes.map(({ table, id }) => `${table}/${id}`));
    if (places.size < changes.length) throw new TypeError("a commit changes each record at most once");
    const prepared = changes.map((change) => ({ ...change, value: snapshot(change.value as Value) }));
    for (const { table, id, expect } of prepared) {
      if ((this.#table(table).records.get(id)?.version ?? 0) !== expect) throw new StoreConflict(table, id);
    }
    for (const { table, id, value, expect } of prepared) {
      const { records, ids } = this.#table(table);
      if (value === undefined) {
        if (records.delete(id)) ids.delete(id);
        continue;
      }
      const known = records.get(id)?.id;
      if (known === undefined) ids.add(inOnePiece(id));
      records.set(known ?? id, Object.freeze({ id: known ?? id, version: expect + 1, value }));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#tables.clear();
  }

  save(): StoreState {
    return new Map([...this.#tables].map(([name, table]) => [name, copyOf(table)]));
  }

  load(state: StoreState): void {
    this.#tables = new Map([...state].map(([name, table]) => [name, copyOf(table)]));
  }

  #table(name: string): Table {
    if (this.#closed) throw closed();
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = { records: new ChunkedMap(), ids: new OrderedIds() };
      this.#tables.set(name, table);
    }
    return table;
  }
}

/**
 * A frozen copy, of data that a durable store could keep too.
 * @throws TypeError for anything else, such as a class instance.
 */
function snapshot(value: Value): Value {
  if (typeof value === "string") return inOnePiece(value);
  if (value === null || typeof value !== "object") {
    if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") {
      throw new TypeError(`a record cannot hold a ${typeof value}`);
    }
    return value;
  }
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return Object.freeze(value.map(snapshot));
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new TypeError("a record holds plain data only");
  const entries = Object.entries(value).map(([member, item]): [string, Value] => [member, snapshot(item)]);
  return Object.freeze(Object.fromEntries(entries));
}

function closed(): Error {
  return new Error("the store is closed");
}
