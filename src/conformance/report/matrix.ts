/** The table that a person reads first: verdicts by algorithm and source. */

import { type Counts, countsOf, sumOf, totalOf } from "../tally.ts";
import type { FileReport } from "./model.ts";

export interface Row {
  readonly algorithm: string;
  readonly source: string;
  readonly files: number;
  readonly counts: Counts;
  /** The cases with a verdict. */
  readonly total: number;
}

/** One row for each algorithm and source that occur together, in the order of the alphabet. */
export function matrixOf(files: readonly FileReport[]): readonly Row[] {
  const groups = new Map<string, FileReport[]>();
  for (const file of files) {
    const key = `${file.algorithm}\t${file.source}`;
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  const keys = [...groups.keys()].sort((a, b) => a.localeCompare(b, "en"));
  return keys.map((key) => {
    const own = groups.get(key) ?? [];
    const [algorithm = "", source = ""] = key.split("\t");
    return { algorithm, source, files: own.length, ...rowOf(own) };
  });
}

/** The sum of all files. */
export function totalRow(files: readonly FileReport[]): Pick<Row, "files" | "counts" | "total"> {
  return { files: files.length, ...rowOf(files) };
}

function rowOf(files: readonly FileReport[]): Pick<Row, "counts" | "total"> {
  const tally = sumOf(files.map((file) => file.tally));
  return { counts: countsOf(tally), total: totalOf(tally) };
}
