/** NIST ACVP vector sets: prompts, and the expected results that belong to them by vsId, tgId and tcId. */

import {
  identifierAt,
  type JsonObject,
  type JsonValue,
  jsonOf,
  listAt,
  objectAt,
  shapeError,
  stringAt,
} from "./json.ts";
import { atLeastOne } from "./text.ts";

export interface AcvpSet {
  readonly vsId: number;
  /** `""` in results that leave it out. */
  readonly algorithm: string;
  /** The operation of algorithms with several, "sigVer" for example; "" for the others and in results. */
  readonly mode: string;
  readonly revision: string;
  /** All members of the set but its groups. */
  readonly fields: JsonObject;
}

export interface AcvpCase {
  /** `tgId.tcId`, and in a file of several sets `vsId/tgId.tcId`. */
  readonly id: string;
  readonly set: AcvpSet;
  readonly tgId: number;
  readonly tcId: number;
  /** All members of the case's group but its tests. */
  readonly group: JsonObject;
  /** All members of the case. */
  readonly test: JsonObject;
}

/** A case with the answer that a right implementation gives. */
export interface AcvpAnsweredCase extends AcvpCase {
  readonly expected: JsonObject;
}

export interface AcvpFile {
  readonly sets: readonly AcvpSet[];
  /** The cases of all sets, in their order. */
  readonly cases: readonly AcvpCase[];
}

/**
 * A file of vector sets, prompts or responses: a bare object, or the list `[header, set, …]` that NIST's server writes.
 * @throws VectorFormatError when a member is not what it must be, when a vsId, a tgId in its set or a tcId in its group
 *   comes twice, or when there is no case.
 */
export function parseAcvp(text: string): AcvpFile {
  const values = setsOf(jsonOf(text));
  const cases = values.flatMap((value, index) => {
    const { testGroups, ...fields } = value;
    const path = values.length > 1 ? `[${index}].testGroups` : "testGroups";
    const set = setOf(fields, path);
    const prefix = values.length > 1 ? `${set.vsId}/` : "";
    return listAt(testGroups, path).flatMap((group, at) => groupOf(group, set, prefix, `${path}[${at}]`));
  });
  const seen = new Set<string>();
  for (const { id } of cases) {
    if (seen.has(id)) throw shapeError(id, "this tgId and tcId to come once");
    seen.add(id);
  }
  return { sets: [...new Set(cases.map((one) => one.set))], cases: atLeastOne(cases, 1) };
}

/**
 * The cases of a prompt with their expected results; without `expected`, each case carries its own in that member.
 *
 * They are joined by their ids, never by position: the two files need not have the same order.
 * @throws VectorFormatError when a case and its result are of different algorithms, when a case has no result or a
 *   result no case.
 */
export function joinAcvp(prompt: AcvpFile, expected?: AcvpFile): readonly AcvpAnsweredCase[] {
  if (expected === undefined)
    return prompt.cases.map((one) => ({ ...one, expected: objectAt(one.test["expected"], `${one.id}.expected`) }));
  const results = new Map(expected.cases.map((one) => [one.id, one]));
  const cases = prompt.cases.map((one) => {
    const result = results.get(one.id);
    if (result === undefined) throw shapeError(one.id, "a result for this case");
    if (result.set.algorithm !== one.set.algorithm)
      throw shapeError(one.id, `a result of ${one.set.algorithm}, found ${result.set.algorithm}`);
    results.delete(one.id);
    return { ...one, expected: result.test };
  });
  for (const id of results.keys()) throw shapeError(id, "a case for this result");
  return cases;
}

function setsOf(value: JsonValue): JsonObject[] {
  if (!Array.isArray(value)) return [objectAt(value, "file")];
  const members = value.map((member, index) => objectAt(member, `[${index}]`));
  return members.filter((member) => Object.hasOwn(member, "testGroups"));
}

function setOf(fields: JsonObject, path: string): AcvpSet {
  return {
    vsId: identifierAt(fields["vsId"] ?? 0, `${path}: vsId`),
    algorithm: stringAt(fields["algorithm"] ?? "", `${path}: algorithm`),
    mode: stringAt(fields["mode"] ?? "", `${path}: mode`),
    revision: stringAt(fields["revision"] ?? "", `${path}: revision`),
    fields,
  };
}

function groupOf(value: JsonValue, set: AcvpSet, prefix: string, path: string): AcvpCase[] {
  const { tests, ...group } = objectAt(value, path);
  const tgId = identifierAt(group["tgId"], `${path}.tgId`);
  return listAt(tests, `${path}.tests`).map((member, index) => {
    const test = objectAt(member, `${path}.tests[${index}]`);
    const tcId = identifierAt(test["tcId"], `${path}.tests[${index}].tcId`);
    return { id: `${prefix}${tgId}.${tcId}`, set, tgId, tcId, group, test };
  });
}
