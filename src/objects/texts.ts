/** Several texts in one string: one object of the heap instead of an array of them, its elements and each text. */

import { inOnePiece } from "../bytes/bytes.ts";

/** Each text after its length, in characters of seven bits, the last bits first; the eighth bit says that more follow. */
export function joined(texts: readonly string[]): string {
  let all = "";
  for (const text of texts) {
    let { length } = text;
    for (; length > 0x7f; length >>>= 7) all += String.fromCharCode((length & 0x7f) | 0x80);
    all += String.fromCharCode(length) + text;
  }
  return inOnePiece(all);
}

/** The text at this place of those that were joined. */
export function textAt(all: string, place: number): string {
  let at = 0;
  for (let left = place; ; left--) {
    let length = 0;
    let bits: number;
    let shift = 0;
    do {
      bits = all.charCodeAt(at++);
      length |= (bits & 0x7f) << shift;
      shift += 7;
    } while (bits > 0x7f);
    if (left === 0) return all.slice(at, at + length);
    at += length;
  }
}
