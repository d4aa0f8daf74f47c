import { Decoder, Encoder } from "cbor-x";
import fc from "fast-check";
import { expect, test } from "vitest";
import { toHex } from "../../src/bytes/bytes.ts";
import { type CborDialect, CborError, decodeCbor, PREFERRED } from "../../src/cbor/decode.ts";
import { type CborInput, encodeCbor } from "../../src/cbor/encode.ts";

/** What wrapped keys have. */
type CborValue = number | Uint8Array | readonly CborValue[];
const BARE: CborDialect = { ...PREFERRED, majorTypes: [0, 2, 4] };

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
      expect(decodeCbor(encoded, BARE)).toEqual(value);
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
        value = decodeCbor(bytes, BARE) as CborValue;
      } catch (error) {
        expect(error).toBeInstanceOf(CborError);
        return;
      }
      expect(encodeCbor(value)).toEqual(bytes);
    }),
    { numRuns: 5000 },
  );
});

test.each([
  ["no bytes", "", "cut off"],
  ["a value and one more", "0000", "behind the value"],
  ["an integer with a needless byte", "1817", "longer than it needs to be"],
  ["an integer with needless bytes", "190018", "longer than it needs to be"],
  ["an integer that is cut off", "1a0001", "cut off"],
  ["an integer that a number cannot hold", "1b0020000000000000", "too large"],
  ["a byte string that is cut off", "4301", "cut off"],
  ["a byte string of indefinite length", "5f4100ff", "indefinite"],
  ["an array that promises more than there is", "9a7fffffff00", "cut off"],
  ["a negative integer", "20", "major type 1"],
  ["text", "6161", "major type 3"],
  ["a map", "a0", "major type 5"],
  ["a tag", "c100", "major type 6"],
  ["true", "f5", "major type 7"],
  ["arrays in arrays without end", "81".repeat(40), "too deeply"],
])("%s is refused", (_, hex, message) => {
  const read = () => decodeCbor(Uint8Array.from(Buffer.from(hex, "hex")), BARE);
  expect(read).toThrow(CborError);
  expect(read).toThrow(message);
});

test("a number that is no integer from 0 to 2^53 - 1 is not written", () => {
  for (const value of [-1, 1.5, Number.NaN, 2 ** 53]) expect(() => encodeCbor([value])).toThrow(RangeError);
});

test("Text, maps, objects, dates, booleans and null are what cbor-x reads, and members that are undefined are not there", () => {
  const { all } = fc.letrec<{ all: CborInput }>((tie) => ({
    all: fc.oneof(
      { depthSize: "small" },
      integers,
      fc.string({ unit: "grapheme", maxLength: 300 }),
      fc.boolean(),
      fc.constant(null),
      fc.date({ noInvalidDate: true }),
      fc.uint8Array({ maxLength: 300 }),
      fc.array(tie("all"), { maxLength: 30 }),
      fc.dictionary(fc.string(), tie("all"), { maxKeys: 30 }),
    ),
  }));
  const reader = new Decoder({ useRecords: false, mapsAsObjects: false });
  fc.assert(
    fc.property(all, (value) => {
      expect(reader.decode(encodeCbor(value))).toEqual(asMaps(value));
    }),
  );
  expect(toHex(encodeCbor({ a: 1, b: undefined }))).toBe("a1616101");
  expect(encodeCbor(new Map([["a", 1]]))).toEqual(encodeCbor({ a: 1 }));
  expect(toHex(encodeCbor(new Date(1_363_896_240_500)))).toBe("c1fb41d452d9ec200000");
});

/** What cbor-x makes of an input: maps for objects, and BigInt for integers above 32 bits. */
function asMaps(value: CborInput | undefined): unknown {
  if (typeof value === "number") return value > 2 ** 32 - 1 ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(asMaps);
  if (typeof value !== "object" || value === null || value instanceof Date || value instanceof Uint8Array) return value;
  return new Map(Object.entries(value).map(([name, member]) => [name, asMaps(member)]));
}
