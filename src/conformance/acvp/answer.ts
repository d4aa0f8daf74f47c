/** Answers prompts of NIST's Automated Cryptographic Validation Protocol. */

import type { AcvpCase, AcvpSet } from "../parsers/acvp.ts";
import type { JsonObject, JsonValue } from "../parsers/json.ts";
import type { Bench } from "../suite.ts";
import { acvpHandlers } from "./all.ts";
import { type AcvpGroupOf, documentOf, shapedLike } from "./document.ts";
import { handlerFor } from "./find.ts";
import { type AcvpHandler, type GroupAnswer, Unanswered } from "./handler.ts";

/** Something to say of one test. */
export interface AcvpNote {
  readonly vsId: number;
  readonly tgId: number;
  readonly tcId: number;
  readonly message: string;
}

/** A test that is left out of the response, with the code of the reason (`REASONS`). */
export interface AcvpOmission extends AcvpNote {
  readonly reason: string;
}

export interface AcvpRun {
  /** In the prompt's shape, a bare set or a list with its header; groups without an answered test are left out. */
  readonly response: JsonValue;
  /** Number of tests with an answer. */
  readonly answered: number;
  readonly unanswered: readonly AcvpOmission[];
  /** Tests at which something was thrown that no refusal is; they are not in the response either. */
  readonly faults: readonly AcvpNote[];
}

/**
 * Answers a file of vector sets through the token. Nothing is answered by the place at which it stands: the ids of the
 * response are the prompt's.
 * @throws VectorFormatError when the text is no ACVP file
 */
export function answerAcvp(prompt: string, bench: Bench, handlers: readonly AcvpHandler[] = acvpHandlers): AcvpRun {
  const document = documentOf(prompt);
  const log: Log = { answered: 0, unanswered: [], faults: [] };
  const sets = document.sets.map(({ set, groups }) => ({
    ...nameOf(set),
    testGroups: groups.flatMap((group) => answeredGroup(set, group, bench, handlers, log)),
  }));
  return { response: shapedLike(document, sets), ...log };
}

interface Log {
  answered: number;
  readonly unanswered: AcvpOmission[];
  readonly faults: AcvpNote[];
}

/** The members by which a response says what it is the response to. */
function nameOf({ fields }: AcvpSet): JsonObject {
  const names = ["vsId", "algorithm", "mode", "revision", "isSample"];
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(fields, name)).map((name) => [name, fields[name] ?? ""]),
  );
}

/** The group of the response, or none when no test of it is answered. */
function answeredGroup(
  set: AcvpSet,
  { group, cases }: AcvpGroupOf,
  bench: Bench,
  handlers: readonly AcvpHandler[],
  log: Log,
): JsonObject[] {
  let answer: GroupAnswer;
  try {
    const tests = cases.map(({ test }) => test);
    answer = handlerFor(set, handlers).answer(group, tests, bench);
  } catch (error) {
    for (const one of cases) leaveOut(one, error, log);
    return [];
  }
  const tests = answeredTests(cases, answer.tests, log);
  log.answered += tests.length;
  return tests.length === 0 ? [] : [{ tgId: group["tgId"] ?? null, ...answer.group, tests }];
}

/** Reads the answers one by one: one that is not given does not end the group. */
function answeredTests(cases: readonly AcvpCase[], answers: Iterable<JsonObject>, log: Log): JsonObject[] {
  const tests: JsonObject[] = [];
  const iterator = answers[Symbol.iterator]();
  try {
    for (const one of cases) {
      try {
        const { done, value } = iterator.next();
        if (done === true) throw new Error("the handler gave no answer");
        tests.push({ tcId: one.test["tcId"] ?? null, ...value });
      } catch (error) {
        leaveOut(one, error, log);
      }
    }
  } finally {
    iterator.return?.();
  }
  return tests;
}

function leaveOut({ set: { vsId }, tgId, tcId }: AcvpCase, error: unknown, log: Log): void {
  const note = { vsId, tgId, tcId, message: error instanceof Error ? error.message : String(error) };
  if (error instanceof Unanswered) log.unanswered.push({ ...note, reason: error.reason });
  else log.faults.push(note);
}
