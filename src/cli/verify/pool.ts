/** Runs the parts of a plan on several lanes: worker threads, or the processes of a PKCS #11 module. */

import { Worker } from "node:worker_threads";
import type { VectorFile } from "../../conformance/parsers/manifest.ts";
import { nameOf, type Part, type PartResult, type Plan, type Problem } from "../../conformance/runner.ts";
import { packageFile } from "../../node/package-file.ts";
import type { WorkerSettings } from "./worker.ts";

const WORKER = packageFile("dist/cli/verify/worker.js");

export type EngineName = "pure" | "hardened" | "node";

/** What a lane is told; a suite goes by its name. */
export interface Job {
  readonly part: Part;
  readonly file: VectorFile;
  readonly suite: string;
  /** Cases of the part that have ended a lane, by id, and how. */
  readonly crashed: Readonly<Record<string, string>>;
}

/** Runs one part after the other. */
export interface Lane {
  /**
   * Rejects when the lane ends on the way, with a {@link CaseCrash} where it is known which case did it. Another lane
   * takes its place then.
   */
  answer(job: Job): Promise<PartResult>;
  end(): Promise<void>;
}

/** A case has ended the lane that ran it. */
export class CaseCrash extends Error {
  override readonly name: string = "CaseCrash";
  readonly caseId: string;

  constructor(caseId: string, how: string) {
    super(how);
    this.caseId = caseId;
  }
}

/** A part that has ended so many lanes is given up. */
const MOST_CRASHES = 8;

export interface PoolSettings {
  readonly jobs: number;
  readonly open: () => Lane;
  /** Called with each part's result as it comes in. */
  readonly onResult: (result: PartResult) => void;
}

/** The results of all parts, in no order; with `failFast` of those that were begun before the first failure. */
export async function runParts(plan: Plan, { jobs, onResult, open }: PoolSettings): Promise<PartResult[]> {
  const claims = new Map(plan.files.map((claimed) => [claimed.file.path, claimed]));
  const queue = [...plan.parts];
  const results: PartResult[] = [];
  const next = (): Job | undefined => {
    const part = queue.shift();
    const claimed = part && claims.get(part.path);
    return part && claimed && { part, file: claimed.file, suite: claimed.suite.name, crashed: {} };
  };
  const take = (result: PartResult): void => {
    results.push(result);
    if (result.stopped) queue.length = 0;
    onResult(result);
  };
  await Promise.all(Array.from({ length: Math.min(jobs, queue.length) }, () => work(open, next, take)));
  return results;
}

/** One lane until there is nothing left to do, and another one where it ends on the way. */
async function work(open: () => Lane, next: () => Job | undefined, take: (result: PartResult) => void): Promise<void> {
  let lane: Lane | undefined;
  const answer = async (job: Job): Promise<PartResult> => {
    lane ??= open();
    try {
      const result = await lane.answer(job);
      return { ...result, problems: [...result.problems, ...crashes(job)] };
    } catch (error) {
      await lane.end();
      lane = undefined;
      if (!(error instanceof CaseCrash) || Object.keys(job.crashed).length >= MOST_CRASHES) return lost(job, error);
      return answer({ ...job, crashed: { ...job.crashed, [error.caseId]: error.message } });
    }
  };
  for (let job = next(); job !== undefined; job = next()) take(await answer(job));
  await lane?.end();
}

function crashes({ part, crashed }: Job): Problem[] {
  const file = nameOf(part.path);
  return Object.entries(crashed).map(([id, how]) => ({ file, message: `at the case ${id} ${how}` }));
}

/** A worker thread with an engine. */
export function threadLane(settings: WorkerSettings): Lane {
  const worker = new Worker(WORKER, { workerData: settings });
  return {
    answer: (job) =>
      new Promise((resolve, reject) => {
        const ended = (code: number): void => reject(new Error(`exit status ${code}`));
        worker.once("error", reject).once("exit", ended);
        worker.once("message", (result: PartResult) => {
          worker.off("error", reject).off("exit", ended);
          resolve(result);
        });
        worker.postMessage(job);
      }),
    async end() {
      await worker.terminate();
    },
  };
}

function lost(job: Job, error: unknown): PartResult {
  const { path, pick } = job.part;
  const message = `the worker ended: ${error instanceof Error ? error.message : String(error)}`;
  const from = "from" in pick ? pick.from : 0;
  const problems = [{ file: nameOf(path), message }, ...crashes(job)];
  return { path, from, asked: 0, results: [], stopped: false, problems };
}
