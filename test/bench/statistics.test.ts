import * as fc from "fast-check";
import { expect, test } from "vitest";
import { meanAndError, median, quantile, quartiles, quotient } from "../../bench/statistics.ts";
import { spread } from "./samples.ts";

const samples = fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });

test("quantiles are those of the textbook", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  // R: quantile(c(1, 2, 3, 4, 10), c(.25, .75, .9), type = 7)
  expect([0.25, 0.75, 0.9].map((part) => quantile([10, 1, 2, 3, 4], part))).toEqual([2, 4, expect.closeTo(7.6, 10)]);
});

test("nothing is said of no samples", () => {
  expect(() => quantile([], 0.5)).toThrow("expected at least one sample");
  expect(() => meanAndError([])).toThrow("expected at least one sample");
});

test("quartiles lie in order between the extremes, whatever the order of the samples", () => {
  fc.assert(
    fc.property(samples, (values) => {
      const { low, middle, high, samples } = quartiles(values);
      const order = [Math.min(...values), low, middle, high, Math.max(...values)];
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      expect(samples).toBe(values.length);
      expect(quartiles(values.toReversed())).toEqual(quartiles(values));
    }),
  );
});

test("a mean has its standard error, none when all samples are one", () => {
  // sd of 2, 4, 4, 4, 5, 5, 7, 9 with n - 1 is sqrt(32 / 7)
  const { middle, low, high } = meanAndError([2, 4, 4, 4, 5, 5, 7, 9]);
  expect(middle).toBe(5);
  expect(high - middle).toBeCloseTo(Math.sqrt(32 / 7 / 8), 12);
  expect(middle - low).toBeCloseTo(high - middle, 12);
  expect(meanAndError([3])).toEqual({ middle: 3, low: 3, high: 3, samples: 1 });
});

test("the error of a quotient has those of both its parts", () => {
  const { middle, low } = quotient(spread(30, 0.03), spread(10, 0.04));
  expect(middle).toBeCloseTo(3, 12);
  expect((middle - low) / middle).toBeCloseTo(0.05, 12);
});
