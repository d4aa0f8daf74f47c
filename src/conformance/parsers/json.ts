/** JSON vector files as values of known shape. */

import { VectorFormatError } from "./text.ts";

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/**
 * The value of a JSON text.
 * @throws VectorFormatError at the line where the text stops being JSON (line 1 where the platform does not tell).
 */
export function jsonOf(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as SyntaxError;
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? (/end of JSON/.test(message) ? text.length : 0));
    throw new VectorFormatError(text.slice(0, position).split("\n").length, "the text is not JSON");
  }
}

/** Reads members of objects and says, when one is not what it must be, where it stands: `testGroups[2].tests[0]`. */
export function objectAt(value: JsonValue | undefined, path: string): JsonObject {
  if (typeof value === "object" && value !== null && !isList(value)) return value;
  throw shapeError(path, "an object");
}

export function listAt(value: JsonValue | undefined, path: string): readonly JsonValue[] {
  if (value !== undefined && isList(value)) return value;
  throw shapeError(path, "a list");
}

export function stringAt(value: JsonValue | undefined, path: string): string {
  if (typeof value === "string") return value;
  throw shapeError(path, "a string");
}

/** An identifier: NIST writes numbers, some merged files write the same number as a string. */
export function identifierAt(value: JsonValue | undefined, path: string): number {
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number)) return number;
  throw shapeError(path, "an integer");
}

/** JSON has lost its lines by now, so the path names the place and the line is the file's first. */
export function shapeError(path: string, expected: string): VectorFormatError {
  return new VectorFormatError(1, `${path}: expected ${expected}`);
}

/** Whether a value is a list; `Array.isArray` does not say so of a list that is read-only. */
export function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
