/** A vector file and a suite for it that says what a test wants. */

import type { VectorFile } from "../../src/conformance/parsers/manifest.ts";
import type { Circumstances } from "../../src/conformance/report/model.ts";
import { type PartResult, type Plan, runPart } from "../../src/conformance/runner.ts";
import type { Bench, CaseResult, Suite } from "../../src/conformance/suite.ts";

/** Nothing in these tests reaches a token. */
export const noBench: Bench = {} as Bench;

export function fakeFile(name: string, cases: number, more: Partial<VectorFile> = {}): VectorFile {
  return {
    path: `fake/${name}.json.br`,
    package: "fake",
    version: "1",
    licence: "MIT",
    sha256: "0".repeat(64),
    originalSha256: "1".repeat(64),
    algorithm: "FAKE",
    kind: "wycheproof",
    format: "wycheproof",
    cases,
    results: "-",
    ...more,
  };
}

/** A Wycheproof file: the numbers of cases in its groups, with ids from 1; every case has the flags given. */
export function fakeText(groups: readonly number[], flags: readonly string[] = []): string {
  let tcId = 0;
  const testGroups = groups.map((count, index) => ({
    type: "Fake",
    key: { curve: "none", value: `group ${index + 1}` },
    tests: Array.from({ length: count }, () => ({
      tcId: ++tcId,
      comment: "",
      flags,
      msg: "00ff",
      result: "valid",
    })),
  }));
  const notes = Object.fromEntries(flags.map((flag) => [flag, { bugType: "BASIC", description: `<${flag}> & more` }]));
  return JSON.stringify({ algorithm: "FAKE", schema: "fake", numberOfTests: tcId, notes, testGroups });
}

type Answer = (id: string) => Omit<CaseResult, "id"> | undefined;

/** Gives each case the verdict of `answer`, none where that is undefined. */
export function fakeSuite(answer: Answer = () => ({ verdict: "passed" }), more: Partial<Suite> = {}): Suite {
  return {
    name: "fake",
    algorithm: "Fake-256",
    claims: ({ algorithm }) => algorithm === "FAKE",
    *run(text, _file, _bench, only) {
      const { testGroups } = JSON.parse(text) as { testGroups: { tests: { tcId: number; flags: string[] }[] }[] };
      for (const { tcId, flags } of testGroups.flatMap(({ tests }) => tests)) {
        const id = String(tcId);
        const result = only === undefined || only.has(id) ? answer(id) : undefined;
        if (result !== undefined) yield { id, flags, ...result };
      }
    },
    ...more,
  };
}

/** Runs all parts of a plan over files that all have one text. */
export function runAll(plan: Plan, text: string, failFast = false): PartResult[] {
  return plan.parts.map(({ path, pick }) => {
    const claimed = plan.files.find(({ file }) => file.path === path);
    if (claimed === undefined) throw new Error(`no ${path} in the plan`);
    return runPart({ claimed, pick, text, bench: noBench, failFast });
  });
}

export const circumstances: Circumstances = {
  package: { name: "pocket-hsm", version: "0.0.0" },
  engine: { name: "pure" },
  runtime: { node: "20" },
  dependencies: { "@noble/curves": "2" },
  vectors: { package: "fake", version: "1", manifestSha256: "2".repeat(64) },
  seconds: 1.25,
  jobs: 2,
};
