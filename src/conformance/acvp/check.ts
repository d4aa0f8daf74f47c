/** Compares a response with expected results: by tgId and tcId, never by position. */

import { type AcvpAnsweredCase, type AcvpCase, parseAcvp } from "../parsers/acvp.ts";
import type { JsonObject } from "../parsers/json.ts";
import type { Bench } from "../suite.ts";
import { acvpHandlers } from "./all.ts";
import type { AcvpNote } from "./answer.ts";
import { differenceOf, groupDifferenceOf } from "./compare.ts";
import { handlerFor } from "./find.ts";
import { type AcvpHandler, Unanswered } from "./handler.ts";

export interface AcvpCheck {
  /** Number of answers that are equal to the expected ones. */
  readonly matched: number;
  /** Number of answers that an implementation chooses and that hold, as the expected ones do. */
  readonly verified: number;
  /** Number of tests of the prompt without an answer. */
  readonly unanswered: number;
  /** Everything that is not as it should be. */
  readonly differences: readonly AcvpNote[];
}

/**
 * Checks a response, from here or from elsewhere. What an implementation chooses (a key, an IV, a randomised
 * signature) cannot be equal to what is expected: it is verified on the token, and so is the expected answer.
 * @throws VectorFormatError when one of the texts is no ACVP file
 */
export function checkAcvp(
  prompt: string,
  response: string,
  expected: string,
  bench: Bench,
  handlers: readonly AcvpHandler[] = acvpHandlers,
): AcvpCheck {
  const asked = new Map(parseAcvp(prompt).cases.map((one) => [one.id, one]));
  const answered = new Map(parseAcvp(response).cases.map((one) => [one.id, one]));
  const results = new Map(parseAcvp(expected).cases.map((one) => [one.id, one]));
  const differences: AcvpNote[] = [];
  const differ = ({ set: { vsId }, tgId, tcId }: AcvpCase, message: string): void => {
    differences.push({ vsId, tgId, tcId, message });
  };
  const count = { matched: 0, verified: 0 };
  for (const [id, one] of asked) {
    const [answer, result] = [answered.get(id), results.get(id)];
    if (answer === undefined) continue;
    if (result === undefined) {
      differ(one, "the expected results have none for this test");
      continue;
    }
    const outcome = judged({ one, answer, result }, bench, handlers);
    if (outcome === "matched" || outcome === "verified") count[outcome]++;
    else differ(one, outcome.differs);
  }
  for (const [id, one] of answered) if (!asked.has(id)) differ(one, "the response answers a test that was not asked");
  for (const [id, one] of results)
    if (!asked.has(id)) differ(one, "the expected results are of a test that was not asked");
  const unanswered = [...asked.keys()].filter((id) => !answered.has(id)).length;
  return { ...count, unanswered, differences };
}

interface Joined {
  readonly one: AcvpCase;
  readonly answer: AcvpCase;
  readonly result: AcvpCase;
}

function judged(
  { one, answer, result }: Joined,
  bench: Bench,
  handlers: readonly AcvpHandler[],
): "matched" | "verified" | { readonly differs: string } {
  const check = checkOf(one, bench, handlers);
  const verdict = check(answer);
  if (verdict === undefined) {
    const expectation = saysSomething(result.test) ? check(result) : undefined;
    if (expectation === undefined || expectation === "compare") return "verified";
    return { differs: `the expected answer does not hold: ${expectation}` };
  }
  if (verdict !== "compare") return { differs: verdict };
  const differs = differenceOf(result.test, answer.test, one.test) ?? groupDifferenceOf(result.group, answer.group);
  return differs === undefined ? "matched" : { differs };
}

/** What the handler says of an answer to a case. Where there is no handler, answers are compared. */
function checkOf(
  one: AcvpCase,
  bench: Bench,
  handlers: readonly AcvpHandler[],
): (answer: Pick<AcvpAnsweredCase, "group" | "test">) => string | undefined | "compare" {
  return (answer) => {
    try {
      const handler = handlerFor(one.set, handlers);
      if (handler.check === undefined) return "compare";
      return handler.check({ group: one.group, test: one.test }, { group: answer.group, test: answer.test }, bench);
    } catch (error) {
      if (error instanceof Unanswered) return "compare";
      return `it cannot be verified: ${error instanceof Error ? error.message : String(error)}`;
    }
  };
}

/** NIST's server leaves results that it only verifies empty. */
function saysSomething(result: JsonObject): boolean {
  return Object.keys(result).some((name) => name !== "tcId" && name !== "deferred");
}
