/** Counting verdicts. */

import type { CaseResult, Verdict } from "./suite.ts";

export const VERDICTS: readonly Verdict[] = [
  "passed",
  "accepted-acceptable",
  "rejected-acceptable",
  "stricter-reject",
  "skipped",
  "failed",
  "error",
];

export type Counts = Readonly<Record<Verdict, number>>;

/** Counts by verdict, and where a verdict has a reason by `verdict:reason`; what did not occur is not there. */
export type Tally = Readonly<Record<string, number>>;

/** The key that a result counts under. */
export function tallyKey({ verdict, reason }: CaseResult): string {
  return reason === undefined ? verdict : `${verdict}:${reason}`;
}

export function tallyOf(results: readonly CaseResult[]): Tally {
  const tally: Record<string, number> = {};
  for (const result of results) tally[tallyKey(result)] = (tally[tallyKey(result)] ?? 0) + 1;
  return inOrder(tally);
}

export function sumOf(tallies: readonly Tally[]): Tally {
  const sum: Record<string, number> = {};
  for (const [key, count] of tallies.flatMap((tally) => Object.entries(tally))) sum[key] = (sum[key] ?? 0) + count;
  return inOrder(sum);
}

export function countsOf(tally: Tally): Counts {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const [key, count] of Object.entries(tally)) counts[verdictOf(key)] += count;
  return counts;
}

/** All cases with a verdict. */
export function totalOf(tally: Tally): number {
  return Object.values(tally).reduce((sum, count) => sum + count, 0);
}

/** The cases that were run: all but the skipped ones. */
export function executedOf(tally: Tally): number {
  return totalOf(tally) - countsOf(tally).skipped;
}

/** `passed 292, stricter-reject:iv-too-short 24`. */
export function tallyText(tally: Tally): string {
  return (
    Object.entries(tally)
      .map(([key, count]) => `${key} ${count}`)
      .join(", ") || "nothing"
  );
}

export function isFault(verdict: Verdict): boolean {
  return verdict === "failed" || verdict === "error";
}

function verdictOf(key: string): Verdict {
  return key.split(":")[0] as Verdict;
}

/** By verdict and then by reason, so that equal tallies read the same. */
function inOrder(tally: Tally): Tally {
  const rank = (key: string): number => VERDICTS.indexOf(verdictOf(key));
  const keys = Object.keys(tally).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(keys.map((key) => [key, tally[key] as number]));
}
