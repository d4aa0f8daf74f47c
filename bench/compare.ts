/** Two runs beside one another: what became slower or faster, beyond what the samples of either spread. */

import { type ContestOutcome, type GaugeOutcome, idOf, isContestOutcome, type Outcome } from "./outcome.ts";
import { differences, type Results } from "./results.ts";
import type { Spread } from "./statistics.ts";
import { digits, times } from "./text.ts";

export interface Change {
  readonly id: string;
  readonly kind: "slower" | "faster" | "unclear";
  /** How the speed changed, or of a gauge the good of it: 0.5 is half as fast. */
  readonly factor: number;
  readonly text: string;
}

export interface Comparison {
  /** Machine and Node, where they differ: then only ratios mean something, and not all of them. */
  readonly circumstances: readonly string[];
  /** The largest first. */
  readonly changes: readonly Change[];
  readonly same: number;
  /** In one of the two only. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Smaller changes are not told: two runs of the same code differ by as much in a quiet moment. */
export const MARGIN = 0.1;

/** How much better the later is, when the two lie apart by more than their spread and the margin; otherwise nothing. */
export function shift(before: Spread, after: Spread, better: "more" | "less"): number | undefined {
  const isApart = after.low > before.high || after.high < before.low;
  const factor = better === "more" ? after.middle / before.middle : before.middle / after.middle;
  return isApart && Math.abs(Math.log(factor)) > Math.log(1 + MARGIN) ? factor : undefined;
}

/**
 * A change of ours shows against every rival; one that shows against some is theirs, or noise. Without a rival in both runs
 * the times themselves are compared.
 */
function contestChange(id: string, before: ContestOutcome, after: ContestOutcome): Change | undefined {
  const rivals = Object.keys(before.ratios).filter((rival) => rival in after.ratios);
  const shifts = rivals.map((rival) => shift(before.ratios[rival] as Spread, after.ratios[rival] as Spread, "more"));
  if (rivals.length === 0) {
    const [own, now] = [Object.values(before.micros)[0] as Spread, Object.values(after.micros)[0] as Spread];
    return changeOf(id, shift(own, now, "less"), `${digits(own.middle)} to ${digits(now.middle)} µs`);
  }
  const text = rivals
    .map(
      (rival) => `${times(before.ratios[rival]?.middle ?? 0)} to ${times(after.ratios[rival]?.middle ?? 0)} ${rival}`,
    )
    .join(", ");
  const found = shifts.filter((factor) => factor !== undefined);
  if (found.length === 0) return undefined;
  const least = found.reduce((a, b) => (Math.abs(Math.log(b)) < Math.abs(Math.log(a)) ? b : a));
  const isOurs =
    found.length === rivals.length && (found.every((factor) => factor < 1) || found.every((factor) => factor > 1));
  return isOurs ? changeOf(id, least, text) : { id, kind: "unclear", factor: least, text };
}

/** Bytes are bytes on a busy machine too; times without a rival beside them are not. */
const isTimed = (outcome: Outcome): boolean => isContestOutcome(outcome) || outcome.unit !== "bytes";

const hasRivals = (outcome: Outcome): boolean => isContestOutcome(outcome) && Object.keys(outcome.ratios).length > 0;

const isBusy = ({ circumstances: { machine } }: Results): boolean => Math.max(...machine.load) > machine.cores;

function gaugeChange(id: string, before: GaugeOutcome, after: GaugeOutcome): Change | undefined {
  if (before.value === undefined || after.value === undefined) return undefined;
  const text = `${digits(before.value.middle)} to ${digits(after.value.middle)} ${after.unit}`;
  return changeOf(id, shift(before.value, after.value, after.better), text);
}

function changeBetween(id: string, was: Outcome, is: Outcome): Change | undefined {
  if (isContestOutcome(was) && isContestOutcome(is)) return contestChange(id, was, is);
  return isContestOutcome(was) || isContestOutcome(is) ? undefined : gaugeChange(id, was, is);
}

function changeOf(id: string, factor: number | undefined, text: string): Change | undefined {
  return factor === undefined ? undefined : { id, kind: factor < 1 ? "slower" : "faster", factor, text };
}

export function compare(before: Results, after: Results): Comparison {
  const byId = (outcomes: readonly Outcome[]) => new Map(outcomes.map((outcome) => [idOf(outcome), outcome]));
  const [earlier, later] = [byId(before.outcomes), byId(after.outcomes)];
  const both = [...earlier].flatMap(([id, was]) => {
    const is = later.get(id);
    return is === undefined ? [] : [{ id, was, is }];
  });
  const busy = isBusy(before) || isBusy(after);
  const changes = both.flatMap(({ id, was, is }): Change[] => {
    const change = changeBetween(id, was, is);
    if (change === undefined) return [];
    return [busy && isTimed(is) && !hasRivals(is) ? { ...change, kind: "unclear" } : change];
  });
  return {
    circumstances: differences(before.circumstances, after.circumstances, false),
    changes: changes.sort((a, b) => Math.abs(Math.log(b.factor)) - Math.abs(Math.log(a.factor))),
    same: both.length - changes.length,
    before: [...earlier.keys()].filter((id) => !later.has(id)),
    after: [...later.keys()].filter((id) => !earlier.has(id)),
  };
}

const TITLES: Readonly<Record<Change["kind"], string>> = {
  slower: "slower",
  faster: "faster",
  unclear: "changed against some rivals only, or without a rival on a busy machine",
};

/** The lines to print. */
export function comparisonText({ circumstances, changes, same, before, after }: Comparison): string[] {
  const section = (kind: Change["kind"]): string[] => {
    const found = changes.filter((change) => change.kind === kind);
    if (found.length === 0) return [];
    const rows = found.map(({ id, factor, text }) => `  ${times(factor).padStart(7)}  ${id}: ${text}`);
    return ["", `${TITLES[kind]}:`, ...rows];
  };
  const list = (title: string, ids: readonly string[]): string[] =>
    ids.length === 0 ? [] : ["", `${title}:`, ...ids.map((id) => `  ${id}`)];
  return [
    ...circumstances.map((difference) => `not of the same circumstances: ${difference}`),
    ...section("slower"),
    ...section("faster"),
    ...section("unclear"),
    ...list("only in the first", before),
    ...list("only in the second", after),
    "",
    `${same} as before, within the spread or ${Math.round(100 * MARGIN)} %`,
  ];
}
