import { expect, test } from "vitest";
import type { Contest, Gauge } from "../../bench/contest.ts";
import { once } from "../../bench/contest.ts";
import type { ContestOutcome } from "../../bench/outcome.ts";
import { run } from "../../bench/rounds.ts";

const named = { layer: "engine", group: "group", name: "name" } as const;
const runContest = (contest: Omit<Contest, "layer" | "group" | "name">, rounds = 5): Promise<ContestOutcome> =>
  run({ ...named, ...contest }, rounds, { warmUp: 0, singles: 0 }) as Promise<ContestOutcome>;

test("every rival does the same fixed work, in turns that begin with another each round", async () => {
  const log: string[] = [];
  const call = (name: string) => () => void log.push(name);
  await runContest({ calls: 2, batch: 2, rivals: () => ({ a: call("a"), b: call("b"), c: call("c") }) });
  // One call each to begin with, then a round that warms up and five that count; no single calls where calls are batches.
  const round = (order: string): string[] => [...order].flatMap((name) => [name, name]);
  expect(log).toEqual([..."abc", ...["abc", "bca", "cab", "abc", "bca", "cab"].flatMap(round)]);
});

test("a promise is awaited before the next call", async () => {
  let running = 0;
  let most = 0;
  const call = async (): Promise<void> => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
  };
  const { micros } = await runContest({ calls: 3, rivals: () => ({ ours: call, other: () => 1 }) });
  expect(most).toBe(1);
  expect(Object.keys(micros)).toEqual(["ours", "other"]);
});

test("a slow rival gets its own number of calls, an absent one none, with its reason", async () => {
  let slow = 0;
  const rivals = () => ({
    ours: () => 1,
    slow: { calls: 1, call: () => ++slow },
    gone: { absent: "it is not installed" },
  });
  const { absent, ratios } = await runContest({ calls: 10, rivals });
  expect(slow).toBe(1 + 6);
  expect(absent).toEqual({ gone: "it is not installed" });
  expect(Object.keys(ratios)).toEqual(["slow"]);
});

test("a quick run measures ours and those that have a target alone", async () => {
  const rivals = () => ({ ours: () => 1, wanted: () => 1, other: () => 1 });
  const contest = { ...named, calls: 1, rivals, least: { wanted: 1 } };
  const { micros } = (await run(contest, 2, { warmUp: 0, singles: 0, targetsOnly: true })) as ContestOutcome;
  expect(Object.keys(micros)).toEqual(["ours", "wanted"]);
});

test("a contest in which ours is not here is not run, and says why", async () => {
  let calls = 0;
  const rivals = () => ({ ours: { absent: "too few keys" }, other: () => ++calls });
  expect(await runContest({ calls: 1, rivals, least: { other: 2 } })).toMatchObject({
    micros: {},
    absent: { ours: "too few keys" },
    verdicts: [],
  });
  expect(calls).toBe(0);
});

test("a contest that needs more rounds has them", async () => {
  let calls = 0;
  const rivals = () => ({ ours: () => 1, other: () => ++calls });
  const { micros } = await runContest({ calls: 1, rounds: 20, average: "mean", rivals });
  expect(calls).toBe(1 + 24);
  expect(micros["other"]?.samples).toBe(20);
});

test("what a contest leaves for its end is done last-first, also when a rival throws", async () => {
  const log: string[] = [];
  const failing = runContest({
    calls: 1,
    rivals: (atEnd) => {
      atEnd(() => log.push("first"));
      atEnd(async () => log.push("second"));
      return {
        ours: () => {
          throw new Error("broken");
        },
      };
    },
  });
  await expect(failing).rejects.toThrow("broken");
  expect(log).toEqual(["second", "first"]);
});

test("targets become verdicts; one against an absent rival does not", async () => {
  const { verdicts } = await runContest({
    calls: 1,
    rivals: () => ({ ours: () => 1, other: () => 1, gone: { absent: "not here" } }),
    least: { other: 0, gone: 5 },
    over: { other: 1e9 },
  });
  expect(verdicts.map(({ kind, against, reached }) => [kind, against, reached])).toEqual([
    ["least", "other", true],
    ["over", "other", true],
  ]);
});

test("a gauge is its samples' median beside its limit, or says why there are none", async () => {
  const gauge: Gauge = { ...named, unit: "bytes", measure: () => [700, 500, 600], atMost: 550 };
  expect(await run(gauge, 1)).toMatchObject({
    value: { middle: 600, samples: 3 },
    better: "less",
    verdicts: [{ kind: "atMost", wanted: 550, found: 600, reached: false }],
  });
  expect(await run({ ...gauge, measure: async () => ({ absent: "no memory" }) }, 1)).toMatchObject({
    absent: "no memory",
    verdicts: [],
  });
});

test("a shared set-up is made once, at its first use", () => {
  let made = 0;
  const shared = once(() => ++made);
  expect([made, shared(), shared()]).toEqual([0, 1, 1]);
});
