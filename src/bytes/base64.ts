/** Base64 (RFC 4648, section 4). */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** What stands in {@link VALUES} for a character that is none of the alphabet. */
const NONE = 255;

/** The character of each six bits, and the six bits of each ASCII character. */
const CODES: Uint8Array = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const VALUES: Uint8Array = new Uint8Array(128).fill(NONE);
for (let bits = 0; bits < CODES.length; bits++) VALUES[CODES[bits] as number] = bits;

/** The text of any bytes, padded. */
export function toBase64(bytes: Uint8Array): string {
  const whole = bytes.length - (bytes.length % 3);
  let text = "";
  for (let at = 0; at < whole; at += 3) text += characters(three(bytes, at));
  const rest = bytes.length - whole;
  if (rest === 0) return text;
  const padded = new Uint8Array(3);
  for (let i = 0; i < rest; i++) padded[i] = bytes[whole + i] as number;
  return (
    text +
    characters(three(padded, 0))
      .slice(0, rest + 1)
      .padEnd(4, "=")
  );
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

/** The four characters of 24 bits. */
function characters(bits: number): string {
  return String.fromCharCode(
    CODES[bits >> 18] as number,
    CODES[(bits >> 12) & 63] as number,
    CODES[(bits >> 6) & 63] as number,
    CODES[bits & 63] as number,
  );
}

/** The bits of the first `count` characters of four. @throws Error for a character that is none of the alphabet */
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
