/** How the time of a call grows with the number of objects or keys. */

import { escaped } from "../../src/conformance/report/markup.ts";
import type { ContestOutcome } from "../outcome.ts";
import { duration } from "../text.ts";
import { shortNames } from "./plots.ts";
import { logScale } from "./scale.ts";

/** `1,000,000 objects` is 1000000. */
export const sizeOf = (rival: string): number => Number(rival.replace(/^\D*([\d,]+).*$/, "$1").replaceAll(",", ""));

const percent = (value: number): string => `${value.toFixed(2)}%`;

/** A curve for each contest, both axes logarithmic: a flat curve is a call that does not mind. */
export function sizesPlot(outcomes: readonly ContestOutcome[]): string {
  const labels = shortNames(
    outcomes.map(({ name }) => name),
    outcomes[0]?.group,
  );
  const curves = outcomes.map(({ micros }) =>
    Object.entries(micros)
      .map(([rival, { middle, low, high }]) => ({ size: sizeOf(rival), middle, low, high }))
      .sort((a, b) => a.size - b.size),
  );
  const points = curves.flat();
  const across = logScale(
    points.map(({ size }) => size),
    1,
  );
  const up = logScale(
    points.flatMap(({ low, high }) => [low, high]),
    2.5,
  );
  const y = (value: number): string => percent(100 - up.at(value));
  const sizes = [...new Set(points.map(({ size }) => size))];
  const lines = [
    ...up.ticks.map(
      ({ value, at }) =>
        `<line class="grid" x1="0" x2="100%" y1="${percent(100 - at)}" y2="${percent(100 - at)}"/>` +
        `<text x="-8" y="${percent(100 - at)}" dy=".35em" text-anchor="end">${duration(value)}</text>`,
    ),
    ...sizes.map((size) => {
      const x = percent(across.at(size));
      return (
        `<line class="grid" x1="${x}" x2="${x}" y1="0" y2="100%"/>` +
        `<text x="${x}" y="100%" dy="1.4em" text-anchor="middle">${size.toLocaleString("en")}</text>`
      );
    }),
  ];
  const drawn = curves.map((curve, index) => {
    const parts = curve.map(({ size, middle, low, high }, place) => {
      const x = percent(across.at(size));
      const next = curve[place + 1];
      const segment =
        next === undefined
          ? ""
          : `<line class="curve" x1="${x}" y1="${y(middle)}" x2="${percent(across.at(next.size))}" y2="${y(next.middle)}"/>`;
      const title = `${labels[index]}, ${size.toLocaleString("en")}: ${duration(middle)} (half of the rounds: ${duration(low)} to ${duration(high)})`;
      return (
        `${segment}<line class="whisker" x1="${x}" x2="${x}" y1="${y(low)}" y2="${y(high)}"/>` +
        `<circle cx="${x}" cy="${y(middle)}" r="4.5"><title>${escaped(title)}</title></circle>`
      );
    });
    return `<g class="s${index % 6}">${parts.join("")}</g>`;
  });
  const legend = labels.map((label, index) => {
    const [first, last] = [curves[index]?.[0], curves[index]?.at(-1)];
    const ends = first && last ? `${duration(first.middle)} → ${duration(last.middle)}` : "";
    return `<li class="s${index % 6}"><i></i>${escaped(label)} <span class="soft">${ends}</span></li>`;
  });
  const spoken = outcomes.map(
    ({ name }, index) =>
      `${name}: ${curves[index]?.map(({ size, middle }) => `${size}: ${duration(middle)}`).join(", ")}`,
  );
  return (
    `<div class="curves"><svg role="img" aria-label="${escaped(spoken.join("; "))}">${lines.join("")}${drawn.join("")}</svg></div>` +
    `<ul class="series">${legend.join("")}</ul>`
  );
}
