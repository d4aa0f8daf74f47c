/** Compares an answer with the one that a right implementation gives, member by member. */

import { isList, type JsonObject, type JsonValue } from "../parsers/json.ts";

/** Members of expected results that are not of the answer: ids, and notes that NIST's server makes for itself. */
const NOT_COMPARED: ReadonlySet<string> = new Set(["tgId", "tcId", "tests", "testType", "deferred", "reason"]);

/**
 * What differs, or nothing: each expected member has to be in the answer with the same value.
 *
 * Expected results of NIST's server may repeat members of the prompt, which an answer need not; where they repeat all of
 * them (`internalProjection.json`), they have notes of the server besides, and the answer says what is to be compared.
 * Where a test is to fail, `testPassed` is the whole answer; where one has an output, the output says that it passed.
 */
export function differenceOf(expected: JsonObject, answered: JsonObject, asked: JsonObject): string | undefined {
  if (expected["testPassed"] === false) return valueDifference("testPassed", false, answered["testPassed"]);
  const isProjection = repeats(expected, asked);
  let compared = 0;
  for (const [name, value] of Object.entries(expected)) {
    if (NOT_COMPARED.has(name)) continue;
    const found = answered[name];
    if (found === undefined && (isProjection || isSaidOtherwise(name, value, asked))) continue;
    const differs = valueDifference(name, value, found);
    if (differs !== undefined) return differs;
    compared++;
  }
  return compared > 0 ? undefined : "the answer has nothing that is expected";
}

/** The same for the members of a group that both have: there need not be any. */
export function groupDifferenceOf(expected: JsonObject, answered: JsonObject): string | undefined {
  const both = Object.keys(expected).filter((name) => !NOT_COMPARED.has(name) && Object.hasOwn(answered, name));
  return firstDifference(both.map((name) => [name, expected[name] ?? null, answered[name]]));
}

function repeats(expected: JsonObject, asked: JsonObject): boolean {
  const members = Object.keys(asked).filter((name) => !NOT_COMPARED.has(name));
  return members.length > 0 && members.every((name) => Object.hasOwn(expected, name));
}

function isSaidOtherwise(name: string, value: JsonValue, asked: JsonObject): boolean {
  return (
    (name === "testPassed" && value === true) ||
    (Object.hasOwn(asked, name) && valueDifference(name, value, asked[name]) === undefined)
  );
}

function valueDifference(path: string, expected: JsonValue, found: JsonValue | undefined): string | undefined {
  if (found === undefined) return `${path}: expected ${excerpt(expected)}, found nothing`;
  if (isList(expected) && isList(found)) {
    if (expected.length !== found.length) return `${path}: expected ${expected.length} entries, found ${found.length}`;
    return firstDifference(expected.map((value, index) => [`${path}[${index}]`, value, found[index]] as const));
  }
  if (isObject(expected) && isObject(found))
    return firstDifference(Object.entries(expected).map(([name, value]) => [`${path}.${name}`, value, found[name]]));
  return plain(expected) === plain(found)
    ? undefined
    : `${path}: expected ${excerpt(expected)}, found ${excerpt(found)}`;
}

function firstDifference(
  members: readonly (readonly [path: string, expected: JsonValue, found: JsonValue | undefined])[],
): string | undefined {
  for (const [path, expected, found] of members) {
    const differs = valueDifference(path, expected, found);
    if (differs !== undefined) return differs;
  }
  return undefined;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !isList(value);
}

/** Hexadecimal digits have no case; everything else does. */
function plain(value: JsonValue): JsonValue {
  return typeof value === "string" && /^[0-9a-f]*$/i.test(value) ? value.toLowerCase() : value;
}

function excerpt(value: JsonValue): string {
  const most = 80;
  const text = JSON.stringify(value);
  return text.length > most ? `${text.slice(0, most)}… (${text.length} characters)` : text;
}
