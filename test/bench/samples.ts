/** Results that nobody measured. */

import type { ContestOutcome, GaugeOutcome, Outcome } from "../../bench/outcome.ts";
import { type Results, SCHEMA } from "../../bench/results.ts";
import type { Spread } from "../../bench/statistics.ts";

export const spread = (middle: number, part = 0.02): Spread => ({
  middle,
  low: middle * (1 - part),
  high: middle * (1 + part),
  samples: 21,
});

/** @param micros of ours first; ratios follow from it */
export function contestOutcome(
  micros: Readonly<Record<string, number>>,
  others: Partial<ContestOutcome> = {},
): ContestOutcome {
  const [own = 1] = Object.values(micros);
  const rivals = Object.entries(micros).slice(1);
  return {
    layer: "engine",
    group: "HMAC",
    name: "HMAC 32 B",
    plot: "rivals",
    micros: Object.fromEntries(Object.entries(micros).map(([name, value]) => [name, spread(value)])),
    ratios: Object.fromEntries(rivals.map(([name, value]) => [name, spread(value / own)])),
    over: Object.fromEntries(rivals.map(([name, value]) => [name, spread(own - value)])),
    absent: {},
    verdicts: [],
    ...others,
  };
}

export const gaugeOutcome = (value: number, better: GaugeOutcome["better"] = "less"): GaugeOutcome => ({
  layer: "scale",
  group: "Memory",
  name: "bytes an object",
  unit: "bytes",
  better,
  value: spread(value),
  verdicts: [{ kind: "atMost", wanted: 600, found: value, reached: value <= 600 }],
});

export const resultsOf = (outcomes: readonly Outcome[], others: Partial<Results["circumstances"]> = {}): Results => ({
  schema: SCHEMA,
  circumstances: {
    date: "2026-01-02T03:04:05.000Z",
    seconds: 10,
    rounds: 21,
    machine: { cpu: "A Processor", cores: 2, memoryBytes: 2 ** 33, os: "Linux 6", architecture: "x64", load: [0, 1] },
    versions: { node: "20.20.2", v8: "11.3", openssl: "3.0.19" },
    commit: { hash: "0123456789", dirty: false },
    ...others,
  },
  outcomes,
  failures: [],
});
