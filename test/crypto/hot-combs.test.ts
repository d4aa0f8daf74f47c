import { expect, test } from "vitest";
import { whenHot } from "../../src/crypto/hot-combs.ts";

const PLACES = 64;
const HOT_USES = 8;

/** Points whose combs are their numbers, and how many combs were made. */
function pointsOf(count: number) {
  const made = { combs: 0 };
  const points = Array.from({ length: count }, (_, i) =>
    whenHot(() => {
      made.combs++;
      return i;
    }),
  );
  return { points, made };
}

function usedInTurn(points: readonly (() => unknown)[], rounds: number): unknown[][] {
  return Array.from({ length: rounds }, () => points.map((use) => use()));
}

test("a point has a comb from its eighth use on, which is made once", () => {
  const { points, made } = pointsOf(1);
  const found = usedInTurn(points, 2 * HOT_USES).flat();
  expect(found).toEqual([...new Array(HOT_USES - 1).fill(undefined), ...new Array(HOT_USES + 1).fill(0)]);
  expect(made.combs).toBe(1);
});

test("of more points than there are places, used in turn, those that have combs keep them", () => {
  const { points, made } = pointsOf(PLACES + 8);
  const last = usedInTurn(points, 5 * HOT_USES).at(-1) ?? [];
  expect(made.combs).toBe(PLACES);
  expect(last.filter((comb) => comb !== undefined)).toHaveLength(PLACES);
});

test("a point that becomes hot takes the place of the longest unused, which has to become hot again", () => {
  const { points } = pointsOf(PLACES + 1);
  const [newcomer, ...holders] = points as [() => unknown, ...(() => unknown)[]];
  usedInTurn(holders, HOT_USES);
  expect(usedInTurn([newcomer], HOT_USES).at(-1)).toEqual([0]);
  expect(holders.slice(1).map((use) => use())).toEqual(Array.from({ length: PLACES - 1 }, (_, i) => i + 2));
  expect(usedInTurn(holders.slice(0, 1), HOT_USES).flat()).toEqual([...new Array(HOT_USES - 1).fill(undefined), 1]);
});
