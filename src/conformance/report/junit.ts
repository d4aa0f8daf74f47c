/**
 * The report as JUnit XML: a test suite a file. Cases of one verdict and reason are one test case, and what failed is
 * one each, because a hundred thousand test cases are more than the readers of this format take.
 */

import { countsOf, isFault, type Tally } from "../tally.ts";
import { attributes, escaped } from "./markup.ts";
import { type FileReport, moduleText, type Report } from "./model.ts";
import { reproduceLine } from "./reproduce.ts";

export function junitOf(report: Report): string {
  const suites = [...report.files.map((file) => suiteOf(file, report)), ...runSuite(report)];
  const sum = (member: "tests" | "failures" | "errors" | "skipped"): number =>
    suites.reduce((total, suite) => total + suite[member], 0);
  const { module } = report.circumstances.engine;
  const head = attributes({
    name: module === undefined ? "pocket-hsm verify" : `pocket-hsm verify: ${moduleText(module)}`,
    tests: sum("tests"),
    failures: sum("failures"),
    errors: sum("errors"),
    skipped: sum("skipped"),
    time: report.circumstances.seconds.toFixed(3),
  });
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites${head}>`];
  return `${[...lines, ...suites.map((suite) => suite.xml), "</testsuites>"].join("\n")}\n`;
}

interface SuiteXml {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
  readonly xml: string;
}

function suiteOf(file: FileReport, { reasons, circumstances }: Report): SuiteXml {
  const classname = `${file.algorithm}.${file.source}`;
  const groups = Object.entries(file.tally).filter(([key]) => !/^(failed|error)(:|$)/.test(key));
  const cases = groups.map(([key, count]) => {
    const [verdict = "", code] = key.split(":");
    const name = `${count} ${verdict}${code === undefined ? "" : ` (${code})`}`;
    const open = `  <testcase${attributes({ name, classname })}`;
    if (verdict === "skipped")
      return `${open}><skipped${attributes({ message: reasons[code ?? ""] ?? code })}/></testcase>`;
    return code === undefined
      ? `${open}/>`
      : `${open}><system-out>${escaped(reasons[code] ?? code)}</system-out></testcase>`;
  });
  const faults = file.notable.filter(({ verdict }) => isFault(verdict));
  for (const { id, verdict, detail = "", flags = [], inputs = {} } of faults) {
    const element = verdict === "failed" ? "failure" : "error";
    const text = [
      reproduceLine(circumstances.engine, file.suite, file.file, id),
      ...(flags.length > 0 ? [`flags: ${flags.join(", ")}`] : []),
      ...Object.entries(inputs).map(([name, value]) => `${name}: ${value}`),
    ].join("\n");
    const body = `<${element}${attributes({ message: detail })}>${escaped(text)}</${element}>`;
    cases.push(`  <testcase${attributes({ name: `${file.file}#${id}`, classname })}>${body}</testcase>`);
  }
  return wrapped(file.file, cases, {
    failures: faults.filter(({ verdict }) => verdict === "failed").length,
    errors: faults.filter(({ verdict }) => verdict === "error").length,
    skipped: skippedGroups(file.tally),
  });
}

/** What is wrong with the run itself, one test case each, so that CI sees it. */
function runSuite({ problems, stopped }: Report): SuiteXml[] {
  const messages = problems.map(({ file, message }) => ({ name: file ?? "the run", message }));
  if (stopped) messages.push({ name: "the run", message: "stopped at the first failure" });
  if (messages.length === 0) return [];
  const cases = messages.map(({ name, message }) => {
    const open = `  <testcase${attributes({ name, classname: "run" })}>`;
    return `${open}<error${attributes({ message })}/></testcase>`;
  });
  return [wrapped("the run itself", cases, { failures: 0, errors: cases.length, skipped: 0 })];
}

function wrapped(
  name: string,
  cases: readonly string[],
  counts: { readonly failures: number; readonly errors: number; readonly skipped: number },
): SuiteXml {
  const head = attributes({ name, tests: cases.length, ...counts });
  return { tests: cases.length, ...counts, xml: [` <testsuite${head}>`, ...cases, " </testsuite>"].join("\n") };
}

function skippedGroups(tally: Tally): number {
  return countsOf(tally).skipped === 0 ? 0 : Object.keys(tally).filter((key) => key.startsWith("skipped")).length;
}
