/** Runs an entry. */

import { Bench } from "tinybench";
import type { Call, Contest, Entry, Gauge, Rivals, Slow } from "./contest.ts";
import { isContest } from "./contest.ts";
import { type ContestOutcome, contestVerdicts, type GaugeOutcome, gaugeVerdicts, type Outcome } from "./outcome.ts";
import { meanAndError, quartiles, quotient, type Spread } from "./statistics.ts";

/** Where the last result is kept, so that no call can be left out. */
export const kept: { result: unknown } = { result: undefined };

interface Turn {
  readonly calls: number;
  readonly call: Call;
  readonly isAsync: boolean;
}

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise;

/** Milliseconds for one call of a turn, on average. */
function take({ call, calls }: Turn): number {
  const start = performance.now();
  for (let i = 0; i < calls; i++) kept.result = call();
  return (performance.now() - start) / calls;
}

async function takeAsync({ call, calls }: Turn): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < calls; i++) kept.result = await call();
  return (performance.now() - start) / calls;
}

/** Ours, and who has a target. */
function wanted(rivals: Rivals, { least = {}, over = {} }: Contest): Rivals {
  return Object.fromEntries(
    Object.entries(rivals).filter(([name], index) => index === 0 || name in least || name in over),
  );
}

async function turnsOf(rivals: Rivals, calls: number): Promise<Map<string, Turn>> {
  const turns = new Map<string, Turn>();
  for (const [name, rival] of Object.entries(rivals)) {
    if ("absent" in rival) continue;
    const { call, calls: own }: Slow = typeof rival === "function" ? { call: rival, calls } : rival;
    const first = call();
    turns.set(name, { call, calls: own, isAsync: isPromise(first) });
    await first;
  }
  return turns;
}

/** Milliseconds beside the rounds. */
export interface Patience {
  /** Each rival warms up for so long at least: V8 compiles what has run for some time. */
  readonly warmUp: number;
  /** Single calls of ours are timed for so long. */
  readonly singles: number;
  /** Only against the rivals that have a target. */
  readonly targetsOnly?: boolean;
}

const PATIENCE: Patience = { warmUp: 100, singles: 100 };
/** For `--quick`. */
export const LITTLE_PATIENCE: Patience = { warmUp: 60, singles: 20, targetsOnly: true };

/** Microseconds by rival and round. Each round begins with another rival; a fifth as many and `warmUp` ms a rival go first. */
async function interleaved(
  turns: ReadonlyMap<string, Turn>,
  rounds: number,
  warmUp: number,
): Promise<Map<string, number[]>> {
  const times = new Map([...turns.keys()].map((name) => [name, [] as number[]]));
  const order = [...turns];
  const inRound = async (round: number): Promise<void> => {
    for (let i = 0; i < order.length; i++) {
      const [name, turn] = order[(i + round) % order.length] as [string, Turn];
      times.get(name)?.push(1000 * (turn.isAsync ? await takeAsync(turn) : take(turn)));
    }
  };
  const warm = performance.now() + warmUp * order.length;
  let round = 0;
  while (round < rounds / 5 || performance.now() < warm) await inRound(round++);
  for (const taken of times.values()) taken.length = 0;
  for (const last = round + rounds; round < last; round++) await inRound(round);
  return times;
}

/** Calls longer than this, in microseconds, have no tail that some tens of them would show. */
const LONGEST_SINGLE = 20_000;

/** A single call of ours at the median and in the tail: what rounds of many calls cannot tell. */
async function latencyOf(call: Call, time: number): Promise<ContestOutcome["latency"]> {
  const bench = new Bench({ time, iterations: 8, warmup: false, subtractTimerOverhead: true, throws: true });
  bench.add("ours", () => {
    kept.result = call();
    return isPromise(kept.result) ? kept.result.then(() => undefined) : undefined;
  });
  const [task] = await bench.run();
  if (task?.result.state !== "completed") return undefined;
  const { p50, p99 } = task.result.latency;
  return { p50: 1000 * p50, p99: 1000 * p99 };
}

const mapped = <T, R>(record: Readonly<Record<string, T>>, of: (value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, of(value)]));

const titleOf = ({ layer, group, name, headline, margin }: Entry) => ({
  layer,
  group,
  name,
  ...(headline === undefined ? {} : { headline }),
  ...(margin === undefined ? {} : { margin }),
});

async function runContest(
  contest: Contest,
  asked: number,
  { warmUp, singles, targetsOnly = false }: Patience,
): Promise<ContestOutcome> {
  const { calls, batch = 1, bytes, average = "median", plot = "rivals" } = contest;
  const closing: (() => unknown)[] = [];
  try {
    const all = await contest.rivals((close) => void closing.unshift(close));
    const rivals = targetsOnly ? wanted(all, contest) : all;
    const absent = Object.fromEntries(
      Object.entries(rivals).flatMap(([rival, is]) => ("absent" in is ? [[rival, is.absent]] : [])),
    );
    // Without ours there is no contest.
    if ((Object.keys(rivals)[0] ?? "") in absent) {
      return { ...titleOf(contest), plot, micros: {}, ratios: {}, over: {}, absent, verdicts: [] };
    }
    const turns = await turnsOf(rivals, calls);
    (globalThis as { gc?: () => void }).gc?.();
    const times = Object.fromEntries(await interleaved(turns, Math.max(asked, contest.rounds ?? 0), warmUp));
    const perOperation = mapped(times, (rounds) => rounds.map((micros) => micros / batch));
    const micros = mapped(perOperation, average === "mean" ? meanAndError : quartiles);
    const [[ours, own], ...others] = Object.entries(perOperation) as [[string, number[]], ...[string, number[]][]];
    const paired = (of: (other: number, own: number) => number): Record<string, Spread> =>
      Object.fromEntries(others.map(([rival, all]) => [rival, quartiles(all.map((t, i) => of(t, own[i] as number)))]));
    const ratios =
      average === "mean"
        ? Object.fromEntries(
            others.map(([rival]) => [rival, quotient(micros[rival] as Spread, micros[ours] as Spread)]),
          )
        : paired((other, own) => other / own);
    const over = paired((other, own) => own - other);
    const isSingle = batch === 1 && (micros[ours] as Spread).middle < LONGEST_SINGLE;
    const latency = isSingle ? await latencyOf((turns.get(ours) as Turn).call, singles) : undefined;
    return {
      ...titleOf(contest),
      plot,
      ...(bytes === undefined ? {} : { bytes }),
      micros,
      ratios,
      over,
      ...(latency === undefined ? {} : { latency }),
      absent,
      verdicts: contestVerdicts(contest, ratios, over),
    };
  } finally {
    for (const close of closing) await close();
  }
}

async function runGauge(gauge: Gauge): Promise<GaugeOutcome> {
  const { unit, atMost, atLeast } = gauge;
  const better = atLeast !== undefined && atMost === undefined ? "more" : "less";
  const measured = await gauge.measure();
  if ("absent" in measured) return { ...titleOf(gauge), unit, better, absent: measured.absent, verdicts: [] };
  const value = quartiles(measured);
  return { ...titleOf(gauge), unit, better, value, verdicts: gaugeVerdicts(gauge, value.middle) };
}

/** @param rounds of a contest, those that warm up not counted */
export function run(entry: Entry, rounds: number, patience: Patience = PATIENCE): Promise<Outcome> {
  return isContest(entry) ? runContest(entry, rounds, patience) : runGauge(entry);
}
