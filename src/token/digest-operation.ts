import { toHex } from "../bytes/bytes.ts";
import type { HashState, Rng } from "../crypto/engine.ts";
import { CkrError, demand } from "../cryptoki/error.ts";

/** A running digest of a session, which knows whether there is a key in it. */
export class DigestOperation implements HashState {
  readonly #state: HashState;
  #holdsKey = false;

  constructor(state: HashState) {
    this.#state = state;
  }

  update(data: Uint8Array): void {
    this.#state.update(data);
  }

  /** C_DigestKey. */
  updateWithKey(value: Uint8Array): void {
    this.#holdsKey = true;
    this.#state.update(value);
  }

  digest(): Uint8Array {
    return this.#state.digest();
  }

  /** The same digest once more. @throws CkrError CKR_STATE_UNSAVEABLE where there is a key in it */
  copy(): DigestOperation {
    const copy = this.#holdsKey ? undefined : this.#state.copy?.();
    if (copy === undefined)
      throw new CkrError("STATE_UNSAVEABLE", "a state that may hold a key does not leave a session");
    return new DigestOperation(copy);
  }
}

/** What names a saved state, and says nothing of it. */
const NAME_BYTES = 32;
/** So many a token keeps; the oldest goes first. */
const MAX_SAVED = 64;

/**
 * The digests that C_GetOperationState has saved. The state itself stays in the token: what leaves it is a random name,
 * so that there is nothing to read in it, and nothing else to bring back.
 */
export class SavedDigests {
  readonly #states = new Map<string, DigestOperation>();

  /** @throws CkrError CKR_STATE_UNSAVEABLE */
  save(operation: DigestOperation, rng: Rng): Uint8Array {
    const state = operation.copy();
    const name = rng(NAME_BYTES);
    const [oldest] = this.#states.keys();
    if (this.#states.size === MAX_SAVED && oldest !== undefined) this.#states.delete(oldest);
    this.#states.set(toHex(name), state);
    return name;
  }

  /** The digest as it was, as often as it is asked for. @throws CkrError CKR_SAVED_STATE_INVALID */
  restore(name: Uint8Array): DigestOperation {
    const state = this.#states.get(toHex(name));
    demand(state, "SAVED_STATE_INVALID", "the token keeps no such state, or no longer");
    return state.copy();
  }

  clear(): void {
    this.#states.clear();
  }
}
