/**
 * DER as tags, lengths and contents (X.690, 8.1 and 10.1): what every reader and writer of it stands on, and by itself enough
 * for structures of which only some fields matter: certificates, CMS, key files. Lengths are definite and of the shortest
 * form, tags have one byte.
 */

import { concat } from "../bytes/bytes.ts";
import { demand } from "./der-error.ts";

/** Identifier octets (8.1.2) of universal types. */
// biome-ignore format: a table
export const TAG = {
  BOOLEAN: 0x01, INTEGER: 0x02, BIT_STRING: 0x03, OCTET_STRING: 0x04, NULL: 0x05, OID: 0x06, UTF8_STRING: 0x0c,
  PRINTABLE_STRING: 0x13, UTC_TIME: 0x17, GENERALIZED_TIME: 0x18, SEQUENCE: 0x30, SET: 0x31,
} as const;

/** The bits of an identifier octet: whether a value is constructed, and the number that says that more octets follow. */
export const CONSTRUCTED = 0x20;
const MORE_OCTETS = 0x1f;
const CONTEXT_SPECIFIC = 0x80;

/** A value of which nothing but tag and length was looked at. */
export interface Head {
  readonly tag: number;
  /** Where the contents begin, and where they end. */
  readonly start: number;
  readonly end: number;
}

/** What is at `at`, in bytes that end at `limit`. @throws DerError when no value is there; `what` names the whole */
export function readHead(der: Uint8Array, at: number, limit: number, what: string): Head {
  demand(at < limit, `${what} is not ASN.1: it ends where a value must begin`);
  const tag = der[at] as number;
  demand((tag & MORE_OCTETS) !== MORE_OCTETS, `${what} is not ASN.1 of a kind known here: a tag number is above 30`);
  const first = at + 1 < limit ? (der[at + 1] as number) : INDEFINITE;
  const start = at + 2 + (first < INDEFINITE ? 0 : first - INDEFINITE);
  const isThere = first !== INDEFINITE && first <= MAX_LENGTH && start <= limit;
  demand(isThere, `${what} is not DER: a length is missing, indefinite or of more than four octets`);
  let length = first < INDEFINITE ? first : 0;
  for (let i = at + 2; i < start; i++) length = length * 256 + (der[i] as number);
  demand(headBytes(length) === start - at, `${what} is not DER: a length is longer than it needs to be`);
  demand(length <= limit - start, `${what} is not ASN.1: a value is longer than what is around it`);
  return { tag, start, end: start + length };
}

/** The first octet of a length (8.1.3): below it the length itself, from it on how many octets follow. */
const INDEFINITE = 0x80;
const MAX_LENGTH = 0x84;

/** How many bytes tag and length of so many contents take. */
export function headBytes(length: number): number {
  if (length < 0x80) return 2;
  return length < 0x100 ? 3 : length < 0x1_0000 ? 4 : length < 0x100_0000 ? 5 : 6;
}

/** Tag and length of so many contents, below 2^32. */
export function headOf(tag: number, length: number): readonly number[] {
  if (length < 0x80) return [tag, length];
  const octets = headBytes(length) - 2;
  const head = [tag, 0x80 | octets];
  for (let shift = 8 * octets - 8; shift >= 0; shift -= 8) head.push((length >>> shift) & 0xff);
  return head;
}

/** One value. Its parts are views of the input. */
export interface Tlv {
  readonly tag: number;
  readonly contents: Uint8Array;
  /** Tag, length and contents. */
  readonly encoding: Uint8Array;
}

/** `[number]`, constructed (EXPLICIT, or IMPLICIT of something constructed) or not. */
export function contextTag(number: number, constructed: boolean): number {
  return CONTEXT_SPECIFIC | (constructed ? CONSTRUCTED : 0) | number;
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
  for (let at = 0; at < bytes.length; ) {
    const { tag, start, end } = readHead(bytes, at, bytes.length, what);
    values.push({ tag, contents: bytes.subarray(start, end), encoding: bytes.subarray(at, end) });
    at = end;
  }
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
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return concat(Uint8Array.from(headOf(tag, length)), ...parts);
}
