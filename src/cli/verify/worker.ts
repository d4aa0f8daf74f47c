/** A thread of `pocket-hsm verify`: runs parts on benches of its own, one after the other. */

import { parentPort, workerData } from "node:worker_threads";
import { createBench } from "../../conformance/bench.ts";
import { runPart } from "../../conformance/runner.ts";
import type { Suite } from "../../conformance/suite.ts";
import { suites } from "../../conformance/suites/all.ts";
import type { Engine } from "../../crypto/engine.ts";
import { engineOf } from "./engines.ts";
import type { EngineName, Job } from "./pool.ts";
import { Texts } from "./texts.ts";

export interface WorkerSettings {
  readonly directory: string;
  readonly engine: EngineName;
  readonly failFast: boolean;
}

const { directory, engine: engineName, failFast } = workerData as WorkerSettings;
const engine: Engine = await engineOf(engineName);
const texts = new Texts(directory);

parentPort?.on("message", ({ part, file, suite: suiteName }: Job) => {
  const suite = suites.find(({ name }) => name === suiteName) as Suite;
  const bench = createBench(engine);
  const { text, expected } = texts.of(file);
  parentPort?.postMessage(runPart({ claimed: { file, suite }, pick: part.pick, text, expected, bench, failFast }));
});
