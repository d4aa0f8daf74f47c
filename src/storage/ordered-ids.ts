/** A block that grows to twice this is two. */
const BLOCK = 256;

/**
 * Identifiers in ascending order, in blocks: one more among a million moves the few hundred of its block, where one list
 * of them all would move half a million.
 */
export class OrderedIds {
  /** None is empty but the first of an empty list. */
  readonly #blocks: string[][];

  constructor(blocks: readonly (readonly string[])[] = [[]]) {
    this.#blocks = blocks.map((block) => [...block]);
  }

  copy(): OrderedIds {
    return new OrderedIds(this.#blocks);
  }

  /** Adds one that is not there. */
  add(id: string): void {
    const at = this.#blockOf(id);
    const block = this.#blocks[at] as string[];
    block.splice(
      firstNot(block, (other) => other < id),
      0,
      id,
    );
    if (block.length === 2 * BLOCK) this.#blocks.splice(at + 1, 0, block.splice(BLOCK));
  }

  /** Takes out one that is there. */
  delete(id: string): void {
    const at = this.#blockOf(id);
    const block = this.#blocks[at] as string[];
    block.splice(
      firstNot(block, (other) => other < id),
      1,
    );
    if (block.length === 0 && this.#blocks.length > 1) this.#blocks.splice(at, 1);
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
