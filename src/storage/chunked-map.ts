import { hashOfText } from "../bytes/text-hash.ts";

/** A chunk that grows beyond this is two. */
const CHUNK = 256;
/** A chunk whose identifiers have this many bits of their hashes in common may grow as it likes. */
const MAX_DEPTH = 14;

/** Entries whose hashes agree in their last `depth` bits. */
interface Chunk<V> {
  /** Who may change it: the map that this is the owner of, while no copy has the chunk too. */
  readonly owner: object;
  readonly depth: number;
  readonly entries: Map<string, V>;
}

/**
 * A Map in chunks, by extendible hashing (Fagin et al., 1979): a chunk that is full is halved by one more bit of the hash, so
 * that no entry is moved but those of one chunk. A copy shares all chunks, and each of the two copies the chunk in which it
 * changes something: a copy of a million entries is there at once, and the first change after it copies a few hundred.
 */
export class ChunkedMap<V> {
  #owner: object = {};
  /** The place of a chunk is the last bits of its hashes; one of less depth than the list has several places. */
  #chunks: Chunk<V>[] = [{ owner: this.#owner, depth: 0, entries: new Map() }];
  /** Whether no copy has the list too. */
  #ownsList = true;

  get(id: string): V | undefined {
    return this.#chunks[placeOf(id, this.#chunks)]?.entries.get(id);
  }

  set(id: string, value: V): void {
    let chunk = this.#ownChunk(id);
    while (chunk.entries.size >= CHUNK && chunk.depth < MAX_DEPTH && !chunk.entries.has(id)) {
      this.#halve(chunk, hashOfText(id));
      chunk = this.#ownChunk(id);
    }
    chunk.entries.set(id, value);
  }

  delete(id: string): boolean {
    return this.get(id) !== undefined && this.#ownChunk(id).entries.delete(id);
  }

  /** Another map of the same entries. Neither sees what becomes of the other. */
  copy(): ChunkedMap<V> {
    const copy = new ChunkedMap<V>();
    copy.#chunks = this.#chunks;
    for (const one of [this, copy]) {
      one.#owner = {};
      one.#ownsList = false;
    }
    return copy;
  }

  /** The chunk of an identifier, to be changed. */
  #ownChunk(id: string): Chunk<V> {
    const place = placeOf(id, this.#chunks);
    const chunk = this.#chunks[place] as Chunk<V>;
    return chunk.owner === this.#owner ? chunk : this.#put(chunk.depth, new Map(chunk.entries), place);
  }

  /** Puts two in the place of a chunk, by one more bit. */
  #halve(chunk: Chunk<V>, hash: number): void {
    const bit = 2 ** chunk.depth;
    const [zero, one] = [new Map<string, V>(), new Map<string, V>()];
    for (const [id, value] of chunk.entries) ((hashOfText(id) & bit) === 0 ? zero : one).set(id, value);
    if (bit === this.#chunks.length) this.#chunks = [...this.#chunks, ...this.#chunks];
    this.#put(chunk.depth + 1, zero, hash & (bit - 1));
    this.#put(chunk.depth + 1, one, (hash & (bit - 1)) | bit);
  }

  /** Puts a chunk of our own into all its places, of which one is given. */
  #put(depth: number, entries: Map<string, V>, place: number): Chunk<V> {
    const chunk = { owner: this.#owner, depth, entries };
    if (!this.#ownsList) this.#chunks = [...this.#chunks];
    this.#ownsList = true;
    const step = 2 ** depth;
    for (let at = place % step; at < this.#chunks.length; at += step) this.#chunks[at] = chunk;
    return chunk;
  }
}

const placeOf = (id: string, { length }: { readonly length: number }): number =>
  length === 1 ? 0 : hashOfText(id) & (length - 1);
