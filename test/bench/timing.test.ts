/** The arithmetic of `npm run timing`. What it measures is not tested: no test here knows how long anything takes. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shares } from "../../bench/timing/budget.ts";
import { drawClasses } from "../../bench/timing/measure.ts";
import { fixedOrRandom, input, wrongAt } from "../../bench/timing/row.ts";
import { rows } from "../../bench/timing/rows/all.ts";
import {
  CROPS,
  cropOf,
  findingOf,
  Moments,
  percentile,
  type Test,
  tests,
  welch,
  worst,
} from "../../bench/timing/statistics.ts";
import { seededRng } from "../support/seeded-rng.ts";

function momentsOf(values: readonly number[]): Moments {
  const moments = new Moments();
  for (const value of values) moments.push(value);
  return moments;
}

/** Numbers from a normal distribution (Box and Muller), the same in every run. */
function normal(seed: string): () => number {
  const rng = seededRng(seed);
  const uniform = (): number => (new DataView(rng(4).buffer).getUint32(0) + 1) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

function measured(count: number, time: (of: number, noise: () => number) => number, seed = "times") {
  const noise = normal(seed);
  const classes = Uint8Array.from({ length: count }, (_, i) => (i * 7919) & 1);
  return { classes, times: Float64Array.from(classes, (of) => time(of, noise)) };
}

const largest = (found: readonly Test[]): number => Math.abs(worst(found).t);

describe("Welch's t", () => {
  test("is that of the worked examples: 1.959 for screws of two machines, -2.853 for two groups of fifteen", () => {
    const screws = [
      [30.02, 29.99, 30.11, 29.97, 30.01, 29.99],
      [29.89, 29.93, 29.72, 29.98, 30.02, 29.98],
    ].map(momentsOf) as [Moments, Moments];
    expect(welch(...screws)).toBeCloseTo(1.959, 3);
    const groups = [
      [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4],
      [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 24.4],
    ].map(momentsOf) as [Moments, Moments];
    expect(welch(...groups)).toBeCloseTo(-2.853, 3);
  });

  test("changes its sign with the order, and is 0 where nothing spreads", () => {
    const [a, b] = [momentsOf([1, 2, 3]), momentsOf([4, 6, 8])];
    expect(welch(a, b)).toBe(-welch(b, a));
    expect(welch(momentsOf([5, 5]), momentsOf([5, 5]))).toBe(0);
  });

  test("stands on a mean and a variance that do not suffer from large values", () => {
    const moments = momentsOf([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]);
    expect(moments.mean).toBe(1e9 + 10);
    expect(moments.variance).toBeCloseTo(30, 6);
  });
});

describe("Cropping", () => {
  test("keeps from 7 % to 99.9 % of the measurements, more and more closely", () => {
    expect(cropOf(0)).toBeCloseTo(1 - 2 ** -0.1, 12);
    expect(cropOf(CROPS - 1)).toBeCloseTo(1 - 2 ** -10, 12);
    const crops = Array.from({ length: CROPS }, (_, i) => cropOf(i));
    expect(crops).toEqual(crops.toSorted((a, b) => a - b));
    const sorted = Array.from({ length: 1000 }, (_, i) => i);
    expect([0.1, 0.5, 0.999].map((part) => percentile(sorted, part))).toEqual([100, 500, 999]);
  });

  test("sees a difference under outliers that hide it from the test of all", () => {
    const found = tests(
      measured(4000, (of, noise) => 100 + of + noise() + (Math.abs(noise()) > 2 ? 5000 * Math.abs(noise()) : 0)),
    );
    expect(Math.abs((found[0] as Test).t)).toBeLessThan(3);
    expect(largest(found)).toBeGreaterThan(10);
    expect(worst(found).of).toMatch(/^below /);
    expect(worst(found).difference).toBeGreaterThan(0);
  });

  test("leaves a crop out that has too few measurements, and says so when none has enough", () => {
    expect(tests(measured(500, (_, noise) => noise())).length).toBeLessThan(CROPS);
    expect(tests(measured(20_000, (_, noise) => noise()))).toHaveLength(CROPS + 2);
    expect(() => worst(tests(measured(300, (_, noise) => noise())))).toThrow("at least 200");
  });
});

describe("What is found", () => {
  test("is nothing in two classes of the same times, whatever the seed", () => {
    for (const seed of ["a", "b", "c", "d", "e"]) {
      expect(largest(tests(measured(20_000, (_, noise) => noise() ** 2, seed)))).toBeLessThan(4.5);
    }
  });

  test("is a difference of a seventh of the spread in 20,000 measurements but not in 1,000", () => {
    const time = (of: number, noise: () => number): number => noise() + 0.15 * of;
    expect(findingOf(largest(tests(measured(20_000, time))))).toBe("leak");
    expect(findingOf(largest(tests(measured(1000, time))))).toBe("none seen");
  });

  test("is a wider spread around the same mean, by the second-order test", () => {
    const found = tests(measured(20_000, (of, noise) => noise() * (1 + 0.3 * of)));
    expect(Math.abs((found[0] as Test).t)).toBeLessThan(4.5);
    expect(Math.abs((found.at(-1) as Test).t)).toBeGreaterThan(10);
    expect((found.at(-1) as Test).of).toBe("spread");
  });

  test("is named by the bounds of dudect", () => {
    expect([0, -4.4, 4.5, -9.9, 10, -500].map(findingOf)).toEqual([
      ...["none seen", "none seen", "suspect", "suspect"],
      ...["leak", "leak"],
    ]);
  });
});

describe("Classes and inputs", () => {
  test("are drawn half and half in every stretch, in an order that the seed decides", () => {
    const [one, same] = [drawClasses(seededRng("x")), drawClasses(seededRng("x"))];
    expect(one).toEqual(same);
    expect(drawClasses(seededRng("y"))).not.toEqual(one);
    const rng = seededRng("z");
    const firsts = new Array<number>(64).fill(0);
    for (let i = 0; i < 400; i++) {
      const classes = drawClasses(rng);
      expect(classes.reduce((sum, of) => sum + of, 0)).toBe(32);
      classes.forEach((of, at) => {
        firsts[at] = (firsts[at] as number) + of;
      });
    }
    // Each place has either class as often: 200 of 400, standard deviation 10.
    expect(Math.min(...firsts)).toBeGreaterThan(150);
    expect(Math.max(...firsts)).toBeLessThan(250);
  });

  test("come in the same memory for either class, and both kinds are made each time, in turns of either order", () => {
    const made: number[] = [];
    const both = input(2, (of) => {
      made.push(of);
      return Uint8Array.of(of, 9);
    });
    expect(both.set(1)).toBe(both.bytes);
    expect(both.bytes).toEqual(Uint8Array.of(1, 9));
    expect(both.set(0)).toEqual(Uint8Array.of(0, 9));
    expect(both.set(0)).toEqual(Uint8Array.of(0, 9));
    expect(made).toEqual([0, 1, 1, 0, 0, 1]);
  });

  test("are fixed or random, or wrong at either end", () => {
    const pair = fixedOrRandom(seededRng("pair"), 16);
    const [first, random, again] = [0, 1, 0].map((of) => Uint8Array.from(pair.set(of as 0 | 1)));
    expect(again).toEqual(first);
    expect(random).not.toEqual(first);
    const wrong = wrongAt(Uint8Array.of(1, 2, 3, 4), 1);
    expect([...wrong.set(0)]).toEqual([1, 3, 3, 4]);
    expect([...wrong.set(1)]).toEqual([1, 2, 3, 5]);
  });
});

describe("The time of a run", () => {
  test("is shared alike by all rows, but for those that need more", () => {
    expect(shares([1, 1, 1], 30)).toEqual([10, 10, 10]);
    expect(shares([1, 20, 1], 30)).toEqual([5, 20, 5]);
    expect(shares([1, 20, 6], 30)).toEqual([4, 20, 6]);
    expect(shares([], 30)).toEqual([]);
  });

  test("is never more than there is: the rows that need most are left out, and no others", () => {
    expect(shares([1, 50, 2], 30)).toEqual([15, undefined, 15]);
    expect(shares([20, 20, 2], 30)).toEqual([20, undefined, 10]);
    expect(shares([5, 6], 1)).toEqual([undefined, undefined]);
    const needs = fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 12 });
    fc.assert(
      fc.property(needs, fc.integer({ min: 1, max: 500 }), (all, total) => {
        const given = shares(all, total);
        expect(given.reduce<number>((sum, one) => sum + (one ?? 0), 0)).toBeLessThanOrEqual(total + 1e-9);
        const kept = all.filter((_, index) => given[index] !== undefined);
        const out = all.filter((_, index) => given[index] === undefined);
        expect(Math.max(0, ...kept)).toBeLessThanOrEqual(Math.min(Number.POSITIVE_INFINITY, ...out));
        for (const [index, need] of all.entries()) expect(given[index] ?? need).toBeGreaterThanOrEqual(need);
      }),
    );
  });
});

describe("Every row", () => {
  test("has a name of its own, and there are controls of both kinds", () => {
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    expect(new Set(rows.flatMap(({ must }) => must ?? []))).toEqual(new Set(["leak", "none seen"]));
  });

  test.each(rows.map((row) => [row.name, row] as const))("%s: runs with inputs of either class", (_, row) => {
    const trial = row.make(seededRng(row.name));
    for (const of of [0, 1, 1, 0] as const) {
      trial.prepare(of);
      expect(() => trial.run()).not.toThrow();
    }
  });
});
