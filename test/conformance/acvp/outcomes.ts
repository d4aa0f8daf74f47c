/** Reads the answers of a handler by itself. */

import { Unanswered } from "../../../src/conformance/acvp/handler.ts";
import type { JsonObject } from "../../../src/conformance/parsers/json.ts";

/** Reads answers: each one, or the {@link Unanswered} in its place. @throws whatever else the handler throws */
export function* outcomes(tests: Iterable<JsonObject>): Generator<JsonObject | Unanswered, void, undefined> {
  const iterator = tests[Symbol.iterator]();
  try {
    while (true) {
      const outcome = nextOutcome(iterator);
      if (outcome === undefined) return;
      yield outcome;
    }
  } finally {
    iterator.return?.();
  }
}

function nextOutcome(iterator: Iterator<JsonObject>): JsonObject | Unanswered | undefined {
  try {
    const { done, value } = iterator.next();
    return done === true ? undefined : value;
  } catch (error) {
    if (error instanceof Unanswered) return error;
    throw error;
  }
}
