/** Project Wycheproof's JSON files (`testvectors_v1`). */

import { identifierAt, type JsonObject, jsonOf, listAt, objectAt, shapeError, stringAt } from "./json.ts";
import { atLeastOne } from "./text.ts";

export type WycheproofResult = "valid" | "invalid" | "acceptable";

/** What a flag means: the kind of bug its cases look for, and what follows from having it. */
export interface WycheproofNote {
  readonly bugType: string;
  readonly description: string;
  readonly effect: string;
  readonly cves: readonly string[];
}

export interface WycheproofCase {
  /** The case's tcId, which is unique in its file. */
  readonly id: string;
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: WycheproofResult;
  /** All members of the case, the algorithm's own included. */
  readonly fields: JsonObject;
}

export interface WycheproofGroup {
  readonly type: string;
  /** All members of the group but its tests: keys, sizes, hashes. */
  readonly fields: JsonObject;
  readonly tests: readonly WycheproofCase[];
}

export interface WycheproofFile {
  readonly algorithm: string;
  readonly schema: string;
  /** By flag; a few files have flags without a note. */
  readonly notes: ReadonlyMap<string, WycheproofNote>;
  readonly groups: readonly WycheproofGroup[];
  /** The cases of all groups, in their order. */
  readonly cases: readonly WycheproofCase[];
}

/**
 * A Wycheproof file.
 * @throws VectorFormatError when a member is not what the schema says, a tcId comes twice, or the number of cases is
 *   not the file's `numberOfTests`.
 */
export function parseWycheproof(text: string): WycheproofFile {
  const file = objectAt(jsonOf(text), "file");
  const notes = new Map(
    Object.entries(objectAt(file["notes"] ?? {}, "notes")).map(([flag, note]) => [flag, noteOf(note, `notes.${flag}`)]),
  );
  const groups = listAt(file["testGroups"], "testGroups").map((value, index) => groupOf(value, index));
  const cases = atLeastOne(
    groups.flatMap((group) => group.tests),
    1,
  );
  const seen = new Set<number>();
  for (const { tcId } of cases) {
    if (seen.has(tcId)) throw shapeError(`tcId ${tcId}`, "it to come once");
    seen.add(tcId);
  }
  if (file["numberOfTests"] !== cases.length)
    throw shapeError("numberOfTests", `${cases.length}, the number of cases, found ${String(file["numberOfTests"])}`);
  return {
    algorithm: stringAt(file["algorithm"], "algorithm"),
    schema: stringAt(file["schema"], "schema"),
    notes,
    groups,
    cases,
  };
}

function noteOf(value: JsonObject[string], path: string): WycheproofNote {
  const note = objectAt(value, path);
  return {
    bugType: stringAt(note["bugType"], `${path}.bugType`),
    description: stringAt(note["description"] ?? "", `${path}.description`),
    effect: stringAt(note["effect"] ?? "", `${path}.effect`),
    cves: listAt(note["cves"] ?? [], `${path}.cves`).map((cve) => stringAt(cve, `${path}.cves`)),
  };
}

function groupOf(value: JsonObject[string], index: number): WycheproofGroup {
  const path = `testGroups[${index}]`;
  const { tests, ...fields } = objectAt(value, path);
  return {
    type: stringAt(fields["type"], `${path}.type`),
    fields,
    tests: listAt(tests, `${path}.tests`).map((test, at) => caseOf(test, `${path}.tests[${at}]`)),
  };
}

function caseOf(value: JsonObject[string], path: string): WycheproofCase {
  const fields = objectAt(value, path);
  const tcId = identifierAt(fields["tcId"], `${path}.tcId`);
  return {
    id: String(tcId),
    tcId,
    comment: stringAt(fields["comment"] ?? "", `${path}.comment`),
    flags: listAt(fields["flags"] ?? [], `${path}.flags`).map((flag) => stringAt(flag, `${path}.flags`)),
    result: resultOf(fields["result"], `${path}.result`),
    fields,
  };
}

function resultOf(value: JsonObject[string] | undefined, path: string): WycheproofResult {
  if (value === "valid" || value === "invalid" || value === "acceptable") return value;
  throw shapeError(path, `"valid", "invalid" or "acceptable"`);
}
