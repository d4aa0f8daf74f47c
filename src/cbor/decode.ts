/**
 * Reads CBOR (RFC 8949): one reader for every document that is in it here, and for each the {@link CborDialect} that says
 * what it may have. A length is believed only as far as there are bytes, and text is UTF-8 or refused.
 */

import { putBytes } from "../bytes/bytes.ts";
import { FALSE, MAJOR, NULL, TRUE, UNDEFINED } from "./items.ts";

export type Cbor = number | string | boolean | null | Uint8Array | readonly Cbor[] | CborMap | Tagged;
export type CborMap = ReadonlyMap<number | string, Cbor>;

export interface Tagged {
  readonly tag: number;
  readonly value: Cbor;
}

/** What one kind of document has of CBOR, and what its maps and tags become. */
export interface CborDialect {
  /** How many values may be around a value. */
  readonly maxDepth: number;
  /** The major types (3.1) that are read. */
  readonly majorTypes: readonly number[];
  /**
   * Whether every item has the one encoding of the preferred serialization (4.1): definite lengths, arguments in their
   * shortest form, integers up to 2^53 − 1, no floats. Otherwise all of these are read, integers beyond 2^53 come near, and
   * `undefined` is null.
   */
  readonly isPreferred: boolean;
  /** What a map is, from its entries in their order, equal keys and all. */
  readonly mapOf: (entries: readonly (readonly [key: unknown, value: unknown])[]) => unknown;
  readonly taggedOf: (tag: number, value: unknown) => unknown;
}

/** What is {@link Cbor} has one encoding but for the order of maps, of which no key is there twice. */
export const PREFERRED: CborDialect = {
  maxDepth: 16,
  majorTypes: Object.values(MAJOR),
  isPreferred: true,
  mapOf(entries) {
    const map = new Map<unknown, unknown>();
    for (const [key, value] of entries) {
      demand(typeof key === "number" || typeof key === "string", "a key of a map is neither a number nor text");
      demand(!map.has(key), "a key of a map is there twice");
      map.set(key, value);
    }
    return map;
  },
  taggedOf: (tag, value) => ({ tag, value }),
};

/** Bytes that are not one data item of the dialect. */
export class CborError extends Error {
  override readonly name = "CborError";
}

/** @throws CborError with the message, unless the condition holds. */
export function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new CborError(message);
}

/** The value of the one data item that the bytes are; byte strings are views of them. @throws CborError */
export function decodeCbor(bytes: Uint8Array, dialect: CborDialect): unknown {
  const reader = new Reader(bytes, dialect);
  const value = reader.value(dialect.maxDepth);
  demand(reader.isAtEnd, "there is something behind the value");
  return value;
}

const INDEFINITE = 31;
const BREAK = 0xff;

const SIMPLE: ReadonlyMap<number, boolean | null> = new Map([
  [FALSE, false],
  [TRUE, true],
  [NULL, null],
]);

class Reader {
  readonly #bytes: Uint8Array;
  readonly #dialect: CborDialect;
  #at = 0;

  constructor(bytes: Uint8Array, dialect: CborDialect) {
    this.#bytes = bytes;
    this.#dialect = dialect;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(depth: number): unknown {
    demand(depth >= 0, "it is nested too deeply");
    const { mapOf, taggedOf, majorTypes } = this.#dialect;
    const [majorType, information] = this.#head();
    demand(majorTypes.includes(majorType), `there is an item of major type ${majorType}`);
    switch (majorType) {
      case MAJOR.UNSIGNED:
        return this.#argument(information);
      case MAJOR.NEGATIVE:
        return -1 - this.#argument(information);
      case MAJOR.BYTES:
      case MAJOR.TEXT:
        return this.#string(majorType, information);
      case MAJOR.ARRAY:
        return this.#repeated(information, () => this.value(depth - 1));
      case MAJOR.MAP:
        return mapOf(this.#repeated(information, () => [this.value(depth - 1), this.value(depth - 1)] as const));
      case MAJOR.TAG:
        return taggedOf(this.#argument(information), this.value(depth - 1));
      default:
        return this.#simpleOrFloat(information);
    }
  }

  #head(): [majorType: number, information: number] {
    const initial = this.#byte();
    return [initial >> 5, initial & 0x1f];
  }

  /** The count, length or value behind an initial byte: itself, or 1 to 8 bytes (3). */
  #argument(information: number): number {
    if (information < 24) return information;
    demand(information <= 27, "a length is indefinite or reserved");
    const byteLength = 1 << (information - 24);
    let argument = 0;
    for (let i = 0; i < byteLength; i++) argument = argument * 256 + this.#byte();
    if (!this.#dialect.isPreferred) return argument;
    const least = byteLength === 1 ? 24 : 256 ** (byteLength / 2);
    const isPreferred = argument >= least && Number.isSafeInteger(argument);
    demand(isPreferred, "an integer is longer than it needs to be, or too large");
    return argument;
  }

  /** A string, or chunks of definite length, of which each is UTF-8 by itself (3.2.3). */
  #string(majorType: number, information: number): string | Uint8Array {
    if (information !== INDEFINITE) return this.#chunk(majorType, information);
    const chunks = this.#repeated(INDEFINITE, () => {
      const [ofChunk, length] = this.#head();
      demand(ofChunk === majorType, "a string has a chunk of another kind");
      return this.#chunk(majorType, length);
    });
    return majorType === MAJOR.TEXT ? chunks.join("") : joined(chunks as Uint8Array[]);
  }

  #chunk(majorType: number, information: number): string | Uint8Array {
    const bytes = this.#take(this.#argument(information));
    return majorType === MAJOR.TEXT ? textOf(bytes) : bytes;
  }

  /** As many entries as the argument says, or until the break (3.2.1). */
  #repeated<T>(information: number, entry: () => T): T[] {
    const entries: T[] = [];
    if (information === INDEFINITE && !this.#dialect.isPreferred) {
      while (!this.#tookBreak()) entries.push(entry());
    } else {
      for (let count = this.#argument(information); count > 0; count--) entries.push(entry());
    }
    return entries;
  }

  #tookBreak(): boolean {
    const isBreak = this.#bytes[this.#at] === BREAK;
    if (isBreak) this.#at++;
    return isBreak;
  }

  #simpleOrFloat(information: number): number | boolean | null {
    const initial = (MAJOR.OTHER << 5) | information;
    const simple = SIMPLE.get(initial);
    if (simple !== undefined) return simple;
    const isKnown = !this.#dialect.isPreferred && (initial === UNDEFINED || (information >= 25 && information <= 27));
    demand(isKnown, "there is a value that is no integer, string, array, map, boolean or null");
    return initial === UNDEFINED ? null : floatOf(this.#take(1 << (information - 24)));
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    demand(byte !== undefined, "it is cut off");
    return byte;
  }

  #take(count: number): Uint8Array {
    demand(count <= this.#bytes.length - this.#at, "it is cut off");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}

/** Of chunks there may be more than a call can have arguments. */
function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    putBytes(chunk, whole, at);
    at += chunk.length;
  }
  return whole;
}

/** IEEE 754 of 64, 32 or 16 bits. */
function floatOf({ buffer, byteOffset, length }: Uint8Array): number {
  const view = new DataView(buffer, byteOffset, length);
  return length === 8 ? view.getFloat64(0) : length === 4 ? view.getFloat32(0) : halfOf(view.getUint16(0));
}

/** A half-precision float (appendix D). */
function halfOf(half: number): number {
  const [exponent, mantissa] = [(half >> 10) & 0x1f, half & 0x3ff];
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (mantissa + 1024) * 2 ** (exponent - 25);
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new CborError("a text is not UTF-8");
  }
}
