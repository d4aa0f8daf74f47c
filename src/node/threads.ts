/** Worker threads of an engine: started when there is work, at most so many, kept for the next. */

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { wipe } from "../bytes/bytes.ts";
import type { Engine, Running, Threads } from "../crypto/engine.ts";
import { nodeEngine } from "./engine.ts";
import { packageFile } from "./package-file.ts";

/** What a thread is asked, and what it answers. `stop` is shared memory: not 0 means that nobody waits any more. */
export interface Order {
  readonly task: unknown;
  readonly stop: Int32Array;
}
export type Answer = { readonly result: unknown } | { readonly failed: string };

interface Job {
  readonly order: Order;
  readonly secrets: readonly Uint8Array[];
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

class WorkerThreads implements Threads {
  readonly #most: number;
  readonly #queue: Job[] = [];
  /** Each thread with what it is doing. */
  readonly #threads = new Map<Worker, Job | undefined>();
  #isClosed = false;

  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#isClosed ? 0 : this.#most;
  }

  run(task: unknown, secrets: readonly Uint8Array[]): Running<unknown> {
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const result = new Promise<unknown>((resolve, reject) => {
      this.#queue.push({ order: { task, stop }, secrets, resolve, reject });
      this.#next();
    });
    return { result, stop: () => this.#stop(stop) };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#next();
    await Promise.all([...this.#threads.keys()].map((worker) => worker.terminate()));
  }

  /** Gives waiting jobs to idle threads, and to new ones while there may be more. */
  #next(): void {
    if (this.#isClosed) for (const job of this.#queue.splice(0)) giveUp(job);
    while (this.#queue.length > 0) {
      const worker = this.#idle();
      if (worker === undefined) return;
      const job = this.#queue.shift() as Job;
      this.#threads.set(worker, job);
      // A process does not end while somebody waits for a result.
      worker.ref();
      worker.postMessage(job.order, buffersOf(job.secrets));
    }
  }

  #idle(): Worker | undefined {
    for (const [worker, job] of this.#threads) if (job === undefined) return worker;
    if (this.#threads.size >= this.#most) return undefined;
    // Without the options of the process, which may be for its own main file.
    const worker = new Worker(packageFile("dist/thread.js"), { execArgv: [] });
    worker.unref();
    this.#threads.set(worker, undefined);
    worker.on("message", (answer: Answer) => this.#answered(worker, answer));
    worker.on("error", () => this.#ended(worker));
    worker.on("exit", () => this.#ended(worker));
    return worker;
  }

  #answered(worker: Worker, answer: Answer): void {
    const job = this.#threads.get(worker);
    this.#threads.set(worker, undefined);
    worker.unref();
    if ("failed" in answer) job?.reject(new Error(answer.failed));
    else job?.resolve(answer.result);
    this.#next();
  }

  /** Its job cannot be known to be harmless: it is not tried again. */
  #ended(worker: Worker): void {
    const job = this.#threads.get(worker);
    this.#threads.delete(worker);
    job?.reject(new Error("the thread has ended"));
    this.#next();
  }

  #stop(stop: Int32Array): void {
    Atomics.store(stop, 0, 1);
    const waiting = this.#queue.findIndex(({ order }) => order.stop === stop);
    for (const job of waiting < 0 ? [] : this.#queue.splice(waiting, 1)) giveUp(job);
  }
}

function giveUp({ secrets, reject }: Job): void {
  wipe(...secrets);
  reject(new Error("the work was given up before it began"));
}

function buffersOf(secrets: readonly Uint8Array[]): ArrayBuffer[] {
  return secrets.map(({ buffer }) => buffer as ArrayBuffer);
}

/** An engine with threads. Without {@link close} they end with the process, which they do not keep alive. */
export interface ThreadedEngine extends Engine {
  readonly threads: Threads;
  /** Ends the threads. What they were doing fails; what comes after is done in slices. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ThreadOptions {
  /** How many threads there are at most; as many as the process has processors, unless told otherwise. */
  readonly threads?: number;
}

/**
 * {@link nodeEngine} with worker threads for the generation of RSA keys (`generateKeyPairAsync`) and for batches.
 * @throws RangeError when `threads` is not a positive integer.
 */
export function threadedNodeEngine({ threads = availableParallelism() }: ThreadOptions = {}): ThreadedEngine {
  if (!Number.isInteger(threads) || threads < 1)
    throw new RangeError(`threads must be a positive integer, not ${threads}`);
  const own = new WorkerThreads(threads);
  const close = () => own.close();
  return { ...nodeEngine, threads: own, close, [Symbol.asyncDispose]: close };
}
