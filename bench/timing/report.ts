/** The table of the timing suite, for a terminal and for docs/security.md. */

import type { Outcome } from "./measure.ts";

/** Three significant digits of a time in nanoseconds. */
export function duration(nanoseconds: number): string {
  const [value, unit] =
    Math.abs(nanoseconds) < 1e3
      ? [nanoseconds, "ns"]
      : Math.abs(nanoseconds) < 1e6
        ? [nanoseconds / 1e3, "µs"]
        : [nanoseconds / 1e6, "ms"];
  return `${Number(value.toPrecision(3))} ${unit}`;
}

export function heading(count: number, seed: string): string {
  return [
    `${count} rows; seed ${seed}`,
    "|t| is the largest of dudect's tests: below 4.5 no difference is seen, from 10 on there is one.",
    "",
    `${"|t|".padStart(8)}  ${"finding".padEnd(10)}${"apart by".padStart(10)}${"a call".padStart(10)}${"n".padStart(9)}  row`,
  ].join("\n");
}

export function line({ t, finding, differenceNanoseconds, nanoseconds, measurements, name, classes }: Outcome): string {
  const apart = differenceNanoseconds === undefined ? "(spread)" : duration(differenceNanoseconds);
  const cells = [t.toFixed(1).padStart(8), finding.padEnd(9), apart.padStart(9), duration(nanoseconds).padStart(9)];
  return `${cells.join("  ")}${String(measurements).padStart(9)}  ${name}: ${classes.join(" / ")}`;
}

/** A row of Markdown. */
export function cells({
  t,
  finding,
  differenceNanoseconds,
  nanoseconds,
  measurements,
  name,
  classes,
}: Outcome): string[] {
  const apart = differenceNanoseconds === undefined ? "only in spread" : duration(differenceNanoseconds);
  return [
    name,
    classes.join(" / "),
    duration(nanoseconds),
    measurements.toLocaleString("en"),
    t.toFixed(1),
    finding === "none seen" ? finding : `**${finding}**, ${apart}`,
  ];
}
