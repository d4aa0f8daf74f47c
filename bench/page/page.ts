/** The results as one HTML page that needs nothing from outside of it. */

import { STYLE } from "../../src/conformance/report/html-style.ts";
import { escaped } from "../../src/conformance/report/markup.ts";
import { LAYERS, type Layer } from "../contest.ts";
import { type ContestOutcome, type GaugeOutcome, isContestOutcome, type Outcome } from "../outcome.ts";
import type { Results } from "../results.ts";
import { digits, duration, rate, times } from "../text.ts";
import { gaugesPlot, layersPlot, rivalsPlot } from "./plots.ts";
import { families, familyOf, OURS } from "./rivals.ts";
import { sizesPlot } from "./sizes.ts";
import { PLOT_STYLE, SHAPES } from "./style.ts";
import { groupTable, verdictBadge } from "./tables.ts";

const TITLES: Readonly<Record<Layer, readonly [title: string, what: string]>> = {
  engine: ["Engine", "Algorithms as plain functions, in pure TypeScript."],
  "node engine": ["Engine on node:crypto", "The optional engine of pocket-hsm/node, beside the same calls without it."],
  token: ["Token", "The same through a session: handles, usage rules, the key boundary."],
  kms: ["KMS in process", "kms.client(): the AWS SDK's send() without the wire."],
  sdk: ["KMS through the AWS SDK", "The SDK's own client on an in-process request handler."],
  http: ["KMS over HTTP", "pocket-hsm serve, a process of its own, on the loopback interface."],
  scale: ["Scale", "From ten objects and keys to a million."],
  start: ["Start", "A fresh process to its first result, without Node's own start."],
};

export function pageOf(results: Results): string {
  const { outcomes, circumstances } = results;
  const layers = LAYERS.filter((layer) => outcomes.some((outcome) => outcome.layer === layer));
  const link = (layer: Layer): string => `<a href="#${layer.replace(" ", "-")}">${TITLES[layer][0]}</a>`;
  return `${[
    "<!doctype html>",
    '<html lang="en">',
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    "<title>pocket-hsm: how fast</title>",
    `<style>${STYLE}\n${PLOT_STYLE}</style></head>`,
    `<body><main>${SHAPES}`,
    `<header><h1>pocket-hsm: how fast</h1><nav>${layers.map(link).join(" ")}</nav></header>`,
    `<p class="soft">${circumstancesLine(results)}</p>`,
    heads(results),
    legend(outcomes),
    ...layers.map((layer) =>
      layerSection(
        layer,
        outcomes.filter((outcome) => outcome.layer === layer),
      ),
    ),
    ...missedSection(outcomes),
    ...failureSection(results),
    facts(circumstances),
    "</main></body></html>",
  ].join("\n")}\n`;
}

function circumstancesLine({ circumstances }: Results): string {
  const { machine, versions, commit, date } = circumstances;
  const text = `${machine.cpu}, ${machine.cores} cores; Node ${versions["node"]}; commit ${commit.hash}${commit.dirty ? " with changes" : ""}; ${date.slice(0, 10)}`;
  return escaped(text);
}

/** The few numbers that matter. */
function heads({ outcomes }: Results): string {
  const verdicts = outcomes.flatMap((outcome) => outcome.verdicts);
  const reached = verdicts.filter((verdict) => verdict.reached).length;
  const cards = outcomes.flatMap((outcome) => {
    if (outcome.headline === undefined) return [];
    if (!isContestOutcome(outcome)) {
      return outcome.value
        ? [
            cardOf(
              `${digits(outcome.value.middle)} <i>${escaped(outcome.unit)}</i>`,
              outcome.name,
              escaped(outcome.headline),
            ),
          ]
        : [];
    }
    const own = Object.values(outcome.micros)[0]?.middle ?? Number.NaN;
    const ratio = outcome.ratios[outcome.headline];
    if (ratio === undefined) return [];
    return [
      card(times(ratio.middle), outcome.name, `the rate of ${outcome.headline}; ${duration(own)} a call, ${rate(own)}`),
    ];
  });
  if (verdicts.length > 0) {
    const figure = `${reached} of ${verdicts.length}`;
    const note = reached < verdicts.length ? '<a href="#not-reached">the others</a>' : "each with its figure below";
    cards.push(cardOf(figure, "targets reached", note));
  }
  return `<section class="heads" aria-label="the few numbers that matter">${cards.join("")}</section>`;
}

const card = (figure: string, name: string, note: string): string => cardOf(escaped(figure), name, escaped(note));

/** @param figure and note in HTML */
const cardOf = (figure: string, name: string, note: string): string =>
  `<div class="card head"><b>${figure}</b><span>${escaped(name)}</span><small class="soft">${note}</small></div>`;

function legend(outcomes: readonly Outcome[]): string {
  const rivals = outcomes.filter(isContestOutcome).filter(({ plot }) => plot === "rivals");
  const used = new Set(
    rivals.flatMap(({ micros }) =>
      Object.keys(micros)
        .slice(1)
        .map((rival) => familyOf(rival).key),
    ),
  );
  const items = families
    .filter((family) => family === OURS || used.has(family.key))
    .map(
      ({ key, name, shape }) =>
        `<li class="k-${key}"><svg width="20" height="20" aria-hidden="true"><use class="mark r-${key}" href="#${key === "ours" ? "ours" : shape}" x="10" y="10"/></svg>${escaped(name)}</li>`,
    );
  const target =
    '<li><svg width="20" height="20" aria-hidden="true"><use class="target kept" href="#target" x="10" y="10"/></svg>target</li>';
  return rivals.length === 0 ? "" : `<ul class="legend">${items.join("")}${target}</ul>`;
}

function layerSection(layer: Layer, outcomes: readonly Outcome[]): string {
  const [title, what] = TITLES[layer];
  const groups = [...new Set(outcomes.map(({ group }) => group))];
  const cards = groups.map((name) =>
    groupCard(
      name,
      outcomes.filter(({ group }) => group === name),
    ),
  );
  return (
    `<section id="${layer.replace(" ", "-")}"><h2>${title}</h2><p class="soft">${escaped(what)}</p>` +
    `<div class="groups">${cards.join("\n")}</div></section>`
  );
}

function groupCard(group: string, outcomes: readonly Outcome[]): string {
  const contests = outcomes.filter(isContestOutcome);
  const gauges = outcomes.filter((outcome): outcome is GaugeOutcome => !isContestOutcome(outcome));
  const like = (plot: ContestOutcome["plot"]): ContestOutcome[] =>
    contests.filter((contest) => contest.plot === plot && Object.keys(contest.micros).length > 0);
  const [rivals, layers, sizes] = [like("rivals"), like("layers"), like("sizes")];
  const parts = [
    ...(rivals.length > 0 ? [rivalsPlot(rivals)] : []),
    ...(layers.length > 0 ? [layersPlot(layers)] : []),
    ...(sizes.length > 0 ? [sizesPlot(sizes)] : []),
    ...(gauges.length > 0 ? [gaugesPlot(gauges)] : []),
  ];
  const absent = [
    ...new Set(contests.flatMap((contest) => Object.entries(contest.absent).map(([rival, why]) => `${rival}: ${why}`))),
  ];
  const note = absent.length > 0 ? `<p class="soft absent">Not here: ${escaped(absent.join("; "))}</p>` : "";
  return `<article class="card group"><h3>${escaped(group)}</h3>${parts.join("")}${note}${groupTable(outcomes)}</article>`;
}

function missedSection(outcomes: readonly Outcome[]): string[] {
  const rows = outcomes.flatMap((outcome) =>
    outcome.verdicts
      .filter(({ reached }) => !reached)
      .map((verdict) => {
        const unit = isContestOutcome(outcome) ? "" : outcome.unit;
        const found =
          verdict.kind === "least"
            ? times(verdict.found)
            : verdict.kind === "over"
              ? `+${duration(verdict.found)}`
              : `${digits(verdict.found)} ${unit}`;
        const cells = [outcome.layer, outcome.name, verdict.against ?? ""].map(
          (cell) => `<td class="text">${escaped(cell)}</td>`,
        );
        return `<tr>${cells.join("")}<td>${verdictBadge(verdict, unit)}</td><td>${escaped(found)}</td></tr>`;
      }),
  );
  if (rows.length === 0) return [];
  const head = ["layer", "contest", "against", "wanted", "found"].map(
    (cell, index) => `<th scope="col"${index < 3 ? ' class="text"' : ""}>${cell}</th>`,
  );
  return [
    '<h2 id="not-reached">Targets not reached</h2>',
    `<div class="card scroll"><table><thead><tr>${head.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`,
  ];
}

function failureSection({ failures }: Results): string[] {
  if (failures.length === 0) return [];
  const items = failures.map(
    ({ name, message }) => `<details><summary>${escaped(name)}</summary><pre>${escaped(message)}</pre></details>`,
  );
  return ["<h2>Contests that failed</h2>", `<div class="card">${items.join("")}</div>`];
}

function facts({ machine, versions, commit, date, seconds, rounds }: Results["circumstances"]): string {
  const list: readonly (readonly [string, string])[] = [
    [
      "machine",
      `${machine.cpu}, ${machine.cores} cores, ${digits(machine.memoryBytes / 2 ** 30)} GiB, ${machine.os}, ${machine.architecture}`,
    ],
    ["load", `${machine.load.map((load) => load.toFixed(1)).join(" before, ")} after`],
    [
      "versions",
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    ],
    ["commit", `${commit.hash}${commit.dirty ? " with changes that are not committed" : ""}`],
    ["run", `${date}, ${seconds} s, ${rounds} rounds a contest`],
    [
      "method",
      "The rivals of a contest do the same fixed work in turns; each round begins with another. A ratio is the median of the rounds' own ratios, so that what disturbs one disturbs all; beside it stand the quartiles. The library runs bundled, as users run it, each file of benches in a process of its own.",
    ],
  ];
  const items = list.map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value)}</dd>`);
  return `<h2>What ran</h2><dl class="card facts">${items.join("")}</dl>`;
}
