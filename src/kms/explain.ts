/** What permissions a request would ask for, and how each would be decided, without doing it. */

import type { Store } from "../storage/store.ts";
import type { KmsError } from "./errors.ts";
import type { Answer } from "./policy/authorization.ts";
import { nameOf } from "./policy/explain.ts";

export interface Explanation {
  /** Whether every permission that the request asks for would be given, and it asks for one. */
  readonly allowed: boolean;
  /** The decisions in the order in which the operation asks; also those that a refusal would leave unasked. */
  readonly decisions: readonly Answer[];
  /** What is wrong with the request beside permission, as far as that shows without doing it. */
  readonly error?: KmsError;
  /** All of it in words, a line for each decision. */
  readonly text: string;
}

export function explanationOf(decisions: readonly Answer[], error: KmsError | undefined): Explanation {
  const lines = decisions.map(lineOf);
  if (error !== undefined) lines.push(`${error.name}: ${error.message}`);
  return {
    allowed: decisions.length > 0 && decisions.every(({ allowed }) => allowed),
    decisions,
    ...(error && { error }),
    text: lines.join("\n"),
  };
}

function lineOf(decision: Answer): string {
  const { principal, action, resource } = decision;
  const asked = `${principal} may ${decision.allowed ? "" : "not "}${action} on ${resource}`;
  return `${asked}: ${decision.allowed ? sourceOf(decision) : decision.missing}`;
}

function sourceOf({ source }: Answer): string {
  if (source === undefined) return "it is the root of the account";
  return source.kind === "grant" ? `by grant ${source.id}` : `by ${nameOf(source)}`;
}

/** The operation has come to where it would use a key; there is nothing more to explain. */
export class Withheld extends Error {}

/** A store that can be read; what is written is forgotten. */
export function readOnly(store: Store): Store {
  return {
    get: (table, id) => store.get(table, id),
    list: (table, options) => store.list(table, options),
    commit: async () => {},
    close: async () => {},
  };
}

/**
 * What a lookup may need of the vault: a rotation that is due makes a material, which is forgotten with the rest; a
 * registered ciphertext is found by its digest; what an enclave says of itself is verified before policies are asked.
 */
export const FOR_LOOKUPS: readonly PropertyKey[] = ["createBackingKey", "forget", "sha256", "verifyP384"];

/** Something that does nothing but what is allowed: every other call ends the operation with {@link Withheld}. */
export function withheld<T extends object>(target: T, allowed: readonly PropertyKey[] = []): T {
  return new Proxy(target, {
    get(object, name) {
      const member: unknown = Reflect.get(object, name, object);
      if (allowed.includes(name) && typeof member === "function") return member.bind(object);
      return () => {
        throw new Withheld();
      };
    },
  });
}
