import { copyList, readOptions } from "../../cryptoki/caller.ts";
import { demand } from "../../cryptoki/error.ts";
import type { ObjectHandle } from "../../cryptoki/handles.ts";
import type { BatchUse } from "../batch-use.ts";
import { type BatchChoice, requireForMany, runBatch } from "../batches.ts";
import { KEY_USES } from "../operations.ts";
import { input, type SessionCore } from "../session-core.ts";
import { KeyFunctions } from "./keys.ts";

export interface BatchOptions {
  /** Ends the batch with CKR_FUNCTION_CANCELED. */
  readonly signal?: AbortSignal;
}

const MAX_MESSAGES = 2 ** 20;

/**
 * Many messages under one key, which is checked once; not in PKCS #11. The event loop stays free: messages are done in
 * slices, or in threads of the engine's, where it has threads and the key is not a secret one. The results are the same.
 */
export class BatchFunctions extends KeyFunctions {
  readonly #core: SessionCore;

  constructor(core: SessionCore) {
    super(core);
    this.#core = core;
  }

  /**
   * C_Encrypt for each message, at most 2^20 of them; ciphertexts in their order, or none. IVs are made by the token, one for each
   * message, so mechanisms that must be given one do not take part.
   * @throws CkrError CKR_MECHANISM_PARAM_INVALID, CKR_FUNCTION_CANCELED, CKR_KEY_HANDLE_INVALID when the key is destroyed
   * meanwhile, and what {@link encrypt} throws
   */
  async encryptBatch(
    mechanism: BatchChoice,
    key: ObjectHandle,
    messages: readonly Uint8Array[],
    options: BatchOptions = {},
  ): Promise<Uint8Array[]> {
    return this.#run("encrypt", mechanism, key, messages, options);
  }

  /**
   * C_Sign for each message, at most 2^20 of them; signatures in their order, or none.
   * @throws CkrError CKR_FUNCTION_CANCELED, CKR_KEY_HANDLE_INVALID when the key is destroyed meanwhile, and what {@link sign} throws
   */
  async signBatch(
    mechanism: BatchChoice,
    key: ObjectHandle,
    messages: readonly Uint8Array[],
    options: BatchOptions = {},
  ): Promise<Uint8Array[]> {
    return this.#run("sign", mechanism, key, messages, options);
  }

  async #run(
    use: BatchUse,
    choice: BatchChoice,
    handle: ObjectHandle,
    messages: readonly Uint8Array[],
    options: BatchOptions,
  ): Promise<Uint8Array[]> {
    const { signal } = readOptions(options);
    demand(signal === undefined || signal instanceof AbortSignal, "ARGUMENTS_BAD", "signal must be an AbortSignal");
    const list = copyList(messages, MAX_MESSAGES);
    demand(list, "ARGUMENTS_BAD", `the messages are a list of at most ${MAX_MESSAGES}`);
    const own = list.map((message, i) => input(message as Uint8Array, `message ${i}`));
    const ready = this.#core.ready(use, choice, handle);
    this.#core.operations.requireNone(use);
    requireForMany(ready);
    const results = await runBatch(this.#core, use, ready, own, signal);
    this.#core.completed(KEY_USES[use].by, ready);
    return results;
  }
}
