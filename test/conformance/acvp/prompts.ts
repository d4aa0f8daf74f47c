/** Prompts and results in NIST's shape. */

import { answerAcvp } from "../../../src/conformance/acvp/answer.ts";
import { createBench } from "../../../src/conformance/bench.ts";
import type { JsonObject, JsonValue } from "../../../src/conformance/parsers/json.ts";
import type { Bench } from "../../../src/conformance/suite.ts";
import { nodeEngine } from "../../../src/node.ts";

/** A bare set of one algorithm; `name` is its algorithm, mode and revision. */
export function setOf(name: readonly [string, string, string], ...testGroups: readonly JsonObject[]): string {
  const [algorithm, mode, revision] = name;
  return JSON.stringify({ vsId: 42, algorithm, ...(mode === "" ? {} : { mode }), revision, testGroups });
}

export const bench: Bench = createBench(nodeEngine);

/** The answers to the first group of a prompt. @throws Error when a test of it is left out */
export function answersTo(prompt: string): readonly JsonObject[] {
  const { response, unanswered, faults } = answerAcvp(prompt, bench);
  const [left] = [...unanswered, ...faults];
  if (left !== undefined) throw new Error(`tcId ${left.tcId}: ${left.message}`);
  return groupsOf(response)[0]?.["tests"] as readonly JsonObject[];
}

export function groupsOf(response: JsonValue): readonly JsonObject[] {
  return (response as JsonObject)["testGroups"] as readonly JsonObject[];
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex").toUpperCase();
export const bytes = (text: string): Buffer => Buffer.from(text, "hex");
