/** Byte strings: checks, comparison, wiping, and the integer conversions of RFC 8017, section 4. */

import { bytesToHex, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { base64 } from "@scure/base";

/**
 * A private copy of the caller's bytes, taken before anything else looks at them.
 *
 * Only a `Uint8Array` over an ordinary `ArrayBuffer` will do: strings, arrays and `{ length }` objects are how
 * silent zero keys happened elsewhere, and memory that another thread can write may change between check and use.
 * @throws TypeError naming `what`, never the value.
 */
export function copyBytes(value: unknown, what: string): Uint8Array {
  return new Uint8Array(requireBytes(value, what));
}

/** The same check as {@link copyBytes} without the copy, for bytes that nobody else holds. */
export function requireBytes(value: unknown, what: string): Uint8Array {
  if (tagOf(value) !== "Uint8Array") throw new TypeError(`${what} must be a Uint8Array`);
  if (!isOrdinary(bufferOf(value))) throw new TypeError(`${what} must not be backed by shared or resizable memory`);
  return value as Uint8Array;
}

/** The engine's own getters: own properties, subclasses and proxies cannot answer in an array's place. */
const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype);
const tagOf = getterOf(typedArray, Symbol.toStringTag);
const bufferOf = getterOf(typedArray, "buffer");
const lengthOf = getterOf(ArrayBuffer.prototype, "byteLength");
const isResizable = getterOf(ArrayBuffer.prototype, "resizable");

function getterOf(prototype: object, name: PropertyKey): (value: unknown) => unknown {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  return (value) => get?.call(value);
}

/** Whether a buffer is an ArrayBuffer of fixed size: the getter of its length throws for shared memory. */
function isOrdinary(buffer: unknown): boolean {
  try {
    lengthOf(buffer);
    return isResizable(buffer) !== true;
  } catch {
    return false;
  }
}

/** Whether two byte strings are equal; looks at every byte whatever it finds. The lengths are not secret. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}

/** Overwrites byte strings with zeros. Copies that the JavaScript engine made are out of reach (docs/security.md). */
export function wipe(...all: (Uint8Array | undefined)[]): void {
  for (const bytes of all) bytes?.fill(0);
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  return concatAll(parts);
}

/** The same of an array of any length: a call has room for some 100,000 arguments. */
export function concatAll(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    putBytes(part, whole, at);
    at += part.length;
  }
  return whole;
}

/** Copies all of `from` to `to` from `at` on: what `set` does, which takes longer for few bytes. */
export function putBytes(from: Uint8Array, to: Uint8Array, at: number): void {
  if (from.length > 64) to.set(from, at);
  else for (let i = 0; i < from.length; i++) to[at + i] = from[i] as number;
}

export function utf8(text: string): Uint8Array {
  return utf8ToBytes(text);
}

/** As many arguments of one call are safe everywhere. */
const MAX_ARGUMENTS = 4096;

/** A string whose characters are the bytes: the shortest form that can be the key of a Map. For public values. */
export function toLatin1(bytes: Uint8Array): string {
  if (bytes.length <= MAX_ARGUMENTS) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  let text = "";
  for (let at = 0; at < bytes.length; at += MAX_ARGUMENTS) {
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + MAX_ARGUMENTS) as unknown as number[]);
  }
  return text;
}

/** The bytes of {@link toLatin1}. */
export function fromLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/**
 * The same text, in one piece: V8 keeps what was put together as a tree of its parts, several times as large, until
 * somebody looks into it. For text that is kept.
 */
export function inOnePiece(text: string): string {
  text.charCodeAt(0);
  return text;
}

/** A 32-bit big-endian integer. */
export function be32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  for (let i = 0; i < 4; i++) bytes[i] = value >>> (24 - 8 * i);
  return bytes;
}

/** A 64-bit big-endian integer, from a safe integer. */
export function be64(value: number): Uint8Array {
  return concat(be32(Math.floor(value / 0x1_0000_0000)), be32(value));
}

/** OS2IP (RFC 8017, 4.2). For public values: a BigInt cannot be wiped. */
export function os2ip(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${bytesToHex(bytes)}`);
}

/**
 * I2OSP (RFC 8017, 4.1), 64 bits at a time: the text of a number shows by its length how many zeros a message of RSA begins
 * with, and by its digits and letters takes this branch or that.
 * @throws RangeError when the integer is negative or does not fit `length` bytes.
 */
export function i2osp(value: bigint, length: number): Uint8Array {
  if (value < 0n || value >> BigInt(8 * length) !== 0n) throw new RangeError(`integer does not fit ${length} bytes`);
  const whole = 8 * Math.ceil(length / 8);
  const bytes = new Uint8Array(whole);
  const view = new DataView(bytes.buffer);
  for (let at = whole - 8, rest = value; at >= 0; at -= 8, rest >>= 64n) view.setBigUint64(at, rest);
  if (whole === length) return bytes;
  const end = bytes.slice(whole - length);
  wipe(bytes);
  return end;
}

/** The shortest big-endian form of an unsigned integer; zero is one byte. */
export function unsignedBytes(value: bigint): Uint8Array {
  const hex = value.toString(16);
  return hexToBytes(hex.length % 2 === 0 ? hex : `0${hex}`);
}

/** The number of bits of a big-endian integer whose first byte is not zero. */
export function bitLengthOf(integer: Uint8Array): number {
  return 8 * integer.length + 24 - Math.clz32(integer[0] ?? 0);
}

/** Number of bits of an unsigned integer; 0 for zero. */
export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

export const toHex: (bytes: Uint8Array) => string = bytesToHex;

/** @throws Error when the text is not hexadecimal. For public values: the message of a failed parse may quote them. */
export const fromHex: (hex: string) => Uint8Array = hexToBytes;

export function toBase64(bytes: Uint8Array): string {
  return base64.encode(bytes);
}

/**
 * Strict base64 (RFC 4648, section 4): padding required, no white space.
 * @throws Error when the text is anything else.
 */
export function fromBase64(text: string): Uint8Array {
  return base64.decode(text);
}
