/** One or several reports as a single HTML page that needs nothing from outside of it. */

import { type Counts, countsOf, isFault } from "../tally.ts";
import { detailSections } from "./html-details.ts";
import { STYLE } from "./html-style.ts";
import { escaped } from "./markup.ts";
import { matrixOf, type Row } from "./matrix.ts";
import type { Report } from "./model.ts";
import { grouped } from "./summary.ts";

/** A page on runs of the same vectors, one column of the matrix a source, one line of a cell an engine. */
export function htmlOf(reports: readonly Report[]): string {
  const isGood = reports.every(({ outcome }) => outcome === "passed");
  return `${[
    "<!doctype html>",
    '<html lang="en">',
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>pocket-hsm conformance: ${isGood ? "passed" : "failed"}</title>`,
    `<style>${STYLE}</style></head>`,
    "<body><main>",
    `<header><h1>pocket-hsm conformance</h1>${badge(isGood)}</header>`,
    '<p class="soft">Every case is run through the token: the key becomes an object, the operation is a call on a session, ' +
      "the object is destroyed.</p>",
    ...reports.map(runCard),
    ...matrixSection(reports),
    ...detailSections(reports),
    "</main></body></html>",
  ].join("\n")}\n`;
}

function badge(isGood: boolean): string {
  return isGood ? '<span class="badge good">✓ passed</span>' : '<span class="badge bad">✗ failed</span>';
}

function runCard(report: Report): string {
  const { circumstances, tally, selection, outcome, cases, executed } = report;
  const counts = countsOf(tally);
  const figure = (name: string, count: number): string => `<div><dt>${name}</dt><dd>${grouped(count)}</dd></div>`;
  const choice = Object.entries(selection).map(([name, value]) => `${name}: ${String(value)}`);
  return [
    `<section class="card run"><header><h3>Engine ${escaped(circumstances.engine.name)}</h3>${badge(outcome === "passed")}`,
    `<span class="soft">${grouped(report.files.length)} files, ${circumstances.seconds.toFixed(1)} s</span></header>`,
    '<dl class="figures">',
    figure("cases", cases),
    figure("executed", executed),
    figure("passed", counts.passed),
    figure("acceptable: accepted", counts["accepted-acceptable"]),
    figure("acceptable: rejected", counts["rejected-acceptable"]),
    figure("stricter", counts["stricter-reject"]),
    figure("skipped", counts.skipped),
    figure("failed", counts.failed + counts.error),
    "</dl>",
    choice.length > 0 ? `<p><span class="badge note">not everything</span> ${escaped(choice.join("; "))}</p>` : "",
    report.stopped ? '<p><span class="badge bad">stopped at the first failure</span></p>' : "",
    "</section>",
  ].join("\n");
}

function matrixSection(reports: readonly Report[]): string[] {
  const engines = reports.map((report) => ({
    name: report.circumstances.engine.name,
    rows: new Map(matrixOf(report.files).map((row) => [`${row.algorithm}\t${row.source}`, row])),
  }));
  const rows = engines.flatMap((engine) => [...engine.rows.values()]);
  const distinct = (names: readonly string[]): string[] => [...new Set(names)].sort((a, b) => a.localeCompare(b, "en"));
  const sources = bySize(rows);
  const body = distinct(rows.map((row) => row.algorithm)).map((algorithm) => {
    const cells = sources.map((source) => {
      const lines = engines.map(({ name, rows }) => ({ name, row: rows.get(`${algorithm}\t${source}`) }));
      if (lines.every(({ row }) => row === undefined)) return '<td class="none">·</td>';
      return `<td>${lines.map(({ name, row }) => cell(row, engines.length > 1 ? name : "")).join("")}</td>`;
    });
    return `<tr><th scope="row">${escaped(algorithm)}</th>${cells.join("")}</tr>`;
  });
  return [
    "<h2>Coverage: algorithm by source</h2>",
    '<p class="soft">Cases executed. Green: every one as expected. Amber: some skipped, or refused on purpose.</p>',
    '<div class="card scroll"><table class="matrix">',
    `<thead><tr><th>algorithm</th>${sources.map((source) => `<th scope="col">${escaped(source)}</th>`).join("")}</tr></thead>`,
    `<tbody>${body.join("\n")}</tbody></table></div>`,
  ];
}

/** The sources with the most cases first, because a narrow window shows the first columns. */
function bySize(rows: readonly Row[]): string[] {
  const sizes = new Map<string, number>();
  for (const { source, total } of rows) sizes.set(source, (sizes.get(source) ?? 0) + total);
  return [...sizes.keys()].sort((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0) || a.localeCompare(b, "en"));
}

function cell(row: Row | undefined, engine: string): string {
  const label = engine === "" ? "" : `<span class="engine">${escaped(engine)}</span>`;
  if (row === undefined) return `<div class="cell soft">${label}not run</div>`;
  const { counts, total } = row;
  const remarks = [
    remark(counts.failed + counts.error, "failed"),
    remark(counts["stricter-reject"], "stricter"),
    remark(counts.skipped, "skipped"),
  ].filter((text) => text !== "");
  const small = remarks.length > 0 ? `<small>${remarks.join(", ")}</small>` : "";
  return `<div class="cell ${tone(counts)}">${label}${grouped(total - counts.skipped)}${small}</div>`;
}

function remark(count: number, word: string): string {
  return count === 0 ? "" : `${grouped(count)} ${word}`;
}

function tone(counts: Counts): "good" | "note" | "bad" {
  const occurring = Object.entries(counts).filter(([, count]) => count > 0);
  if (occurring.some(([verdict]) => isFault(verdict as keyof Counts))) return "bad";
  return counts.skipped > 0 || counts["stricter-reject"] > 0 ? "note" : "good";
}
