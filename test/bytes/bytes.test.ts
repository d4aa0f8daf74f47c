import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as b from "../../src/bytes/bytes.ts";

describe("copyBytes", () => {
  test("copies, so that a later change of the caller's array is not seen", () => {
    const mine = Uint8Array.of(1, 2, 3);
    const copy = b.copyBytes(mine, "x");
    mine[0] = 9;
    expect([...copy]).toEqual([1, 2, 3]);
    expect(copy.buffer.byteLength).toBe(3);
  });

  test.each([
    ["a string", "abc"],
    ["an array", [1, 2, 3]],
    ["an object with a length", { length: 3 }],
    ["null", null],
    ["undefined", undefined],
    ["a number", 3],
    ["an Int8Array", new Int8Array(3)],
    ["a DataView", new DataView(new ArrayBuffer(3))],
    ["a proxy of an array", new Proxy(new Uint8Array(3), { get: (target, name) => Reflect.get(target, name, target) })],
    ["an object with an array's prototype", Object.create(Uint8Array.prototype)],
    [
      "shared memory behind another buffer",
      Object.defineProperty(new Uint8Array(new SharedArrayBuffer(3)), "buffer", { value: new ArrayBuffer(3) }),
    ],
    ["shared memory", new Uint8Array(new SharedArrayBuffer(3))],
    [
      "resizable memory",
      new Uint8Array(
        new (ArrayBuffer as unknown as new (n: number, o: object) => ArrayBuffer)(3, { maxByteLength: 8 }),
      ),
    ],
  ])("refuses %s, naming the argument and not the value", (_, value) => {
    expect(() => b.copyBytes(value, "the seed")).toThrow(TypeError);
    expect(() => b.copyBytes(value, "the seed")).toThrow(/^the seed must/);
  });
});

test("a subclass or own properties do not speak for an array", () => {
  class Loud extends Uint8Array {
    override get length(): number {
      return 1000;
    }
    override *[Symbol.iterator](): ArrayIterator<number> {
      yield 9;
    }
    static get [Symbol.species](): never {
      throw new Error("species");
    }
  }
  const copy = b.copyBytes(Object.defineProperty(Loud.from([]), "constructor", { value: null }), "x");
  expect(copy).toEqual(new Uint8Array(0));
  const loud = new Loud(3);
  loud.fill(5);
  expect(b.copyBytes(loud, "x")).toEqual(Uint8Array.of(5, 5, 5));
});

test("equalBytes agrees with a comparison of hex strings", () => {
  const bytes = fc.uint8Array({ maxLength: 4, max: 1 });
  fc.assert(fc.property(bytes, bytes, (x, y) => b.equalBytes(x, y) === (b.toHex(x) === b.toHex(y))));
});

test("i2osp and os2ip are inverse, and an integer that does not fit is refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 70 }), (x) => b.equalBytes(b.i2osp(b.os2ip(x), x.length), x)),
  );
  for (let length = 1; length <= 40; length++) {
    expect(b.toHex(b.i2osp(0xa5n, length))).toBe("a5".padStart(2 * length, "0"));
    expect(b.toHex(b.i2osp((1n << BigInt(8 * length)) - 1n, length))).toBe("ff".repeat(length));
  }
  expect(b.i2osp(0n, 0)).toEqual(new Uint8Array(0));
  expect(() => b.i2osp(1n, 0)).toThrow(RangeError);
  expect(() => b.i2osp(256n, 1)).toThrow(RangeError);
  expect(() => b.i2osp(1n << 64n, 8)).toThrow(RangeError);
  expect(() => b.i2osp(-1n, 4)).toThrow(RangeError);
  expect(b.os2ip(new Uint8Array(0))).toBe(0n);
});

test("unsignedBytes is the shortest form", () => {
  expect(b.toHex(b.unsignedBytes(0n))).toBe("00");
  expect(b.toHex(b.unsignedBytes(255n))).toBe("ff");
  expect(b.toHex(b.unsignedBytes(256n))).toBe("0100");
});

test("bitLength counts the bits of an integer", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 1n << 300n }),
      (x) => x >> BigInt(b.bitLength(x)) === 0n && x >> BigInt(b.bitLength(x) - 1) === 1n,
    ),
  );
  expect(b.bitLength(0n)).toBe(0);
});

test("be32 and be64 are big-endian", () => {
  expect(b.toHex(b.be32(0x01020304))).toBe("01020304");
  expect(b.toHex(b.be32(0xffff_ffff))).toBe("ffffffff");
  expect(b.toHex(b.be64(2 ** 40 + 5))).toBe("0000010000000005");
});

test("base64 is strict and agrees with Node", () => {
  fc.assert(
    fc.property(
      fc.uint8Array(),
      (x) => b.toBase64(x) === Buffer.from(x).toString("base64") && b.equalBytes(b.fromBase64(b.toBase64(x)), x),
    ),
  );
  for (const bad of ["A", "AA", "AA=", "AAA==", "A A=", "AAA=\n", "AA-_", "====", "AB=="])
    expect(() => b.fromBase64(bad), bad).toThrow();
  const texts = fc.string({ unit: fc.constantFrom(..."AQgwz09+/=- \n\u0141"), maxLength: 12 });
  fc.assert(
    fc.property(texts, (text) => {
      const decoded = Buffer.from(text, "base64");
      let own: Uint8Array | undefined;
      try {
        own = b.fromBase64(text);
      } catch {}
      // Node reads more than is base64; what it would not write so is refused.
      expect(own && [...own]).toEqual(decoded.toString("base64") === text ? [...decoded] : undefined);
    }),
    { numRuns: 2000 },
  );
});

test("wipe overwrites and passes over what is missing", () => {
  const x = Uint8Array.of(1, 2);
  b.wipe(x, undefined);
  expect([...x]).toEqual([0, 0]);
});
