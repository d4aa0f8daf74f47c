/** What the adversary has: handles on keys, byte strings, and how each came about. */

import type { AttributeName } from "../../../src/cryptoki/attributes.ts";
import type { KeyType, ObjectClass } from "../../../src/cryptoki/constants.ts";
import { CkrError } from "../../../src/cryptoki/error.ts";
import type { ObjectHandle } from "../../../src/cryptoki/handles.ts";
import type { CkrName } from "../../../src/cryptoki/return-values.ts";
import type { Session } from "../../../src/token/session.ts";

/** A call that succeeded, and the calls whose results it used: its trace is all of them in order. */
export interface Origin {
  readonly call: string;
  readonly from: readonly Origin[];
}

export interface Key {
  readonly handle: ObjectHandle;
  readonly class: ObjectClass;
  readonly type: KeyType;
  /** Two objects with the same value have the same name here, whatever their attributes. */
  readonly value: string;
  /** Its attributes as far as they matter: the flags that are true. */
  readonly flags: readonly AttributeName[];
  /** Strength in bits (SP 800-57 part 1, 5.6.1). */
  readonly bits: number;
  /** One of the secrets, or derived from one. */
  readonly secret: boolean;
  readonly origin: Origin;
}

export interface Bytes {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly kind: "known" | "wrapped" | "encrypted" | "released";
  readonly origin: Origin;
}

/** A way to a secret. */
export interface Attack {
  readonly why: string;
  readonly trace: readonly string[];
}

/** One call that the adversary may try; `name` tells it from all others. */
export interface Move {
  readonly name: string;
  readonly from: readonly (Key | Bytes)[];
  readonly run: () => Result;
  /** The function, key and mechanism of a call that is tried with many byte strings and templates. */
  readonly pairing?: string;
}

/** What the adversary must not learn. */
export interface Secret {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a call gave: a key, or bytes. `unsafe` says why having it is an attack already; `secret` is one from now on. */
export type Result =
  | { readonly key: Omit<Key, "origin">; readonly unsafe?: string; readonly secret?: Secret }
  | { readonly bytes: Omit<Bytes, "origin">; readonly unsafe?: string };

export class World {
  readonly session: Session;
  /** By value and flags: a second object that is the same in both adds nothing. */
  readonly keys = new Map<string, Key>();
  readonly bytes = new Map<string, Bytes>();
  /** What came in the round before this one, and what comes in this one. */
  #fresh: ReadonlySet<Key | Bytes> = new Set();
  #added: Set<Key | Bytes> = new Set();
  #round = 0;
  readonly #refused = new Set<string>();

  constructor(session: Session) {
    this.session = session;
  }

  addKey(key: Key): void {
    const name = nameOf(key);
    if (this.keys.has(name)) return;
    this.keys.set(name, key);
    this.#added.add(key);
  }

  addBytes(bytes: Bytes): void {
    if (this.bytes.has(bytes.name)) return;
    this.bytes.set(bytes.name, bytes);
    this.#added.add(bytes);
  }

  /** What a function, a key and a mechanism are refused together, whatever else is given, is tried once. */
  addRefused(pairing: string): void {
    this.#refused.add(pairing);
  }

  isRefused(pairing: string): boolean {
    return this.#refused.has(pairing);
  }

  beginRound(): void {
    this.#fresh = this.#added;
    this.#added = new Set();
    this.#round++;
  }

  /** Whether a call with these has not been tried: one of them is new, or there are none and it is the first round. */
  isNew(...things: readonly (Key | Bytes)[]): boolean {
    return things.length === 0 ? this.#round === 1 : things.some((thing) => this.#fresh.has(thing));
  }

  /** Whether the round gave anything that was not there before. */
  get grew(): boolean {
    return this.#added.size > 0;
  }
}

export function nameOf(key: Pick<Key, "class" | "type" | "value" | "flags">): string {
  const half = key.class === "SECRET_KEY" ? "" : key.class === "PUBLIC_KEY" ? " public" : " private";
  return `${key.value}${half} ${key.type}{${key.flags.join(" ")}}`;
}

/** The calls that led to a result, each once, in an order in which they can be made. */
export function traceOf(origin: Origin): string[] {
  const calls: string[] = [];
  const seen = new Set<Origin>();
  const visit = (one: Origin): void => {
    if (seen.has(one)) return;
    seen.add(one);
    one.from.forEach(visit);
    if (one.call !== "") calls.push(one.call);
  };
  visit(origin);
  return calls;
}

/** What only a mistake in the alphabet brings about: a call that no policy lets through tests nothing. */
const MISTAKES: readonly CkrName[] = ["ARGUMENTS_BAD", "MECHANISM_PARAM_INVALID", "TEMPLATE_INCOMPLETE"];

/** The refusals of a key and a mechanism, whatever they are to work on (KEY_USES and the policy's `wrapMechanism`). */
const FOR_EVERYTHING: readonly CkrName[] = ["MECHANISM_INVALID", "UNWRAPPING_KEY_TYPE_INCONSISTENT"];

/** Runs a move; `undefined` when the token refuses. Whatever is no refusal is a fault of the token. */
export function attempt(world: World, move: Move): Result | undefined {
  try {
    return move.run();
  } catch (error) {
    if (error instanceof CkrError && !MISTAKES.includes(error.ckr)) {
      if (move.pairing !== undefined && FOR_EVERYTHING.includes(error.ckr)) world.addRefused(move.pairing);
      return undefined;
    }
    throw new Error(`${move.name}: ${error}`, { cause: error });
  }
}
