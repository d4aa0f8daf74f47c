/**
 * CBOR (RFC 8949) as attestation documents have it: definite lengths, integers in the shortest form, no key of a map
 * twice, no floating point. A length is believed only as far as there are bytes.
 */

export type Cbor = number | string | boolean | null | Uint8Array | readonly Cbor[] | CborMap | Tagged;
export type CborMap = ReadonlyMap<number | string, Cbor>;

export interface Tagged {
  readonly tag: number;
  readonly value: Cbor;
}

/** Bytes that are not such CBOR. */
export class CborError extends Error {
  override readonly name: string = "CborError";
}

const MAX_DEPTH = 8;

/** The one value that the bytes are; byte strings are views of them. @throws CborError */
export function readCbor(bytes: Uint8Array): Cbor {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  demand(reader.atEnd, "there is something behind the value");
  return value;
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(depth: number): Cbor {
    demand(depth <= MAX_DEPTH, "it is nested too deeply");
    const initial = this.#take(1)[0] as number;
    const major = initial >> 5;
    if (major === 7) return simple(initial);
    const argument = this.#argument(initial & 0x1f);
    switch (major) {
      case 0:
        return argument;
      case 1:
        return -1 - argument;
      case 2:
        return this.#take(argument);
      case 3:
        return text(this.#take(argument));
      case 4: {
        const items: Cbor[] = [];
        for (let i = 0; i < argument; i++) items.push(this.value(depth + 1));
        return items;
      }
      case 5:
        return this.#map(argument, depth);
      default:
        return { tag: argument, value: this.value(depth + 1) };
    }
  }

  #map(size: number, depth: number): CborMap {
    const map = new Map<number | string, Cbor>();
    for (let i = 0; i < size; i++) {
      const key = this.value(depth + 1);
      demand(typeof key === "number" || typeof key === "string", "a key of a map is neither a number nor text");
      demand(!map.has(key), "a key of a map is there twice");
      map.set(key, this.value(depth + 1));
    }
    return map;
  }

  /** The argument of an initial byte (RFC 8949, 3): itself, or 1 to 8 bytes, in its shortest form (4.2.1). */
  #argument(information: number): number {
    if (information < 24) return information;
    demand(information <= 27, "a length is indefinite");
    const byteLength = 1 << (information - 24);
    let argument = 0;
    for (const byte of this.#take(byteLength)) argument = argument * 256 + byte;
    const least = byteLength === 1 ? 24 : 256 ** (byteLength / 2);
    demand(
      argument >= least && Number.isSafeInteger(argument),
      "an integer is longer than it needs to be, or too large",
    );
    return argument;
  }

  #take(count: number): Uint8Array {
    demand(count <= this.#bytes.length - this.#at, "it is cut off");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}

function simple(initial: number): boolean | null {
  const value = { 244: false, 245: true, 246: null }[initial];
  demand(value !== undefined, "there is a value that is no integer, string, array, map, boolean or null");
  return value;
}

function text(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CborError("a text is not UTF-8");
  }
}

function demand(holds: boolean, message: string): asserts holds {
  if (!holds) throw new CborError(message);
}
