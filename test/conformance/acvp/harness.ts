/** Handlers under test: a group's answers, its cases against the expected ones, and what a check says of a broken one. */

import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { type AcvpHandler, Unanswered } from "../../../src/conformance/acvp/handler.ts";
import { createBench } from "../../../src/conformance/bench.ts";
import { type AcvpCase, parseAcvp } from "../../../src/conformance/parsers/acvp.ts";
import type { JsonObject } from "../../../src/conformance/parsers/json.ts";
import type { Bench } from "../../../src/conformance/suite.ts";
import { pureEngine } from "../../../src/crypto/pure-engine.ts";
import { outcomes } from "./outcomes.ts";

export const bench: Bench = createBench(pureEngine);

export interface Answered {
  readonly group: JsonObject;
  readonly tests: readonly JsonObject[];
}

/** The answers to a group whose tests are all answered. */
export function answered(handler: AcvpHandler, group: JsonObject, tests: readonly JsonObject[]): Answered {
  const answer = handler.answer(group, tests, bench);
  const found = [...outcomes(answer.tests)].map((outcome) => {
    if (outcome instanceof Unanswered) throw outcome;
    return outcome;
  });
  return { group: answer.group ?? {}, tests: found };
}

/** The reason for which a group, or its first test, is not answered. */
export function reasonOf(handler: AcvpHandler, group: JsonObject, test: JsonObject = { tcId: 1 }): string | undefined {
  try {
    answered(handler, group, [test]);
    return undefined;
  } catch (error) {
    if (error instanceof Unanswered) return error.reason;
    throw error;
  }
}

/** What the handler's check says of each answer. */
export function checks(
  handler: AcvpHandler,
  group: JsonObject,
  tests: readonly JsonObject[],
  { group: answeredGroup, tests: answers }: Answered,
): (string | undefined)[] {
  return tests.map((test, at) =>
    handler.check?.({ group, test }, { group: answeredGroup, test: answers[at] ?? {} }, bench),
  );
}

/** A hexadecimal string with its last digit changed. */
export function broken(value: unknown): string {
  const text = String(value);
  return text.slice(0, -1) + (text.endsWith("0") ? "1" : "0");
}

export function vector(path: string): string {
  return brotliDecompressSync(readFileSync(new URL(`../../../vectors/${path}.br`, import.meta.url))).toString("utf8");
}

export interface Tally {
  /** Cases whose answer is the expected one. */
  equal: number;
  /** Ids of the cases with another answer. */
  readonly different: string[];
  /** How many cases are not answered, by reason. */
  readonly unanswered: Record<string, number>;
}

/** Answers the cases of a prompt, group by group, and compares them with the file's results or the cases' own. */
export function compared(
  handlers: readonly AcvpHandler[],
  prompt: string,
  results?: string,
  choose: (one: AcvpCase) => boolean = () => true,
): Tally {
  const tally: Tally = { equal: 0, different: [], unanswered: {} };
  const expected = new Map((results === undefined ? [] : parseAcvp(results).cases).map((one) => [one.id, one.test]));
  const groups = new Map<string, AcvpCase[]>();
  for (const one of parseAcvp(prompt).cases.filter(choose)) {
    const key = `${one.set.vsId}/${one.tgId}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  for (const cases of groups.values()) {
    const { set, group } = cases[0] as AcvpCase;
    const handler = handlers.find(({ algorithm, mode }) => algorithm === set.algorithm && mode === set.mode);
    if (handler === undefined) throw new Error(`no handler for ${set.algorithm} ${set.mode}`);
    const found = groupOutcomes(
      handler,
      group,
      cases.map(({ test }) => test),
    );
    cases.forEach((one, at) => {
      const outcome = found[at] as JsonObject | Unanswered;
      const wanted = expected.get(one.id) ?? (one.test["expected"] as JsonObject);
      if (outcome instanceof Unanswered) tally.unanswered[outcome.reason] = (tally.unanswered[outcome.reason] ?? 0) + 1;
      else if (includes(outcome, wanted)) tally.equal++;
      else tally.different.push(one.id);
    });
  }
  return tally;
}

function groupOutcomes(handler: AcvpHandler, group: JsonObject, tests: readonly JsonObject[]) {
  try {
    return [...outcomes(handler.answer(group, tests, bench).tests)];
  } catch (error) {
    if (error instanceof Unanswered) return tests.map(() => error);
    throw error;
  }
}

/** Whether the answer has each member of the expected one that is not about the case itself. */
function includes(answer: JsonObject, { tcId: _, ...expected }: JsonObject): boolean {
  const plain = (value: unknown) => (typeof value === "string" ? value.toUpperCase() : value);
  return Object.entries(expected).every(([name, value]) => plain(answer[name]) === plain(value));
}
