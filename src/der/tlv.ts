/**
 * DER as tags, lengths and contents (X.690, 8.1 and 10.1), for structures of which only some fields matter: certificates,
 * CMS, key files. Lengths are definite and of the shortest form, tags have one byte.
 */

import { concat } from "../bytes/bytes.ts";
import { demand } from "./der-error.ts";

// biome-ignore format: a table
export const TAG = {
  BOOLEAN: 0x01, INTEGER: 0x02, BIT_STRING: 0x03, OCTET_STRING: 0x04, NULL: 0x05, OID: 0x06, UTF8_STRING: 0x0c,
  UTC_TIME: 0x17, GENERALIZED_TIME: 0x18, SEQUENCE: 0x30, SET: 0x31,
} as const;

/** One value. Its parts are views of the input. */
export interface Tlv {
  readonly tag: number;
  readonly contents: Uint8Array;
  /** Tag, length and contents. */
  readonly encoding: Uint8Array;
}

/** `[number]`, constructed (EXPLICIT, or IMPLICIT of something constructed) or not. */
export function contextTag(number: number, constructed: boolean): number {
  return 0x80 | (constructed ? 0x20 : 0) | number;
}

/** The one value that the bytes are. @throws DerError for anything else; `what` names it */
export function readTlv(der: Uint8Array, what: string): Tlv {
  const [value, ...others] = readTlvs(der, what);
  demand(value !== undefined && others.length === 0, `${what} must be one DER value`);
  return value;
}

/** All values that the bytes are, one behind the other. @throws DerError */
export function readTlvs(bytes: Uint8Array, what: string): Tlv[] {
  const values: Tlv[] = [];
  for (let at = 0; at < bytes.length; at += (values.at(-1) as Tlv).encoding.length)
    values.push(readAt(bytes, at, what));
  return values;
}

/** The values inside one of that tag. @throws DerError */
export function inside(value: Tlv | undefined, tag: number, what: string): Tlv[] {
  return readTlvs(contentsOf(value, tag, what), what);
}

/** The contents of a value of that tag. @throws DerError */
export function contentsOf(value: Tlv | undefined, tag: number, what: string): Uint8Array {
  demand(value?.tag === tag, `${what} does not have the form that is expected`);
  return value.contents;
}

/** The bytes of a BIT STRING of whole bytes. @throws DerError */
export function wholeBits(value: Tlv | undefined, what: string): Uint8Array {
  const bits = contentsOf(value, TAG.BIT_STRING, what);
  demand(bits[0] === 0, `${what} must have whole bytes`);
  return bits.subarray(1);
}

/** A value with these contents. */
export function tlv(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const contents = concat(...parts);
  return concat(Uint8Array.of(tag), lengthOf(contents.length), contents);
}

function readAt(bytes: Uint8Array, at: number, what: string): Tlv {
  const tag = bytes[at] as number;
  const first = bytes[at + 1];
  demand((tag & 0x1f) !== 0x1f, `${what} has a tag of more than one byte`);
  demand(
    first !== undefined && first !== 0x80 && first <= 0x84,
    `${what} is not DER: a length is missing or indefinite`,
  );
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  const start = at + 2 + lengthBytes;
  let length = lengthBytes === 0 ? first : 0;
  for (const byte of bytes.subarray(at + 2, start)) length = length * 256 + byte;
  const end = start + length;
  demand(end <= bytes.length, `${what} is cut off`);
  demand(lengthOf(length).length === 1 + lengthBytes, `${what} is not DER: a length is longer than it needs to be`);
  return { tag, contents: bytes.subarray(start, end), encoding: bytes.subarray(at, end) };
}

function lengthOf(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.of(0x80 | bytes.length, ...bytes);
}
