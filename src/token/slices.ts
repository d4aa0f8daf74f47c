import { CkrError } from "../cryptoki/error.ts";

/** How long one slice may hold the event loop, in milliseconds. */
const SLICE = 10;

const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/**
 * Runs a generator of short steps to its end in slices, leaving the event loop free between them.
 * @throws CkrError CKR_FUNCTION_CANCELED when the signal is aborted.
 */
export async function runInSlices<T>(steps: Generator<void, T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    if (signal?.aborted) {
      steps.return(undefined as never);
      throw new CkrError("FUNCTION_CANCELED", "the operation was aborted", { cause: signal.reason });
    }
    const end = performance.now() + SLICE;
    do {
      const step = steps.next();
      if (step.done) return step.value;
    } while (performance.now() < end);
    await nextTask();
  }
}
