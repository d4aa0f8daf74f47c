/** The encryption context: its canonical bytes, which a ciphertext authenticates. */

import { be32, concat, utf8 } from "../bytes/bytes.ts";
import { KmsError } from "./errors.ts";

export type EncryptionContext = ReadonlyMap<string, string>;

/** A surrogate code unit that is no half of a pair: UTF-8 has no form for it, so two contexts would become one. */
const LONE_SURROGATE = /\p{Surrogate}/u;

const EMPTY: Uint8Array = be32(0);

/**
 * The bytes that stand for an encryption context: the number of pairs, then each name and value as UTF-8 behind its
 * length (32-bit big-endian), sorted by the bytes of the names. Different contexts have different bytes, because every
 * part says where it ends; an absent context is the empty one.
 * @throws KmsError ValidationException when a name or value is not well-formed Unicode.
 */
export function canonicalContext(context: EncryptionContext | undefined): Uint8Array {
  if (context === undefined || context.size === 0) return EMPTY;
  const pairs = [...context].map(([name, value]) => [encode(name), encode(value)] as const);
  pairs.sort(([a], [b]) => compareBytes(a, b));
  return concat(be32(pairs.length), ...pairs.flatMap(([name, value]) => [prefixed(name), prefixed(value)]));
}

function encode(text: string): Uint8Array {
  if (LONE_SURROGATE.test(text)) {
    throw new KmsError("ValidationException", "EncryptionContext must be well-formed Unicode.");
  }
  return utf8(text);
}

function prefixed(bytes: Uint8Array): Uint8Array {
  return concat(be32(bytes.length), bytes);
}

/** Lexicographic order of byte strings; of UTF-8 this is the order of code points. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
