import { describe, expect, test } from "vitest";
import { REASONS } from "../../src/conformance/policy.ts";
import { htmlOf } from "../../src/conformance/report/html.ts";
import { formatReport, parseReport, ReportFormatError } from "../../src/conformance/report/json.ts";
import { junitOf } from "../../src/conformance/report/junit.ts";
import { escaped } from "../../src/conformance/report/markup.ts";
import { type Report, reportOf } from "../../src/conformance/report/model.ts";
import { summaryOf } from "../../src/conformance/report/summary.ts";
import { planRun } from "../../src/conformance/runner.ts";
import type { Verdict } from "../../src/conformance/suite.ts";
import { circumstances, fakeFile, fakeSuite, fakeText, runAll } from "./fake.ts";

const [reason = ""] = Object.keys(REASONS);
const NASTY = `<script>alert("x")</script> & 'y' \u0000\uD800`;

/** Twenty cases: one failed, one in error, three skipped, two refused on purpose. */
function reportOn(engine: string, given: Partial<Record<string, Verdict>> = {}): Report {
  const verdicts: Partial<Record<string, Verdict>> = {
    3: "skipped",
    4: "skipped",
    5: "skipped",
    6: "stricter-reject",
    7: "stricter-reject",
    ...given,
  };
  const suite = fakeSuite((id) => {
    const verdict = verdicts[id] ?? "passed";
    if (verdict === "failed" || verdict === "error") return { verdict, detail: NASTY };
    return verdict === "passed" ? { verdict } : { verdict, reason };
  });
  const plan = planRun([fakeFile("a", 20)], [suite]);
  const parts = runAll(plan, fakeText([10, 10], ["Odd<Flag>"]));
  return reportOf(plan, parts, { ...circumstances, engine: { name: engine } }, { pins: {}, allowUnpinned: true });
}

const bad = { 11: "failed", 12: "error" } as const;

/** The names of open elements match those of the closing ones: enough to see a forgotten escape. */
function requireBalanced(markup: string, empty: ReadonlySet<string> = new Set()): void {
  const open: string[] = [];
  for (const [, closing, name = "", self] of markup.matchAll(/<(\/?)([A-Za-z][\w-]*)(?:[^<>"]|"[^"<]*")*?(\/?)>/g)) {
    if (closing !== "") expect(open.pop()).toBe(name);
    else if (self === "" && !empty.has(name)) open.push(name);
  }
  expect(open).toEqual([]);
}

describe("The summary", () => {
  test("counts each verdict in its column, and a skip is no pass", () => {
    const lines = summaryOf(reportOn("pure", bad)).split("\n");
    expect(lines[0]?.split(/ {2,}/)).toEqual([
      "algorithm",
      "source",
      "files",
      "passed",
      "acceptable: accepted",
      "rejected",
      "stricter",
      "skipped",
      "failed",
      "total",
    ]);
    expect(lines[2]?.split(/ {2,}/)).toEqual(["Fake-256", "wycheproof", "1", "13", "-", "-", "2", "3", "2", "20"]);
    expect(lines.at(-1)).toBe(
      "failed: 17 cases of 1 files executed, 2 failed, 3 skipped, 0 problems of the run, engine pure, 1.3 s",
    );
  });

  test("says why something was left out, and how to see a failure again", () => {
    const text = summaryOf(reportOn("node", bad));
    expect(text).toContain(`3 skipped (${reason}): ${REASONS[reason]}`);
    expect(text).toContain("npx pocket-hsm verify --engine node --suite fake --case fake/a.json#11");
  });
});

describe("The JSON report", () => {
  test("reads back as it was", () => {
    const report = reportOn("pure", bad);
    expect(parseReport(formatReport(report))).toEqual(JSON.parse(JSON.stringify(report)));
  });

  test("of another schema is refused", () => {
    for (const text of ["", "[]", "null", '{"schema":2}', '{"schema":1}'])
      expect(() => parseReport(text)).toThrow(ReportFormatError);
  });
});

describe("The JUnit report", () => {
  test("has a suite a file, a case a verdict and reason, and one for each failure", () => {
    const xml = junitOf(reportOn("pure", bad));
    requireBalanced(xml.replace(/^<\?xml.*\?>/, ""));
    expect(xml).toContain('<testsuites name="pocket-hsm verify" tests="5" failures="1" errors="1" skipped="1"');
    expect(xml).toContain('<testsuite name="fake/a.json" tests="5" failures="1" errors="1" skipped="1">');
    expect(xml).toContain('<testcase name="13 passed" classname="Fake-256.wycheproof"/>');
    expect(xml.match(/<skipped message=/g)).toHaveLength(1);
    expect(xml).toContain("npx pocket-hsm verify --suite fake --case fake/a.json#11\n");
  });

  test("counts a problem of the run as an error", () => {
    const report: Report = { ...reportOn("pure"), problems: [{ file: "b", message: "no suite claims this file" }] };
    expect(junitOf(report)).toContain('<error message="no suite claims this file"/>');
    expect(junitOf(report)).toContain('errors="1"');
  });

  test("holds no character that XML does not allow", () => {
    const xml = junitOf(reportOn("pure", bad));
    expect(xml).not.toContain("<script>");
    expect(Buffer.from(xml).toString()).toBe(xml);
    expect(xml.includes("\u0000")).toBe(false);
  });
});

describe("The page", () => {
  const page = htmlOf([reportOn("pure", bad), reportOn("node")]);

  test("needs nothing from outside of it", () => {
    expect(page).not.toMatch(/(src|href)\s*=|url\(|@import|<link|<script|https?:/);
    requireBalanced(
      page.replace("<!doctype html>", "").replace(/<style>[\s\S]*<\/style>/, ""),
      new Set(["meta", "br"]),
    );
  });

  test("shows each engine in the matrix, and the failures of each with inputs, flag and command", () => {
    expect(page).toContain('<div class="cell bad"><span class="engine">pure</span>17');
    expect(page).toContain('<div class="cell note"><span class="engine">node</span>17');
    expect(page).toContain("<strong>Odd&lt;Flag&gt;</strong> BASIC · &lt;Odd&lt;Flag&gt;&gt; &amp; more");
    expect(page).toContain("<tr><th>key.value</th><td>group 2</td></tr>");
    expect(page).toContain("<pre>npx pocket-hsm verify --suite fake --case fake/a.json#11</pre>");
    expect(page.match(/<pre>/g)).toHaveLength(2);
  });

  test("says that a run passed only when all of them did", () => {
    expect(page).toContain("<title>pocket-hsm conformance: failed</title>");
    expect(htmlOf([reportOn("pure"), reportOn("node")])).toContain("<title>pocket-hsm conformance: passed</title>");
  });
});

test("What has a meaning in markup is escaped, and what XML forbids is replaced", () => {
  expect(escaped(NASTY)).toBe("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39; \uFFFD\uFFFD");
});
