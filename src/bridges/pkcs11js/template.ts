import { utf8 } from "../../bytes/bytes.ts";
import { CKA_END_DATE, CKA_START_DATE } from "../../cryptoki/pkcs11t.ts";
import type { RawAttribute, RawValue } from "../c/attributes.ts";
import { bytesOf } from "../c/memory.ts";
import { type Reader, wrongType } from "./arguments.ts";
import { BUFFER, type Bytes, toBytes, ulong } from "./bytes.ts";
import type { TemplateResult } from "./types.ts";

/** A template, `[{ type, value }]`. */
export const template: Reader<readonly RawAttribute[]> = (value, index) => readList(value, index).map(readAttribute);

/** The types in a template whose values are to be filled in; the caller's own objects stay with it. */
export const wanted: Reader<{ readonly type: number; readonly entry: { value?: unknown } }[]> = (value, index) =>
  readList(value, index).map((entry, i) => ({
    type: readAttribute(entry, i).type,
    entry: entry as { value?: unknown },
  }));

/** An attribute's value as it goes out: its memory, or for a template its attributes. */
export function outwardValue(value: RawValue): Bytes | TemplateResult {
  if (value instanceof Uint8Array) return toBytes(value);
  return value.map(({ type, value: inner }) => ({ type, value: outwardValue(inner) as Bytes }));
}

function readList(value: unknown, index: number): unknown[] {
  if (!Array.isArray(value)) throw wrongType(index, "an Array");
  return value;
}

function readAttribute(entry: unknown, i: number): RawAttribute {
  if (typeof entry !== "object" || entry === null) {
    throw new TypeError(`Element ${i} has wrong type. Should be an Object`);
  }
  const { type, value } = entry as { readonly type?: unknown; readonly value?: unknown };
  if (typeof type !== "number") {
    throw new TypeError(`Element ${i} has wrong type. Property 'type' should be a Number`);
  }
  const isDate = type === CKA_START_DATE || type === CKA_END_DATE;
  const raw = Array.isArray(value)
    ? value.map(readAttribute)
    : rawValue(isDate && value instanceof Date ? dateOf(value) : value);
  if (raw !== undefined) return { type: type >>> 0, value: raw };
  throw new TypeError(`Element ${i} has wrong type. Property 'value' should be a Number, Boolean, String or ${BUFFER}`);
}

/** Any value in memory as pkcs11js lays it out, whatever the attribute is. */
function rawValue(value: unknown): Uint8Array | undefined {
  if (value === undefined || value === null) return new Uint8Array(0);
  if (typeof value === "number") return ulong(value >>> 0);
  if (typeof value === "boolean") return Uint8Array.of(value ? 1 : 0);
  if (typeof value === "string") return utf8(value);
  return bytesOf(value);
}

/** CK_DATE: YYYYMMDD. */
function dateOf(date: Date): string {
  return date.toISOString().slice(0, 10).replaceAll("-", "");
}
