import { describe, expect, test } from "vitest";
import { keyedHashOfText } from "../../src/bytes/keyed-text-hash.ts";

/** HalfSipHash-1-3 of 00 01 02 …, of every second length from 0 to 62, under the key 00 01 … 07, from Linux's lib/test_siphash.c. */
// biome-ignore format: a table
const OF_LENGTH = [
  0x5814c896, 0xbc4b0e30, 0x7e059ea6, 0xa0080b65, 0x577999b1, 0xe4fa32cf, 0x6b28096c, 0x16658a7c,
  0x8b31d501, 0x06712339, 0x911bb605, 0xf826ef7b, 0x57150ad7, 0x1ec47442, 0x0a4100d0, 0x2331b6a3,
  0xbc6dda8d, 0xb0652033, 0x7c46fb7f, 0xf142997a, 0x05327eb2, 0xf9e5e7c0, 0x11795ab1, 0x9f5fff91,
  0x007783eb, 0xab639262, 0xc368dda6, 0xfa13d379, 0x53ecd77e, 0x33dbb66a, 0x88b4c4cc, 0x74c1ebf8,
];
const textOf = (bytes: number): string =>
  String.fromCharCode(...Array.from({ length: bytes / 2 }, (_, i) => (2 * i) | ((2 * i + 1) << 8)));

describe("the keyed hash of a text", () => {
  test("is HalfSipHash-1-3 of its UTF-16LE, by the vectors of another implementation", () => {
    const hash = keyedHashOfText([0x03020100, 0x07060504]);
    expect(OF_LENGTH.map((_, i) => hash(textOf(2 * i)) >>> 0)).toEqual(OF_LENGTH);
  });

  test("depends on the key, on every code unit and on the length", () => {
    const texts = ["", "\0", "\0\0", "a", "b", "ab", "ba", "abc", "\u6162", "a".repeat(128), "a".repeat(256)];
    const hashes = [keyedHashOfText([1, 2]), keyedHashOfText([1, 3]), keyedHashOfText([-1, 2])];
    const all = hashes.flatMap((hash) => texts.map(hash));
    expect(new Set(all).size).toBe(all.length);
  });
});
