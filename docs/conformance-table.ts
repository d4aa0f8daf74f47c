/** The table of conformance from the summaries in docs/conformance/, which `store-conformance.ts` makes from reports. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseManifest } from "../src/conformance/parsers/manifest.ts";
import { type StoredSummary, storedProblem, tableRows } from "../src/conformance/report/stored.ts";
import { planRun } from "../src/conformance/runner.ts";
import { suites } from "../src/conformance/suites/all.ts";

const ROOT = join(import.meta.dirname, "..");
export const FOLDER: string = join(ROOT, "docs/conformance");

/** Our engines first, then the modules by name. */
const FIRST = ["pure", "node"];

export function summaries(): StoredSummary[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
  const found = names.map((name) => JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as StoredSummary);
  const rank = ({ engine }: StoredSummary): number => (FIRST.includes(engine) ? FIRST.indexOf(engine) : FIRST.length);
  return found.sort((a, b) => rank(a) - rank(b) || a.engine.localeCompare(b.engine, "en"));
}

/** What is wrong with some summaries, measured by the vectors and pins of this checkout. */
export function problemOf(stored: readonly StoredSummary[]): string | undefined {
  const manifest = readFileSync(join(ROOT, "vectors/SOURCES.tsv"));
  const sha256 = createHash("sha256").update(manifest).digest("hex");
  return storedProblem(stored, sha256, planRun(parseManifest(manifest.toString()), suites).files);
}

/** @throws Error when the summaries are not of these vectors, or not what is pinned */
export function conformanceTable(): {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
} {
  const stored = summaries();
  const problem = problemOf(stored);
  if (problem !== undefined)
    throw new Error(`docs/conformance/: ${problem}; docs/conformance.md says how to make it anew`);
  return tableRows(stored);
}

/** What was run, in one sentence. */
export function conformanceNote(): string {
  const stored = summaries();
  const { sample } = stored[0]?.selection ?? {};
  const cases = sample === undefined ? "Every case of every file" : `At most ${sample} cases of each file`;
  const runs = stored.map(({ engine, package: own, runtime, module }) =>
    module === undefined
      ? `${engine}: ${own.name} ${own.version}, Node ${runtime["node"]}`
      : moduleNote(engine, module, runtime),
  );
  return `${cases}. ${runs.join("; ")}.`;
}

function moduleNote(
  engine: string,
  module: NonNullable<StoredSummary["module"]>,
  runtime: StoredSummary["runtime"],
): string {
  return `${engine}: ${module["description"]}, Cryptoki ${module["cryptokiVersion"]}, through pkcs11js in Node ${runtime["node"]} with OpenSSL ${runtime["openssl"]}`;
}
