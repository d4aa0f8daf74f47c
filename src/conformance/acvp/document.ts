/** An ACVP file as it is answered: sets, groups and tests in the file's order, and the list around them if there is one. */

import { type AcvpCase, type AcvpSet, parseAcvp } from "../parsers/acvp.ts";
import { type JsonObject, type JsonValue, jsonOf, objectAt } from "../parsers/json.ts";

export interface AcvpGroupOf {
  /** All members of the group but its tests. */
  readonly group: JsonObject;
  readonly cases: readonly AcvpCase[];
}

export interface AcvpDocument {
  /** The members of the server's list that are no sets; `undefined` where the file is a bare set. */
  readonly headers: readonly JsonObject[] | undefined;
  readonly sets: readonly { readonly set: AcvpSet; readonly groups: readonly AcvpGroupOf[] }[];
}

/** @throws VectorFormatError */
export function documentOf(text: string): AcvpDocument {
  const { sets, cases } = parseAcvp(text);
  const value = jsonOf(text);
  const members = Array.isArray(value) ? value.map((member, index) => objectAt(member, `[${index}]`)) : undefined;
  return {
    headers: members?.filter((member) => !Object.hasOwn(member, "testGroups")),
    sets: sets.map((set) => ({ set, groups: groupsOf(cases.filter((one) => one.set === set)) })),
  };
}

/** The cases of one group hold the same object. */
function groupsOf(cases: readonly AcvpCase[]): AcvpGroupOf[] {
  const groups = new Map<JsonObject, AcvpCase[]>();
  for (const one of cases) {
    const found = groups.get(one.group);
    if (found === undefined) groups.set(one.group, [one]);
    else found.push(one);
  }
  return [...groups].map(([group, members]) => ({ group, cases: members }));
}

/** What NIST's server puts before the sets of a list. */
const HEADER: JsonObject = { acvVersion: "1.0" };

/** Sets in the shape of the file that they answer: bare, or in a list with its header. */
export function shapedLike({ headers }: AcvpDocument, sets: readonly JsonObject[]): JsonValue {
  if (headers === undefined) return sets[0] as JsonObject;
  return [...(headers.length === 0 ? [HEADER] : headers), ...sets];
}
