/**
 * The plots of one group, as rows of HTML with a track of SVG each: positions are percentages, so that a narrow window makes
 * the tracks shorter and leaves the text as it is.
 */

import { escaped } from "../../src/conformance/report/markup.ts";
import type { ContestOutcome, GaugeOutcome } from "../outcome.ts";
import type { Spread } from "../statistics.ts";
import { digits, duration, rate, times } from "../text.ts";
import { type Family, familyOf, nativeOf, OURS } from "./rivals.ts";
import { logScale, type Scale } from "./scale.ts";

const percent = (value: number): string => `${value.toFixed(2)}%`;

/** The words that every name of a group begins with, and those of the group's own name, say nothing in a row of it. */
export function shortNames(names: readonly string[], group = ""): string[] {
  const words = names.map((name) => name.split(" "));
  const title = group.split(/,? /);
  const isShared = (at: number): boolean =>
    words.every((of) => of.length > at + 1 && of[at] === (names.length > 1 ? words[0]?.[at] : title[at]));
  let shared = 0;
  while (isShared(shared)) shared++;
  return words.map((of) => of.slice(shared).join(" "));
}

const mark = ({ shape, key }: Family, x: number, title: string): string =>
  `<use class="mark r-${key}" href="#${key === "ours" ? "ours" : shape}" x="${percent(x)}" y="50%"><title>${escaped(title)}</title></use>`;

const grid = ({ ticks }: Scale): string =>
  ticks.map(({ at }) => `<line class="grid" x1="${percent(at)}" x2="${percent(at)}" y1="0" y2="100%"/>`).join("");

function row(label: string, spoken: string, track: string, value: string): string {
  return (
    `<div class="row"><div class="name">${label}</div><div class="track"><svg role="img" aria-label="${escaped(spoken)}">${track}</svg></div>` +
    `<div class="value">${value}</div></div>`
  );
}

function axis(scale: Scale, text: (value: number) => string, title: string): string {
  const labels = scale.ticks.map(
    ({ value, at }) => `<text x="${percent(at)}" y="12" text-anchor="middle">${escaped(text(value))}</text>`,
  );
  return `<div class="row axis"><div class="name">${title}</div><div class="track"><svg aria-hidden="true">${labels.join("")}</svg></div><div class="value"></div></div>`;
}

/** What stands for 1 in a plot: native code where every contest has it, or a rival that all have, or each contest's own. */
function baseIn(outcomes: readonly ContestOutcome[]): (outcome: ContestOutcome) => string {
  const rivalsOf = ({ micros }: ContestOutcome): string[] => Object.keys(micros).slice(1);
  const nativeIn = (outcome: ContestOutcome): string | undefined => nativeOf(rivalsOf(outcome));
  const [first, ...others] = outcomes.map(rivalsOf);
  const shared = first?.find((rival) => others.every((rivals) => rivals.includes(rival)));
  const isNative = outcomes.every((outcome) => nativeIn(outcome) !== undefined);
  return (outcome) =>
    (isNative ? undefined : shared) ??
    nativeIn(outcome) ??
    rivalsOf(outcome)[0] ??
    Object.keys(outcome.micros)[0] ??
    "";
}

/** Everyone's rate in multiples of one rival's. */
export function rivalsPlot(outcomes: readonly ContestOutcome[]): string {
  const labels = shortNames(
    outcomes.map(({ name }) => name),
    outcomes[0]?.group,
  );
  const baseOf = baseIn(outcomes);
  const rows = outcomes.map((outcome, index) => {
    const [, ...rivals] = Object.keys(outcome.micros);
    const base = baseOf(outcome);
    const unit = (outcome.micros[base] as Spread).middle;
    const own = outcome.ratios[base] ?? { middle: 1, low: 1, high: 1 };
    const places = rivals.map((rival) => ({ rival, x: unit / (outcome.micros[rival] as Spread).middle }));
    const targets = outcome.verdicts
      .filter(({ kind }) => kind === "least")
      .map((verdict) => ({
        ...verdict,
        x: verdict.wanted * (unit / (outcome.micros[verdict.against ?? ""]?.middle ?? 1)),
      }));
    return { outcome, label: labels[index] ?? "", base, own, places, targets };
  });
  const all = rows.flatMap(({ own, places, targets }) => [
    1,
    own.middle,
    own.low,
    own.high,
    ...[...places, ...targets].map(({ x }) => x),
  ]);
  const scale = logScale(all, 1.2);
  const bases = [...new Set(rows.map(({ base }) => base))];
  const title = bases.every((base) => familyOf(base).key === "native")
    ? "native"
    : bases.length === 1
      ? bases[0]
      : undefined;
  const drawn = rows.map(({ outcome, label, base, own, places, targets }) => {
    const { micros, bytes } = outcome;
    const speed = (rival: string): string => rate(micros[rival]?.middle ?? Number.NaN);
    const ends = [own.middle, ...places.map(({ x }) => x)].map(scale.at);
    const [first = ""] = Object.keys(micros);
    const line = `<line class="range" x1="${percent(Math.min(...ends))}" x2="${percent(Math.max(...ends))}" y1="50%" y2="50%"/>`;
    const one = `<line class="one" x1="${percent(scale.at(1))}" x2="${percent(scale.at(1))}" y1="0" y2="100%"/>`;
    const wanted = targets.map(({ x, reached, wanted, against }) => {
      const title = `at least ${times(wanted)} ${against}: ${reached ? "reached" : "not reached"}`;
      return `<use class="target ${reached ? "kept" : "missed"}" href="#target" x="${percent(scale.at(x))}" y="50%"><title>${escaped(title)}</title></use>`;
    });
    const marks = places.map(({ rival, x }) =>
      mark(familyOf(rival), scale.at(x), `${rival}: ${speed(rival)}, ${times(x)} ${base}`),
    );
    const spread = `<line class="spread" x1="${percent(scale.at(own.low))}" x2="${percent(scale.at(own.high))}" y1="50%" y2="50%"/>`;
    const ourTitle = `${first}: ${speed(first)}, ${times(own.middle)} ${base} (half of the rounds: ${times(own.low)} to ${times(own.high)})`;
    const spoken = [`${outcome.name}: ${ourTitle}`, ...places.map(({ rival, x }) => `${rival} ${times(x)}`)].join("; ");
    const against = title === undefined ? ` <span class="soft">${escaped(base)}</span>` : "";
    const time = micros[first]?.middle ?? Number.NaN;
    const megabytes = bytes === undefined || bytes < 1024 ? "" : `<br>${digits(bytes / time)} MB/s`;
    return row(
      escaped(label),
      spoken,
      grid(scale) + one + line + wanted.join("") + marks.join("") + spread + mark(OURS, scale.at(own.middle), ourTitle),
      `<b>${times(own.middle)}</b>${against}<small>${rate(time)}${megabytes}</small>`,
    );
  });
  const tick = (value: number): string => times(Number(value.toPrecision(1)));
  return axis(scale, tick, `rate, ${escaped(title ?? "rival")} = 1×`) + drawn.join("");
}

/** One call through more and more layers: what each takes, and what it adds to the one within. */
export function layersPlot(outcomes: readonly ContestOutcome[]): string {
  const all = outcomes.flatMap(({ micros }) => Object.values(micros).map(({ middle }) => middle));
  const scale = logScale(all, 2);
  const drawn = outcomes.map((outcome) => {
    const title = outcomes.length > 1 ? `<h4>${escaped(outcome.name)}</h4>` : "";
    return title + layerRows(outcome, scale).join("");
  });
  return axis(scale, duration, "time of a call") + drawn.join("");
}

function layerRows({ micros, verdicts }: ContestOutcome, scale: Scale): string[] {
  const layers = Object.entries(micros).sort(([, a], [, b]) => a.middle - b.middle);
  const [ours] = Object.keys(micros);
  return layers.map(([name, { middle, low, high }], index) => {
    const within = layers[index - 1]?.[1].middle;
    const begin = within === undefined ? 0 : scale.at(within);
    const over = name === ours ? verdicts.find(({ kind }) => kind === "over") : undefined;
    const added = within === undefined ? "" : `+${duration(over?.found ?? middle - within)}`;
    const tone = over === undefined ? "adds" : `adds ${over.reached ? "kept" : "missed"}`;
    const bound = over === undefined ? "" : ` (≤ ${duration(over.wanted)})`;
    const track =
      (within === undefined ? "" : bar("within", 0, begin)) +
      bar(tone, begin, Math.max(0.4, scale.at(middle) - begin)) +
      `<line class="spread dark" x1="${percent(scale.at(low))}" x2="${percent(scale.at(high))}" y1="50%" y2="50%"/>`;
    const spoken = `${name}: ${duration(middle)} a call ${added}${bound}`;
    const value = `<b>${duration(middle)}</b><small>${added || "&nbsp;"}${bound}</small>`;
    return row(escaped(name), spoken, grid(scale) + track, value);
  });
}

const bar = (tone: string, from: number, width: number): string =>
  `<rect class="${tone}" x="${percent(from)}" width="${percent(width)}" y="50%" height="18" transform="translate(0 -9)"/>`;

/** Values beside their limits, from nothing on; those of one unit on one axis. */
export function gaugesPlot(outcomes: readonly GaugeOutcome[]): string {
  const labels = shortNames(
    outcomes.map(({ name }) => name),
    outcomes[0]?.group,
  );
  const ends = outcomes.map(({ value, verdicts: [verdict] }) => Math.max(value?.high ?? 0, verdict?.wanted ?? 0));
  const mostOf = (unit: string): number =>
    1.05 * Math.max(...ends.filter((_, index) => outcomes[index]?.unit === unit));
  const drawn = outcomes.map(({ name, unit, value, absent, verdicts: [verdict] }, index) => {
    const label = escaped(labels[index] ?? name);
    if (value === undefined)
      return row(label, `${name}: ${absent}`, "", `<small>not measured: ${escaped(absent ?? "")}</small>`);
    const most = mostOf(unit);
    const tone = verdict === undefined ? "adds" : verdict.reached ? "adds kept" : "adds missed";
    const limit =
      verdict === undefined
        ? ""
        : `<line class="limit" x1="${percent((100 * verdict.wanted) / most)}" x2="${percent((100 * verdict.wanted) / most)}" y1="8%" y2="92%"/>`;
    const track =
      bar(tone, 0, (100 * value.middle) / most) +
      `<line class="spread dark" x1="${percent((100 * value.low) / most)}" x2="${percent((100 * value.high) / most)}" y1="50%" y2="50%"/>${limit}`;
    const bound =
      verdict === undefined ? "" : `${verdict.kind === "atMost" ? "at most" : "at least"} ${digits(verdict.wanted)}`;
    const text = `${digits(value.middle)} ${unit}`;
    return row(label, `${name}: ${text} ${bound}`, track, `<b>${escaped(text)}</b><small>${bound || "&nbsp;"}</small>`);
  });
  return drawn.join("");
}
