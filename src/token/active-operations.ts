import { CkrError, demand } from "../cryptoki/error.ts";
import type { ParsedChoice } from "../mechanisms/registry.ts";
import type { TokenObject } from "../objects/object.ts";
import type { MessageProcess } from "./messages.ts";
import type { MessageKind, OperationKind, Operations } from "./operations.ts";

/** What an operation was begun with; a restored digest with nothing. */
export type BegunWith = ParsedChoice & { readonly key?: TokenObject };

/** A running operation; with a key of CKA_ALWAYS_AUTHENTICATE it waits for the user's PIN. */
interface Active {
  readonly operation: Operations[OperationKind];
  readonly begunWith: BegunWith | undefined;
  readonly key: TokenObject | undefined;
  waitsForPin: boolean;
}

const asksForPin = (key: TokenObject | undefined): boolean => key?.isTrue("ALWAYS_AUTHENTICATE") === true;

/** The operations that one session runs: at most one of each kind (PKCS #11 v3.1, 5.8 to 5.16). */
export class ActiveOperations {
  readonly #active = new Map<OperationKind, Active>();
  readonly #completed: (kind: OperationKind, begunWith: BegunWith | undefined) => void;

  /** `completed` hears of each operation that came to its end. */
  constructor(completed: (kind: OperationKind, begunWith: BegunWith | undefined) => void) {
    this.#completed = completed;
  }

  requireNone(kind: OperationKind): void {
    if (this.#active.has(kind))
      throw new CkrError("OPERATION_ACTIVE", `this session is in the middle of a ${kind} operation`);
  }

  start<K extends OperationKind>(kind: K, operation: Operations[K], begunWith?: BegunWith): void {
    this.requireNone(kind);
    const key = begunWith?.key;
    this.#active.set(kind, { operation, begunWith, key, waitsForPin: asksForPin(key) });
  }

  /**
   * Asks for the PIN of the operation that was begun last and waits for it; a wrong one leaves it waiting.
   * @throws CkrError CKR_OPERATION_NOT_INITIALIZED, and what `ask` throws
   */
  authenticate(ask: () => void): void {
    const waiting = [...this.#active.values()].findLast(({ waitsForPin }) => waitsForPin);
    if (waiting === undefined) throw new CkrError("OPERATION_NOT_INITIALIZED", "no operation waits for a PIN");
    ask();
    waiting.waitsForPin = false;
  }

  /** Ends the operations of these kinds, where there are such (C_SessionCancel). */
  end(kinds: readonly OperationKind[]): void {
    for (const kind of kinds) this.#active.delete(kind);
  }

  /** Looks at an operation, which goes on whatever comes of it. */
  look<K extends OperationKind, T>(kind: K, run: (operation: Operations[K]) => T): T {
    return run(this.#require(kind));
  }

  /** Runs one step; an error ends the operation. */
  step<K extends OperationKind, T>(kind: K, run: (operation: Operations[K]) => T): T {
    try {
      return run(this.#require(kind));
    } catch (error) {
      this.#active.delete(kind);
      throw error;
    }
  }

  /** Runs the last step; the operation ends, whatever comes of it. */
  finish<K extends OperationKind, T>(kind: K, run: (operation: Operations[K]) => T): T {
    const begunWith = this.#active.get(kind)?.begunWith;
    try {
      const result = run(this.#require(kind));
      this.#completed(kind, begunWith);
      return result;
    } finally {
      this.#active.delete(kind);
    }
  }

  /** Runs one step of two operations; an error ends both (PKCS #11 v3.2, 5.17). */
  stepBoth<A extends OperationKind, B extends OperationKind, T>(
    first: A,
    second: B,
    run: (first: Operations[A], second: Operations[B]) => T,
  ): T {
    try {
      return run(this.#require(first), this.#require(second));
    } catch (error) {
      this.end([first, second]);
      throw error;
    }
  }

  /**
   * Runs one step of a process of messages, which goes on whatever comes of it, as long as its key may be used. Between
   * messages a key of CKA_ALWAYS_AUTHENTICATE waits for the next PIN.
   */
  during<K extends MessageKind, T>(kind: K, run: (messages: MessageProcess) => T): T {
    const messages = this.step(kind, (operation) => operation);
    try {
      return run(messages);
    } finally {
      const active = this.#active.get(kind);
      if (active !== undefined && messages.isIdle) active.waitsForPin = asksForPin(active.key);
    }
  }

  /** The kinds of operations that run. */
  get kinds(): OperationKind[] {
    return [...this.#active.keys()];
  }

  /** Ends everything, as at a logout. */
  cancel(): void {
    this.#active.clear();
  }

  /** A destroyed key's prepared form is wiped: nothing may run on with it. */
  #require<K extends OperationKind>(kind: K): Operations[K] {
    const active = this.#active.get(kind);
    if (active === undefined) throw new CkrError("OPERATION_NOT_INITIALIZED", `this session has no ${kind} operation`);
    demand(active.key?.destroyed !== true, "KEY_HANDLE_INVALID", "the key has been destroyed");
    demand(!active.waitsForPin, "USER_NOT_LOGGED_IN", "the key needs a context-specific login first");
    return active.operation as Operations[K];
  }
}
