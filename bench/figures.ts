/** The figures of the README: a small part of a run, kept beside the benches. */

import { join } from "node:path";
import type { Layer } from "./contest.ts";
import { isContestOutcome } from "./outcome.ts";
import type { Results } from "./results.ts";

export const FIGURES: string = join(import.meta.dirname, "figures.json");

export interface Figures {
  readonly date: string;
  readonly commit: string;
  readonly cpu: string;
  readonly node: string;
  readonly openssl: string;
  readonly rows: readonly Figure[];
}

export interface Figure {
  readonly layer: Layer;
  readonly name: string;
  /** Microseconds a call; of a gauge its value with the unit. */
  readonly micros?: number;
  readonly value?: string;
  /** Ours in multiples of each rival's rate. */
  readonly ratios: Readonly<Record<string, number>>;
}

const rounded = (value: number): number => Number(value.toPrecision(3));

/** What has a headline. */
export function figuresOf({ outcomes, circumstances }: Results): Figures {
  const { date, commit, machine, versions } = circumstances;
  const rows = outcomes.flatMap((outcome): Figure[] => {
    const { layer, name, headline } = outcome;
    if (headline === undefined) return [];
    if (!isContestOutcome(outcome)) {
      const { value, unit } = outcome;
      return value === undefined ? [] : [{ layer, name, value: `${rounded(value.middle)} ${unit}`, ratios: {} }];
    }
    const ratios = Object.entries(outcome.ratios).map(([rival, { middle }]) => [rival, rounded(middle)] as const);
    const [own] = Object.values(outcome.micros);
    return [{ layer, name, micros: rounded(own?.middle ?? Number.NaN), ratios: Object.fromEntries(ratios) }];
  });
  return {
    date: date.slice(0, 10),
    commit: `${commit.hash}${commit.dirty ? " with changes" : ""}`,
    cpu: machine.cpu,
    node: versions["node"] ?? "",
    openssl: versions["openssl"] ?? "",
    rows,
  };
}

export const formatFigures = (figures: Figures): string => `${JSON.stringify(figures, null, 2)}\n`;
