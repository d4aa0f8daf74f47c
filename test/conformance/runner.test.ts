import { describe, expect, test } from "vitest";
import type { Pins } from "../../src/conformance/pins.ts";
import { REASONS } from "../../src/conformance/policy.ts";
import { pinsOf, type Report, reportOf } from "../../src/conformance/report/model.ts";
import { planRun, SelectionError } from "../../src/conformance/runner.ts";
import type { Suite } from "../../src/conformance/suite.ts";
import { circumstances, fakeFile, fakeSuite, fakeText, runAll } from "./fake.ts";

const [reason = ""] = Object.keys(REASONS);
const [only] = [fakeFile("a", 100)];
const text = fakeText([60, 40]);
const pins = (tally: Record<string, number>): Pins => ({ "fake/a.json": { sha256: "1".repeat(32), tally } });
const allPassed = pins({ passed: 100 });

function report(suite: Suite, options: Parameters<typeof reportOf>[3] = { pins: allPassed }, given = text): Report {
  const plan = planRun([only], [suite]);
  return reportOf(plan, runAll(plan, given), circumstances, options);
}

const messages = ({ problems }: Report): string[] => problems.map(({ message }) => message);

describe("A plan", () => {
  test("divides a file into parts that hold each position once", () => {
    for (const cases of [1, 7, 8, 9, 100, 7875]) {
      const { parts } = planRun([fakeFile("a", cases)], [fakeSuite()]);
      const positions = parts.flatMap(({ pick }) =>
        "from" in pick ? Array.from({ length: pick.to - pick.from }, (_, index) => pick.from + index) : [],
      );
      expect(positions).toEqual(Array.from({ length: cases }, (_, index) => index));
      expect(parts.length).toBeLessThanOrEqual(16);
    }
  });

  test("names a file that no suite claims, one that two claim, and results without a prompt", () => {
    const files = [
      fakeFile("a", 1),
      fakeFile("b", 1, { algorithm: "OTHER" }),
      fakeFile("c", 1, { format: "acvp-expected" }),
    ];
    const again = { ...fakeSuite(), name: "again" };
    expect(planRun(files, [fakeSuite()]).problems).toEqual([
      { file: "fake/b.json", message: "no suite claims this file" },
      { file: "fake/c.json", message: "results that belong to no prompt" },
    ]);
    expect(planRun([fakeFile("a", 1)], [fakeSuite(), again]).problems).toEqual([
      { file: "fake/a.json", message: "claimed by fake and again" },
    ]);
  });

  test("leaves a file that no suite claims alone where suites, algorithms, cases or other sources are chosen", () => {
    const files = [fakeFile("a", 1), fakeFile("b", 1, { algorithm: "OTHER", kind: "cavp" })];
    const problems = (selection: Parameters<typeof planRun>[2]): number =>
      planRun(files, [fakeSuite()], selection).problems.length;
    const choices = [{ suites: ["fake"] }, { algorithms: ["Fake"] }, { cases: ["fake/a.json#1"] }];
    expect(choices.map(problems)).toEqual([0, 0, 0]);
    expect([{}, { sample: 1 }, { sources: ["wycheproof"] }].map(problems)).toEqual([1, 1, 0]);
  });

  test("takes the files of the suites, algorithms and sources that are chosen", () => {
    const files = [fakeFile("a", 1), fakeFile("b", 1, { kind: "cavp" }), fakeFile("c", 1, { algorithm: "OTHER" })];
    const other = fakeSuite(undefined, {
      name: "other",
      algorithm: "Other",
      claims: ({ algorithm }) => algorithm === "OTHER",
    });
    const chosen = (selection: Parameters<typeof planRun>[2]): string[] =>
      planRun(files, [fakeSuite(), other], selection).files.map(({ file }) => file.path.slice(5, 6));
    expect(chosen({})).toEqual(["a", "b", "c"]);
    expect(chosen({ suites: ["other"] })).toEqual(["c"]);
    expect(chosen({ algorithms: ["fake"] })).toEqual(["a", "b"]);
    expect(chosen({ sources: ["cavp"] })).toEqual(["b"]);
    expect(chosen({ cases: ["fake/a.json#1", "fake/c.json.br#1"] })).toEqual(["a", "c"]);
  });

  test("refuses a choice of what does not exist, and says what does", () => {
    const plan = (selection: Parameters<typeof planRun>[2]) => () => planRun([only], [fakeSuite()], selection);
    expect(plan({ suites: ["fork"] })).toThrow(new SelectionError("no suite is called fork; there are fake"));
    expect(plan({ algorithms: ["256"] })).toThrow(/no algorithm is called 256; there are Fake-256/);
    expect(plan({ sources: ["nist"] })).toThrow(/there are wycheproof/);
    expect(plan({ cases: ["fake/b.json#1"] })).toThrow(/no file of vectors is called fake\/b.json/);
    expect(plan({ cases: ["7"] })).toThrow(/FILE#ID, found 7/);
  });
});

describe("A run", () => {
  test("passes when every case has its verdict and the totals are the pinned ones", () => {
    const { outcome, executed, tally, problems } = report(fakeSuite());
    expect({ outcome, executed, tally, problems }).toEqual({
      outcome: "passed",
      executed: 100,
      tally: { passed: 100 },
      problems: [],
    });
  });

  test("gives the same report in whatever order the parts come in", () => {
    const suite = fakeSuite((id) => (Number(id) % 3 === 0 ? { verdict: "failed", detail: id } : { verdict: "passed" }));
    const plan = planRun([only, fakeFile("b", 100)], [suite]);
    const parts = runAll(plan, text);
    const [forwards, backwards] = [parts, parts.toReversed()].map((all) => reportOf(plan, all, circumstances));
    expect(backwards).toEqual(forwards);
    expect(forwards?.files[0]?.notable.map(({ id }) => Number(id))).toEqual(
      Array.from({ length: 33 }, (_, index) => 3 * (index + 1)),
    );
  });

  test.each(["failed", "error"] as const)("fails by one case that is %s, which then carries its inputs", (verdict) => {
    const suite = fakeSuite((id) => (id === "61" ? { verdict, detail: "differs" } : { verdict: "passed" }));
    const found = report(suite, undefined, fakeText([60, 40], ["Edge"]));
    expect(found.outcome).toBe("failed");
    expect(found.tally).toEqual({ passed: 99, [verdict]: 1 });
    expect(found.files[0]?.notable).toMatchObject([
      {
        id: "61",
        detail: "differs",
        inputs: { "key.value": "group 2", msg: "00ff", result: "valid" },
        notes: { Edge: "BASIC · <Edge> & more" },
      },
    ]);
  });

  test("fails when a case has no verdict, two, or one that nobody asked for", () => {
    expect(messages(report(fakeSuite((id) => (id === "5" ? undefined : { verdict: "passed" }))))).toEqual([
      "no verdict on 1 of its cases: 5",
      "verdicts on 99 of 100 cases",
      "came to passed 99; pinned: passed 100",
    ]);
    const twice = fakeSuite(undefined, {
      *run(...args) {
        for (const result of fakeSuite().run(...args)) yield* result.id === "9" ? [result, result] : [result];
      },
    });
    expect(messages(report(twice))).toContain("1 verdicts too many");
    const unasked = fakeSuite(undefined, {
      *run(...args) {
        yield* fakeSuite().run(...args);
        yield { id: "x", verdict: "passed" };
      },
    });
    expect(messages(report(unasked))).toContain("a verdict that was not asked for on 1 of its cases: x");
  });

  test("fails when a suite throws, and goes on with the next part", () => {
    const suite = fakeSuite((id) => {
      if (id === "1") throw new Error("out of order");
      return { verdict: "passed" };
    });
    const found = report(suite);
    expect(messages(found)[0]).toBe("out of order");
    expect(found.executed).toBe(92);
  });

  test("fails when a file does not hold the listed number of cases, and says it once", () => {
    const found = messages(report(fakeSuite(), undefined, fakeText([99])));
    expect(found.filter((message) => message.startsWith("the manifest"))).toEqual([
      "the manifest lists 100 cases, the file holds 99",
    ]);
  });

  test("fails when no case of a file was executed: a skip is not a pass", () => {
    const found = report(
      fakeSuite(() => ({ verdict: "skipped", reason })),
      { pins: pins({ [`skipped:${reason}`]: 100 }) },
    );
    expect(found.outcome).toBe("failed");
    expect(messages(found)).toEqual(["no case was executed"]);
  });

  test("fails when the totals are not the pinned ones, also when only a reason differs", () => {
    const suite = fakeSuite((id) => (id === "1" ? { verdict: "stricter-reject", reason } : { verdict: "passed" }));
    expect(messages(report(suite))).toEqual([`came to passed 99, stricter-reject:${reason} 1; pinned: passed 100`]);
    const other = pins({ passed: 99, "stricter-reject:another": 1 });
    expect(report(suite, { pins: other }).outcome).toBe("failed");
    expect(report(suite, { pins: pins({ passed: 99, [`stricter-reject:${reason}`]: 1 }) }).outcome).toBe("passed");
  });

  test("fails when a file is not pinned or pinned with another content, unless that is allowed", () => {
    expect(messages(report(fakeSuite(), { pins: {} }))[0]).toMatch(/not pinned/);
    const changed: Pins = { "fake/a.json": { sha256: "3".repeat(32), tally: { passed: 100 } } };
    expect(report(fakeSuite(), { pins: changed }).outcome).toBe("failed");
    expect(report(fakeSuite(), { pins: {}, allowUnpinned: true }).outcome).toBe("passed");
  });

  test("fails when a pinned file is no longer listed, where all of them must be", () => {
    const more: Pins = { ...allPassed, "fake/gone.json": { sha256: "4", tally: { passed: 1 } } };
    expect(report(fakeSuite(), { pins: more }).outcome).toBe("passed");
    expect(report(fakeSuite(), { pins: more, requirePinned: true }).problems).toEqual([
      { file: "fake/gone.json", message: "pinned, but the manifest does not list it" },
    ]);
  });

  test("fails by a skip or a stricter refusal whose reason is not in the table", () => {
    for (const verdict of ["skipped", "stricter-reject"] as const) {
      expect(report(fakeSuite(() => ({ verdict, reason: "because" }))).tally).toEqual({ error: 100 });
      expect(report(fakeSuite(() => ({ verdict }))).tally).toEqual({ error: 100 });
    }
  });

  test("fails by an acceptable vector whose flags no rule speaks of", () => {
    const suite = fakeSuite(() => ({ verdict: "accepted-acceptable", flags: ["NoSuchFlag"] }));
    expect(report(suite).tally).toEqual({ failed: 100 });
    expect(report(fakeSuite(() => ({ verdict: "rejected-acceptable", flags: [] }))).tally).toEqual({ failed: 100 });
  });

  test("fails when a part was not run", () => {
    const plan = planRun([only], [fakeSuite()]);
    const found = reportOf(plan, runAll(plan, text).slice(1), circumstances, { pins: allPassed });
    expect(messages(found)[0]).toBe("1 of its 13 parts were not run");
  });

  test("ends at the first failure when told so, and never passes then", () => {
    const suite = fakeSuite((id) => (id === "12" ? { verdict: "failed" } : { verdict: "passed" }));
    const plan = planRun([only], [suite]);
    const parts = runAll(plan, text, true);
    expect(parts.filter((part) => part.stopped).map((part) => part.results.length)).toEqual([4]);
    expect(reportOf(plan, parts, circumstances, { pins: allPassed })).toMatchObject({
      outcome: "failed",
      stopped: true,
      problems: [],
    });
  });
});

describe("A part of a file", () => {
  const run = (selection: Parameters<typeof planRun>[2], suite: Suite = fakeSuite(), known = allPassed): Report => {
    const plan = planRun([only], [suite], selection);
    return reportOf(plan, runAll(plan, text), circumstances, { pins: known });
  };

  test("may be chosen by case", () => {
    const found = run({ cases: ["fake/a.json#7", "fake/a.json#61"] });
    expect(found).toMatchObject({ outcome: "passed", cases: 100, executed: 2 });
    expect(run({ cases: ["fake/a.json#101"] }).problems[0]?.message).toBe("the file holds no case 101");
  });

  test("of a sample takes from every group, and says how many were selected", () => {
    const seen: string[] = [];
    const suite = fakeSuite(undefined, {
      *run(...args) {
        for (const result of fakeSuite().run(...args)) {
          seen.push(result.id);
          yield result;
        }
      },
    });
    const found = run({ sample: 6 }, suite);
    expect(found).toMatchObject({ outcome: "passed", cases: 100, executed: 6, files: [{ selected: 6 }] });
    expect(seen).toEqual(["1", "2", "3", "61", "62", "63"]);
  });

  test("has no verdict more often than the whole file", () => {
    const suite = fakeSuite(() => ({ verdict: "stricter-reject", reason }));
    expect(run({ sample: 6 }, suite, pins({ passed: 95, [`stricter-reject:${reason}`]: 5 })).outcome).toBe("failed");
    expect(run({ sample: 5 }, suite, pins({ passed: 95, [`stricter-reject:${reason}`]: 5 })).outcome).toBe("passed");
  });
});

test("Pins are taken from files that were run whole; the others keep theirs, and those of no file go", () => {
  const before: Pins = { "fake/b.json": { sha256: "4", tally: { passed: 1 } }, gone: { sha256: "5", tally: {} } };
  const manifest = new Set(["fake/a.json", "fake/b.json"]);
  expect(pinsOf(report(fakeSuite()), before, manifest)).toEqual({ ...allPassed, "fake/b.json": before["fake/b.json"] });
  const plan = planRun([only], [fakeSuite()], { sample: 6 });
  const sampled = reportOf(plan, runAll(plan, text), circumstances);
  expect(pinsOf(sampled, before, manifest)).toEqual({ "fake/b.json": before["fake/b.json"] });
});
