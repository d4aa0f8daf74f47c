/** A thread of `pocket-hsm verify`: runs parts on benches of its own, one after the other. */

import { parentPort, workerData } from "node:worker_threads";
import { createBench } from "../../conformance/bench.ts";
import { type Part, runPart } from "../../conformance/runner.ts";
import type { Suite } from "../../conformance/suite.ts";
import { suites } from "../../conformance/suites/all.ts";
import type { Engine } from "../../crypto/engine.ts";
import { engineOf } from "./engines.ts";
import type { EngineName, Job } from "./pool.ts";
import { readText } from "./vectors.ts";

export interface WorkerSettings {
  readonly directory: string;
  readonly engine: EngineName;
  readonly failFast: boolean;
}

const { directory, engine: engineName, failFast } = workerData as WorkerSettings;
const engine: Engine = await engineOf(engineName);
const texts = new Map<string, string>();

/** The texts of the part's file; those of the file before it are let go. */
function textsOf({ path }: Part, results: string): { readonly text: string; readonly expected: string | undefined } {
  const wanted = results === "-" ? [path] : [path, results];
  for (const known of [...texts.keys()]) if (!wanted.includes(known)) texts.delete(known);
  for (const one of wanted) if (!texts.has(one)) texts.set(one, readText(directory, one));
  return { text: texts.get(path) ?? "", expected: texts.get(results) };
}

parentPort?.on("message", ({ part, file, suite: suiteName }: Job) => {
  const suite = suites.find(({ name }) => name === suiteName) as Suite;
  const bench = createBench(engine);
  const { text, expected } = textsOf(part, file.results);
  parentPort?.postMessage(runPart({ claimed: { file, suite }, pick: part.pick, text, expected, bench, failFast }));
});
