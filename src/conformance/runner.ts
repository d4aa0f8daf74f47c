/**
 * The conformance run: which suite runs which file, in which parts, and what the verdicts add up to.
 *
 * It reads no file and starts no thread. Whoever runs it does, in any order and place: `planRun`, `runPart` for each of
 * the plan's parts, `reportOf` (report/model.ts).
 */

import { type CaseDetails, detailsOf } from "./case-details.ts";
import { caseIds } from "./parsers/formats.ts";
import type { VectorFile } from "./parsers/manifest.ts";
import { judgeAcceptable, REASONS } from "./policy.ts";
import { sampleOf } from "./sample.ts";
import type { CaseResult, Suite, SuiteBench } from "./suite.ts";
import { isFault } from "./tally.ts";

/** Something that is wrong with the run itself; each fails it. */
export interface Problem {
  readonly file?: string;
  readonly message: string;
}

/** Which files and cases are run; everything where a member is not given. */
export interface Selection {
  /** Names of suites. */
  readonly suites?: readonly string[];
  /** Algorithms as the suites name them, or their beginnings: `AES` is all of AES. Case does not matter. */
  readonly algorithms?: readonly string[];
  /** Who wrote the vectors, as the manifest's column `kind` has it. */
  readonly sources?: readonly string[];
  /** `FILE#ID`. */
  readonly cases?: readonly string[];
  /** At most so many cases of each file. */
  readonly sample?: number;
}

/** A file and the suite that claims it. */
export interface ClaimedFile {
  readonly file: VectorFile;
  readonly suite: Suite;
}

/** Which of a file's cases a part runs: those at positions, some by id, or a cross-section. */
export type Pick =
  | { readonly from: number; readonly to: number }
  | { readonly ids: readonly string[] }
  | { readonly sample: number };

export interface Part {
  /** The file's path in the manifest. */
  readonly path: string;
  readonly pick: Pick;
}

export interface Plan {
  readonly selection: Selection;
  /** The names of all files of the manifest. */
  readonly listed: ReadonlySet<string>;
  /** The files that are run, in the manifest's order. */
  readonly files: readonly ClaimedFile[];
  readonly parts: readonly Part[];
  /** What is wrong with the claims, of all files. */
  readonly problems: readonly Problem[];
}

/** A verdict as it is reported: what did not go well carries the case's inputs. */
export interface ReportedCase extends CaseResult, Partial<CaseDetails> {}

export interface PartResult {
  readonly path: string;
  /** The position of the part's first case in the file, and how many cases it was to run. */
  readonly from: number;
  readonly asked: number;
  readonly results: readonly ReportedCase[];
  /** The part ended at its first failure, as it was told to. */
  readonly stopped: boolean;
  readonly problems: readonly Problem[];
}

/** A choice that selects nothing, or names what does not exist. */
export class SelectionError extends Error {
  override readonly name: string = "SelectionError";
}

/** A file's name in options and reports: its path without the compression. */
export function nameOf(path: string): string {
  return path.replace(/\.br$/, "");
}

/** A file is run in at most so many parts, of at least so many cases. */
const MOST_PARTS = 16;
const LEAST_CASES = 8;

/**
 * Gives every file to the suite that claims it, and divides the selected ones into parts.
 * @throws SelectionError
 */
export function planRun(manifest: readonly VectorFile[], suites: readonly Suite[], selection: Selection = {}): Plan {
  const claims = claimsOf(manifest, suites, selection);
  const wanted = wantedCases(claims.files, selection.cases);
  requireKnown(claims.files, suites, selection);
  const files = claims.files.filter(
    ({ file, suite }) => isSelected(file, suite, selection) && (wanted?.has(file.path) ?? true),
  );
  if (files.length === 0 && claims.problems.length === 0)
    throw new SelectionError("no file of vectors matches all options");
  const parts = files.flatMap(({ file }) => {
    const ids = wanted?.get(file.path);
    if (ids !== undefined) return [{ path: file.path, pick: { ids } }];
    if (selection.sample !== undefined) return [{ path: file.path, pick: { sample: selection.sample } }];
    return rangesOf(file.cases).map((pick) => ({ path: file.path, pick }));
  });
  const listed = new Set(manifest.map(({ path }) => nameOf(path)));
  return { selection, listed, files, parts, problems: claims.problems };
}

/**
 * Every file but the results of ACVP prompts has exactly one suite. Who chooses suites, algorithms or cases has not
 * chosen a file that belongs to none.
 */
function claimsOf(
  manifest: readonly VectorFile[],
  suites: readonly Suite[],
  { suites: names, algorithms, sources, cases }: Selection,
): { readonly files: readonly ClaimedFile[]; readonly problems: readonly Problem[] } {
  const files: ClaimedFile[] = [];
  const problems: Problem[] = [];
  const results = new Set(manifest.map((file) => file.results));
  const isOpen = names === undefined && algorithms === undefined && cases === undefined;
  for (const file of manifest) {
    const name = nameOf(file.path);
    if (file.format === "acvp-expected") {
      if (!results.has(file.path)) problems.push({ file: name, message: "results that belong to no prompt" });
      continue;
    }
    const claiming = suites.filter((suite) => suite.claims(file));
    const [suite] = claiming;
    if (suite === undefined) {
      if (isOpen && (sources?.includes(file.kind) ?? true))
        problems.push({ file: name, message: "no suite claims this file" });
    } else if (claiming.length > 1)
      problems.push({ file: name, message: `claimed by ${claiming.map((one) => one.name).join(" and ")}` });
    else files.push({ file, suite });
  }
  return { files, problems };
}

function isSelected(file: VectorFile, suite: Suite, { suites, algorithms, sources }: Selection): boolean {
  return (
    (suites?.includes(suite.name) ?? true) &&
    (algorithms?.some((algorithm) => isAlgorithm(suite, algorithm)) ?? true) &&
    (sources?.includes(file.kind) ?? true)
  );
}

function isAlgorithm(suite: Suite, algorithm: string): boolean {
  return suite.algorithm.toLowerCase().startsWith(algorithm.toLowerCase());
}

/** @throws SelectionError */
function requireKnown(files: readonly ClaimedFile[], suites: readonly Suite[], selection: Selection): void {
  const refuse = (what: string, name: string, known: readonly string[]): never => {
    throw new SelectionError(`no ${what} is called ${name}; there are ${[...new Set(known)].sort().join(", ")}`);
  };
  const suiteNames = suites.map((suite) => suite.name);
  for (const name of selection.suites ?? []) if (!suiteNames.includes(name)) refuse("suite", name, suiteNames);
  for (const name of selection.algorithms ?? [])
    if (!suites.some((suite) => isAlgorithm(suite, name)))
      refuse(
        "algorithm",
        name,
        suites.map((suite) => suite.algorithm),
      );
  const kinds = files.map(({ file }) => file.kind);
  for (const name of selection.sources ?? []) if (!kinds.includes(name)) refuse("source", name, kinds);
}

/** The ids of `FILE#ID` choices by path. @throws SelectionError */
function wantedCases(
  files: readonly ClaimedFile[],
  cases: readonly string[] | undefined,
): ReadonlyMap<string, readonly string[]> | undefined {
  if (cases === undefined) return undefined;
  const wanted = new Map<string, string[]>();
  for (const choice of cases) {
    const at = choice.lastIndexOf("#");
    const id = choice.slice(at + 1);
    if (at <= 0 || id === "") throw new SelectionError(`a case is chosen as FILE#ID, found ${choice}`);
    const name = nameOf(choice.slice(0, at));
    const found = files.find(({ file }) => nameOf(file.path) === name);
    if (found === undefined) throw new SelectionError(`no file of vectors is called ${name}`);
    wanted.set(found.file.path, [...(wanted.get(found.file.path) ?? []), id]);
  }
  return wanted;
}

function rangesOf(cases: number): Pick[] {
  const size = Math.max(LEAST_CASES, Math.ceil(cases / MOST_PARTS));
  return Array.from({ length: Math.ceil(cases / size) }, (_, index) => ({
    from: index * size,
    to: Math.min((index + 1) * size, cases),
  }));
}

/** What a part needs to be run. */
export interface PartInput {
  readonly claimed: ClaimedFile;
  readonly pick: Pick;
  readonly text: string;
  /** The text of the file's results, for ACVP prompts. */
  readonly expected?: string | undefined;
  readonly bench: SuiteBench;
  readonly failFast?: boolean;
  /** Cases that have ended a process, by id, and how: they are not run again, and their verdict is `error`. */
  readonly crashed?: Readonly<Record<string, string>>;
}

/**
 * Runs some cases of a file. It throws nothing: what the suite throws is a problem of the part, and so is each case
 * that it gives no verdict on, gives two, or gives without having been asked.
 */
export function runPart(input: PartInput): PartResult {
  const { claimed, pick, text, expected, bench, failFast = false, crashed = {} } = input;
  const { file, suite } = claimed;
  const name = nameOf(file.path);
  const found: CaseResult[] = [];
  const problems: Problem[] = [];
  let asked: readonly string[] = [];
  let stopped = false;
  let results: readonly ReportedCase[] = found;
  try {
    const ids = caseIds(file.format, text);
    if (ids.length !== file.cases)
      throw new Error(`the manifest lists ${file.cases} cases, the file holds ${ids.length}`);
    asked = askedOf(ids, pick, file, text);
    const run = asked.filter((id) => !Object.hasOwn(crashed, id));
    const only = run.length === ids.length ? undefined : new Set(run);
    for (const result of suite.run(text, file, bench, only, expected)) {
      const checked = underPolicy(result, suite, bench.module !== undefined);
      found.push(checked);
      stopped = failFast && isFault(checked.verdict);
      if (stopped) break;
    }
    const crashes = Object.entries(crashed).map(([id, how]): CaseResult => ({ id, verdict: "error", detail: how }));
    if (!stopped) found.push(...crashes);
    results = withDetails(found, file, text, expected);
  } catch (error) {
    problems.push({ file: name, message: error instanceof Error ? error.message : String(error) });
  }
  problems.push(...differencesOf(name, stopped ? asked.slice(0, found.length) : asked, found));
  return {
    path: file.path,
    from: "from" in pick ? pick.from : 0,
    asked: asked.length,
    results,
    stopped: stopped || (failFast && Object.keys(crashed).length > 0),
    problems,
  };
}

function askedOf(ids: readonly string[], pick: Pick, file: VectorFile, text: string): readonly string[] {
  if ("sample" in pick) return sampleOf(file.format, text, pick.sample);
  if ("from" in pick) return ids.slice(pick.from, pick.to);
  const missing = pick.ids.filter((id) => !ids.includes(id));
  if (missing.length > 0) throw new Error(`the file holds no case ${missing.join(", ")}`);
  return ids.filter((id) => pick.ids.includes(id));
}

/**
 * The tables of policy.ts have the last word on what is left open and what is left out. What is expected of a vector
 * that its source leaves open is the policy of this HSM; a module that is not ours may do either.
 */
function underPolicy(result: CaseResult, suite: Suite, isModule: boolean): CaseResult {
  const { reason, ...bare } = result;
  const { verdict, flags = [] } = result;
  const isOpen = verdict === "accepted-acceptable" || verdict === "rejected-acceptable";
  if (isOpen && isModule) return result;
  if (isOpen) return { ...result, ...judgeAcceptable(suite.name, flags, verdict === "accepted-acceptable") };
  const needsReason = verdict === "skipped" || verdict === "stricter-reject";
  if (!needsReason || Object.hasOwn(REASONS, reason ?? "")) return result;
  const detail = `${verdict} for a reason that is not in the table: ${reason ?? "none"}`;
  return { ...bare, verdict: "error", detail };
}

function differencesOf(file: string, asked: readonly string[], results: readonly CaseResult[]): Problem[] {
  const found = results.map((result) => result.id);
  const [wanted, given] = [new Set(asked), new Set(found)];
  const missing = asked.filter((id) => !given.has(id));
  const unasked = found.filter((id) => !wanted.has(id));
  const problems: Problem[] = [];
  if (missing.length > 0) problems.push({ file, message: `no verdict on ${counted(missing)}` });
  if (unasked.length > 0) problems.push({ file, message: `a verdict that was not asked for on ${counted(unasked)}` });
  if (given.size !== found.length) problems.push({ file, message: `${found.length - given.size} verdicts too many` });
  return problems;
}

function counted(ids: readonly string[]): string {
  const shown = ids.slice(0, 5).join(", ");
  return `${ids.length} of its cases: ${shown}${ids.length > 5 ? ", …" : ""}`;
}

function withDetails(
  found: readonly CaseResult[],
  file: VectorFile,
  text: string,
  expected: string | undefined,
): readonly ReportedCase[] {
  const faults = new Set(found.filter(({ verdict }) => isFault(verdict)).map(({ id }) => id));
  if (faults.size === 0) return found;
  const details = detailsOf(file.format, text, faults, expected);
  return found.map((result) => (faults.has(result.id) ? { ...result, ...details.get(result.id) } : result));
}
