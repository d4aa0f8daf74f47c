/**
 * Reads the part of CBOR (RFC 8949) that Smithy RPC v2 uses: maps from text, arrays, text, byte strings, integers,
 * floats, true, false, null and timestamps (tag 1), all of them also in indefinite lengths.
 *
 * cbor-x, which writes the answers, is not for what strangers send: it has no strings of indefinite length, mends text
 * that is not UTF-8, renames keys, and knows tags by which the data calls a function of its choice.
 */

import { concat } from "../bytes/bytes.ts";

/** Deeper than any input of the service model. */
const MAX_DEPTH = 16;
const INDEFINITE = 31;
const BREAK = 0xff;
const TIMESTAMP_TAG = 1;

const [UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG] = [0, 1, 2, 3, 4, 5, 6];

/** The bytes are not one well-formed data item of these kinds. */
export class CborError extends Error {}

/**
 * The value of one data item: maps are objects, of two entries with one key the last counts; byte strings are copies,
 * timestamps dates. Integers beyond 2^53 come near.
 * @throws CborError for anything else, and for bytes that follow.
 */
export function decodeCbor(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes);
  const value = reader.item(MAX_DEPTH);
  demand(reader.isAtEnd);
  return value;
}

class Reader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#position === this.#bytes.length;
  }

  item(depth: number): unknown {
    demand(depth > 0);
    const [major, info] = this.#head();
    switch (major) {
      case BYTES:
      case TEXT:
        return this.#string(major, info);
      case ARRAY:
        return this.#repeated(info, () => this.item(depth - 1));
      case MAP: {
        const entry = (): [string, unknown] => [this.#key(), this.item(depth - 1)];
        return Object.fromEntries(this.#repeated(info, entry));
      }
      case TAG: {
        demand(this.#argument(info) === TIMESTAMP_TAG);
        return new Date(Math.round(this.#number(...this.#head()) * 1000));
      }
      default:
        return SIMPLE.has((major << 5) | info) ? SIMPLE.get((major << 5) | info) : this.#number(major, info);
    }
  }

  #head(): [major: number, info: number] {
    const first = this.#byte();
    return [first >> 5, first & 31];
  }

  /** The count, length or value behind the initial byte (RFC 8949, 3). */
  #argument(info: number): number {
    if (info < 24) return info;
    demand(info <= 27);
    let value = 0;
    for (let bytes = 1 << (info - 24); bytes > 0; bytes--) value = value * 256 + this.#byte();
    return value;
  }

  #key(): string {
    const [major, info] = this.#head();
    demand(major === TEXT);
    return this.#string(major, info) as string;
  }

  /** A string, or chunks of definite length, of which each is UTF-8 by itself (RFC 8949, 3.2.3). */
  #string(major: number, info: number): string | Uint8Array {
    if (info !== INDEFINITE) return this.#piece(major, info);
    const pieces = this.#repeated(INDEFINITE, () => {
      const [ofPiece, infoOfPiece] = this.#head();
      demand(ofPiece === major);
      return this.#piece(major, infoOfPiece);
    });
    return major === TEXT ? pieces.join("") : concat(...(pieces as Uint8Array[]));
  }

  #piece(major: number, info: number): string | Uint8Array {
    const length = this.#argument(info);
    demand(length <= this.#bytes.length - this.#position);
    const piece = this.#bytes.slice(this.#position, this.#position + length);
    this.#position += length;
    return major === TEXT ? textOf(piece) : piece;
  }

  #repeated<T>(info: number, entry: () => T): T[] {
    const entries: T[] = [];
    if (info === INDEFINITE) {
      while (!this.#tookBreak()) entries.push(entry());
    } else {
      for (let count = this.#argument(info); count > 0; count--) entries.push(entry());
    }
    return entries;
  }

  #number(major: number, info: number): number {
    if (major === UNSIGNED) return this.#argument(info);
    if (major === NEGATIVE) return -1 - this.#argument(info);
    demand(major === 7 && info >= 25 && info <= 27);
    const length = 1 << (info - 24);
    demand(length <= this.#bytes.length - this.#position);
    const view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#position, length);
    this.#position += length;
    return length === 8 ? view.getFloat64(0) : length === 4 ? view.getFloat32(0) : halfOf(view.getUint16(0));
  }

  #tookBreak(): boolean {
    demand(!this.isAtEnd);
    if (this.#bytes[this.#position] !== BREAK) return false;
    this.#position++;
    return true;
  }

  #byte(): number {
    demand(!this.isAtEnd);
    return this.#bytes[this.#position++] as number;
  }
}

/** By initial byte: false, true, null and undefined (RFC 8949, 3.3). */
const SIMPLE: ReadonlyMap<number, boolean | null> = new Map([
  [0xf4, false],
  [0xf5, true],
  [0xf6, null],
  [0xf7, null],
]);

/** A half-precision float (RFC 8949, appendix D). */
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
    throw new CborError();
  }
}

function demand(condition: boolean): void {
  if (!condition) throw new CborError();
}
