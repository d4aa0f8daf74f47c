/** CBOR (RFC 8949) of unsigned integers, byte strings and arrays, in the core deterministic encoding (4.2.1) and no other. */

/** Integers are from 0 to 2^53 − 1. */
export type CborValue = number | Uint8Array | readonly CborValue[];

/** Major types (3.1). */
const UNSIGNED = 0;
const BYTE_STRING = 2;
const ARRAY = 4;

const MAX_DEPTH = 16;

/** The encoding, in a buffer of its own and nowhere else. @throws RangeError for a number that is not such an integer */
export function encodeCbor(value: CborValue): Uint8Array {
  const encoded = new Uint8Array(encodedLength(value));
  write(value, encoded, 0);
  return encoded;
}

function encodedLength(value: CborValue): number {
  if (typeof value === "number") return headOf(UNSIGNED, value).length;
  if (value instanceof Uint8Array) return headOf(BYTE_STRING, value.length).length + value.length;
  return value.reduce<number>((sum, item) => sum + encodedLength(item), headOf(ARRAY, value.length).length);
}

/** Writes the value at `at`, and returns where it ends. */
function write(value: CborValue, to: Uint8Array, at: number): number {
  if (typeof value === "number") return put(headOf(UNSIGNED, value), to, at);
  if (value instanceof Uint8Array) return put(value, to, put(headOf(BYTE_STRING, value.length), to, at));
  return value.reduce<number>((end, item) => write(item, to, end), put(headOf(ARRAY, value.length), to, at));
}

function put(bytes: ArrayLike<number>, to: Uint8Array, at: number): number {
  to.set(bytes, at);
  return at + bytes.length;
}

/** The initial byte and the argument in as few bytes as possible (3; 4.2.1). */
function headOf(majorType: number, argument: number): readonly number[] {
  if (!Number.isSafeInteger(argument) || argument < 0)
    throw new RangeError("a CBOR integer is from 0 to 2^53 - 1 here");
  const type = majorType << 5;
  if (argument < 24) return [type | argument];
  const size = argument < 2 ** 8 ? 0 : argument < 2 ** 16 ? 1 : argument < 2 ** 32 ? 2 : 3;
  const bytes = Array.from({ length: 2 ** size }, (_, i) => Math.floor(argument / 2 ** (8 * i)) & 0xff);
  return [type | (24 + size), ...bytes.reverse()];
}

/**
 * The value of which these bytes are the encoding; byte strings are views of them.
 * @throws RangeError for bytes that {@link encodeCbor} does not make.
 */
export function decodeCbor(encoded: Uint8Array): CborValue {
  const { value, end } = read(encoded, 0, MAX_DEPTH);
  refuseUnless(end === encoded.length, "there are bytes after the value");
  return value;
}

function read(from: Uint8Array, start: number, depth: number): { value: CborValue; end: number } {
  const { majorType, argument, end: at } = readHead(from, start);
  switch (majorType) {
    case UNSIGNED:
      return { value: argument, end: at };
    case BYTE_STRING:
      refuseUnless(argument <= from.length - at, "a byte string is cut off");
      return { value: from.subarray(at, at + argument), end: at + argument };
    case ARRAY: {
      refuseUnless(argument <= from.length - at && depth > 0, "an array is cut off, or too deep");
      const items: CborValue[] = [];
      let end = at;
      for (let i = 0; i < argument; i++) {
        const item = read(from, end, depth - 1);
        items.push(item.value);
        end = item.end;
      }
      return { value: items, end };
    }
    default:
      throw new RangeError("CBOR: only unsigned integers, byte strings and arrays are known here");
  }
}

function readHead(from: Uint8Array, start: number): { majorType: number; argument: number; end: number } {
  const initial = from[start];
  refuseUnless(initial !== undefined, "a value is missing");
  const [majorType, low] = [initial >> 5, initial & 31];
  if (low < 24) return { majorType, argument: low, end: start + 1 };
  refuseUnless(low < 28, "a length is indefinite or reserved");
  const bytes = from.subarray(start + 1, start + 1 + 2 ** (low - 24));
  const argument = bytes.reduce((sum, byte) => 256 * sum + byte, 0);
  refuseUnless(argument <= Number.MAX_SAFE_INTEGER, "an integer is above 2^53 - 1");
  const head = headOf(majorType, argument);
  refuseUnless(
    head[0] === initial && head.length === 1 + bytes.length,
    "an argument is cut off or not in its shortest form",
  );
  return { majorType, argument, end: start + head.length };
}

function refuseUnless(condition: boolean, what: string): asserts condition {
  if (!condition) throw new RangeError(`CBOR: ${what}`);
}
