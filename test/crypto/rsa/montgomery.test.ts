import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exponentDigits, publicPower } from "../../../src/crypto/rsa/arithmetic.ts";
import { Montgomery, maxMontgomeryBits } from "../../../src/crypto/rsa/montgomery.ts";
import { COLUMNS, ROWS } from "../../../src/crypto/rsa/rows.ts";
import { rowsModule } from "../../../src/crypto/rsa/rows-generator.ts";

const natural = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });

/** Odd moduli of just so many bits: any, and those whose limbs are as large as can be. */
const modulus = (bits: number) => {
  const top = 2n ** BigInt(bits - 1);
  const extreme = [top + 1n, 2n * top - 1n, (top / 0xffffffn) * 0x800001n, (top / 0xffffffn) * 0x7fffffn];
  return fc.oneof(natural(bits - 1), fc.constantFrom(...extreme)).map((low) => (low % top) | top | 1n);
};

test("rows.ts is what the generator writes", () => {
  const file = join(import.meta.dirname, "../../../src/crypto/rsa/rows.ts");
  expect(readFileSync(file, "utf8")).toBe(rowsModule());
});

// Around each number of limbs, each width of limbs, and where products are carried before their reduction.
describe.each([2, 8, 235, 236, 237, 512, 1024, 1028, 1029, 1292, 1536, 2048, 2876, 2877, 4096])(
  "Modulo numbers of %i bits",
  (bits) => {
    const numRuns = bits > 2000 ? 4 : 12;

    test("a power is that by square and multiply, for any base and exponent", () => {
      const exponents = fc.oneof(natural(64), fc.constantFrom(0n, 1n, 2n ** 64n - 1n));
      const bases = fc.oneof(natural(bits), fc.constantFrom(0n, 1n, 2n ** BigInt(bits) - 1n));
      fc.assert(
        fc.property(modulus(bits), bases, exponents, (m, base, exponent) => {
          const expected = exponent === 0n ? 1n : publicPower(base % m, exponent, m) % m;
          expect(new Montgomery(m).power(base, exponentDigits(exponent, 64))).toBe(expected);
          const minusOne = m - 1n;
          expect(new Montgomery(m).power(minusOne, exponentDigits(exponent | 1n, 64))).toBe(minusOne);
        }),
        { numRuns },
      );
    });

    test("so is a power of two", () => {
      fc.assert(
        fc.property(modulus(bits), natural(300), (m, exponent) => {
          expect(new Montgomery(m).powerOfTwo(exponent | 1n)).toBe(publicPower(2n % m, exponent | 1n, m) % m);
        }),
        { numRuns },
      );
    });
  },
);

test("A power leaves nothing in memory that the next one shares", () => {
  new Montgomery(2n ** 1023n + 1155n).power(3n ** 600n, exponentDigits(5n ** 400n, 1024));
  for (const memory of [COLUMNS, ROWS]) expect(memory.every((value) => value === 0)).toBe(true);
});

test("A modulus that is too long is refused", () => {
  expect(() => new Montgomery(2n ** BigInt(maxMontgomeryBits) + 1n)).toThrow("at most 4096 bits, not 4097");
});
