/** Measures one row: which class comes next is drawn, and what disturbs the machine disturbs both. */

import type { Rng } from "../../src/crypto/engine.ts";
import type { Class, Row, Trial } from "./row.ts";
import { type Finding, findingOf, percentile, tests, worst } from "./statistics.ts";

export interface Budget {
  readonly milliseconds: number;
  readonly measurements: number;
}

export interface Outcome {
  readonly group: string;
  readonly name: string;
  readonly classes: readonly [string, string];
  readonly must?: "leak" | "none seen";
  readonly measurements: number;
  /** Calls that were timed together. */
  readonly calls: number;
  /** Median of a call, in nanoseconds. */
  readonly nanoseconds: number;
  /** The largest |t| of all tests, which test it was, and by how much the second class took longer in it. */
  readonly t: number;
  readonly test: string;
  readonly differenceNanoseconds?: number;
  readonly finding: Finding;
}

/** A measurement takes at least so long that the clock's steps of some tens of nanoseconds do not matter. */
const LEAST_MICROSECONDS = 10;
/** The part of a row's time in which the code is compiled; what is measured there is thrown away. */
const WARM_UP = 0.15;

/** Measurements of a row however slow: enough for a t-test of all of them. */
const LEAST = 512;

/** So many of one class as of the other in every stretch of this length, in an order that is drawn. */
const STRETCH = 64;

/** The classes of a stretch: half of each, shuffled (Fisher and Yates). */
export function drawClasses(rng: Rng, length: number = STRETCH): Uint8Array {
  const classes = Uint8Array.from({ length }, (_, i) => i & 1);
  for (let i = length - 1; i > 0; i--) {
    const [high = 0, low = 0] = rng(2);
    const j = ((high << 8) | low) % (i + 1);
    const of = classes[i] as number;
    classes[i] = classes[j] as number;
    classes[j] = of;
  }
  return classes;
}

export function measure(row: Row, rng: Rng, budget: Budget): Outcome {
  const trial = row.make(rng);
  const calls = callsFor(trial, budget.milliseconds * 0.05);
  sample(trial, rng, calls, { ...budget, milliseconds: budget.milliseconds * WARM_UP }, STRETCH);
  const measured = sample(trial, rng, calls, budget, LEAST);
  const { t, of, difference } = worst(tests(measured));
  const sorted = Float64Array.from(measured.times).sort();
  const { group, name, classes, must } = row;
  return {
    ...{ group, name, classes },
    ...(must && { must }),
    measurements: measured.times.length,
    calls,
    nanoseconds: (1000 * percentile(sorted, 0.5)) / calls,
    t: Math.abs(t),
    test: of,
    ...(of !== "spread" && { differenceNanoseconds: (1000 * difference) / calls }),
    finding: findingOf(t),
  };
}

interface Sample {
  /** Microseconds of a measurement. */
  readonly times: Float64Array;
  readonly classes: Uint8Array;
}

let consumed: unknown;

function time(trial: Trial, calls: number): number {
  const start = performance.now();
  for (let i = 0; i < calls; i++) consumed = trial.run();
  return 1000 * (performance.now() - start);
}

function sample(trial: Trial, rng: Rng, calls: number, { milliseconds, measurements }: Budget, least: number): Sample {
  const times = new Float64Array(measurements);
  const classes = new Uint8Array(measurements);
  const end = performance.now() + milliseconds;
  let count = 0;
  // In whole stretches, so that both classes are as many.
  while (count + STRETCH <= measurements && (performance.now() < end || count < least)) {
    for (const of of drawClasses(rng)) {
      trial.prepare(of as Class);
      times[count] = time(trial, calls);
      classes[count] = of;
      count++;
    }
  }
  if (consumed === measure) throw new Error("never");
  return { times: times.slice(0, count), classes: classes.slice(0, count) };
}

/** The milliseconds of a {@link Budget} that a row needs for {@link LEAST} measurements, as its first calls tell. */
export function needOf(row: Row, rng: Rng): number {
  const trial = row.make(rng);
  const taken: number[] = [];
  const end = performance.now() + 5;
  for (let turn = 0; turn < 4 || performance.now() < end; turn++) {
    const start = performance.now();
    trial.prepare((turn & 1) as Class);
    time(trial, 1);
    taken.push(performance.now() - start);
  }
  return LEAST * Math.max(Math.min(...taken), LEAST_MICROSECONDS / 1000);
}

/** How often to call for a measurement of {@link LEAST_MICROSECONDS}, once the code is warm. */
function callsFor(trial: Trial, milliseconds: number): number {
  const end = performance.now() + milliseconds;
  let calls = 1;
  for (let turn = 0; performance.now() < end || turn < 3; turn++) {
    trial.prepare((turn & 1) as Class);
    if (time(trial, calls) < LEAST_MICROSECONDS) calls = Math.min(2 * calls, 4096);
  }
  // What was slow while it was not yet compiled must not be counted as it was then.
  const taken: number[] = [];
  for (let turn = 0; turn < 9; turn++) {
    trial.prepare((turn & 1) as Class);
    taken.push(time(trial, calls) / calls);
  }
  return Math.max(1, Math.ceil(LEAST_MICROSECONDS / (taken.sort((a, b) => a - b)[4] as number)));
}
