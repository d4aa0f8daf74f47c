/**
 * Keeps the counts of reports (`pocket-hsm verify --json FILE`) in docs/conformance/, from where `npm run docs` makes the
 * table of the README: `tsx docs/store-conformance.ts pure.json node.json softhsm2.json`.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseReport } from "../src/conformance/report/json.ts";
import { type StoredSummary, storedOf } from "../src/conformance/report/stored.ts";
import { FOLDER, problemOf } from "./conformance-table.ts";

function readSummary(path: string): StoredSummary {
  const report = parseReport(readFileSync(path, "utf8"));
  if (report.stopped) throw new Error(`${path}: the run was stopped`);
  const isOurs = report.circumstances.engine.module === undefined;
  if (isOurs && report.outcome !== "passed") throw new Error(`${path}: the run failed`);
  return storedOf(report);
}

const paths = process.argv.slice(2);
if (paths.length === 0) throw new Error("expected the paths of JSON reports");
const stored = paths.map(readSummary);
const problem = problemOf(stored);
if (problem !== undefined) throw new Error(problem);
mkdirSync(FOLDER, { recursive: true });
for (const summary of stored) {
  const name = `${summary.engine.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.json`;
  writeFileSync(join(FOLDER, name), `${JSON.stringify(summary, null, 2)}\n`);
  console.log(`docs/conformance/${name}`);
}
