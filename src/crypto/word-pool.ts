/** Memory of prepared keys and running MACs that is used again. */

/** How many are kept at most. */
const SPARE = 16;

export interface Pool<T> {
  /** As it is made, or wiped. */
  take(): T;
  /** Wipes it; the caller must not touch it again. */
  give(used: T): void;
}

export function pool<T>(make: () => T, wipe: (used: T) => void): Pool<T> {
  const spare: T[] = [];
  return {
    take: () => spare.pop() ?? make(),
    give(used) {
      wipe(used);
      if (spare.length < SPARE) spare.push(used);
    },
  };
}

/**
 * Arrays of one length, all zero. V8 keeps those above 64 bytes outside of its heap, where making one costs more than preparing
 * an AES key does; and a KMS makes a key for each ciphertext.
 */
export function wordPool(length: number): Pool<Int32Array> {
  return pool(
    () => new Int32Array(length),
    (words) => words.fill(0),
  );
}
