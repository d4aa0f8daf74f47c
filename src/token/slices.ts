import type { Running } from "../crypto/engine.ts";
import { CkrError } from "../cryptoki/error.ts";

/** How long one slice may hold the event loop, in milliseconds. */
export const SLICE = 10;

/** @throws CkrError CKR_FUNCTION_CANCELED when the signal is aborted. */
export function requireNotAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CkrError("FUNCTION_CANCELED", "the operation was aborted", { cause: signal.reason });
}

/**
 * The result of work in a thread.
 * @throws CkrError CKR_FUNCTION_CANCELED when the signal is aborted, CKR_FUNCTION_FAILED when the thread has ended.
 */
export async function untilDone<T>({ result, stop }: Running<T>, signal?: AbortSignal): Promise<T> {
  signal?.addEventListener("abort", stop);
  try {
    return await result;
  } catch (cause) {
    requireNotAborted(signal);
    if (cause instanceof CkrError) throw cause;
    throw new CkrError("FUNCTION_FAILED", "the thread has ended before its work was done", { cause });
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/** Leaves the event loop free for what waits. A timer waits for a millisecond even when nothing else does. */
export const nextTask = (): Promise<void> =>
  new Promise((resolve) => void (typeof setImmediate === "function" ? setImmediate(resolve) : setTimeout(resolve, 0)));

/**
 * Runs a generator of short steps to its end in slices, leaving the event loop free between them.
 * @throws CkrError CKR_FUNCTION_CANCELED when the signal is aborted.
 */
export async function runInSlices<T>(steps: Generator<void, T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    if (signal?.aborted) steps.return(undefined as never);
    requireNotAborted(signal);
    const end = performance.now() + SLICE;
    do {
      const step = steps.next();
      if (step.done) return step.value;
    } while (performance.now() < end);
    await nextTask();
  }
}
