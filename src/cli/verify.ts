/** `pocket-hsm verify`: every vector through the token, and a report. */

import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { PINS } from "../conformance/pins.ts";
import { htmlOf } from "../conformance/report/html.ts";
import { formatReport, parseReport, ReportFormatError } from "../conformance/report/json.ts";
import { junitOf } from "../conformance/report/junit.ts";
import { type PinOptions, pinsOf, type Report, reportOf } from "../conformance/report/model.ts";
import { grouped, summaryOf } from "../conformance/report/summary.ts";
import { nameOf, type Plan, planRun, type Selection, SelectionError } from "../conformance/runner.ts";
import { suites } from "../conformance/suites/all.ts";
import { isFault } from "../conformance/tally.ts";
import { CommandError } from "./command-error.ts";
import { circumstancesOf } from "./verify/circumstances.ts";
import { engineNameOf } from "./verify/engines.ts";
import { moduleInfo, moduleLane } from "./verify/module/process.ts";
import { requirePinsFile, writePins } from "./verify/pins-file.ts";
import { type Lane, runParts, threadLane } from "./verify/pool.ts";
import { startProgress } from "./verify/progress.ts";
import { openVectors, requireIntact, type Vectors } from "./verify/vectors.ts";

/** The options as read (options.ts). */
export interface VerifySettings {
  readonly suite?: readonly string[];
  readonly algorithm?: readonly string[];
  readonly source?: readonly string[];
  readonly case?: readonly string[];
  readonly sample?: number;
  readonly engine: "pure" | "node";
  readonly hardened?: true;
  readonly module?: string;
  readonly slot?: string;
  readonly pin?: string;
  readonly jobs?: number;
  readonly failFast?: true;
  readonly list?: true;
  readonly vectors?: string;
  readonly unpinned?: true;
  readonly updatePins?: true;
  readonly merge?: readonly string[];
  readonly json?: string;
  readonly junit?: string;
  readonly html?: string;
}

/**
 * Runs the vectors, writes what was asked for, and gives the exit status: 0 when all is as expected, 1 when not.
 * @throws CommandError for options that make no sense together, and for vectors that are missing or corrupt
 */
export async function verify(settings: VerifySettings): Promise<0 | 1> {
  if (settings.merge !== undefined) return merge(settings.merge, settings.html);
  const { module, slot, pin } = settings;
  if (module === undefined && (slot ?? pin) !== undefined) throw new CommandError("--slot and --pin need --module");
  if (settings.updatePins) requirePinsFile();
  const vectors = openVectors(settings.vectors);
  const plan = planned(vectors, settings);
  if (settings.list) return list(plan);
  requireIntact(vectors, neededBy(plan, vectors));
  const report = await run(plan, vectors, settings);
  if (settings.json !== undefined) write(settings.json, formatReport(report));
  if (settings.junit !== undefined) write(settings.junit, junitOf(report));
  if (settings.html !== undefined) write(settings.html, htmlOf([report]));
  process.stdout.write(`${summaryOf(report)}\n`);
  if (settings.updatePins) updatePins(report, plan);
  return report.outcome === "passed" ? 0 : 1;
}

/** @throws CommandError */
function planned(vectors: Vectors, settings: VerifySettings): Plan {
  const { suite, algorithm, source, case: cases, sample } = settings;
  const selection: Selection = {
    ...(suite && { suites: suite }),
    ...(algorithm && { algorithms: algorithm }),
    ...(source && { sources: source }),
    ...(cases && { cases }),
    ...(sample !== undefined && { sample }),
  };
  try {
    return planRun(vectors.files, suites, selection);
  } catch (error) {
    throw error instanceof SelectionError ? new CommandError(error.message) : error;
  }
}

async function run(plan: Plan, vectors: Vectors, settings: VerifySettings): Promise<Report> {
  const { failFast = false, module: path, slot, pin } = settings;
  const { jobs = path === undefined ? availableParallelism() : 1 } = settings;
  const { directory } = vectors;
  const engine = engineNameOf(settings.engine, settings.hardened);
  const module = path === undefined ? undefined : { path, slot, pin, directory, failFast };
  const info = module && (await moduleInfo(module));
  const open = (): Lane => (module ? moduleLane(module) : threadLane({ engine, failFast, directory }));
  const begun = performance.now();
  const suiteOf = new Map(plan.files.map(({ file, suite }) => [file.path, suite.name]));
  const progress = await startProgress(selectedCases(plan));
  const results = await runParts(plan, {
    jobs,
    open,
    onResult: ({ path, results }) =>
      progress.add(results.length, results.filter(({ verdict }) => isFault(verdict)).length, suiteOf.get(path) ?? ""),
  });
  progress.end();
  const seconds = (performance.now() - begun) / 1000;
  const ran = path !== undefined && info ? { path, ...info } : engine;
  const circumstances = await circumstancesOf(ran, vectors, { seconds, jobs });
  if (info !== undefined) return reportOf(plan, results, circumstances, { isModule: true });
  const options: PinOptions = settings.updatePins
    ? { pins: {}, allowUnpinned: true }
    : { allowUnpinned: settings.unpinned === true || !vectors.isListed, requirePinned: settings.vectors === undefined };
  return reportOf(plan, results, circumstances, options);
}

function selectedCases({ files, selection: { cases, sample } }: Plan): number {
  if (cases !== undefined) return cases.length;
  return files.reduce((sum, { file }) => sum + Math.min(file.cases, sample ?? file.cases), 0);
}

/** The selected files, and the results that belong to them. */
function neededBy({ files }: Plan, vectors: Vectors): Vectors["files"] {
  const paths = new Set(files.flatMap(({ file }) => [file.path, file.results]));
  return vectors.files.filter(({ path }) => paths.has(path));
}

/** The selected files by suite; a file that no suite or more than one claims fails here as in a run. */
function list({ files, problems }: Plan): 0 | 1 {
  const rows = files.map(({ file, suite }) => [
    suite.name,
    suite.algorithm,
    file.kind,
    String(file.cases),
    nameOf(file.path),
    file.originalSha256,
  ]);
  const table = [["suite", "algorithm", "source", "cases", "file", "sha256"], ...rows];
  process.stdout.write(table.map((row) => `${row.join("\t")}\n`).join(""));
  for (const { file, message } of problems) process.stderr.write(`pocket-hsm: ${file}: ${message}\n`);
  const cases = files.reduce((sum, { file }) => sum + file.cases, 0);
  process.stderr.write(`${grouped(files.length)} files, ${grouped(cases)} cases\n`);
  return problems.length > 0 ? 1 : 0;
}

/** @throws CommandError when there is something to mend first */
function updatePins(report: Report, { listed }: Plan): void {
  if (report.outcome !== "passed") throw new CommandError("pins are only taken from a run without failures", 1);
  const path = writePins(pinsOf(report, PINS, listed));
  process.stderr.write(`pocket-hsm: wrote ${path}; review the difference, and build\n`);
}

/** One page on several runs. @throws CommandError */
function merge(files: readonly string[], html: string | undefined): 0 | 1 {
  if (html === undefined) throw new CommandError("--merge needs --html FILE");
  const reports = files.map((file) => {
    try {
      return parseReport(readFileSync(file, "utf8"));
    } catch (error) {
      const reason = error instanceof ReportFormatError ? error.message : String((error as NodeJS.ErrnoException).code);
      throw new CommandError(`the report ${file} cannot be read: ${reason}`);
    }
  });
  write(html, htmlOf(reports));
  return reports.every(({ outcome }) => outcome === "passed") ? 0 : 1;
}

/** @throws CommandError */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CommandError(`${file} cannot be written: ${String((error as NodeJS.ErrnoException).code)}`);
  }
}
