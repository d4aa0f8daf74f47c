import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compare, comparisonText, MARGIN, shift } from "../../bench/compare.ts";
import type { Outcome } from "../../bench/outcome.ts";
import { contestOutcome, gaugeOutcome, resultsOf, spread } from "./samples.ts";

const changes = (before: Outcome, after: Outcome) => compare(resultsOf([before]), resultsOf([after])).changes;

test("a run beside itself has no changes", () => {
  const results = resultsOf([contestOutcome({ ours: 1, noble: 3 }), gaugeOutcome(500)]);
  expect(compare(results, results)).toEqual({ circumstances: [], changes: [], same: 2, before: [], after: [] });
});

test("what became slower against every rival is a regression, and the way back an improvement", () => {
  const before = contestOutcome({ ours: 1, noble: 3, "node:crypto": 2 });
  const after = contestOutcome({ ours: 1.5, noble: 3, "node:crypto": 2 });
  expect(changes(before, after)).toMatchObject([{ kind: "slower", factor: expect.closeTo(2 / 3, 10) }]);
  expect(changes(after, before)).toMatchObject([{ kind: "faster", factor: expect.closeTo(1.5, 10) }]);
});

test("a change against one rival of several is the rival's, or noise", () => {
  const before = contestOutcome({ ours: 1, noble: 3, "node:crypto": 2 });
  expect(changes(before, contestOutcome({ ours: 1, noble: 2, "node:crypto": 2 }))).toMatchObject([{ kind: "unclear" }]);
});

test("a machine that is slower in everything changes nothing", () => {
  expect(changes(contestOutcome({ ours: 1, noble: 3 }), contestOutcome({ ours: 4, noble: 12 }))).toEqual([]);
});

test("without a rival in both the times are compared", () => {
  const before = contestOutcome({ ours: 1, noble: 3 });
  expect(changes(before, contestOutcome({ ours: 2, elliptic: 3 }))).toMatchObject([{ kind: "slower", factor: 0.5 }]);
});

test("a gauge knows which way is better", () => {
  expect(changes(gaugeOutcome(500), gaugeOutcome(700))).toMatchObject([{ kind: "slower" }]);
  expect(changes(gaugeOutcome(500, "more"), gaugeOutcome(700, "more"))).toMatchObject([{ kind: "faster" }]);
});

test("a time without a rival beside it says nothing on a busy machine; a count of bytes does", () => {
  const { machine } = resultsOf([]).circumstances;
  const kindOf = (before: Outcome, after: Outcome) => {
    const busy = resultsOf([after], { machine: { ...machine, load: [0, machine.cores + 1] } });
    return compare(resultsOf([before]), busy).changes.map(({ kind }) => kind);
  };
  expect(kindOf({ ...gaugeOutcome(500), unit: "ms" }, { ...gaugeOutcome(700), unit: "ms" })).toEqual(["unclear"]);
  expect(kindOf(gaugeOutcome(500), gaugeOutcome(700))).toEqual(["slower"]);
  expect(kindOf(contestOutcome({ ours: 1, noble: 3 }), contestOutcome({ ours: 2, noble: 3 }))).toEqual(["slower"]);
});

test("no change within the spread or the margin is told, and each is told the other way round", () => {
  const value = fc.double({ min: 0.1, max: 100, noNaN: true });
  const part = fc.double({ min: 0, max: 0.5, noNaN: true });
  fc.assert(
    fc.property(value, value, part, (before, after, width) => {
      const [was, is] = [spread(before, width), spread(after, width)];
      const factor = shift(was, is, "more");
      const overlap = was.low <= is.high && is.low <= was.high;
      const isSmall = Math.abs(Math.log(after / before)) <= Math.log(1 + MARGIN);
      expect(factor === undefined).toBe(overlap || isSmall);
      const back = shift(is, was, "more");
      if (factor !== undefined) expect(back).toBeCloseTo(1 / factor, 10);
      expect(shift(was, is, "less")).toBe(back);
    }),
  );
});

test("another machine, another Node and entries of one run only are named", () => {
  const before = resultsOf([contestOutcome({ ours: 1 }, { name: "old" })]);
  const after = resultsOf([contestOutcome({ ours: 1 }, { name: "new" })], {
    versions: { node: "22.0.0", openssl: "3.0.19" },
  });
  const text = comparisonText(compare(before, after)).join("\n");
  expect(text).toContain("node 20.20.2 and 22.0.0");
  expect(text).toMatch(/only in the first:\n {2}engine: old\n\nonly in the second:\n {2}engine: new/);
});
