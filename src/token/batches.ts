/** One operation with one checked key on many messages: here in slices, or in threads when it takes longer than one. */

import { utf8, wipe } from "../bytes/bytes.ts";
import { childDrbg, SEED_BYTES } from "../crypto/drbg.ts";
import type { Rng, Threads } from "../crypto/engine.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import type { MechanismChoice } from "../mechanisms/registry.ts";
import { type BatchUse, onceFor, withMessageRng } from "./batch-use.ts";
import type { Ready } from "./operations.ts";
import type { SessionCore } from "./session-core.ts";
import { nextTask, requireNotAborted, SLICE, untilDone } from "./slices.ts";
import { type BatchResult, type BatchTask, keyForThread } from "./tasks.ts";

/** Parameters that may serve one message only: a second one under the same gives both away. */
const FOR_ONE_MESSAGE = ["iv", "counter", "nonce", "unit"] as const;

/** A mechanism with what may serve many messages. */
export type BatchChoice =
  | Extract<MechanismChoice, string>
  | (Exclude<MechanismChoice, string> & { readonly [N in (typeof FOR_ONE_MESSAGE)[number]]?: never });

/** @throws CkrError CKR_MECHANISM_PARAM_INVALID for parameters that are for one message. */
export function requireForMany({ mechanism, params }: Ready): void {
  const given = (params ?? {}) as Readonly<Record<string, unknown>>;
  const single = FOR_ONE_MESSAGE.find((name) => given[name] !== undefined);
  const why = `${single} serves one message: a batch takes ${mechanism.name} only where the token makes it`;
  demand(single === undefined, "MECHANISM_PARAM_INVALID", why);
}

/** A batch in the making: results stand where their messages do. */
interface Batch {
  readonly core: SessionCore;
  readonly use: BatchUse;
  readonly ready: Ready;
  readonly messages: readonly Uint8Array[];
  readonly seeds: readonly Uint8Array[];
  readonly results: Uint8Array[];
  readonly signal: AbortSignal | undefined;
}

/**
 * Results in the order of the messages: all of them, or an error that says which message it was.
 * @throws CkrError CKR_FUNCTION_CANCELED, CKR_KEY_HANDLE_INVALID when the key is gone meanwhile, CKR_SESSION_HANDLE_INVALID
 */
export async function runBatch(
  core: SessionCore,
  use: BatchUse,
  ready: Ready,
  messages: readonly Uint8Array[],
  signal: AbortSignal | undefined,
): Promise<Uint8Array[]> {
  requireNotAborted(signal);
  const batch = { core, use, ready, messages, seeds: seedsFor(ready, messages.length), results: [], signal };
  const { threads } = ready.context.engine;
  // What is done with secret keys is done sooner than carried, and counted with the key.
  const inThreads = threads !== undefined && ready.key.get("CLASS") !== "SECRET_KEY";
  while (batch.results.length < messages.length) {
    oneSlice(batch);
    if (batch.results.length === messages.length) break;
    if (inThreads && threads.count > 0) await theRest(batch, threads);
    else await nextTask();
    requireNotAborted(signal);
    requireStill(batch);
  }
  return batch.results;
}

/** A seed for each message, from one draw. */
function seedsFor({ context }: Ready, count: number): Uint8Array[] {
  const drbg = childDrbg(context.rng, utf8("batch"), context.engine.drbgCipher);
  const seeds = Array.from({ length: count }, () => drbg.generate(SEED_BYTES));
  drbg.uninstantiate();
  return seeds;
}

/** The session and the key may have ended while other code ran. */
function requireStill({ core, ready }: Batch): void {
  core.requireStill();
  demand(core.visible(ready.key), "KEY_HANDLE_INVALID", "the key is gone");
}

function oneSlice({ use, ready, messages, seeds, results }: Batch): void {
  const run = onceFor(use);
  const { engine } = ready.context;
  const end = performance.now() + SLICE;
  do {
    const i = results.length;
    const message = messages[i] as Uint8Array;
    const once = (rng: Rng) => run({ ...ready, context: { ...ready.context, rng } }, message);
    try {
      results.push(withMessageRng(seeds[i] as Uint8Array, engine, once));
    } catch (error) {
      throw ofMessage(error, i);
    }
  } while (results.length < messages.length && performance.now() < end);
}

/** Gives each thread an equal part of the messages that are left. */
async function theRest({ use, ready, messages, seeds, results, signal }: Batch, threads: Threads): Promise<void> {
  const { mechanism, params, key } = ready;
  const first = results.length;
  const size = Math.ceil((messages.length - first) / threads.count);
  const parts = Array.from({ length: Math.ceil((messages.length - first) / size) }, (_, i) => {
    const from = first + i * size;
    const given = seeds.slice(from, from + size);
    const ownSeeds = joined(given);
    const carried = keyForThread(key);
    const task: BatchTask = {
      task: "batch",
      use,
      mechanism: mechanism.name,
      params,
      ...carried,
      messages: messages.slice(from, from + size),
      seeds: ownSeeds,
    };
    return { from, running: threads.run(task, [...Object.values(carried.secrets), ownSeeds]) };
  });
  try {
    const done = await Promise.all(
      parts.map(async ({ from, running }) => resultsOf((await untilDone(running, signal)) as BatchResult, from)),
    );
    for (const result of done.flat()) results.push(result);
  } catch (error) {
    for (const { running } of parts) running.stop();
    throw error;
  }
}

/** The seeds in one array, and nowhere else any more; there are more of them than a call can have arguments. */
function joined(seeds: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(seeds.length * SEED_BYTES);
  for (const [i, seed] of seeds.entries()) {
    all.set(seed, i * SEED_BYTES);
    wipe(seed);
  }
  return all;
}

function resultsOf(result: BatchResult, from: number): readonly Uint8Array[] {
  if ("results" in result) return result.results;
  const { ckr, why, at } = result.failed;
  throw ofMessage(new CkrError(ckr, why), from + at);
}

/** The error with the place of the message that it befell. */
function ofMessage(error: unknown, index: number): unknown {
  if (!(error instanceof CkrError)) return error;
  return new CkrError(error.ckr, `message ${index}: ${error.message.replace(`CKR_${error.ckr}: `, "")}`);
}
