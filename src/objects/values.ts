/** Attribute values of every kind: compared, copied, told apart, measured. */

import { fromLatin1, toLatin1, utf8 } from "../bytes/bytes.ts";
import {
  type AttributeKind,
  type AttributeName,
  type AttributeValue,
  CKA,
  type Template,
} from "../cryptoki/attributes.ts";

const isTemplate = (value: unknown): value is Template =>
  typeof value === "object" && value !== null && !(value instanceof Uint8Array) && !Array.isArray(value);

/** Whether two attribute values are the same. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (isTemplate(a)) return isTemplate(b) && textOf(a) === textOf(b);
  if (!(a instanceof Uint8Array || Array.isArray(a))) return a === b;
  const other = b as ArrayLike<unknown>;
  return (
    a.constructor === other?.constructor &&
    a.length === other.length &&
    (a as unknown[]).every((item, i) => item === other[i])
  );
}

/** A text that two values of one attribute share only when they are the same. Of a string it is the string itself. */
export function textOf(value: AttributeValue): string {
  if (value instanceof Uint8Array) return toLatin1(value);
  if (!isTemplate(value)) return String(value);
  const entries = Object.entries(value) as [AttributeName, AttributeValue][];
  return JSON.stringify(entries.map(([name, inner]) => [name, textOf(inner)]).sort(([a], [b]) => (a! < b! ? -1 : 1)));
}

/** The value of a string or byte string that {@link textOf} gives the text of. */
export function fromText(name: AttributeName, text: string): AttributeValue {
  const kind = CKA[name][1];
  return kind === "bytes" || kind === "integer" ? fromLatin1(text) : text;
}

/** A value for a caller, who may change it. Lists are frozen. */
export function outward(value: AttributeValue): AttributeValue {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (!isTemplate(value)) return value;
  const entries = Object.entries(value) as [AttributeName, AttributeValue][];
  return Object.fromEntries(entries.map(([name, inner]) => [name, outward(inner)])) as Template;
}

/** CK_ULONG and pointers have 8 bytes here. */
const ULONG = 8;
const list = (values: readonly unknown[]): number => ULONG * values.length;

const SIZES: { readonly [K in AttributeKind]: (value: never) => number } = {
  bool: () => 1,
  text: (value: string) => utf8(value).length,
  date: (value: string) => value.length,
  bytes: (value: Uint8Array) => value.length,
  integer: (value: Uint8Array) => value.length,
  number: () => ULONG,
  class: () => ULONG,
  keyType: () => ULONG,
  mechanism: () => ULONG,
  mechanisms: list,
  template: (value: Template) =>
    (Object.entries(value) as [AttributeName, AttributeValue][]).reduce(
      (sum, [name, inner]) => sum + 3 * ULONG + sizeOf(name, inner),
      0,
    ),
};

/** The bytes that a value takes in a CK_ATTRIBUTE and behind its pointers. */
export function sizeOf(name: AttributeName, value: AttributeValue): number {
  return SIZES[CKA[name][1]](value as never);
}
