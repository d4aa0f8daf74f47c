/** A block that grows to twice this is two. */
const BLOCK = 256;

/**
 * Identifiers in ascending order, in blocks: one more among a million moves the few hundred of its block, where one list
 * of them all would move half a million. A copy shares all blocks, and each of the two copies the block that it changes.
 */
export class OrderedIds {
  /** None is empty but the first of an empty list. */
  #blocks: string[][] = [[]];
  /** The blocks that no copy has too, and whether that goes for the list of them. */
  #own: Set<string[]> = new Set(this.#blocks);
  #ownsList = true;

  /** Another list of the same. Neither sees what becomes of the other. */
  copy(): OrderedIds {
    const copy = new OrderedIds();
    copy.#blocks = this.#blocks;
    for (const one of [this, copy]) {
      one.#own = new Set();
      one.#ownsList = false;
    }
    return copy;
  }

  /** Adds one that is not there. */
  add(id: string): void {
    const at = this.#blockOf(id);
    const block = this.#ownBlock(at);
    block.splice(
      firstNot(block, (other) => other < id),
      0,
      id,
    );
    if (block.length < 2 * BLOCK) return;
    const half = block.splice(BLOCK);
    this.#own.add(half);
    this.#blocks.splice(at + 1, 0, half);
  }

  /** Takes out one that is there. */
  delete(id: string): void {
    const at = this.#blockOf(id);
    const block = this.#ownBlock(at);
    block.splice(
      firstNot(block, (other) => other < id),
      1,
    );
    if (block.length > 0 || this.#blocks.length === 1) return;
    this.#own.delete(block);
    this.#blocks.splice(at, 1);
  }

  /** Those that are not less than `start`, in order. */
  *from(start: string): Generator<string> {
    const first = this.#blockOf(start);
    for (let at = first; at < this.#blocks.length; at++) {
      const block = this.#blocks[at] as string[];
      for (let i = at === first ? firstNot(block, (id) => id < start) : 0; i < block.length; i++)
        yield block[i] as string;
    }
  }

  /** The last block that begins before `id`, or the first of all: where it is, or would be. */
  #blockOf(id: string): number {
    return Math.max(0, firstNot(this.#blocks, ([first = ""]) => first <= id) - 1);
  }

  /** A block to be changed. */
  #ownBlock(at: number): string[] {
    if (!this.#ownsList) this.#blocks = [...this.#blocks];
    this.#ownsList = true;
    let block = this.#blocks[at] as string[];
    if (!this.#own.has(block)) {
      block = [...block];
      this.#blocks[at] = block;
      this.#own.add(block);
    }
    return block;
  }
}

/** The first position whose item is not one of those that come before. */
function firstNot<T>(items: readonly T[], isBefore: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(items[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}
