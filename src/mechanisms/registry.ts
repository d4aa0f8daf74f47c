/** What can be asked of the mechanism table; everything here is derived from it. */

import { readFrom } from "../cryptoki/caller.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import * as all from "./all.ts";
import { type CurveFlag, type Mechanism, OPERATIONS, type Operation } from "./mechanism.ts";

type Entry = (typeof all)[keyof typeof all];

type ChoiceOf<E> =
  E extends Mechanism<infer N, infer P>
    ? Flat<{ readonly mechanism: N } & P> | (Record<never, never> extends P ? N : never)
    : never;

type Flat<T> = { [K in keyof T]: T[K] };

/**
 * What a caller chooses: a mechanism with its own parameters, or the bare name where all of them are optional.
 * Derived from the table, so that an `iv` on a key derivation does not compile.
 */
export type MechanismChoice = ChoiceOf<Entry>;

export type MechanismOperation = Operation;

/** Whatever signs and verifies does so message by message too. */
const IMPLIED_BY: ReadonlyMap<Operation, keyof Mechanism> = new Map([
  ["messageSign", "sign"],
  ["messageVerify", "verify"],
]);

export interface MechanismInfo {
  readonly keySize: Mechanism["keySize"];
  readonly flags: readonly MechanismOperation[];
  readonly curves: readonly CurveFlag[];
}

/** A choice after its parameters have been read. */
export interface ParsedChoice {
  readonly mechanism: Mechanism;
  readonly params: unknown;
}

/** Every mechanism of this token, by name (C_GetMechanismList). */
export const mechanisms: ReadonlyMap<MechanismName, Mechanism> = new Map(
  Object.values<Mechanism>(all).map((mechanism) => [mechanism.name, mechanism]),
);

/** The mechanism of a name. @throws CkrError CKR_MECHANISM_INVALID */
export function mechanismOf(name: unknown): Mechanism {
  const mechanism = mechanisms.get(name as MechanismName);
  if (mechanism === undefined) throw new CkrError("MECHANISM_INVALID", "the token has no such mechanism");
  return mechanism;
}

/** C_GetMechanismInfo. @throws CkrError CKR_MECHANISM_INVALID */
export function mechanismInfo(name: MechanismName): MechanismInfo {
  const mechanism = mechanismOf(name);
  return {
    keySize: mechanism.keySize,
    flags: OPERATIONS.filter(
      (operation) => mechanism[IMPLIED_BY.get(operation) ?? (operation as keyof Mechanism)] !== undefined,
    ),
    curves: mechanism.curves ?? [],
  };
}

/**
 * Reads a choice that may be anything: the name of a mechanism, or `{ mechanism, …parameters }`.
 * @throws CkrError CKR_ARGUMENTS_BAD, CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID
 */
export function parseChoice(choice: unknown): ParsedChoice {
  if (typeof choice === "string") {
    const mechanism = mechanismOf(choice);
    return { mechanism, params: mechanism.parse({}) };
  }
  demand(typeof choice === "object" && choice !== null, "ARGUMENTS_BAD", "a mechanism is a name or an object with one");
  const own = readFrom("the mechanism", () => ({ ...choice })) as { readonly mechanism?: unknown };
  demand(Object.hasOwn(own, "mechanism"), "MECHANISM_INVALID", "the choice names no mechanism");
  const mechanism = mechanismOf(own.mechanism);
  return { mechanism, params: mechanism.parse(own) };
}
