/** The table of docs/security.md from the runs of `npm run timing -- --json` that are kept in docs/timing/. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cells } from "../bench/timing/report.ts";
import { rows } from "../bench/timing/rows/all.ts";
import type { Report } from "../bench/timing/worker.ts";

const FOLDER: string = join(import.meta.dirname, "timing");

const reports = (): Report[] =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as Report);

/** In the order of the suite; what ran more than once, as the controls do, as it came out worst. */
export function timingRows(): string[][] {
  const outcomes = reports().flatMap((report) => report.outcomes);
  return rows.flatMap(({ name, must }) => {
    const found = outcomes.filter((outcome) => outcome.name === name).sort((a, b) => b.t - a.t);
    const worst = must === "leak" ? found.at(-1) : found[0];
    return worst === undefined ? [] : [cells(worst)];
  });
}

/** What was run, and where. */
export function timingNote(): string {
  const all = reports();
  const [first] = all;
  if (first === undefined) return "";
  const { machine } = first;
  const days = [...new Set(all.map(({ date }) => date))].sort().join(", ");
  return `Recorded ${days} on ${machine.cpu}, ${machine.cores} cores that others used too, Node ${machine.node}.`;
}
