import { Encoder } from "cbor-x/encode";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex } from "../../src/bytes/bytes.ts";
import { CborError, decodeCbor, PREFERRED } from "../../src/cbor/decode.ts";

const read = (bytes: Uint8Array): unknown => decodeCbor(bytes, { ...PREFERRED, maxDepth: 8 });

/** RFC 8949, appendix A, as far as it is in preferred serialization. */
test.each([
  ["00", 0],
  ["17", 23],
  ["1818", 24],
  ["1903e8", 1000],
  ["1a000f4240", 1_000_000],
  ["1b000000e8d4a51000", 1_000_000_000_000],
  ["20", -1],
  ["3903e7", -1000],
  ["40", new Uint8Array(0)],
  ["4401020304", Uint8Array.of(1, 2, 3, 4)],
  ["60", ""],
  ["62c3bc", "\u00fc"],
  ["83010203", [1, 2, 3]],
  ["8301820203820405", [1, [2, 3], [4, 5]]],
  [
    "a201020304",
    new Map([
      [1, 2],
      [3, 4],
    ]),
  ],
  [
    "a26161016162820203",
    new Map<string, unknown>([
      ["a", 1],
      ["b", [2, 3]],
    ]),
  ],
  ["c074323031332d30332d32315432303a30343a30305a", { tag: 0, value: "2013-03-21T20:04:00Z" }],
  ["f4", false],
  ["f5", true],
  ["f6", null],
])("%s is read", (hex, value) => {
  expect(read(fromHex(hex))).toEqual(value);
});

test.each([
  ["", "cut off"],
  ["1817", "longer than it needs to be"],
  ["190018", "longer than it needs to be"],
  ["1a00000018", "longer than it needs to be"],
  ["1b0000000000000001", "longer than it needs to be"],
  ["1bffffffffffffffff", "too large"],
  ["1c", "indefinite"],
  ["5f4101ff", "indefinite"],
  ["9bffffffffffff", "cut off"],
  ["9a7fffffff", "cut off"],
  ["ba7fffffff", "cut off"],
  ["5affffffff", "cut off"],
  ["61ff", "not UTF-8"],
  ["a201020103", "twice"],
  ["a1f600", "neither a number nor text"],
  ["fb3ff199999999999a", "no integer"],
  ["f7", "no integer"],
  ["0000", "behind the value"],
  ["8181818181818181818100", "nested too deeply"],
])("%s is refused", (hex, message) => {
  expect(() => read(fromHex(hex))).toThrow(CborError);
  expect(() => read(fromHex(hex))).toThrow(message);
});

test("Whatever cbor-x writes of plain values is read as it was, and no bytes do more than be refused", () => {
  const encoder = new Encoder({ useRecords: false, mapsAsObjects: false, tagUint8Array: false });
  const leaf = fc.oneof(
    fc.integer({ min: -0x7fff_ffff, max: 0x7fff_ffff }),
    fc.string({ unit: "grapheme" }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array().map((bytes) => Uint8Array.from(bytes)),
  );
  const value = fc.oneof(
    leaf,
    fc.array(leaf),
    fc.array(fc.tuple(fc.string({ maxLength: 8 }), leaf)).map((pairs) => new Map(pairs)),
  );
  fc.assert(
    fc.property(value, (plain) => {
      expect(read(Uint8Array.from(encoder.encode(plain)))).toEqual(plain);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        read(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(CborError);
      }
    }),
  );
});
