/** Base64 (RFC 4648, section 4). */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PAD: number = "=".charCodeAt(0);

/** What stands in {@link VALUES} for a character that is none of the alphabet. */
const NONE = 255;

/** The character of each six bits, and the six bits of each ASCII character. */
const CODES: Uint8Array = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const VALUES: Uint8Array = new Uint8Array(128).fill(NONE);
for (let bits = 0; bits < CODES.length; bits++) VALUES[CODES[bits] as number] = bits;

/** Characters that are made into a text at a time: as many arguments as a call may have anywhere. */
const CHUNK = 8192;

/** The text of any bytes, padded. */
export function toBase64(bytes: Uint8Array): string {
  const whole = bytes.length - (bytes.length % 3);
  const codes = new Uint8Array(4 * Math.ceil(bytes.length / 3)).fill(PAD);
  let to = 0;
  for (let at = 0; at < whole; at += 3, to += 4) put(three(bytes, at), 4, codes, to);
  const rest = bytes.length - whole;
  if (rest > 0) {
    const padded = new Uint8Array(3);
    for (let i = 0; i < rest; i++) padded[i] = bytes[whole + i] as number;
    put(three(padded, 0), rest + 1, codes, to);
  }
  let text = "";
  for (let at = 0; at < codes.length; at += CHUNK) text += String.fromCharCode(...codes.subarray(at, at + CHUNK));
  return text;
}

/**
 * The bytes of a text that {@link toBase64} makes: padding required, unused bits zero, no white space.
 * @throws Error when the text is anything else.
 */
export function fromBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw notBase64();
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  const whole = padding === 0 ? text.length : text.length - 4;
  let to = 0;
  for (let at = 0; at < whole; at += 4, to += 3) {
    const bits = four(text, at, 4);
    bytes[to] = bits >> 16;
    bytes[to + 1] = bits >> 8;
    bytes[to + 2] = bits;
  }
  if (padding > 0) {
    const bits = four(text, whole, 4 - padding);
    if ((bits & (padding === 1 ? 0xff : 0xffff)) !== 0) throw notBase64();
    bytes[to] = bits >> 16;
    if (padding === 1) bytes[to + 1] = bits >> 8;
  }
  return bytes;
}

function three(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
}

/** The first `count` characters of the four that stand for 24 bits. */
function put(bits: number, count: number, codes: Uint8Array, to: number): void {
  for (let i = 0; i < count; i++) codes[to + i] = CODES[(bits >> (18 - 6 * i)) & 63] as number;
}

/** The inverse of {@link put}. @throws Error for a character that is none of the alphabet */
function four(text: string, at: number, count: number): number {
  let bits = 0;
  for (let i = 0; i < count; i++) {
    const code = text.charCodeAt(at + i);
    const value = code < VALUES.length ? (VALUES[code] as number) : NONE;
    if (value === NONE) throw notBase64();
    bits |= value << (18 - 6 * i);
  }
  return bits;
}

function notBase64(): Error {
  return new Error("the text is not base64 (RFC 4648, section 4)");
}
