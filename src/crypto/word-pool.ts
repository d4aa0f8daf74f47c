/** Memory of prepared keys that is used again. */

/** How many are kept at most. */
const SPARE = 16;

export interface WordPool {
  /** All zero. */
  take(): Int32Array;
  /** Wipes it; the caller must not touch it again. */
  give(words: Int32Array): void;
}

/**
 * Arrays of one length. V8 keeps those above 64 bytes outside of its heap, where making one costs more than preparing an
 * AES key does; and a KMS makes a key for each ciphertext.
 */
export function wordPool(length: number): WordPool {
  const spare: Int32Array[] = [];
  return {
    take: () => spare.pop() ?? new Int32Array(length),
    give(words) {
      words.fill(0);
      if (spare.length < SPARE) spare.push(words);
    },
  };
}
