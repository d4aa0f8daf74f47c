/** The table of speed from `bench/figures.json`, which `npm run bench -- --record` writes. */

import { readFileSync } from "node:fs";
import { LAYERS } from "../bench/contest.ts";
import { FIGURES, type Figure, type Figures } from "../bench/figures.ts";
import { duration, rate, times } from "../bench/text.ts";

export interface SpeedTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Where it was measured, in one sentence. */
  readonly note: string;
}

export function speedTable(): SpeedTable {
  const { rows, cpu, node, openssl, commit, date } = JSON.parse(readFileSync(FIGURES, "utf8")) as Figures;
  const ordered = rows.toSorted((a, b) => LAYERS.indexOf(a.layer) - LAYERS.indexOf(b.layer));
  return {
    head: ["layer", "what", "here", "in multiples of the rate of"],
    rows: ordered.map((figure) => [figure.layer, figure.name, here(figure), against(figure)]),
    note: `${cpu}, Node ${node}, OpenSSL ${openssl}, commit ${commit}, ${date}.`,
  };
}

const here = ({ micros, value }: Figure): string =>
  micros === undefined ? (value ?? "") : `${rate(micros)} (${duration(micros)})`;

const against = ({ ratios }: Figure): string =>
  Object.entries(ratios)
    .map(([rival, ratio]) => `${times(ratio)} ${rival}`)
    .join(", ");
