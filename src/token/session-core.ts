/** What the functions of a session share: its token, its mode, what it is doing, and the checks that come first. */

import { copyBytes } from "../bytes/bytes.ts";
import { CkrError, checked, demand } from "../cryptoki/error.ts";
import type { ObjectHandle, SessionHandle } from "../cryptoki/handles.ts";
import type { Context } from "../mechanisms/mechanism.ts";
import { type MechanismChoice, parseChoice } from "../mechanisms/registry.ts";
import type { TokenObject } from "../objects/object.ts";
import { enforce } from "../objects/policy.ts";
import { ActiveOperations, type BegunWith } from "./active-operations.ts";
import type { Place } from "./drafts.ts";
import { KEY_USES, type KeyUse, type Ready, requireUse, type StartedWithKey } from "./operations.ts";
import { Search } from "./search.ts";
import { START } from "./start.ts";
import type { Application, SessionState, Token } from "./token.ts";
import { validatedBy } from "./validations.ts";

type InvalidHandle = "OBJECT_HANDLE_INVALID" | (typeof KEY_USES)[KeyUse]["handle"];

/** The inside of a session. Nothing of it is reachable from the {@link Session} that a caller holds. */
export class SessionCore {
  readonly handle: SessionHandle;
  readonly token: Token;
  readonly place: Place;
  readonly context: Context;
  readonly operations: ActiveOperations = new ActiveOperations((kind, begunWith) => {
    const operation = kind === "digest" ? kind : KEY_USES[kind].by;
    if (begunWith === undefined) this.#validated = 0;
    else this.completed(operation, begunWith);
  });
  readonly search: Search = new Search();
  readonly #state: SessionState;
  #validated = 0;

  constructor(handle: SessionHandle, token: Token, application: Application, readWrite: boolean) {
    this.handle = handle;
    this.token = token;
    const { engine, rng } = token.surroundings;
    this.context = { engine, rng, keyOf: (key) => this.#secondKey(key) };
    this.place = { token, application, session: handle, readWrite, context: this.context };
    this.#state = { application, readWrite, objects: new Set(), operations: this.operations, removed: false };
    token.sessions.set(handle, this.#state);
  }

  /** @throws CkrError CKR_SESSION_HANDLE_INVALID, CKR_DEVICE_ERROR */
  require(): void {
    this.token.surroundings.requireOperational();
    demand(this.token.sessions.has(this.handle), "SESSION_HANDLE_INVALID", "the session has ended");
  }

  /** The same, at the end of a call that took its time. @throws CkrError CKR_DEVICE_REMOVED, CKR_SESSION_HANDLE_INVALID */
  requireStill(): void {
    demand(!this.#state.removed, "DEVICE_REMOVED", "the token has been taken out of its slot");
    this.require();
  }

  /** @throws CkrError CKR_SESSION_READ_ONLY */
  requireReadWrite(): void {
    this.require();
    demand(this.place.readWrite, "SESSION_READ_ONLY", "this needs a read-write session");
  }

  visible(object: TokenObject): boolean {
    const { application } = this.place;
    if (object.destroyed || !this.token.isOf(application, object)) return false;
    return !object.isTrue("PRIVATE") || this.token.privateAccess(application);
  }

  /** The object of a handle, if this session may see it. @throws CkrError `invalid`, CKR_PIN_EXPIRED */
  object(handle: ObjectHandle, invalid: InvalidHandle = "OBJECT_HANDLE_INVALID"): TokenObject {
    this.require();
    const object = this.token.object(handle);
    if (object?.isTrue("PRIVATE")) this.token.requireOwnPin(this.place.application);
    if (object === undefined || !this.visible(object)) throw new CkrError(invalid, "no such object");
    return object;
  }

  /** @throws CkrError CKR_OBJECT_HANDLE_INVALID, CKR_SESSION_READ_ONLY */
  changeable(handle: ObjectHandle): TokenObject {
    const object = this.object(handle);
    demand(
      object.session !== undefined || this.place.readWrite,
      "SESSION_READ_ONLY",
      "token objects need a read-write session",
    );
    return object;
  }

  /** For a call that begins and ends an operation. A key that asks for a PIN each time cannot take part. @throws CkrError */
  ready(use: KeyUse, choice: MechanismChoice, handle: ObjectHandle): Ready {
    const ready = this.#chosen(use, choice, handle);
    const asksForPin = ready.key.isTrue("ALWAYS_AUTHENTICATE");
    demand(!asksForPin, "USER_NOT_LOGGED_IN", "the key needs a context-specific login between init and use");
    return ready;
  }

  /** Runs a call that begins and ends an operation. @throws CkrError as {@link ready} does, and what `run` throws */
  once<T>(use: KeyUse, choice: MechanismChoice, handle: ObjectHandle, run: (ready: Ready) => T): T {
    const ready = this.ready(use, choice, handle);
    const result = run(ready);
    this.completed(KEY_USES[use].by, ready);
    return result;
  }

  /** The flags of the validations whose requirements the last operation met that came to its end. */
  get validated(): number {
    return this.#validated;
  }

  /** Hears of an operation that came to its end. */
  completed(operation: string, { mechanism, params, key }: BegunWith): void {
    const { validations } = this.token.surroundings;
    this.#validated = validations.length === 0 ? 0 : validatedBy(validations, operation, mechanism, params, key);
  }

  /** Begins a multi-part operation with a key. @throws CkrError CKR_OPERATION_ACTIVE … */
  start(kind: StartedWithKey, choice: MechanismChoice, handle: ObjectHandle): void {
    const ready = this.#chosen(kind, choice, handle);
    this.operations.requireNone(kind);
    this.operations.start(kind, START[kind](ready), ready);
  }

  /** A key among the parameters of a derivation; what the mechanism asks of it is its own. */
  #secondKey(handle: ObjectHandle): TokenObject {
    const key = this.object(handle, "KEY_HANDLE_INVALID");
    this.#requireDate("derive", key);
    return key;
  }

  #requireDate(use: KeyUse, key: TokenObject): void {
    if (!key.get("START_DATE") && !key.get("END_DATE")) return;
    const { policy, today } = this.token.surroundings;
    enforce(policy, "keyUse", use, key, today());
  }

  /** Reads a choice and takes the key; both are checked against each other and the use. */
  #chosen(use: KeyUse, choice: MechanismChoice, handle: ObjectHandle): Ready {
    const { mechanism, params } = parseChoice(choice);
    const key = this.object(handle, KEY_USES[use].handle);
    requireUse(use, mechanism, key);
    enforce(this.token.surroundings.policy, "use", KEY_USES[use].by, mechanism, params, key);
    this.#requireDate(use, key);
    return { mechanism, params, key, context: this.context };
  }
}

/** A caller's bytes, copied. @throws CkrError CKR_ARGUMENTS_BAD */
export function input(data: Uint8Array, what = "the data"): Uint8Array {
  return checked(() => copyBytes(data, what));
}

/** @throws CkrError CKR_SIGNATURE_INVALID */
export function verdict(valid: boolean): true {
  demand(valid, "SIGNATURE_INVALID", "the signature is not valid");
  return true;
}
