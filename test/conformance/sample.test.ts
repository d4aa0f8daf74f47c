import fc from "fast-check";
import { expect, test } from "vitest";
import { sampleOf } from "../../src/conformance/sample.ts";
import { fakeText } from "./fake.ts";

const groups = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 });
const count = fc.integer({ min: 1, max: 60 });

test("A sample has the number asked for, in the file's order, and is the same every time", () => {
  fc.assert(
    fc.property(groups, count, (sizes, most) => {
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const sample = sampleOf("wycheproof", fakeText(sizes), most);
      expect(sample.length).toBe(Math.min(most, total));
      expect(sample.map(Number)).toEqual([...new Set(sample.map(Number))].sort((a, b) => a - b));
      expect(sampleOf("wycheproof", fakeText(sizes), most)).toEqual(sample);
    }),
  );
});

test("A sample takes from every group before it takes a second case from one", () => {
  fc.assert(
    fc.property(groups, count, (sizes, most) => {
      const ends = sizes.map((_, index) => sizes.slice(0, index + 1).reduce((sum, size) => sum + size, 0));
      const taken = sizes.map(() => 0);
      for (const id of sampleOf("wycheproof", fakeText(sizes), most)) {
        const group = ends.findIndex((end) => Number(id) <= end);
        taken[group] = (taken[group] ?? 0) + 1;
      }
      const least = Math.min(
        ...taken.filter((number, index) => number < (sizes[index] ?? 0)),
        Number.POSITIVE_INFINITY,
      );
      expect(Math.max(...taken)).toBeLessThanOrEqual(least + 1);
    }),
  );
});

test("Where a file has more groups than are taken, they are spread over all of it", () => {
  expect(sampleOf("wycheproof", fakeText(Array.from({ length: 100 }, () => 2)), 4)).toEqual(["1", "52", "101", "152"]);
});

test("A group's cases come by kind: valid, invalid and flags in turn, before a second of one kind", () => {
  const kinds = ["valid", "valid", "valid", "invalid", "invalid", "acceptable"];
  const tests = kinds.map((result, index) => ({ tcId: index + 1, comment: "", flags: ["F"], result }));
  const notes = { F: { bugType: "BASIC" } };
  const text = JSON.stringify({
    algorithm: "X",
    schema: "x",
    numberOfTests: 6,
    notes,
    testGroups: [{ type: "X", tests }],
  });
  expect(sampleOf("wycheproof", text, 3)).toEqual(["1", "4", "6"]);
  expect(sampleOf("wycheproof", text, 5)).toEqual(["1", "2", "4", "5", "6"]);
});

test("The groups of the other formats are their sections, and the test groups of ACVP", () => {
  const rsp = "[A]\n\nCOUNT = 0\nMD = 00\n\nCOUNT = 1\nMD = 00\n\n[B]\n\nCOUNT = 0\nMD = 00\n";
  expect(sampleOf("rsp", rsp, 2)).toEqual(["1", "3"]);
  const group = (tgId: number, ...tests: number[]): unknown => ({ tgId, tests: tests.map((tcId) => ({ tcId })) });
  const acvp = JSON.stringify({ vsId: 1, algorithm: "X", testGroups: [group(1, 1, 2, 3), group(2, 4, 5)] });
  expect(sampleOf("acvp", acvp, 3)).toEqual(["1.1", "1.2", "2.4"]);
});
