import { Encoder } from "cbor-x";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type CborValue, decodeCbor, encodeCbor } from "../../src/bytes/cbor.ts";

const peer = new Encoder({ useRecords: false, mapsAsObjects: false, tagUint8Array: false });
const integers = fc.oneof(
  fc.nat({ max: 300 }),
  fc.maxSafeInteger().map(Math.abs),
  fc.constantFrom(23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1),
);
const { values } = fc.letrec<{ values: CborValue }>((tie) => ({
  values: fc.oneof(
    { depthSize: "small" },
    integers,
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie("values"), { maxLength: 30 }),
  ),
}));

test("cbor-x reads what is written, and so do we", () => {
  fc.assert(
    fc.property(values, (value) => {
      const encoded = encodeCbor(value);
      expect(decodeCbor(encoded)).toEqual(value);
      expect(JSON.stringify(peer.decode(encoded), bigNumbers)).toBe(JSON.stringify(value));
    }),
  );
});

/** cbor-x gives integers above 32 bits as BigInt. */
const bigNumbers = (_: string, value: unknown): unknown => (typeof value === "bigint" ? Number(value) : value);

test("whatever bytes are read are those that their value is written as", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      let value: CborValue;
      try {
        value = decodeCbor(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        return;
      }
      expect(encodeCbor(value)).toEqual(bytes);
    }),
    { numRuns: 5000 },
  );
});

test.each([
  ["no bytes", "", "missing"],
  ["a value and one more", "0000", "after the value"],
  ["an integer with a needless byte", "1817", "shortest form"],
  ["an integer with needless bytes", "190018", "shortest form"],
  ["an integer that is cut off", "1a0001", "cut off"],
  ["an integer that a number cannot hold", "1b0020000000000000", "above 2^53"],
  ["a byte string that is cut off", "4301", "cut off"],
  ["a byte string of indefinite length", "5f4100ff", "indefinite"],
  ["an array that promises more than there is", "9a7fffffff00", "cut off"],
  ["a negative integer", "20", "only unsigned"],
  ["text", "6161", "only unsigned"],
  ["a map", "a0", "only unsigned"],
  ["a tag", "c100", "only unsigned"],
  ["true", "f5", "only unsigned"],
  ["arrays in arrays without end", "81".repeat(40), "too deep"],
])("%s is refused", (_, hex, message) => {
  const read = () => decodeCbor(Uint8Array.from(Buffer.from(hex, "hex")));
  expect(read).toThrow(RangeError);
  expect(read).toThrow(message);
});

test("a number that is no integer from 0 to 2^53 - 1 is not written", () => {
  for (const value of [-1, 1.5, Number.NaN, 2 ** 53]) expect(() => encodeCbor([value])).toThrow(RangeError);
});
