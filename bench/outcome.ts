/** What a run of an entry found. It goes into the results as it is. */

import type { Contest, Entry, Gauge, Layer } from "./contest.ts";
import type { Spread } from "./statistics.ts";

/** What was wanted against one rival, or of a gauge, and whether it was reached. */
export interface Verdict {
  /** The rival; none for a gauge. */
  readonly against?: string;
  readonly kind: "least" | "over" | "atMost" | "atLeast";
  readonly wanted: number;
  readonly found: number;
  readonly reached: boolean;
}

interface Named {
  readonly layer: Layer;
  readonly group: string;
  readonly name: string;
  readonly headline?: string;
  readonly margin?: number;
  readonly verdicts: readonly Verdict[];
}

export interface ContestOutcome extends Named {
  readonly plot: NonNullable<Contest["plot"]>;
  readonly bytes?: number;
  /** Microseconds an operation, by rival; the first is ours. */
  readonly micros: Readonly<Record<string, Spread>>;
  /** Ours in multiples of each rival's rate, from the rounds' own ratios. */
  readonly ratios: Readonly<Record<string, Spread>>;
  /** What ours takes more than each rival, in microseconds an operation, from the rounds' own differences. */
  readonly over: Readonly<Record<string, Spread>>;
  /** Single calls of ours, in microseconds. */
  readonly latency?: { readonly p50: number; readonly p99: number };
  /** The rivals that were not there, and why. */
  readonly absent: Readonly<Record<string, string>>;
}

export interface GaugeOutcome extends Named {
  readonly unit: string;
  readonly better: "less" | "more";
  /** Nothing when it could not be measured here. */
  readonly value?: Spread;
  readonly absent?: string;
}

export type Outcome = ContestOutcome | GaugeOutcome;

export const isContestOutcome = (outcome: Outcome): outcome is ContestOutcome => "micros" in outcome;

/** What distinguishes an entry in a run. */
export const idOf = ({ layer, name }: Pick<Entry, "layer" | "name">): string => `${layer}: ${name}`;

/** @param ratios and over as in the outcome */
export function contestVerdicts(
  { least = {}, over: most = {} }: Pick<Contest, "least" | "over">,
  ratios: ContestOutcome["ratios"],
  over: ContestOutcome["over"],
): Verdict[] {
  const verdicts: Verdict[] = [];
  for (const [against, wanted] of Object.entries(least)) {
    const found = ratios[against]?.middle;
    if (found !== undefined) verdicts.push({ against, kind: "least", wanted, found, reached: found >= wanted });
  }
  for (const [against, wanted] of Object.entries(most)) {
    const found = over[against]?.middle;
    if (found !== undefined) verdicts.push({ against, kind: "over", wanted, found, reached: found <= wanted });
  }
  return verdicts;
}

export function gaugeVerdicts({ atMost, atLeast }: Pick<Gauge, "atMost" | "atLeast">, found: number): Verdict[] {
  return [
    ...(atMost === undefined ? [] : [{ kind: "atMost", wanted: atMost, found, reached: found <= atMost } as const]),
    ...(atLeast === undefined ? [] : [{ kind: "atLeast", wanted: atLeast, found, reached: found >= atLeast } as const]),
  ];
}

/**
 * Whether a wide margin is kept: half of what was wanted, or twice of what was allowed, where it is a margin of 2.
 * Microseconds over a rival count for little where the rival itself takes more of them: the machine is slow then, not ours.
 * @param ratio ours as a multiple of the rival's rate
 */
export function isNear({ kind, wanted, found }: Verdict, margin = 2, ratio = 0): boolean {
  if (kind === "over" && ratio >= 0.5) return true;
  return kind === "least" || kind === "atLeast" ? found >= wanted / margin : found <= margin * wanted;
}

/** What was asked for. */
export interface Choice {
  readonly quick: boolean;
  /** Layers; none is all of them. */
  readonly layers: readonly string[];
  /** Parts of names and groups; none is every one. */
  readonly only: readonly string[];
}

export function isChosen({ layer, group, name, quick = false }: Entry, choice: Choice): boolean {
  const text = `${group}: ${name}`.toLowerCase();
  const isNamed = choice.only.length === 0 || choice.only.some((part) => text.includes(part.toLowerCase()));
  const isThere = choice.layers.length === 0 || choice.layers.includes(layer);
  return isNamed && isThere && (quick || !choice.quick);
}
