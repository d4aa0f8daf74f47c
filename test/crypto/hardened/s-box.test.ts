import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { inverseSubBytes, subBytes } from "../../../src/crypto/hardened/s-box.ts";
import { Q, transpose } from "../../../src/crypto/hardened/slices.ts";

/** The S-box from its definition (FIPS 197, 5.1.1): the inverse in GF(2^8), then the affine map with the constant 63. */
function substituted(byte: number): number {
  const inverse = byte === 0 ? 0 : Array.from({ length: 256 }, (_, i) => i).find((i) => product(byte, i) === 1)!;
  let result = 0;
  for (let i = 0; i < 8; i++) {
    const sum = [0, 4, 5, 6, 7].reduce((bit, j) => bit ^ (inverse >> ((i + j) % 8)), 0x63 >> i);
    result |= (sum & 1) << i;
  }
  return result;
}

/** Multiplication modulo x^8 + x^4 + x^3 + x + 1 (4.2), bit by bit. */
function product(a: number, b: number): number {
  let result = 0;
  for (let i = 7; i >= 0; i--) {
    result = (result << 1) ^ (result & 0x80 ? 0x11b : 0);
    if ((b >> i) & 1) result ^= a;
  }
  return result;
}

/** 32 bytes as two blocks go in, and come out. */
function through(work: () => void, bytes: readonly number[]): number[] {
  for (let i = 0; i < 8; i++) Q[i] = bytes.slice(4 * i, 4 * i + 4).reduce((word, byte) => (word << 8) | byte, 0);
  transpose();
  work();
  transpose();
  return [...Q].flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
}

const ALL = Array.from({ length: 256 }, (_, i) => i);
const eights = Array.from({ length: 8 }, (_, i) => ALL.slice(32 * i, 32 * i + 32));

describe("The circuit of the S-box", () => {
  test("is FIPS 197's S-box for every byte in every place, but for the constant that the round keys have", () => {
    for (let turn = 0; turn < 32; turn++) {
      for (const bytes of eights) {
        const turned = [...bytes.slice(turn), ...bytes.slice(0, turn)];
        expect(through(subBytes, turned)).toEqual(turned.map((byte) => substituted(byte) ^ 0x63));
      }
    }
  });

  test("has an inverse that gives every byte back", () => {
    for (const bytes of eights) {
      const forth = bytes.map((byte) => substituted(byte) ^ 0x63);
      expect(through(inverseSubBytes, forth)).toEqual(bytes);
    }
  });

  test("is compared with a definition that knows the corners of FIPS 197's table 4", () => {
    expect([0x00, 0x01, 0x0f, 0x53, 0xf0, 0xff].map(substituted)).toEqual([0x63, 0x7c, 0x76, 0xed, 0x8c, 0x16]);
  });
});

test("Turning a square of bits over twice changes nothing", () => {
  const bytes = ALL.slice(77, 77 + 32);
  expect(through(() => undefined, bytes)).toEqual(bytes);
});

test("No file of the hardened AES indexes anything but by a counter or a constant", () => {
  const folder = new URL("../../../src/crypto/hardened/", import.meta.url);
  for (const file of ["slices.ts", "s-box.ts", "aes-cipher.ts", "ghash.ts", "gcm.ts", "modes.ts"]) {
    const code = readFileSync(new URL(file, folder), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    const indices = [...code.matchAll(/\w\[([^\]]+)\]/g)].map((match) => match[1] as string);
    expect(indices.length).toBeGreaterThan(3);
    const counted =
      /^(?:\d+|[ij]|at|index|round|words|half|length|plaintext\.length|Nk|ROUND|FACTORS|PARTS|BLOCK|[\s*+()>&~-])+$/;
    expect(indices.filter((index) => !counted.test(index))).toEqual([]);
  }
});
