/** The answers to a group's tests, one at a time: a test that is not answered does not end the group. */

import type { JsonObject } from "../parsers/json.ts";

/**
 * The answer to each test, computed as it is read. `next()` throws what `answer` throws and the one after it goes on
 * with the next test, which a generator, once it has thrown, cannot.
 *
 * @param release called once, after the last test has been answered or when the reader stops: a group's key goes here
 */
export function answers<Test>(
  tests: readonly Test[],
  answer: (test: Test, index: number) => JsonObject,
  release?: () => void,
): Iterable<JsonObject> {
  return {
    [Symbol.iterator](): Iterator<JsonObject> {
      let at = 0;
      let isReleased = false;
      const end = (): IteratorResult<JsonObject> => {
        if (!isReleased) release?.();
        isReleased = true;
        return { done: true, value: undefined };
      };
      return {
        next() {
          if (at >= tests.length) return end();
          const index = at++;
          return { done: false, value: answer(tests[index] as Test, index) };
        },
        return() {
          at = tests.length;
          return end();
        },
      };
    },
  };
}
