import { expect, test } from "vitest";
import { figuresOf } from "../../bench/figures.ts";
import { circumstancesOf, merged, parseResults, ResultsError } from "../../bench/results.ts";
import { contestOutcome, gaugeOutcome, resultsOf } from "./samples.ts";

test("results are read as they were written, and nothing else is", () => {
  const results = resultsOf([contestOutcome({ ours: 1, noble: 3 }), gaugeOutcome(500)]);
  expect(parseResults(JSON.stringify(results))).toEqual(results);
  for (const text of ["", "null", "{}", '{"schema":"other"}', '{"schema":"pocket-hsm-bench/1"}']) {
    expect(() => parseResults(text)).toThrow(ResultsError);
  }
});

test("of an entry in two runs the later counts, and runs of two commits do not go together", () => {
  const first = resultsOf([contestOutcome({ ours: 1, noble: 3 }), gaugeOutcome(500)]);
  const second = resultsOf([contestOutcome({ ours: 2, noble: 3 })]);
  const { outcomes, circumstances } = merged([first, second]);
  expect(outcomes).toEqual([second.outcomes[0], first.outcomes[1]]);
  expect(circumstances.seconds).toBe(20);
  const other = resultsOf([], { commit: { hash: "another", dirty: true } });
  expect(() => merged([first, other])).toThrow("commit 0123456789 and another with changes");
});

test("a run knows the versions of what it measures, peers included", () => {
  const { versions, machine, commit } = circumstancesOf(0, 0, 1);
  expect(versions).toMatchObject({ node: process.versions.node, openssl: process.versions.openssl });
  for (const name of ["@noble/curves", "node-forge", "elliptic"])
    expect(versions[name], name).toMatch(/^\d+\.\d+\.\d+$/);
  expect(machine.cores).toBeGreaterThan(0);
  expect(commit.hash).toMatch(/^[0-9a-f]{10}$/);
});

test("the README's figures are the entries with a headline", () => {
  const { rows, commit } = figuresOf(
    resultsOf([
      contestOutcome({ ours: 1.23456, noble: 3 }, { headline: "noble" }),
      contestOutcome({ ours: 1 }, { name: "not at the head" }),
      { ...gaugeOutcome(541.23), headline: "beside its key" },
    ]),
  );
  expect(rows).toEqual([
    { layer: "engine", name: "HMAC 32 B", micros: 1.23, ratios: { noble: 2.43 } },
    { layer: "scale", name: "bytes an object", value: "541 bytes", ratios: {} },
  ]);
  expect(commit).toBe("0123456789");
});
