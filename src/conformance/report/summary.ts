/** The report as plain text, for a terminal and for the log of CI. */

import { nameOf } from "../runner.ts";
import { isFault, type Tally } from "../tally.ts";
import { matrixOf, type Row, totalRow } from "./matrix.ts";
import { type FileReport, moduleText, type Report } from "./model.ts";
import { reproduceLine } from "./reproduce.ts";

/** More failures than this are counted; the other reports hold all of them. */
const MOST_SHOWN = 20;

const HEAD: readonly string[] = [
  "algorithm",
  "source",
  "files",
  "passed",
  "acceptable: accepted",
  "rejected",
  "stricter",
  "skipped",
  "failed",
  "total",
];

/** The summary, without a line feed at its end. */
export function summaryOf(report: Report): string {
  return [
    tableOf(report),
    ...reasonsOf(report),
    ...faultsOf(report),
    ...problemsOf(report),
    [...notesOf(report), resultLine(report)].join("\n"),
  ].join("\n\n");
}

/** The last line: what the run came to. */
export function resultLine(report: Report): string {
  const { tally, executed, problems, circumstances, files } = report;
  const count = (key: "skipped" | "failed" | "error"): number => countOf(tally, key);
  const seconds = circumstances.seconds.toFixed(1);
  return [
    `${report.outcome}: ${grouped(executed)} cases of ${grouped(files.length)} files executed`,
    `${grouped(count("failed") + count("error"))} failed`,
    `${grouped(count("skipped"))} skipped`,
    `${problems.length} problems of the run`,
    `engine ${circumstances.engine.name}, ${seconds} s`,
  ].join(", ");
}

/** 112,004 */
export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

function tableOf({ files }: Report): string {
  const cells = (row: Pick<Row, "files" | "counts" | "total">): string[] => {
    const { counts } = row;
    return [
      row.files,
      counts.passed,
      counts["accepted-acceptable"],
      counts["rejected-acceptable"],
      counts["stricter-reject"],
      counts.skipped,
      counts.failed + counts.error,
      row.total,
    ].map((count) => (count === 0 ? "-" : grouped(count)));
  };
  const rows = matrixOf(files).map((row) => [row.algorithm, row.source, ...cells(row)]);
  const table = [HEAD, ...rows, ["all", "", ...cells(totalRow(files))]];
  const widths = HEAD.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [lines[0], rule, ...lines.slice(1, -1), rule, lines.at(-1)].join("\n");
}

/** What was skipped or refused on purpose, with the sentence that says why. */
function reasonsOf({ tally, reasons }: Report): string[] {
  const entries = Object.entries(tally).filter(([key]) => key.includes(":"));
  const lines = entries.map(([key, count]) => {
    const [verdict = "", code = ""] = key.split(":");
    return `${grouped(count)} ${verdict} (${code}): ${reasons[code] ?? code}`;
  });
  return listOf("Not as the vector says, on purpose:", lines);
}

function faultsOf({ files, circumstances }: Report): string[] {
  const faults = files.flatMap((file) =>
    file.notable.filter(({ verdict }) => isFault(verdict)).map((fault) => ({ file, fault })),
  );
  const lines = faults.slice(0, MOST_SHOWN).map(({ file, fault }) => {
    const flags = fault.flags === undefined || fault.flags.length === 0 ? "" : ` [${fault.flags.join(", ")}]`;
    const line = reproduceLine(circumstances.engine, file.suite, file.file, fault.id);
    return `${nameOf(file.file)}#${fault.id}${flags} ${fault.verdict}: ${fault.detail ?? ""}\n    ${line}`;
  });
  return listOf("Failures:", [...lines, ...moreOf(faults.length)]);
}

function problemsOf({ problems }: Report): string[] {
  const lines = problems.slice(0, MOST_SHOWN).map(({ file, message }) => (file ? `${file}: ${message}` : message));
  return listOf("Problems of the run:", [...lines, ...moreOf(problems.length)]);
}

function moreOf(count: number): string[] {
  return count > MOST_SHOWN ? [`and ${grouped(count - MOST_SHOWN)} more, all of them in the other reports`] : [];
}

function listOf(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [[title, ...lines.map((line) => `  ${line}`)].join("\n")];
}

function notesOf({ selection, files, stopped, circumstances }: Report): string[] {
  const notes: string[] = [];
  const { module } = circumstances.engine;
  if (module !== undefined) notes.push(`PKCS #11 module ${module.path}: ${moduleText(module)}.`);
  if (selection.sample !== undefined) notes.push(sampleNote(selection.sample, files));
  if (stopped) notes.push("Stopped at the first failure (--fail-fast): the counts are not complete.");
  return notes;
}

function sampleNote(sample: number, files: readonly FileReport[]): string {
  const [selected, cases] = (["selected", "cases"] as const).map((member) =>
    files.reduce((sum, file) => sum + file[member], 0),
  ) as [number, number];
  return `Sampled: at most ${sample} cases of each file, ${grouped(selected)} of ${grouped(cases)} in all.`;
}

function countOf(tally: Tally, verdict: string): number {
  return Object.entries(tally).reduce((sum, [key, count]) => sum + (key.split(":")[0] === verdict ? count : 0), 0);
}
