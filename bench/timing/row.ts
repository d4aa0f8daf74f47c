/** The form of a row of the timing suite: one operation, and two classes of inputs that it must not tell apart by its time. */

import type { Rng } from "../../src/crypto/engine.ts";

export type Class = 0 | 1;

/** A row that is set up. */
export interface Trial {
  /** Untimed: makes ready what `run` works on. Does the same work for either class, and leaves it in the same memory. */
  prepare(of: Class): void;
  /** Timed, and again and again with the same input where it is short. */
  run(): unknown;
}

export interface Row {
  /** What is beside one another in the table. */
  readonly group: string;
  /** One of its kind in the suite. */
  readonly name: string;
  readonly classes: readonly [string, string];
  /** Of the controls: what must come out, or the suite sees nothing and says so. */
  readonly must?: "leak" | "none seen";
  /** Everything random comes from `rng`. */
  readonly make: (rng: Rng) => Trial;
}

/** An input whose two kinds come into the same place by the same copy: what is done before must not tell them apart. */
export interface Input {
  readonly bytes: Uint8Array;
  set(of: Class): Uint8Array;
}

/**
 * Both kinds are made each time, and take turns in being the last, whichever is asked for: code with branches runs faster on
 * what it has just worked on, and the way to a measurement is foreseen too, so that neither may tell the classes apart.
 */
export function input(length: number, make: (of: Class) => Uint8Array): Input {
  const bytes = new Uint8Array(length);
  const made = [new Uint8Array(length), new Uint8Array(length)] as const;
  let last: Class = 0;
  return {
    bytes,
    set(of) {
      last = last === 0 ? 1 : 0;
      for (const one of [1 - last, last]) (made[one] as Uint8Array).set(make(one as Class));
      bytes.set(made[of]);
      return bytes;
    },
  };
}

/** Fixed in class 0, random in class 1. */
export function fixedOrRandom(rng: Rng, length: number): Input {
  const fixed = Uint8Array.from(rng(length));
  return input(length, (of) => (of === 0 ? fixed : rng(length)));
}

/** Some bytes with the first of them, or the one at `from`, wrong in class 0 and the last one in class 1. */
export function wrongAt(right: Uint8Array, from = 0): Input {
  const wrong = [from, right.length - 1].map((at) => right.with(at, (right[at] as number) ^ 1));
  return input(right.length, (of) => wrong[of] as Uint8Array);
}
