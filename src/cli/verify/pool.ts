/** Runs the parts of a plan on worker threads. */

import { Worker } from "node:worker_threads";
import type { VectorFile } from "../../conformance/parsers/manifest.ts";
import { nameOf, type Part, type PartResult, type Plan } from "../../conformance/runner.ts";
import { packageFile } from "../package.ts";
import type { WorkerSettings } from "./worker.ts";

const WORKER = packageFile("dist/cli/verify/worker.js");

export type EngineName = "pure" | "node";

/** What a worker is told; a suite goes by its name. */
export interface Job {
  readonly part: Part;
  readonly file: VectorFile;
  readonly suite: string;
}

export interface PoolSettings extends WorkerSettings {
  readonly jobs: number;
  /** Called with each part's result as it comes in. */
  readonly onResult: (result: PartResult) => void;
}

/** The results of all parts, in no order; with `failFast` of those that were begun before the first failure. */
export async function runParts(plan: Plan, { jobs, onResult, ...settings }: PoolSettings): Promise<PartResult[]> {
  const claims = new Map(plan.files.map((claimed) => [claimed.file.path, claimed]));
  const queue = [...plan.parts];
  const results: PartResult[] = [];
  const next = (): Job | undefined => {
    const part = queue.shift();
    const claimed = part && claims.get(part.path);
    return part && claimed && { part, file: claimed.file, suite: claimed.suite.name };
  };
  const take = (result: PartResult): void => {
    results.push(result);
    if (result.stopped) queue.length = 0;
    onResult(result);
  };
  await Promise.all(Array.from({ length: Math.min(jobs, queue.length) }, () => work(settings, next, take)));
  return results;
}

/** One worker until there is nothing left to do. What kills it is a problem of the part; another one goes on. */
async function work(
  settings: WorkerSettings,
  next: () => Job | undefined,
  take: (result: PartResult) => void,
): Promise<void> {
  let worker: Worker | undefined;
  for (let job = next(); job !== undefined; job = next()) {
    worker ??= new Worker(WORKER, { workerData: settings });
    try {
      take(await answerOf(worker, job));
    } catch (error) {
      take(lost(job.part, error));
      await worker.terminate();
      worker = undefined;
    }
  }
  await worker?.terminate();
}

function answerOf(worker: Worker, job: Job): Promise<PartResult> {
  return new Promise((resolve, reject) => {
    const ended = (code: number): void => reject(new Error(`exit status ${code}`));
    worker.once("error", reject).once("exit", ended);
    worker.once("message", (result: PartResult) => {
      worker.off("error", reject).off("exit", ended);
      resolve(result);
    });
    worker.postMessage(job);
  });
}

function lost({ path, pick }: Part, error: unknown): PartResult {
  const message = `the worker ended: ${error instanceof Error ? error.message : String(error)}`;
  const from = "from" in pick ? pick.from : 0;
  return { path, from, asked: 0, results: [], stopped: false, problems: [{ file: nameOf(path), message }] };
}
