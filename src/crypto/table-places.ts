/** Places for tables of prepared keys in memory that is set aside once. */

/** Whose table is where, and whose goes when all places are taken: the one that has had it longest. */
export class TablePlaces<Owner> {
  readonly #memory: Int32Array;
  readonly #words: number;
  readonly #evict: (owner: Owner) => void;
  readonly #owners: (Owner | undefined)[];
  #oldest = 0;

  /** `words` for each table; `evict` makes an owner {@link leave}. */
  constructor(memory: Int32Array, words: number, evict: (owner: Owner) => void) {
    this.#memory = memory;
    this.#words = words;
    this.#evict = evict;
    this.#owners = new Array(memory.length / words).fill(undefined);
  }

  /** Where the owner's table begins. The memory is all zero. */
  take(owner: Owner): number {
    const free = this.#owners.indexOf(undefined);
    const place = free >= 0 ? free : this.#oldest;
    if (free < 0) {
      this.#oldest = (this.#oldest + 1) % this.#owners.length;
      this.#evict(this.#owners[place] as Owner);
    }
    this.#owners[place] = owner;
    return place * this.#words;
  }

  /** Wipes the table that begins there. */
  leave(at: number): void {
    this.#memory.fill(0, at, at + this.#words);
    this.#owners[at / this.#words] = undefined;
  }
}
