/** Base64 (RFC 4648, section 4), strict: padding is required, and there is one text for any bytes. */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The two characters of every 12 bits: made with the first text. */
let pairs: readonly string[] | undefined;

function makePairs(): readonly string[] {
  return Array.from({ length: 4096 }, (_, bits) => ALPHABET.charAt(bits >> 6) + ALPHABET.charAt(bits & 63));
}

export function toBase64(bytes: Uint8Array): string {
  pairs ??= makePairs();
  const { length } = bytes;
  const whole = length - (length % 3);
  let text = "";
  for (let at = 0; at < whole; at += 3) {
    const bits = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    text += pairs[bits >> 12]! + pairs[bits & 4095]!;
  }
  if (length - whole === 1) return `${text}${pairs[bytes[whole]! << 4]}==`;
  if (length - whole === 0) return text;
  const bits = (bytes[whole]! << 10) | (bytes[whole + 1]! << 2);
  return `${text}${pairs[bits >> 6]}${ALPHABET.charAt(bits & 63)}=`;
}

/** The six bits of a character by its code; 64 for what is none. */
const SIX_BITS: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const bits = ALPHABET.indexOf(String.fromCharCode(code));
  return bits < 0 ? 64 : bits;
});

/** @throws Error when the text is anything else; its message does not quote it. */
export function fromBase64(text: string): Uint8Array {
  const { length } = text;
  const padding = text.endsWith("==") ? 2 : Number(text.endsWith("="));
  if (length % 4 !== 0) throw new Error("base64 comes in groups of four characters");
  const bytes = new Uint8Array((length / 4) * 3 - padding);
  let bits = 0;
  let wrong = 0;
  let at = 0;
  for (let i = 0; i < length - padding; i++) {
    const code = text.charCodeAt(i);
    const six = code < 128 ? SIX_BITS[code]! : 64;
    wrong |= six;
    bits = (bits << 6) | (six & 63);
    // Of four characters the first alone completes no byte.
    if (i % 4 !== 0) bytes[at++] = bits >> (6 - 2 * (i % 4));
  }
  if (wrong > 63) throw new Error("a character is not of the base64 alphabet");
  // RFC 4648, 3.5: the bits that fill up the last character are zero.
  if (padding > 0 && (bits & (padding === 2 ? 15 : 3)) !== 0) throw new Error("base64 ends in bits that are not zero");
  return bytes;
}
