import { concat } from "../bytes/bytes.ts";

/** A DER value with a tag of one byte and a content below 2^16 bytes (X.690, 8.1 and 10.1). */
export function tagged(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const header = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return concat(Uint8Array.of(tag, ...header), content);
}
