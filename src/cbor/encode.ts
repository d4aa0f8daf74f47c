/**
 * CBOR (RFC 8949) of what is bound or signed, in its core deterministic encoding (4.2.1). Answers and documents of other
 * shapes are written by cbor-x, which comes when it is asked for, and leaves what it writes in memory of its own.
 */

import { utf8 } from "../bytes/bytes.ts";
import { MAJOR } from "./items.ts";

/** Integers are from 0 to 2^53 − 1. */
export type CborInput = number | string | Uint8Array | readonly CborInput[];

/** The encoding, in a buffer of its own and nowhere else. @throws RangeError for a number that is not such an integer */
export function encodeCbor(value: CborInput): Uint8Array {
  const encoded = new Uint8Array(encodedLength(value));
  write(value, encoded, 0);
  return encoded;
}

function encodedLength(value: CborInput): number {
  if (typeof value === "number") return headOf(MAJOR.UNSIGNED, value).length;
  if (typeof value === "string") return stringLength(utf8(value));
  if (value instanceof Uint8Array) return stringLength(value);
  return value.reduce<number>((sum, item) => sum + encodedLength(item), headOf(MAJOR.ARRAY, value.length).length);
}

/** That of byte strings and texts alike. */
const stringLength = ({ length }: Uint8Array): number => headOf(MAJOR.BYTES, length).length + length;

/** Writes the value at `at`, and returns where it ends. */
function write(value: CborInput, to: Uint8Array, at: number): number {
  if (typeof value === "number") return put(headOf(MAJOR.UNSIGNED, value), to, at);
  if (typeof value === "string") return writeString(MAJOR.TEXT, utf8(value), to, at);
  if (value instanceof Uint8Array) return writeString(MAJOR.BYTES, value, to, at);
  return value.reduce<number>((end, item) => write(item, to, end), put(headOf(MAJOR.ARRAY, value.length), to, at));
}

function writeString(majorType: number, bytes: Uint8Array, to: Uint8Array, at: number): number {
  return put(bytes, to, put(headOf(majorType, bytes.length), to, at));
}

function put(bytes: ArrayLike<number>, to: Uint8Array, at: number): number {
  to.set(bytes, at);
  return at + bytes.length;
}

/** The initial byte and the argument in as few bytes as possible (3; 4.2.1). */
function headOf(majorType: number, argument: number): readonly number[] {
  if (!Number.isSafeInteger(argument) || argument < 0) {
    throw new RangeError("a CBOR integer is from 0 to 2^53 - 1 here");
  }
  const type = majorType << 5;
  if (argument < 24) return [type | argument];
  const size = argument < 2 ** 8 ? 0 : argument < 2 ** 16 ? 1 : argument < 2 ** 32 ? 2 : 3;
  const bytes = Array.from({ length: 2 ** size }, (_, i) => Math.floor(argument / 2 ** (8 * i)) & 0xff);
  return [type | (24 + size), ...bytes.reverse()];
}
