/** The encryption context: its canonical bytes, which a ciphertext authenticates. */

import { be32 } from "../bytes/bytes.ts";
import { KmsError } from "./errors.ts";
import { sharedMemory } from "./private-copy.ts";

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
  let length = 4;
  for (const [name, value] of context) length += 8 + utf8Length(name) + utf8Length(value);
  const bytes = sharedMemory(length);
  let at = putBe32(context.size, bytes, 0);
  for (const name of [...context.keys()].sort(byCodePoints)) {
    at = putPrefixed(name, bytes, at);
    at = putPrefixed(context.get(name) as string, bytes, at);
  }
  return bytes;
}

/** The order of code points, which is that of the bytes of UTF-8; UTF-16 has U+E000 to U+FFFF behind those above. */
function byCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [one, other] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (one !== other) return isSurrogate(one) === isSurrogate(other) ? one - other : isSurrogate(one) ? 1 : -1;
  }
  return a.length - b.length;
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xe000;

/** @throws KmsError ValidationException for what UTF-8 has no form for */
function utf8Length(text: string): number {
  if (LONE_SURROGATE.test(text)) {
    throw new KmsError("ValidationException", "EncryptionContext must be well-formed Unicode.");
  }
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // A pair of surrogates is two units and four bytes.
    if (unit >= 0x80) length += unit < 0x800 || isSurrogate(unit) ? 1 : 2;
  }
  return length;
}

/** The text behind its length; gives the place behind it. */
function putPrefixed(text: string, to: Uint8Array, at: number): number {
  const end = putUtf8(text, to, at + 4);
  putBe32(end - at - 4, to, at);
  return end;
}

/** The bytes of UTF-8 (RFC 3629, 3): a TextEncoder takes longer for a few words. */
function putUtf8(text: string, to: Uint8Array, at: number): number {
  let end = at;
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    const following = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x1_0000 ? 2 : 3;
    to[end++] = following === 0 ? code : (0xff << (7 - following)) | (code >> (6 * following));
    for (let shift = 6 * (following - 1); shift >= 0; shift -= 6) to[end++] = 0x80 | ((code >> shift) & 0x3f);
  }
  return end;
}

function putBe32(value: number, to: Uint8Array, at: number): number {
  for (let i = 0; i < 4; i++) to[at + i] = value >>> (24 - 8 * i);
  return at + 4;
}
