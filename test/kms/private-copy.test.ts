import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { privateCopy, sharedMemory } from "../../src/kms/private-copy.ts";

describe("privateCopy", () => {
  test("copies of any lengths keep their bytes whatever is copied after them", () => {
    const lengths = fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 2000 }), fc.constantFrom(0, 1023, 1024, 1025, 8192));
    fc.assert(
      fc.property(fc.array(lengths, { maxLength: 40 }), (all) => {
        const given = all.map((length, i) => new Uint8Array(length).fill(i + 1));
        const copies = given.map((bytes) => privateCopy(bytes, "the bytes"));
        expect(copies.every((copy, i) => Buffer.compare(copy, given[i] as Uint8Array) === 0)).toBe(true);
      }),
    );
  });

  test("does not follow a change of what was copied, nor change it", () => {
    const given = Uint8Array.of(1, 2, 3);
    const copy = privateCopy(given, "the bytes");
    given[0] = 9;
    copy[1] = 8;
    expect([...given]).toEqual([9, 2, 3]);
    expect([...copy]).toEqual([1, 8, 3]);
  });

  test.each([
    ["a string", "abc"],
    ["an array", [1, 2, 3]],
    ["an array of another type", new Uint16Array(2)],
    ["shared memory", new Uint8Array(new SharedArrayBuffer(4))],
    ["nothing", undefined],
  ])("refuses %s", (_, given) => {
    expect(() => privateCopy(given, "the bytes")).toThrow(/^the bytes must /);
  });
});

test("bytes that do not fit the memory that short ones share have their own", () => {
  const [one, other] = [sharedMemory(1025), sharedMemory(1025)];
  expect(one.buffer).not.toBe(other.buffer);
  expect(one.byteOffset).toBe(0);
});
