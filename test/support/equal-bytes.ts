import { expect } from "vitest";

/** `toEqual` asks both byte strings for every index by its name; that they are equal is seen a hundred times as soon. */
expect.addEqualityTesters([
  (a: unknown, b: unknown) =>
    a instanceof Uint8Array && b instanceof Uint8Array && a.constructor === b.constructor && Buffer.compare(a, b) === 0
      ? true
      : undefined,
]);
