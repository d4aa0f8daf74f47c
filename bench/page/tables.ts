/** The numbers behind the plots. */

import { escaped } from "../../src/conformance/report/markup.ts";
import { isContestOutcome, type Outcome, type Verdict } from "../outcome.ts";
import type { Spread } from "../statistics.ts";
import { digits, duration, rate, times } from "../text.ts";

/** A figure, and between what half of the rounds were. */
const figure = ({ middle, low, high }: Spread, text: (value: number) => string): string =>
  `${text(middle)}<small class="soft">${text(low)} – ${text(high)}</small>`;

export function verdictBadge(verdict: Verdict, unit = ""): string {
  const { kind, wanted, reached } = verdict;
  const bound =
    kind === "least"
      ? `≥ ${times(wanted)}`
      : kind === "over"
        ? `≤ +${duration(wanted)}`
        : `${kind === "atMost" ? "≤" : "≥"} ${digits(wanted)} ${unit}`;
  return `<span class="badge ${reached ? "good" : "bad"}">${reached ? "✓" : "✗"} ${escaped(bound)}</span>`;
}

/** All of a group, to open. Below a figure stands between what half of the rounds were. */
export function groupTable(outcomes: readonly Outcome[]): string {
  const head = ["", "a second", "a call", "ours is", "wanted"];
  const cells = head.map((cell, index) => `<th scope="col"${index === 0 ? ' class="text"' : ""}>${cell}</th>`).join("");
  return (
    '<details><summary>Numbers</summary><div class="scroll"><table>' +
    `<thead><tr>${cells}</tr></thead><tbody>${outcomes.flatMap(rowsOf).join("")}</tbody></table></div></details>`
  );
}

function rowsOf(outcome: Outcome): string[] {
  const { name, verdicts } = outcome;
  const title = (more: string): string =>
    `<tr class="title"><th scope="rowgroup" class="text" colspan="5">${escaped(name)}${more}</th></tr>`;
  if (!isContestOutcome(outcome)) {
    const { value, unit, absent } = outcome;
    if (value === undefined)
      return [title(""), `<tr><td class="text soft" colspan="5">${escaped(absent ?? "")}</td></tr>`];
    const text = (number: number): string => `${digits(number)} ${escaped(unit)}`;
    const badge = verdicts.map((verdict) => verdictBadge(verdict, unit)).join(" ");
    const cells = [`${value.samples} samples`, "", figure(value, text), "", badge];
    return [
      title(""),
      `<tr>${cells.map((cell, index) => `<td${index === 0 ? ' class="text"' : ""}>${cell}</td>`).join("")}</tr>`,
    ];
  }
  const { micros, ratios, over, latency, absent } = outcome;
  const tail =
    latency === undefined
      ? ""
      : ` <span class="soft">single calls: p50 ${duration(latency.p50)}, p99 ${duration(latency.p99)}</span>`;
  const rows = Object.entries(micros).map(([rival, spread], index) => {
    const ratio = ratios[rival];
    const badges = verdicts
      .filter(({ against }) => against === rival)
      .map((verdict) => {
        const extra = verdict.kind === "over" ? ` <span class="soft">${duration(over[rival]?.middle ?? 0)}</span>` : "";
        return verdictBadge(verdict) + extra;
      });
    const cells = [
      `<td class="text">${index === 0 ? "<b>" : ""}${escaped(rival)}${index === 0 ? "</b>" : ""}</td>`,
      `<td>${rate(spread.middle)}</td>`,
      `<td>${figure(spread, duration)}</td>`,
      `<td>${ratio === undefined ? "" : figure(ratio, times)}</td>`,
      `<td>${badges.join(" ")}</td>`,
    ];
    return `<tr>${cells.join("")}</tr>`;
  });
  const missing = Object.entries(absent).map(
    ([rival, why]) => `<tr><td class="text soft" colspan="5">${escaped(rival)}: ${escaped(why)}</td></tr>`,
  );
  return [title(tail), ...rows, ...missing];
}
