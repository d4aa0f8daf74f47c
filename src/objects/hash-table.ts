/** A table has a power of two of places, at least so many. */
const LEAST = 8;
const EMPTY = 0;

/**
 * A Map whose values know their keys: of a key there is only a hash, in an array of numbers, and in the same place of another
 * array the value. So a lookup among millions reads one place of each and then the value itself, none of which the processor's
 * caches hold; a Map reads a bucket, an entry, its key, and often those of another one before. What a value knows its key by may
 * lie elsewhere in memory: a reference to that in a third array, and both are fetched at the same time.
 *
 * Open addressing with linear probing, and deletion by moving back what follows (Knuth, The Art of Computer Programming,
 * volume 3, 6.4, algorithms L and R). A place is the first bits of a hash, so that a table is copied to one of twice its size
 * from the beginning to the end.
 */
export class HashTable<K, V extends object> {
  readonly #hashOf: (key: K) => number;
  readonly #isOf: (value: V, key: K, proof: string | undefined) => boolean;
  readonly #proofOf: ((value: V) => string) | undefined;
  #size = 0;
  #hashes: Int32Array = new Int32Array(LEAST);
  #values: (V | undefined)[] = new Array(LEAST);
  /** None without {@link #proofOf}. */
  #proofs: (string | undefined)[] = [];
  /** What is left of a hash of 32 bits is a place. */
  #shift = Math.clz32(LEAST - 1);

  /**
   * @param hashOf any 32-bit integer
   * @param isOf whether a value is the one of this key, which it must be from before it is set until it is deleted
   * @param proofOf the text that `isOf` finds that out from, which stays the same for so long
   */
  constructor(
    hashOf: (key: K) => number,
    isOf: (value: V, key: K, proof: string | undefined) => boolean,
    proofOf?: (value: V) => string,
  ) {
    this.#hashOf = hashOf;
    this.#isOf = isOf;
    this.#proofOf = proofOf;
  }

  get size(): number {
    return this.#size;
  }

  get(key: K): V | undefined {
    return this.#values[this.#placeOf(this.#spread(key), key)];
  }

  set(key: K, value: V): void {
    const hash = this.#spread(key);
    const place = this.#placeOf(hash, key);
    this.#values[place] = value;
    if (this.#proofOf !== undefined) this.#proofs[place] = this.#proofOf(value);
    if (this.#hashes[place] !== EMPTY) return;
    this.#hashes[place] = hash;
    this.#size += 1;
    const { length } = this.#hashes;
    if (this.#size > 0.75 * length) this.#resize(2 * length);
  }

  delete(key: K): void {
    const hashes = this.#hashes;
    const values = this.#values;
    const proofs = this.#proofs;
    const mask = hashes.length - 1;
    let hole = this.#placeOf(this.#spread(key), key);
    if (hashes[hole] === EMPTY) return;
    for (let place = (hole + 1) & mask; hashes[place] !== EMPTY; place = (place + 1) & mask) {
      const home = (hashes[place] as number) >>> this.#shift;
      if (((place - home) & mask) < ((place - hole) & mask)) continue;
      hashes[hole] = hashes[place] as number;
      values[hole] = values[place];
      if (this.#proofOf !== undefined) proofs[hole] = proofs[place];
      hole = place;
    }
    hashes[hole] = EMPTY;
    values[hole] = undefined;
    if (this.#proofOf !== undefined) proofs[hole] = undefined;
    this.#size -= 1;
    if (hashes.length > LEAST && this.#size < hashes.length / 8) this.#resize(hashes.length / 2);
  }

  /** The place of a key, or the empty one in which it would be. */
  #placeOf(hash: number, key: K): number {
    const hashes = this.#hashes;
    const mask = hashes.length - 1;
    let place = hash >>> this.#shift;
    while (hashes[place] !== EMPTY) {
      if (hashes[place] === hash && this.#isOf(this.#values[place] as V, key, this.#proofs[place])) break;
      place = (place + 1) & mask;
    }
    return place;
  }

  /** The finalizer of MurmurHash3, after which every bit depends on all. Never {@link EMPTY}. */
  #spread(key: K): number {
    let hash = this.#hashOf(key);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
    return hash === EMPTY ? 1 : hash;
  }

  #resize(length: number): void {
    const [from, values, proofs] = [this.#hashes, this.#values, this.#proofs];
    const hashes = new Int32Array(length);
    const moved: (V | undefined)[] = new Array(length);
    const movedProofs: (string | undefined)[] = new Array(this.#proofOf === undefined ? 0 : length);
    const shift = Math.clz32(length - 1);
    // What went on from the end to the beginning comes last: an empty place is where no run goes on.
    const start = from.indexOf(EMPTY);
    for (let i = 0; i < from.length; i++) {
      const at = (start + i) & (from.length - 1);
      const hash = from[at] as number;
      if (hash === EMPTY) continue;
      let place = hash >>> shift;
      while (hashes[place] !== EMPTY) place = (place + 1) & (length - 1);
      hashes[place] = hash;
      moved[place] = values[at];
      if (this.#proofOf !== undefined) movedProofs[place] = proofs[at];
    }
    this.#hashes = hashes;
    this.#values = moved;
    this.#proofs = movedProofs;
    this.#shift = shift;
  }
}
