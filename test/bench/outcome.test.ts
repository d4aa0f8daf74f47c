import { expect, test } from "vitest";
import { isChosen, isNear, type Verdict } from "../../bench/outcome.ts";

test("a figure is near its target within half of it, or twice of what is allowed, or within its own margin", () => {
  const near = (kind: Verdict["kind"], wanted: number, found: number, margin?: number): boolean =>
    isNear({ kind, wanted, found, reached: false }, margin);
  expect([near("least", 4, 2), near("least", 4, 1.9)]).toEqual([true, false]);
  expect([near("atLeast", 6000, 3000), near("atLeast", 6000, 2999)]).toEqual([true, false]);
  expect([near("over", 3, 6), near("over", 3, 6.1)]).toEqual([true, false]);
  expect([near("least", 4, 1, 4), near("over", 3, 12, 4), near("over", 3, 12.1, 4)]).toEqual([true, true, false]);
  expect([near("atMost", 600, 1200), near("atMost", 600, 1201)]).toEqual([true, false]);
});

test("what is over a rival is near too where the rival takes as much, but no other figure is for that", () => {
  const verdict = (kind: Verdict["kind"]): Verdict => ({ kind, wanted: 3, found: 30, reached: false });
  expect([0.5, 0.49].map((ratio) => isNear(verdict("over"), 2, ratio))).toEqual([true, false]);
  expect(isNear(verdict("atMost"), 2, 0.9)).toBe(false);
  expect(isNear({ ...verdict("least"), found: 1 }, 2, 0.9)).toBe(false);
});

test("entries are chosen by layer, by parts of their names, and for a quick run", () => {
  const entry = { layer: "engine", group: "P-256", name: "P-256 sign", unit: "", measure: () => [1] } as const;
  const all = { quick: false, layers: [], only: [] };
  expect(isChosen(entry, all)).toBe(true);
  expect(isChosen(entry, { ...all, layers: ["token", "engine"] })).toBe(true);
  expect(isChosen(entry, { ...all, layers: ["token"] })).toBe(false);
  expect(isChosen(entry, { ...all, only: ["ecdh", "SIGN"] })).toBe(true);
  expect(isChosen(entry, { ...all, only: ["verify"] })).toBe(false);
  expect(isChosen(entry, { ...all, quick: true })).toBe(false);
  expect(isChosen({ ...entry, quick: true }, { ...all, quick: true })).toBe(true);
});
