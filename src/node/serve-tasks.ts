import { parentPort } from "node:worker_threads";
import type { Answer, Order } from "./threads.ts";

/**
 * Makes this thread one of an engine's: it does one task after the other. `run` gives `undefined` for one that it was told
 * to stop. The memory of results is moved, so that nothing of them stays here; of errors the text goes out alone.
 */
export function serveTasks(run: (task: unknown, isStopped: () => boolean) => unknown): void {
  parentPort?.on("message", ({ task, stop }: Order) => {
    const answer = answerTo(() => run(task, () => Atomics.load(stop, 0) !== 0));
    parentPort?.postMessage(answer, [...new Set(buffersIn(answer))]);
  });
}

function answerTo(run: () => unknown): Answer {
  try {
    const result = run();
    return result === undefined ? { failed: "the work was stopped" } : { result };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : "the work failed" };
  }
}

/** The buffers of all arrays in plain data. */
function buffersIn(data: unknown): ArrayBuffer[] {
  if (data instanceof Uint8Array) return [data.buffer as ArrayBuffer];
  return typeof data === "object" && data !== null ? Object.values(data).flatMap(buffersIn) : [];
}
