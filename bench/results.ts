/** The results of a run, and where and of what it was, as they are kept in a file. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { join } from "node:path";
import type { Outcome } from "./outcome.ts";
import { idOf } from "./outcome.ts";

export const SCHEMA = "pocket-hsm-bench/1";

export interface Circumstances {
  /** ISO 8601, when the run began. */
  readonly date: string;
  readonly seconds: number;
  readonly rounds: number;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly os: string;
    readonly architecture: string;
    /** Of one minute, before and after. */
    readonly load: readonly number[];
  };
  /** Node and what is in it, the package, what it stands on, and its peers. */
  readonly versions: Readonly<Record<string, string>>;
  readonly commit: { readonly hash: string; readonly dirty: boolean };
}

export interface Results {
  readonly schema: typeof SCHEMA;
  readonly circumstances: Circumstances;
  readonly outcomes: readonly Outcome[];
  readonly failures: readonly { readonly name: string; readonly message: string }[];
}

/** A file that holds no results, or those of another form. */
export class ResultsError extends Error {
  override readonly name: string = "ResultsError";
}

/** @throws ResultsError */
export function parseResults(text: string): Results {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ResultsError("the text is not JSON");
  }
  const results = value as Partial<Results> | null;
  if (results?.schema !== SCHEMA) throw new ResultsError(`expected results of schema ${SCHEMA}`);
  if (!Array.isArray(results.outcomes) || !Array.isArray(results.failures) || results.circumstances === undefined) {
    throw new ResultsError("the results have no outcomes, failures or circumstances");
  }
  return results as Results;
}

/**
 * Several runs as one: of an entry that is in two, the later one counts.
 * @throws ResultsError when they are not of one machine, one Node and one commit
 */
export function merged(all: readonly Results[]): Results {
  const [first, ...others] = all;
  if (first === undefined) throw new ResultsError("expected at least one file of results");
  for (const { circumstances } of others) {
    const differing = differences(first.circumstances, circumstances, true);
    if (differing.length > 0) throw new ResultsError(`runs that do not go together: ${differing.join("; ")}`);
  }
  const outcomes = new Map(all.flatMap(({ outcomes }) => outcomes).map((outcome) => [idOf(outcome), outcome]));
  const seconds = all.reduce((sum, { circumstances }) => sum + circumstances.seconds, 0);
  const rounds = Math.min(...all.map(({ circumstances }) => circumstances.rounds));
  return {
    schema: SCHEMA,
    circumstances: { ...first.circumstances, seconds, rounds },
    outcomes: [...outcomes.values()],
    failures: all.flatMap(({ failures }) => failures),
  };
}

/** Why two runs cannot be compared as they are. */
export function differences(one: Circumstances, other: Circumstances, withCommit: boolean): string[] {
  const text = ({ hash, dirty }: Circumstances["commit"]): string => `${hash}${dirty ? " with changes" : ""}`;
  const facts: readonly (readonly [string, string | number | undefined, string | number | undefined])[] = [
    ["processor", one.machine.cpu, other.machine.cpu],
    ["cores", one.machine.cores, other.machine.cores],
    ["operating system", one.machine.os, other.machine.os],
    ...["node", "openssl"].map((name) => [name, one.versions[name], other.versions[name]] as const),
    ...(withCommit ? [["commit", text(one.commit), text(other.commit)] as const] : []),
  ];
  return facts.filter(([, a, b]) => a !== b).map(([name, a, b]) => `${name} ${a} and ${b}`);
}

const ROOT = join(import.meta.dirname, "..");

function git(...args: string[]): string {
  return spawnSync("git", args, { cwd: ROOT, encoding: "utf8" }).stdout?.trim() ?? "";
}

/** The versions that a folder's lock file has for the packages that its package.json asks for. */
function locked(folder: string): Record<string, string> {
  const lock = JSON.parse(readFileSync(join(ROOT, folder, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, { readonly version?: string; readonly [kind: string]: unknown }>>;
  };
  const top = lock.packages[""] ?? {};
  const names = ["dependencies", "optionalDependencies", "devDependencies"].flatMap((kind) =>
    Object.keys(top[kind] ?? {}),
  );
  return Object.fromEntries(names.map((name) => [name, lock.packages[`node_modules/${name}`]?.version ?? ""]));
}

/** What is measured, apart from the tools. */
const MEASURED = /^@noble|^cbor-x|^@aws-sdk\/client-kms/;

/** @param began as `Date.now()` tells */
export function circumstancesOf(began: number, loadBefore: number, rounds: number): Circumstances {
  const { node = "", v8 = "", openssl = "" } = process.versions;
  const own = Object.entries(locked(".")).filter(([name]) => MEASURED.test(name));
  return {
    date: new Date(began).toISOString(),
    seconds: Math.round((Date.now() - began) / 1000),
    rounds,
    machine: {
      cpu: cpus()[0]?.model.trim() ?? "unknown",
      cores: cpus().length,
      memoryBytes: totalmem(),
      os: `${type()} ${release()}`,
      architecture: process.arch,
      load: [loadBefore, loadavg()[0] ?? 0],
    },
    versions: { node, v8, openssl, ...Object.fromEntries(own), ...locked("bench/peers") },
    commit: { hash: git("rev-parse", "--short=10", "HEAD"), dirty: git("status", "--porcelain") !== "" },
  };
}
