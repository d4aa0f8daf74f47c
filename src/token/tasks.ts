/** What a thread does for a token, as a table. Tasks and results are plain data; secrets in them are wiped here. */

import { wipe } from "../bytes/bytes.ts";
import { Secret } from "../bytes/secret.ts";
import { SEED_BYTES } from "../crypto/drbg.ts";
import type { Engine, Rng } from "../crypto/engine.ts";
import type { AttributeName, Template } from "../cryptoki/attributes.ts";
import { CkrError } from "../cryptoki/error.ts";
import type { ObjectHandle } from "../cryptoki/handles.ts";
import type { CkrName } from "../cryptoki/return-values.ts";
import { mechanismOf } from "../mechanisms/registry.ts";
import { type RsaTask, rsaSteps } from "../mechanisms/rsa-key-pair-gen.ts";
import { type SecretValues, TokenObject } from "../objects/object.ts";
import { type BatchUse, onceFor, withMessageRng } from "./batch-use.ts";

/** One operation with one key on many messages. */
export interface BatchTask {
  readonly task: "batch";
  readonly use: BatchUse;
  readonly mechanism: string;
  readonly params: unknown;
  readonly attributes: Template;
  readonly secrets: Readonly<Record<string, Uint8Array>>;
  readonly messages: readonly Uint8Array[];
  /** The seeds of what the messages draw, {@link SEED_BYTES} each, in one array: every buffer that moves costs. */
  readonly seeds: Uint8Array;
}

export type Task = RsaTask | BatchTask;

/** What a batch came to: a result for each message, or the first error. */
export type BatchResult =
  | { readonly results: readonly Uint8Array[] }
  | { readonly failed: { readonly ckr: CkrName; readonly why: string; readonly at: number } };

/** Does a task; `undefined` when it was stopped. The arrays in the result are its receiver's. */
export function runTask(engine: Engine, task: Task, isStopped: () => boolean): unknown {
  return task.task === "rsaGenerate" ? rsaGenerate(engine, task, isStopped) : batch(engine, task, isStopped);
}

function rsaGenerate(engine: Engine, { size, seed }: RsaTask, isStopped: () => boolean): unknown {
  const steps = rsaSteps(engine, size, () => seed);
  try {
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      if (isStopped()) return undefined;
    }
  } finally {
    steps.return(undefined as never);
    wipe(seed);
  }
}

function batch(engine: Engine, task: BatchTask, isStopped: () => boolean): BatchResult | undefined {
  const { use, params, attributes, messages, seeds } = task;
  const mechanism = mechanismOf(task.mechanism);
  const secrets = Object.entries(task.secrets).map(([name, bytes]) => [name, new Secret(bytes)]);
  const key = new TokenObject(0 as ObjectHandle, undefined, attributes, Object.fromEntries(secrets) as SecretValues);
  const run = onceFor(use);
  const results: Uint8Array[] = [];
  try {
    for (const [i, message] of messages.entries()) {
      if (isStopped()) return undefined;
      const once = (rng: Rng) => run({ mechanism, params, key, context: { engine, rng } }, message);
      results.push(withMessageRng(seeds.subarray(i * SEED_BYTES, (i + 1) * SEED_BYTES), engine, once));
    }
    return { results };
  } catch (error) {
    if (!(error instanceof CkrError)) throw error;
    const why = error.message.replace(`CKR_${error.ckr}: `, "");
    return { failed: { ckr: error.ckr, why, at: results.length } };
  } finally {
    key.destroy();
    wipe(seeds);
  }
}

/** A key as it goes to a thread: its secrets are copies. */
export function keyForThread(key: TokenObject): {
  readonly attributes: Template;
  readonly secrets: Record<string, Uint8Array>;
} {
  const copies = [...key.secretNames()].map((name: AttributeName) => [
    name,
    key.secret(name).use((bytes) => Uint8Array.from(bytes)),
  ]);
  return { attributes: key.attributes(), secrets: Object.fromEntries(copies) };
}
