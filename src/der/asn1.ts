/**
 * ASN.1 values in and out of DER (X.690, 10 and 11), as far as keys and signatures need it.
 *
 * What makes it strict is that nothing parsed is trusted: a decoder takes typed values out, builds the encoding again
 * from these alone, and refuses unless that is the input, byte for byte.
 */

import { equalBytes, utf8, wipe } from "../bytes/bytes.ts";
import { DerError, demand } from "./der-error.ts";
import { CONSTRUCTED, contextTag, headBytes, headOf, readHead, TAG } from "./tlv.ts";

/** A value: contents for a primitive one, a view of the input where it was parsed; values for a constructed one. */
export interface Block {
  readonly tag: number;
  readonly contents: Uint8Array | readonly Block[];
}

/** Above every key's encoding (PKCS #8 of RSA 8192 has 4.7 kB). */
const MAX_BYTES = 5120;
const MAX_DEPTH = 16;

/** @throws DerError when the bytes are not one DER value and nothing more. `what` names the structure. */
export function parse(der: Uint8Array, what: string): Block {
  demand(der.length <= MAX_BYTES, `${what} is longer than ${MAX_BYTES} bytes`);
  const { block, end } = readBlock(der, 0, der.length, what, MAX_DEPTH);
  demand(end === der.length, `${what} is followed by trailing bytes`);
  return block;
}

function readBlock(
  der: Uint8Array,
  at: number,
  limit: number,
  what: string,
  depth: number,
): { block: Block; end: number } {
  demand(depth > 0, `${what} is nested deeper than ${MAX_DEPTH} values`);
  const { tag, start, end } = readHead(der, at, limit, what);
  if ((tag & CONSTRUCTED) === 0) return { block: { tag, contents: der.subarray(start, end) }, end };
  const contents: Block[] = [];
  for (let next = start; next < end; ) {
    const inner = readBlock(der, next, end, what, depth - 1);
    contents.push(inner.block);
    next = inner.end;
  }
  return { block: { tag, contents }, end };
}

/** The value in DER, in a buffer of its own. */
export function encode(block: Block): Uint8Array {
  const der = new Uint8Array(encodedLength(block));
  write(block, der, 0);
  return der;
}

function contentLength({ contents }: Block): number {
  return contents instanceof Uint8Array
    ? contents.length
    : contents.reduce((sum, inner) => sum + encodedLength(inner), 0);
}

function encodedLength(block: Block): number {
  const length = contentLength(block);
  return headBytes(length) + length;
}

/** Writes the block at `at`, and returns where it ends. */
function write(block: Block, der: Uint8Array, at: number): number {
  const head = headOf(block.tag, contentLength(block));
  der.set(head, at);
  let end = at + head.length;
  if (block.contents instanceof Uint8Array) {
    der.set(block.contents, end);
    return end + block.contents.length;
  }
  for (const inner of block.contents) end = write(inner, der, end);
  return end;
}

/**
 * The rule of this folder: the input is what its own values encode to. The rebuilt bytes are wiped.
 * @throws DerError when it is not.
 */
export function requireRebuilt(der: Uint8Array, rebuilt: Uint8Array, what: string): void {
  const same = equalBytes(der, rebuilt);
  wipe(rebuilt);
  demand(same, `${what} is not DER: it differs from the one canonical encoding of its values`);
}

export function sequence(...contents: Block[]): Block {
  return { tag: TAG.SEQUENCE, contents };
}

/** A context-specific constructed value: `[tagNumber] EXPLICIT`. */
export function explicit(tagNumber: number, inner: Block): Block {
  return { tag: contextTag(tagNumber, true), contents: [inner] };
}

/** `[tagNumber] IMPLICIT OCTET STRING` */
export function implicitOctets(tagNumber: number, contents: Uint8Array): Block {
  return { tag: contextTag(tagNumber, false), contents };
}

/** INTEGER from an unsigned big-endian byte string; leading zeros are dropped. */
export function integer(bytes: Uint8Array): Block {
  const first = bytes.findIndex((byte) => byte !== 0);
  const magnitude = first === -1 ? new Uint8Array(1) : bytes.subarray(first);
  const contents = new Uint8Array(magnitude.length + ((magnitude[0] as number) >> 7));
  contents.set(magnitude, contents.length - magnitude.length);
  return { tag: TAG.INTEGER, contents };
}

/** The same for an integer that must not be zero. @throws DerError when it is */
export function unsigned(bytes: Uint8Array): Block {
  demand(
    bytes.some((byte) => byte !== 0),
    "an INTEGER that must be positive is zero or empty",
  );
  return integer(bytes);
}

/** A version number: an INTEGER of one byte. */
export function version(value: number): Block {
  return { tag: TAG.INTEGER, contents: Uint8Array.of(value) };
}

/** OBJECT IDENTIFIER (X.690, 8.19) from its arcs with dots between them. */
export function objectId(oid: string): Block {
  const [first = 0, second = 0, ...arcs] = oid.split(".").map(Number);
  const contents = [40 * first + second, ...arcs].flatMap((arc) => {
    const octets = [arc % 0x80];
    for (let rest = Math.floor(arc / 0x80); rest > 0; rest = Math.floor(rest / 0x80))
      octets.unshift(0x80 | (rest % 0x80));
    return octets;
  });
  return { tag: TAG.OID, contents: Uint8Array.from(contents) };
}

export function nothing(): Block {
  return { tag: TAG.NULL, contents: new Uint8Array(0) };
}

export function octets(contents: Uint8Array): Block {
  return { tag: TAG.OCTET_STRING, contents };
}

/** BIT STRING of whole bytes. */
export function bits(bytes: Uint8Array): Block {
  const contents = new Uint8Array(1 + bytes.length);
  contents.set(bytes, 1);
  return { tag: TAG.BIT_STRING, contents };
}

/** @throws DerError unless the block is a SEQUENCE of `least` to `most` values. */
export function readSequence(
  block: Block | undefined,
  what: string,
  least: number,
  most: number = least,
): readonly Block[] {
  demand(block?.tag === TAG.SEQUENCE, `${what} must be a SEQUENCE`);
  const fields = block.contents as readonly Block[];
  demand(
    fields.length >= least && fields.length <= most,
    `${what} has ${fields.length} fields where ${least === most ? least : `${least} to ${most}`} are allowed`,
  );
  return fields;
}

/** The value inside `[tagNumber] EXPLICIT`, or `undefined` when the block has another tag. */
export function readExplicit(block: Block | undefined, tagNumber: number): Block | undefined {
  if (block?.tag !== contextTag(tagNumber, true)) return undefined;
  const [inner, ...others] = block.contents as readonly Block[];
  return others.length === 0 ? inner : undefined;
}

/** @throws DerError unless the block is an INTEGER that is not negative: its big-endian bytes without the sign byte, a copy. */
export function readInteger(block: Block | undefined, what: string): Uint8Array {
  const contents = readPrimitive(block, TAG.INTEGER, `${what} must be an INTEGER`);
  const first = contents[0];
  demand(first !== undefined, `${what} is an INTEGER without contents`);
  demand(first < 0x80, `${what} is negative`);
  return contents.slice(first === 0 ? 1 : 0);
}

/** The same for a positive one. @throws DerError unless it is */
export function readUnsigned(block: Block | undefined, what: string): Uint8Array {
  const bytes = readInteger(block, what);
  demand(bytes.length > 0, `${what} is zero`);
  return bytes;
}

/** @throws DerError unless the block is the INTEGER `value`, 0 to 127. */
export function readVersion(block: Block | undefined, what: string, value: number): void {
  const contents = readPrimitive(block, TAG.INTEGER, `${what} must be an INTEGER`);
  demand(contents.length === 1 && contents[0] === value, `${what} must be ${value}`);
}

/** @throws DerError unless the block is an OBJECT IDENTIFIER: its arcs with dots between them. */
export function readObjectId(block: Block | undefined, what: string): string {
  const contents = readPrimitive(block, TAG.OID, `${what} must be an OBJECT IDENTIFIER`);
  const arcs: number[] = [];
  let arc = 0;
  for (const octet of contents) {
    arc = 0x80 * arc + (octet & 0x7f);
    // Beyond this an arc is rounded; no identifier that anything here knows comes near it.
    demand(arc <= Number.MAX_SAFE_INTEGER, `${what} has an arc above 2^53`);
    if (octet >= 0x80) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [joined = 0, ...rest] = arcs;
  const first = Math.min(2, Math.floor(joined / 40));
  return [first, joined - 40 * first, ...rest].join(".");
}

/** @throws DerError unless the block is an OCTET STRING: its contents, a copy. */
export function readOctets(block: Block | undefined, what: string): Uint8Array {
  return readPrimitive(block, TAG.OCTET_STRING, `${what} must be an OCTET STRING`).slice();
}

/** @throws DerError unless the block is a BIT STRING of whole bytes: its contents, a copy. */
export function readBits(block: Block | undefined, what: string): Uint8Array {
  const contents = readPrimitive(block, TAG.BIT_STRING, `${what} must be a BIT STRING`);
  demand(contents[0] === 0, `${what} has unused bits`);
  return contents.slice(1);
}

export function isNull(block: Block | undefined): boolean {
  return block?.tag === TAG.NULL;
}

export function isObjectId(block: Block | undefined): boolean {
  return block?.tag === TAG.OID;
}

/** The text of a PrintableString, or `undefined` when the block is something else. */
export function readPrintable({ tag, contents }: Block): string | undefined {
  return tag === TAG.PRINTABLE_STRING ? String.fromCharCode(...(contents as Uint8Array)) : undefined;
}

export function printable(text: string): Block {
  return { tag: TAG.PRINTABLE_STRING, contents: utf8(text) };
}

/** None of the tags read so has the constructed bit, so that contents are bytes. */
function readPrimitive(block: Block | undefined, tag: number, otherwise: string): Uint8Array {
  if (block?.tag !== tag) throw new DerError(otherwise);
  return block.contents as Uint8Array;
}
