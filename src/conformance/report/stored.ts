/**
 * A report reduced to its counts, small enough to be kept in a repository: the tables of the documents are made from
 * such summaries, and can be checked against the vectors and the pins.
 */

import { PINS, type Pins } from "../pins.ts";
import { type ClaimedFile, nameOf, type Selection } from "../runner.ts";
import { countsOf, sumOf, type Tally, totalOf } from "../tally.ts";
import type { Circumstances, Report } from "./model.ts";
import { grouped } from "./summary.ts";

/** Tallies by algorithm and source. */
export type Rows = Readonly<Record<string, Readonly<Record<string, Tally>>>>;

export interface StoredSummary {
  /** What ran: `pure`, `node`, or a module as it names itself. */
  readonly engine: string;
  /** Of a module: what it says of itself. */
  readonly module?: Readonly<Record<string, string>>;
  readonly package: Circumstances["package"];
  readonly runtime: Circumstances["runtime"];
  readonly vectors: Circumstances["vectors"];
  readonly selection: Selection;
  readonly problems: number;
  readonly rows: Rows;
}

export function storedOf({ circumstances, selection, problems, files }: Report): StoredSummary {
  const { engine, package: own, runtime, vectors } = circumstances;
  const { path: _, ...module } = engine.module ?? { path: "" };
  return {
    engine: engine.name,
    ...(engine.module && { module }),
    package: own,
    runtime,
    vectors,
    selection,
    problems: problems.length,
    rows: rowsOf(files),
  };
}

/** The counts of each algorithm, a column a summary. Parts that are zero are left out. */
export function tableRows(summaries: readonly StoredSummary[]): {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
} {
  const algorithms = [...new Set(summaries.flatMap(({ rows }) => Object.keys(rows)))];
  const sorted = algorithms.sort((a, b) => a.localeCompare(b, "en"));
  const tally = ({ rows }: StoredSummary, algorithm: string): Tally => sumOf(Object.values(rows[algorithm] ?? {}));
  const all = (summary: StoredSummary): Tally => sumOf(sorted.map((algorithm) => tally(summary, algorithm)));
  return {
    head: ["algorithm", ...summaries.map(({ engine }) => engine)],
    rows: [
      ...sorted.map((algorithm) => [algorithm, ...summaries.map((summary) => cellOf(tally(summary, algorithm)))]),
      ["**all**", ...summaries.map((summary) => cellOf(all(summary)))],
    ],
  };
}

/**
 * What is wrong with summaries that are to be shown beside each other, or nothing: all are of the same vectors, which
 * are the manifest's, and of the same selection; and a whole run of our own engines came to what is pinned.
 */
export function storedProblem(
  summaries: readonly StoredSummary[],
  manifestSha256: string,
  files: readonly ClaimedFile[],
  pins: Pins = PINS,
): string | undefined {
  const [first] = summaries;
  for (const { engine, vectors, selection, rows, module } of summaries) {
    if (vectors.manifestSha256 !== manifestSha256) return `the summary of ${engine} is of other vectors than vectors/`;
    if (JSON.stringify(selection) !== JSON.stringify(first?.selection))
      return `the summaries of ${first?.engine} and ${engine} are of different selections`;
    const isWhole = Object.keys(selection).length === 0;
    if (module === undefined && isWhole && canonical(rows) !== canonical(pinnedRows(files, pins)))
      return `the summary of ${engine} is not what is pinned`;
  }
  return undefined;
}

/** What the pins say that a whole run comes to. */
function pinnedRows(files: readonly ClaimedFile[], pins: Pins): Rows {
  return rowsOf(
    files.map(({ file, suite }) => ({
      algorithm: suite.algorithm,
      source: file.kind,
      tally: pins[nameOf(file.path)]?.tally ?? {},
    })),
  );
}

function rowsOf(
  files: readonly { readonly algorithm: string; readonly source: string; readonly tally: Tally }[],
): Rows {
  const rows: Record<string, Record<string, Tally>> = {};
  for (const { algorithm, source, tally } of files) {
    rows[algorithm] ??= {};
    const own = rows[algorithm];
    own[source] = sumOf([own[source] ?? {}, tally]);
  }
  return sorted(rows, (sources) => sorted(sources, (tally) => tally));
}

function sorted<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  const entries = Object.entries(record).map(([key, value]): [string, U] => [key, map(value)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function canonical(rows: Rows): string {
  return JSON.stringify(sorted(rows, (sources) => sorted(sources, (tally) => sorted(tally, (count) => count))));
}

/** `1,234 passed, 48 stricter, 6 acceptable, 2 failed, 30 skipped`. */
function cellOf(tally: Tally): string {
  const counts = countsOf(tally);
  const parts: readonly (readonly [number, string])[] = [
    [counts.passed, "passed"],
    [counts["stricter-reject"], "refused on purpose"],
    [counts["accepted-acceptable"] + counts["rejected-acceptable"], "acceptable"],
    [counts.failed + counts.error, "**failed**"],
    [counts.skipped, "skipped"],
  ];
  const text = parts.filter(([count]) => count > 0).map(([count, word]) => `${grouped(count)} ${word}`);
  return totalOf(tally) === 0 ? "not run" : text.join(", ");
}
