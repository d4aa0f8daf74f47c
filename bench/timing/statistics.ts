/**
 * Whether two classes of measurements differ, as dudect asks it (O. Reparaz, J. Balasch, I. Verbauwhede: "Dude, is my code constant
 * time?", DATE 2017): Welch's t-test on all of them, on what is left below each of a hundred percentiles, for the slow ones
 * are the machine's doing, and on the squares of their distances from the mean, which find what only spreads differently.
 */

/** Mean and variance of one class so far (Welford). */
export class Moments {
  count = 0;
  mean = 0;
  #squares = 0;

  push(value: number): void {
    this.count++;
    const difference = value - this.mean;
    this.mean += difference / this.count;
    this.#squares += difference * (value - this.mean);
  }

  /** Unbiased; 0 for fewer than two. */
  get variance(): number {
    return this.count < 2 ? 0 : this.#squares / (this.count - 1);
  }
}

/** Welch's t: the difference of the means in standard errors. 0 where there is no spread to measure it by. */
export function welch(a: Moments, b: Moments): number {
  const error = Math.sqrt(a.variance / a.count + b.variance / b.count);
  return error > 0 ? (a.mean - b.mean) / error : 0;
}

/** What was measured: times, and to which of the two classes each belongs. */
export interface Measurements {
  readonly times: ArrayLike<number>;
  readonly classes: ArrayLike<number>;
}

/** One t-test: of which measurements, and what came of it. */
export interface Test {
  /** `all`, `below 93.3 %`, or `spread`. */
  readonly of: string;
  readonly t: number;
  readonly count: number;
  /** How much longer the second class took, in the unit of the times; for `spread` in its square. */
  readonly difference: number;
}

/** As many as dudect has. */
export const CROPS = 100;
/** Fewer measurements of a class say nothing by a t-test that supposes normal means. */
const ENOUGH = 200;

/** The part of the measurements that crop `i` of {@link CROPS} keeps: 1 − 2^(−10·(i + 1)/100), which are more the higher. */
export function cropOf(i: number): number {
  return 1 - 0.5 ** ((10 * (i + 1)) / CROPS);
}

/** The value below which a part of the measurements lies. */
export function percentile(sorted: ArrayLike<number>, part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

/** Every test of dudect's that has enough to go on. */
export function tests(measured: Measurements): Test[] {
  const sorted = Float64Array.from(measured.times).sort();
  const all = testBelow(measured, Number.POSITIVE_INFINITY, "all");
  const cropped = Array.from({ length: CROPS }, (_, i) =>
    testBelow(measured, percentile(sorted, cropOf(i)), `below ${(100 * cropOf(i)).toFixed(1)} %`),
  );
  return [all, ...cropped, testOfSpread(measured)].filter((test) => test !== undefined);
}

/** The test that tells the classes apart best. @throws RangeError when there are too few measurements for any */
export function worst(found: readonly Test[]): Test {
  const [first, ...others] = found;
  if (first === undefined) throw new RangeError(`expected at least ${ENOUGH} measurements of each class`);
  return others.reduce((most, test) => (Math.abs(test.t) > Math.abs(most.t) ? test : most), first);
}

function testBelow({ times, classes }: Measurements, bound: number, of: string): Test | undefined {
  const both = [new Moments(), new Moments()] as const;
  for (let i = 0; i < times.length; i++) {
    const time = times[i] as number;
    if (time < bound) both[classes[i] as 0 | 1].push(time);
  }
  return testOf(both, of);
}

/** dudect's second-order test. */
function testOfSpread({ times, classes }: Measurements): Test | undefined {
  const means = [new Moments(), new Moments()] as const;
  for (let i = 0; i < times.length; i++) means[classes[i] as 0 | 1].push(times[i] as number);
  const both = [new Moments(), new Moments()] as const;
  for (let i = 0; i < times.length; i++) {
    const of = classes[i] as 0 | 1;
    both[of].push(((times[i] as number) - means[of].mean) ** 2);
  }
  return testOf(both, "spread");
}

function testOf([a, b]: readonly [Moments, Moments], of: string): Test | undefined {
  if (a.count < ENOUGH || b.count < ENOUGH) return undefined;
  return { of, t: welch(a, b), count: a.count + b.count, difference: b.mean - a.mean };
}

/** From here on two classes that are the same are hardly ever found apart, as dudect's authors have it. */
export const SUSPECT = 4.5;
/** dudect's own bound for "definitely not constant time". */
export const LEAK = 10;

export type Finding = "none seen" | "suspect" | "leak";

export function findingOf(t: number): Finding {
  if (Math.abs(t) >= LEAK) return "leak";
  return Math.abs(t) >= SUSPECT ? "suspect" : "none seen";
}
