/** Numbers and results for a terminal. */

import { isContestOutcome, type Outcome, type Verdict } from "./outcome.ts";
import type { Results } from "./results.ts";

/** Three significant digits, with the unit that fits. */
export function duration(micros: number): string {
  const [value, unit] =
    micros < 1
      ? [micros * 1000, "ns"]
      : micros < 1000
        ? [micros, "µs"]
        : micros < 1e6
          ? [micros / 1000, "ms"]
          : [micros / 1e6, "s"];
  return `${digits(value)} ${unit}`;
}

/** Three significant digits, without an exponent: 0.0329, 4.8, 1,200,000. */
export function digits(value: number): string {
  return Number.isFinite(value) ? value.toLocaleString("en", { maximumSignificantDigits: 3 }) : "–";
}

export const times = (ratio: number): string => `${digits(ratio)}×`;

/** Operations a second: 1.2M/s. */
export function rate(micros: number): string {
  return `${(1e6 / micros).toLocaleString("en", { notation: "compact", maximumSignificantDigits: 3 })}/s`;
}

export function verdictText({ against, kind, wanted, found, reached }: Verdict, unit = ""): string {
  const verb = reached ? "reaches" : "misses";
  if (kind === "least") return `${verb} ${times(wanted)} ${against}`;
  if (kind === "over") return `${found < 0 ? "" : "+"}${duration(found)} over ${against}, ${verb} ${duration(wanted)}`;
  return `${verb} ${kind === "atMost" ? "at most" : "at least"} ${digits(wanted)} ${unit}`;
}

/** A line of the table. */
export function line(outcome: Outcome): string {
  const { name, verdicts } = outcome;
  if (!isContestOutcome(outcome)) {
    const { value, unit, absent } = outcome;
    const found = value === undefined ? `not measured: ${absent}` : `${digits(value.middle)} ${unit}`;
    return [
      name.padEnd(46),
      found.padStart(12),
      "  ",
      verdicts.map((verdict) => verdictText(verdict, unit)).join("; "),
    ].join("");
  }
  const { micros, ratios, absent } = outcome;
  if (Object.keys(micros).length === 0) return `${name.padEnd(46)}not measured: ${Object.values(absent).join("; ")}`;
  const own = Object.values(micros)[0]?.middle ?? Number.NaN;
  const against = Object.entries(ratios).map(([rival, { middle }]) => `${times(middle)} ${rival}`);
  const missed = verdicts.filter(({ reached }) => !reached).map((verdict) => `! ${verdictText(verdict)}`);
  return `${name.padEnd(46)}${rate(own).padStart(12)}   ${[...against, ...missed].join(", ")}`;
}

/** The end of a run. */
export function summary({ outcomes, failures, circumstances }: Results): string {
  const verdicts = outcomes.flatMap((outcome) => outcome.verdicts);
  const reached = verdicts.filter((verdict) => verdict.reached).length;
  const failed = failures.length === 0 ? "" : `, ${failures.length} FAILED`;
  const { node, openssl } = circumstances.versions;
  return `${outcomes.length} contests in ${circumstances.seconds} s${failed}; ${reached} of ${verdicts.length} targets reached; Node ${node}, OpenSSL ${openssl}, ${circumstances.machine.cpu}`;
}
