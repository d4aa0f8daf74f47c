/** The one interpreter of shapes: checks an input completely and answers in the words of AWS. */

import { fail, KmsError } from "./errors.ts";
import { privateCopy } from "./private-copy.ts";
import {
  type BlobShape,
  type InputOf,
  type IntegerShape,
  type ListShape,
  type MapShape,
  membersOf,
  type Shape,
  type StringShape,
  type StructureShape,
  shapeOf,
} from "./shapes.ts";

/** No more violations than this are reported, so that the answer to a hostile list stays small. */
const MAX_VIOLATIONS = 100;

/**
 * The input as its shape promises it: only members that the shape names, blobs copied, maps as `Map`. Members that are
 * missing, undefined or null are left out; unknown ones are ignored, as AWS ignores them.
 * @throws KmsError ValidationException with every violation, SerializationException when a value has the wrong type.
 */
export function validate<S extends StructureShape>(shape: S, input: unknown): InputOf<S> {
  const violations: string[] = [];
  const checked = readable(shape, input ?? {}, violations);
  if (violations.length > 0) {
    const count = violations.length === 1 ? "1 validation error" : `${violations.length} validation errors`;
    fail("ValidationException", `${count} detected: ${violations.join("; ")}`);
  }
  return checked as InputOf<S>;
}

/** A value that throws when it is read (a getter, a proxy, a detached buffer) is the caller's fault, not the service's. */
function readable(shape: StructureShape, input: unknown, violations: string[]): unknown {
  try {
    return structure(shape, input, "", violations);
  } catch (error) {
    if (error instanceof KmsError) throw error;
    return fail("SerializationException", "The input can not be read");
  }
}

function value(shape: Shape, input: unknown, path: string, violations: string[]): unknown {
  switch (shape.type) {
    case "string":
      return string(shape, input, path, violations);
    case "blob":
      return blob(shape, input, path, violations);
    case "integer":
      return integer(shape, input, path, violations);
    case "boolean":
      return typeof input === "boolean" ? input : wrongType(input, "a Boolean");
    case "timestamp":
      return input instanceof Date && !Number.isNaN(input.getTime()) ? input : wrongType(input, "a Timestamp");
    case "list":
      return list(shape, input, path, violations);
    case "map":
      return map(shape, input, path, violations);
    case "structure":
      return structure(shape, input, `${path}.`, violations);
  }
}

function structure(shape: StructureShape, input: unknown, prefix: string, violations: string[]): unknown {
  if (!isRecord(input)) return wrongType(input, "a structure");
  const checked: Record<string, unknown> = {};
  for (const { name, camel, member, isRequired } of membersOf(shape)) {
    const given = input[name];
    const isGiven = given !== undefined && given !== null && Object.hasOwn(input, name);
    if (isGiven) checked[name] = value(member, given, prefix + camel, violations);
    else if (isRequired) report(violations, nullOf(member), prefix + camel, "Member must not be null");
  }
  return checked;
}

function string(shape: StringShape, input: unknown, path: string, violations: string[]): string {
  // Most values of an enumeration are of it, which says all.
  if (shape.enum?.includes(input as string)) return input as string;
  const text = wellFormed(input);
  for (const rule of broken(shape, text)) {
    report(violations, shape.sensitive === true ? undefined : quoted(text), path, rule);
  }
  return text;
}

function blob(shape: BlobShape, input: unknown, path: string, violations: string[]): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = privateCopy(input, path);
  } catch {
    return wrongType(input, "a Blob");
  }
  // AWS prints no value of a blob.
  for (const rule of lengthRules(shape, bytes.length)) report(violations, undefined, path, rule);
  return bytes;
}

function integer(shape: IntegerShape, input: unknown, path: string, violations: string[]): number {
  if (typeof input !== "number" || !Number.isInteger(input) || Math.abs(input) > 0x7fff_ffff) {
    return wrongType(input, "an Integer");
  }
  if (shape.max !== undefined && input > shape.max) {
    report(violations, quoted(input), path, `Member must have value less than or equal to ${shape.max}`);
  }
  if (shape.min !== undefined && input < shape.min) {
    report(violations, quoted(input), path, `Member must have value greater than or equal to ${shape.min}`);
  }
  return input;
}

/** A list of strings is reported as a whole with all rules of its members; a list of structures member by member. */
function list(shape: ListShape, input: unknown, path: string, violations: string[]): unknown {
  if (!Array.isArray(input)) return wrongType(input, "a list");
  const member = shapeOf(shape.member);
  const rules = [...lengthRules(shape, input.length)];
  if (member.type !== "string") {
    for (const rule of rules) report(violations, undefined, path, rule);
    return Array.from(input, (item, i) => value(member, item ?? {}, `${path}.${i + 1}.member`, violations));
  }
  const items = Array.from(input, textOrNull);
  if (items.some((item) => breaks(member, item))) rules.push(`Member must satisfy constraint: [${everyRule(member)}]`);
  for (const rule of rules) report(violations, `'[${items.join(", ")}]'`, path, rule);
  return items;
}

/** Maps are from string to string, and reported as a whole. */
function map(shape: MapShape, input: unknown, path: string, violations: string[]): unknown {
  if (!isRecord(input)) return wrongType(input, "a map");
  const entries = Object.entries(input).map(([name, item]) => [textOrNull(name), textOrNull(item)] as const);
  const key = shapeOf(shape.key) as StringShape;
  const member = shapeOf(shape.value) as StringShape;
  const rules = [...lengthRules(shape, entries.length)];
  if (entries.some(([name]) => breaks(key, name))) rules.push(`Map keys must satisfy constraint: [${everyRule(key)}]`);
  if (entries.some(([, item]) => breaks(member, item))) {
    rules.push(`Map value must satisfy constraint: [${everyRule(member)}]`);
  }
  for (const rule of rules) {
    report(violations, `'{${entries.map(([name, item]) => `${name}=${item}`).join(", ")}}'`, path, rule);
  }
  return new Map(entries);
}

function nullOf(shape: Shape): string | undefined {
  return "sensitive" in shape && shape.sensitive === true ? undefined : "null";
}

function report(violations: string[], printed: string | undefined, path: string, rule: string): void {
  if (violations.length >= MAX_VIOLATIONS) return;
  const what = printed === undefined ? "Value" : `Value ${printed}`;
  violations.push(`${what} at '${path}' failed to satisfy constraint: ${rule}`);
}

function textOrNull(item: unknown): string | null {
  return item === undefined || item === null ? null : wellFormed(item);
}

/** Whether a member of a list or map of strings breaks a rule of its shape; null always does. */
function breaks(shape: StringShape, item: string | null): boolean {
  return item === null || broken(shape, item).length > 0;
}

/** The rules of the shape that the text breaks, in the order in which AWS prints them. */
function broken(shape: StringShape, text: string): readonly string[] {
  if (shape.enum !== undefined) {
    const known = shape.enum.includes(text) || shape.unlisted?.includes(text);
    return known ? NONE : [enumRule(shape.enum)];
  }
  const rules = lengthRules(shape, text.length);
  if (shape.pattern === undefined || matcher(shape.pattern).test(text)) return rules;
  return [...rules, patternRule(shape.pattern)];
}

/** What AWS prints for a list or map with any bad member: all rules of the members, broken or not. */
function everyRule(shape: StringShape): string {
  const rules: string[] = [];
  if (shape.max !== undefined) rules.push(maxRule(shape.max));
  if (shape.min !== undefined) rules.push(minRule(shape.min));
  if (shape.pattern !== undefined) rules.push(patternRule(shape.pattern));
  if (shape.enum !== undefined) rules.push(enumRule(shape.enum));
  return [...rules, "Member must not be null"].join(", ");
}

function lengthRules(shape: { readonly min?: number; readonly max?: number }, length: number): readonly string[] {
  if (shape.max !== undefined && length > shape.max) return [maxRule(shape.max)];
  if (shape.min !== undefined && length < shape.min) return [minRule(shape.min)];
  return NONE;
}

const NONE: readonly string[] = [];

const maxRule = (max: number): string => `Member must have length less than or equal to ${max}`;
const minRule = (min: number): string => `Member must have length greater than or equal to ${min}`;
const patternRule = (pattern: string): string => `Member must satisfy regular expression pattern: ${pattern}`;
const enumRule = (values: readonly string[]): string => `Member must satisfy enum value set: [${values.join(", ")}]`;
const quoted = (item: string | number): string => `'${item}'`;

const matchers = new Map<string, RegExp>();

/** The pattern as AWS applies it: to the whole string. */
function matcher(pattern: string): RegExp {
  let compiled = matchers.get(pattern);
  if (compiled === undefined) {
    compiled = new RegExp(`^(?:${pattern})$`, "u");
    matchers.set(pattern, compiled);
  }
  return compiled;
}

/**
 * A string that has a UTF-8 form. One with a lone surrogate has none: an encoder would write U+FFFD for it, and two
 * different encryption contexts would be authenticated as the same bytes.
 */
function wellFormed(input: unknown): string {
  if (typeof input !== "string") return wrongType(input, "a String");
  return /\p{Surrogate}/u.test(input) ? fail("SerializationException", "Invalid UTF-16 surrogate") : input;
}

/** Not a Map or a Date, which have no members of their own: a context given as a Map would silently be an empty one. */
function isRecord(input: unknown): input is Record<string, unknown> {
  return Object.prototype.toString.call(input) === "[object Object]";
}

/**
 * Refuses a value of the wrong type. AWS's wordings are not recorded; this is ours, and never quotes the value.
 * @throws KmsError SerializationException
 */
export function wrongType(input: unknown, expected: string): never {
  fail("SerializationException", `${kindOf(input)} can not be converted to ${expected}`);
}

function kindOf(input: unknown): string {
  if (input === null || input === undefined) return "NULL_VALUE";
  if (Array.isArray(input)) return "START_ARRAY";
  if (typeof input === "object") return "START_OBJECT";
  return `${typeof input}_VALUE`.toUpperCase();
}
