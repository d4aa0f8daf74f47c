import { describe, expect, test } from "vitest";
import type { Pins } from "../../src/conformance/pins.ts";
import { type Report, reportOf } from "../../src/conformance/report/model.ts";
import { type StoredSummary, storedOf, storedProblem, tableRows } from "../../src/conformance/report/stored.ts";
import { planRun } from "../../src/conformance/runner.ts";
import { circumstances, fakeFile, fakeSuite, fakeText, runAll } from "./fake.ts";

const MANIFEST = circumstances.vectors.manifestSha256;
const suite = fakeSuite((id) => (id === "1" ? { verdict: "skipped", reason: "no-mechanism" } : { verdict: "passed" }));
const files = [fakeFile("a", 3), fakeFile("b", 3, { kind: "cavp" })];
const plan = planRun(files, [suite]);

function report(engine: Report["circumstances"]["engine"] = { name: "pure" }, sample?: number): Report {
  const own = sample === undefined ? plan : planRun(files, [suite], { sample });
  const parts = runAll(own, fakeText([3]));
  return reportOf(own, parts, { ...circumstances, engine }, { pins: {}, allowUnpinned: true });
}

const module = {
  path: "/home/someone/module.so",
  manufacturer: "Maker",
  description: "Library",
  libraryVersion: "1.2",
  cryptokiVersion: "3.0",
  tokenManufacturer: "M",
  tokenModel: "m",
};

describe("The summaries that are kept", () => {
  test("A summary has counts by algorithm and source, and no path of a machine", () => {
    const stored = storedOf(report({ name: "Maker 1.2", module }));
    const tally = { passed: 2, "skipped:no-mechanism": 1 };
    expect(stored.rows).toEqual({ "Fake-256": { cavp: tally, wycheproof: tally } });
    expect(stored.module).toMatchObject({ manufacturer: "Maker", libraryVersion: "1.2" });
    expect(JSON.stringify(stored)).not.toContain("someone");
  });

  test("The table has a column a summary, a row an algorithm, and what is zero is left out", () => {
    const stored = storedOf(report());
    const other: StoredSummary = {
      ...stored,
      engine: "other",
      rows: { Another: { x: { failed: 1, error: 2, passed: 1000 } } },
    };
    expect(tableRows([stored, other])).toEqual({
      head: ["algorithm", "pure", "other"],
      rows: [
        ["Another", "not run", "1,000 passed, 3 **failed**"],
        ["Fake-256", "4 passed, 2 skipped", "not run"],
        ["**all**", "4 passed, 2 skipped", "1,000 passed, 3 **failed**"],
      ],
    });
  });

  const pin = { sha256: "1".repeat(32), tally: { "skipped:no-mechanism": 1, passed: 2 } };
  const pins: Pins = { "fake/a.json": pin, "fake/b.json": pin };

  test("Summaries of the vectors and the pins have no problem, whatever another module came to", () => {
    const foreign = storedOf(report({ name: "Maker 1.2", module }));
    const stored = [storedOf(report()), { ...foreign, rows: {} }];
    expect(storedProblem(stored, MANIFEST, plan.files, pins)).toBeUndefined();
  });

  test("Summaries of other vectors, of other selections or against the pins are refused", () => {
    const stored = storedOf(report());
    expect(storedProblem([stored], "3".repeat(64), plan.files, pins)).toBe(
      "the summary of pure is of other vectors than vectors/",
    );
    expect(storedProblem([stored, storedOf(report({ name: "node" }, 1))], MANIFEST, plan.files, pins)).toBe(
      "the summaries of pure and node are of different selections",
    );
    const fewer = { ...pins, "fake/b.json": { ...pin, tally: { passed: 3 } } };
    expect(storedProblem([stored], MANIFEST, plan.files, fewer)).toBe("the summary of pure is not what is pinned");
  });

  test("A sample is not held to the pins of whole files", () => {
    expect(storedProblem([storedOf(report(undefined, 1))], MANIFEST, plan.files, pins)).toBeUndefined();
  });
});
