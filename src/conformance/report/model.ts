/** The result of a run as a value: what the JSON report holds, and what the other reports are made from. */

import type { ModuleInfo } from "../module/open.ts";
import { PINS, type Pin, type Pins } from "../pins.ts";
import { REASONS } from "../policy.ts";
import {
  type ClaimedFile,
  nameOf,
  type PartResult,
  type Plan,
  type Problem,
  type ReportedCase,
  type Selection,
} from "../runner.ts";
import { executedOf, isFault, sumOf, type Tally, tallyOf, tallyText, totalOf } from "../tally.ts";

/** Changes when a member changes its meaning or goes; a new member does not change it. */
export const SCHEMA = 1;

/** A PKCS #11 module that was run in place of our token. */
export interface ModuleCircumstances extends ModuleInfo {
  /** Where it lies on the machine of the run. */
  readonly path: string;
}

/** `Implementation of PKCS11, SoftHSM 2.6, Cryptoki 2.40; token SoftHSM project, SoftHSM v2`. */
export function moduleText(module: ModuleCircumstances): string {
  const { description, manufacturer, libraryVersion, cryptokiVersion, tokenManufacturer, tokenModel } = module;
  const library = `${description}, ${manufacturer} ${libraryVersion}, Cryptoki ${cryptokiVersion}`;
  return `${library}; token ${tokenManufacturer}, ${tokenModel}`;
}

/** What was run on what; the caller knows. */
export interface Circumstances {
  readonly package: { readonly name: string; readonly version: string };
  readonly engine: {
    readonly name: string;
    /** What the engine leaves to the pure functions, and why. */
    readonly fallbacks?: Readonly<Record<string, string>>;
    readonly module?: ModuleCircumstances;
  };
  /** The runtime and what it brings, by name: `node`, `openssl`, `v8`. */
  readonly runtime: Readonly<Record<string, string>>;
  /** Versions of the packages that the engine stands on. */
  readonly dependencies: Readonly<Record<string, string>>;
  readonly vectors: { readonly package: string; readonly version: string; readonly manifestSha256: string };
  readonly seconds: number;
  readonly jobs: number;
}

export interface FileReport {
  /** The path in the manifest, without `.br`. */
  readonly file: string;
  readonly suite: string;
  readonly algorithm: string;
  /** Who wrote the vectors: `wycheproof`, `cavp`, `acvp` and so on. */
  readonly source: string;
  /** SHA-256 of the file as its package has it. */
  readonly sha256: string;
  /** The cases that the manifest says the file holds. */
  readonly cases: number;
  /** The cases that were to be run: all of them, or those of a sample or a choice. */
  readonly selected: number;
  readonly tally: Tally;
  /** Every case but the passed ones. */
  readonly notable: readonly ReportedCase[];
}

export interface Report {
  readonly schema: typeof SCHEMA;
  readonly outcome: "passed" | "failed";
  readonly circumstances: Circumstances;
  readonly selection: Selection;
  /** The run ended at its first failure. */
  readonly stopped: boolean;
  readonly tally: Tally;
  /** The cases of the files that were run, executed or not. */
  readonly cases: number;
  readonly executed: number;
  readonly problems: readonly Problem[];
  readonly files: readonly FileReport[];
  /** The reason codes that occur, with their text. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** How a run is compared with the pinned verdicts. */
export interface PinOptions {
  readonly pins?: Pins;
  /** A file without a pin is no problem. */
  readonly allowUnpinned?: boolean;
  /** A pinned file that the manifest does not list is one. */
  readonly requirePinned?: boolean;
  /** Another module than ours was run: there are no pins for it, and it may not have what a whole file is about. */
  readonly isModule?: boolean;
}

/** The report of a plan whose parts have been run, in any order. */
export function reportOf(
  plan: Plan,
  parts: readonly PartResult[],
  circumstances: Circumstances,
  options: PinOptions = {},
): Report {
  const stopped = parts.some((part) => part.stopped);
  const outcomes = plan.files.map((claimed) => outcomeOf(claimed, plan, parts, stopped, options));
  const files = outcomes.map(({ file }) => file);
  const problems = [...plan.problems, ...absentees(plan, options), ...outcomes.flatMap((outcome) => outcome.problems)];
  const tally = sumOf(files.map((file) => file.tally));
  const hasFaults = Object.keys(tally).some(
    (key) => key === "failed" || key === "error" || /^(failed|error):/.test(key),
  );
  const used = new Set(files.flatMap(({ notable }) => notable.flatMap(({ reason }) => reason ?? [])));
  return {
    schema: SCHEMA,
    outcome: hasFaults || problems.length > 0 || stopped ? "failed" : "passed",
    circumstances,
    selection: plan.selection,
    stopped,
    tally,
    cases: files.reduce((sum, file) => sum + file.cases, 0),
    executed: executedOf(tally),
    problems,
    files,
    reasons: Object.fromEntries([...used].sort().map((code) => [code, REASONS[code] ?? code])),
  };
}

/** The pins that a report gives: of each file that was run whole. Those of the other files stay as they are. */
export function pinsOf(report: Report, before: Pins, listed: ReadonlySet<string>): Pins {
  const kept = Object.entries(before).filter(([file]) => listed.has(file));
  const fresh = report.files
    .filter((file) => file.selected === file.cases && totalOf(file.tally) === file.cases)
    .map((file): [string, Pin] => [file.file, { sha256: contentOf(file.sha256), tally: file.tally }]);
  const all = Object.entries(Object.fromEntries([...kept, ...fresh]));
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Vectors that have become fewer without anyone saying so. */
function absentees({ listed }: Plan, { pins = PINS, requirePinned = false }: PinOptions): Problem[] {
  const absent = requirePinned ? Object.keys(pins).filter((file) => !listed.has(file)) : [];
  return absent.map((file) => ({ file, message: "pinned, but the manifest does not list it" }));
}

function outcomeOf(
  { file, suite }: ClaimedFile,
  plan: Plan,
  parts: readonly PartResult[],
  stopped: boolean,
  { pins = PINS, allowUnpinned = false, isModule = false }: PinOptions,
): { readonly file: FileReport; readonly problems: readonly Problem[] } {
  const name = nameOf(file.path);
  const wanted = plan.parts.filter((part) => part.path === file.path);
  const own = parts.filter((part) => part.path === file.path).sort((a, b) => a.from - b.from);
  const results = own.flatMap((part) => part.results);
  const tally = tallyOf(results);
  const selected = own.reduce((sum, part) => sum + part.asked, 0);
  const report: FileReport = {
    file: name,
    suite: suite.name,
    algorithm: suite.algorithm,
    source: file.kind,
    sha256: file.originalSha256,
    cases: file.cases,
    selected,
    tally,
    notable: results.filter(({ verdict }) => verdict !== "passed"),
  };
  // The parts of a file that cannot be read all say the same.
  const told = new Map(own.flatMap((part) => part.problems).map((problem) => [problem.message, problem]));
  const problems: Problem[] = [...told.values()];
  const problem = (message: string): number => problems.push({ file: name, message });
  if (stopped) return { file: report, problems };
  if (own.length !== wanted.length) problem(`${wanted.length - own.length} of its ${wanted.length} parts were not run`);
  const isWhole = wanted.every(({ pick }) => "from" in pick);
  if (!isModule && isWhole && executedOf(tally) === 0) problem("no case was executed");
  if (isWhole && totalOf(tally) !== file.cases) problem(`verdicts on ${totalOf(tally)} of ${file.cases} cases`);
  const message = isModule ? undefined : pinProblem(report, isWhole, pins[name], allowUnpinned);
  if (message !== undefined) problem(message);
  return { file: report, problems };
}

/** A whole file comes to its pinned tally; of a part of it, no verdict comes more often than in the whole. */
function pinProblem(
  { sha256, tally, notable }: FileReport,
  isWhole: boolean,
  pin: Pin | undefined,
  allowUnpinned: boolean,
): string | undefined {
  if (pin === undefined || pin.sha256 !== contentOf(sha256))
    return allowUnpinned ? undefined : "the verdicts on this file are not pinned (--unpinned runs it without)";
  const differs = isWhole
    ? tallyText(tally) !== tallyText(pin.tally)
    : Object.entries(tally).some(([key, count]) => count > (pin.tally[key] ?? 0));
  // A failure is reported as what it is; that the totals differ follows from it.
  if (!differs || notable.some(({ verdict }) => isFault(verdict))) return undefined;
  return `came to ${tallyText(tally)}; pinned: ${tallyText(pin.tally)}`;
}

function contentOf(sha256: string): string {
  return sha256.slice(0, 32);
}
