/** The parts of the HTML report below the matrix: failures, problems, reasons, flags, files, circumstances. */

import { flagRule } from "../policy.ts";
import type { ReportedCase } from "../runner.ts";
import { countsOf, isFault, tallyText } from "../tally.ts";
import { escaped } from "./markup.ts";
import { type Circumstances, type FileReport, moduleText, type Report } from "./model.ts";
import { reproduceLine } from "./reproduce.ts";
import { grouped } from "./summary.ts";

/** More failures than this are in the JSON report only: a page of ten thousand helps nobody. */
const MOST_SHOWN = 300;

export function detailSections(reports: readonly Report[]): string[] {
  return [
    ...section("Failures", reports.flatMap(failures)),
    ...section("Problems of the run", reports.flatMap(problems)),
    ...reasonSection(reports),
    ...acceptableSection(reports),
    ...fileSection(reports),
    ...reports.flatMap(circumstances),
  ];
}

function section(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`<h2>${title}</h2>`, '<div class="card">', ...items, "</div>"];
}

function failures({ files, circumstances }: Report): string[] {
  const { engine } = circumstances;
  const faults = files.flatMap((file) =>
    file.notable.filter(({ verdict }) => isFault(verdict)).map((fault) => ({ file, fault })),
  );
  const shown = faults.slice(0, MOST_SHOWN).map(({ file, fault }) => failure(engine, file, fault));
  const more = faults.length - shown.length;
  return more > 0
    ? [...shown, `<details><summary>and ${grouped(more)} more on engine ${escaped(engine.name)}</summary></details>`]
    : shown;
}

function failure(engine: Circumstances["engine"], file: FileReport, fault: ReportedCase): string {
  const { id, verdict, detail = "", flags = [], inputs = {}, notes = {} } = fault;
  const flagLines = flags.map((flag) => `<p><strong>${escaped(flag)}</strong> ${escaped(notes[flag] ?? "")}</p>`);
  const rows = Object.entries(inputs).map(
    ([name, value]) => `<tr><th>${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
  );
  return [
    `<details><summary><span class="badge bad">${verdict}</span> <code>${escaped(file.file)}#${escaped(id)}</code>`,
    `<span class="soft">${escaped(file.algorithm)}, engine ${escaped(engine.name)}</span><br>${escaped(detail)}</summary>`,
    ...flagLines,
    `<pre>${escaped(reproduceLine(engine, file.suite, file.file, id))}</pre>`,
    rows.length > 0 ? `<table class="inputs"><tbody>${rows.join("\n")}</tbody></table>` : "",
    "</details>",
  ].join("\n");
}

function problems({ problems, circumstances }: Report): string[] {
  return problems.map(({ file, message }) => {
    const where = file === undefined ? "" : `<code>${escaped(file)}</code> `;
    const engine = escaped(circumstances.engine.name);
    return `<details open><summary>${where}${escaped(message)} <span class="soft">engine ${engine}</span></summary></details>`;
  });
}

/** What was refused or left out on purpose: the same for every engine, or the columns differ for all to see. */
function reasonSection(reports: readonly Report[]): string[] {
  const reasons = Object.assign({}, ...reports.map((report) => report.reasons)) as Record<string, string>;
  const keys = [...new Set(reports.flatMap(({ tally }) => Object.keys(tally).filter((key) => key.includes(":"))))];
  const rows = keys.map((key) => {
    const [verdict = "", code = ""] = key.split(":");
    const counts = reports.map(({ tally }) => `<td>${grouped(tally[key] ?? 0)}</td>`);
    const text = [verdict, code, reasons[code] ?? ""].map((cell) => `<td class="text">${escaped(cell)}</td>`);
    return `<tr>${text.join("")}${counts.join("")}</tr>`;
  });
  return tableSection("Not as the vector says, on purpose", ["verdict", "reason", "", ...engines(reports)], 3, rows);
}

/** The vectors that their source leaves open, by flag, with the rule that says what this HSM is to do. */
function acceptableSection(reports: readonly Report[]): string[] {
  const groups = new Map<
    string,
    { suite: string; flag: string; counts: Map<Report, [accepted: number, rejected: number]> }
  >();
  for (const report of reports) {
    for (const { suite, notable } of report.files) {
      for (const { verdict, flags = [] } of notable) {
        if (verdict !== "accepted-acceptable" && verdict !== "rejected-acceptable") continue;
        for (const flag of flags) {
          const key = `${suite}\t${flag}`;
          const group = groups.get(key) ?? { suite, flag, counts: new Map() };
          const [accepted, rejected] = group.counts.get(report) ?? [0, 0];
          const isAccepted = verdict === "accepted-acceptable";
          group.counts.set(report, isAccepted ? [accepted + 1, rejected] : [accepted, rejected + 1]);
          groups.set(key, group);
        }
      }
    }
  }
  const rows = [...groups.keys()].sort().map((key) => {
    const { suite, flag, counts } = groups.get(key) ?? { suite: "", flag: "", counts: new Map() };
    const rule = flagRule(suite, flag);
    const text = [suite, flag, rule?.expect ?? "", rule?.reason ?? ""].map(
      (cell) => `<td class="text">${escaped(cell)}</td>`,
    );
    const cells = reports.map((report) => {
      const [accepted, rejected] = counts.get(report) ?? [0, 0];
      return `<td>${grouped(accepted)} / ${grouped(rejected)}</td>`;
    });
    return `<tr>${text.join("")}${cells.join("")}</tr>`;
  });
  const head = ["suite", "flag", "policy", "", ...engines(reports).map((name) => `${name}accepted / rejected`)];
  return tableSection("Vectors that their source leaves open, by flag", head, 4, rows);
}

function fileSection(reports: readonly Report[]): string[] {
  const names = [...new Set(reports.flatMap(({ files }) => files.map(({ file }) => file)))].sort();
  const byName = reports.map(({ files }) => new Map(files.map((file) => [file.file, file])));
  const rows = names.map((name) => {
    const found = byName.map((files) => files.get(name));
    const file = found.find((one) => one !== undefined);
    const text = [name, file?.suite ?? "", file?.source ?? ""].map((cell) => `<td class="text">${escaped(cell)}</td>`);
    const cells = found.map((one) => {
      const tone =
        one !== undefined && countsOf(one.tally).failed + countsOf(one.tally).error > 0 ? ' class="bad"' : "";
      return `<td${tone}>${one === undefined ? "not run" : escaped(tallyText(one.tally))}</td>`;
    });
    return `<tr>${text.join("")}<td>${grouped(file?.cases ?? 0)}</td>${cells.join("")}</tr>`;
  });
  const head = ["file", "suite", "source", "cases", ...engines(reports).map((name) => name || "verdicts")];
  const [title = "", ...table] = tableSection(`Files`, head, 3, rows);
  return [
    title,
    '<details class="card"><summary>',
    `${grouped(names.length)} files, each with its verdicts`,
    "</summary>",
    ...table,
    "</details>",
  ];
}

function tableSection(title: string, head: readonly string[], texts: number, rows: readonly string[]): string[] {
  if (rows.length === 0) return [];
  const cells = head.map((cell, index) => `<th${index < texts ? ' class="text"' : ""}>${escaped(cell)}</th>`);
  return [
    `<h2>${title}</h2>`,
    '<div class="card scroll"><table>',
    `<thead><tr>${cells.join("")}</tr></thead>`,
    `<tbody>${rows.join("\n")}</tbody></table></div>`,
  ];
}

/** The head of a column a report: the engine's name where there are several. */
function engines(reports: readonly Report[]): string[] {
  return reports.map(({ circumstances }) => (reports.length > 1 ? `${circumstances.engine.name} ` : ""));
}

function circumstances({ circumstances }: Report): string[] {
  const { engine, runtime, dependencies, vectors, jobs } = circumstances;
  const list = (members: Readonly<Record<string, string>>): string =>
    Object.entries(members)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ");
  const facts: readonly (readonly [string, string])[] = [
    ["package", `${circumstances.package.name} ${circumstances.package.version}`],
    ["runtime", list(runtime)],
    ["dependencies", list(dependencies)],
    ["vectors", `${vectors.package} ${vectors.version}, SHA-256 of its manifest ${vectors.manifestSha256}`],
    ["jobs", String(jobs)],
    ...(engine.module ? [["PKCS #11 module", `${moduleText(engine.module)} (${engine.module.path})`] as const] : []),
    ...Object.entries(engine.fallbacks ?? {}).map(
      ([name, reason]) => ["left to the pure functions", `${name}: ${reason}`] as const,
    ),
  ];
  const items = facts.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`);
  return [`<h2>What ran: engine ${escaped(engine.name)}</h2>`, `<dl class="card facts">${items.join("\n")}</dl>`];
}
