/** CBOR (RFC 8949) in its preferred serialization (4.1): lengths are definite, arguments have as few bytes as possible. */

import { putBytes, wipe } from "../bytes/bytes.ts";
import { FALSE, FLOAT_64, MAJOR, NULL, TIMESTAMP, TRUE } from "./items.ts";

/**
 * What is written. Integers are from 0 to 2^53 − 1; dates are timestamps (3.4.2) in seconds, as floats of 64 bits; members
 * of an object that are undefined are left out.
 */
export type CborInput =
  | number
  | string
  | boolean
  | null
  | Date
  | Uint8Array
  | readonly CborInput[]
  | ReadonlyMap<number | string, CborInput>
  | { readonly [name: string]: CborInput | undefined };

/** The encoding, in a buffer of its own and nowhere else. @throws RangeError for a number that is not such an integer */
export function encodeCbor(value: CborInput): Uint8Array {
  const writer = new Writer();
  writer.value(value);
  return writer.finish();
}

const encoder = new TextEncoder();

class Writer {
  #bytes = new Uint8Array(1024);
  #at = 0;

  value(value: CborInput): void {
    if (typeof value === "number") this.#head(MAJOR.UNSIGNED, value);
    else if (typeof value === "string") this.#text(value);
    else if (typeof value === "boolean") this.#byte(value ? TRUE : FALSE);
    else if (value === null) this.#byte(NULL);
    else if (value instanceof Uint8Array) this.#string(MAJOR.BYTES, value);
    else if (isArray(value)) this.#array(value);
    else if (value instanceof Date) this.#timestamp(value);
    else this.#map(value instanceof Map ? [...value] : Object.entries(value));
  }

  /** What was written; the memory that it was written in is wiped. */
  finish(): Uint8Array {
    const encoded = this.#bytes.slice(0, this.#at);
    wipe(this.#bytes);
    return encoded;
  }

  /** The initial byte and the argument (3). */
  #head(majorType: number, argument: number): void {
    if (!Number.isSafeInteger(argument) || argument < 0) {
      throw new RangeError("a CBOR integer is from 0 to 2^53 - 1 here");
    }
    if (argument < 24) {
      this.#byte((majorType << 5) | argument);
      return;
    }
    const size = argument < 2 ** 8 ? 0 : argument < 2 ** 16 ? 1 : argument < 2 ** 32 ? 2 : 3;
    this.#byte((majorType << 5) | (24 + size));
    for (let shift = 8 * (1 << size) - 8; shift >= 0; shift -= 8) this.#byte(Math.floor(argument / 2 ** shift) & 0xff);
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = byte;
  }

  #string(majorType: number, bytes: Uint8Array): void {
    this.#head(majorType, bytes.length);
    this.#reserve(bytes.length);
    putBytes(bytes, this.#bytes, this.#at);
    this.#at += bytes.length;
  }

  /** As ASCII, which most are, until another character is met: three times as fast. */
  #text(text: string): void {
    const start = this.#at;
    this.#head(MAJOR.TEXT, text.length);
    this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) {
        this.#at = start;
        this.#string(MAJOR.TEXT, encoder.encode(text));
        return;
      }
      this.#bytes[this.#at++] = code;
    }
  }

  #array(items: readonly CborInput[]): void {
    this.#head(MAJOR.ARRAY, items.length);
    for (const item of items) this.value(item);
  }

  #map(all: readonly (readonly [number | string, CborInput | undefined])[]): void {
    const entries = all.filter((entry): entry is [number | string, CborInput] => entry[1] !== undefined);
    this.#head(MAJOR.MAP, entries.length);
    for (const [key, value] of entries) {
      this.value(key);
      this.value(value);
    }
  }

  #timestamp(date: Date): void {
    this.#head(MAJOR.TAG, TIMESTAMP);
    this.#byte(FLOAT_64);
    this.#reserve(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#at, date.getTime() / 1000);
    this.#at += 8;
  }

  /** Makes room for so many bytes more; what grows out of its memory leaves nothing in it. */
  #reserve(byteLength: number): void {
    if (this.#at + byteLength <= this.#bytes.length) return;
    const grown = new Uint8Array(2 * (this.#at + byteLength));
    grown.set(this.#bytes);
    wipe(this.#bytes);
    this.#bytes = grown;
  }
}

const isArray: (value: object) => value is readonly CborInput[] = Array.isArray;
