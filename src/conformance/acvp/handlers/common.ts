/** What the asymmetric handlers share: members of prompts, the verdict of a validation, generated pairs. */

import type { AttributeName } from "../../../cryptoki/attributes.ts";
import type { ObjectHandle } from "../../../cryptoki/handles.ts";
import type { MechanismChoice } from "../../../mechanisms/registry.ts";
import type { Usage } from "../../../objects/template.ts";
import type { Session } from "../../../token/session.ts";
import type { JsonObject } from "../../parsers/json.ts";
import { digestOf as digestThrough, hashOrXofOf } from "../../suites/hashes.ts";
import { difference, isRefusal, Refusal } from "../../suites/support.ts";
import { Unanswered } from "../handler.ts";

/** A prompt's case, or an answered one. */
export interface GroupAndTest {
  readonly group: JsonObject;
  readonly test: JsonObject;
}

/** The members of a case, the test's own before those of its group: NIST has moved some from one to the other. */
export function membersOf({ group, test }: GroupAndTest): JsonObject {
  return { ...group, ...test };
}

/** `testPassed`: false where the token, or a decoder before it, refuses the input. @throws what is no refusal */
export function verdict(validate: () => unknown): JsonObject {
  return { testPassed: unlessAccepted(validate, "the input") === undefined };
}

/** What is wrong when the token refuses an answer, or nothing. @throws what is no refusal */
export function unlessAccepted(validate: () => unknown, what: string): string | undefined {
  try {
    validate();
    return undefined;
  } catch (error) {
    if (isRefusal(error)) return `${what} is refused: ${(error as Error).message}`;
    throw error;
  }
}

/** @throws Refusal when the strings differ */
export function requireEqual(found: Uint8Array, expected: Uint8Array): void {
  const differs = difference(found, expected);
  if (differs !== undefined) throw new Refusal(differs);
}

/** What is wrong with an answer when one of its members is no byte string in hexadecimal, or nothing. */
export function unlessHex(fields: JsonObject, ...names: readonly string[]): string | undefined {
  const isHex = (value: unknown) => typeof value === "string" && /^([0-9a-f]{2})+$/i.test(value);
  const wrong = names.filter((name) => !isHex(fields[name]));
  return wrong.length === 0 ? undefined : `the answer needs in hexadecimal: ${wrong.join(", ")}`;
}

/** @param reason the code of the reason for which there is no answer, if there is one. @throws Unanswered for it */
export function requireAnswerable(reason: string | undefined, what: string): void {
  if (reason !== undefined) throw new Unanswered(reason, what);
}

/** The group's messages are signed as they are. @throws Unanswered for one of SP 800-106 */
export function requirePlainMessages({ conformance }: JsonObject): void {
  const isRandomised = typeof conformance === "string" && conformance.toUpperCase() === "SP800-106";
  requireAnswerable(isRandomised ? "acvp-conformance" : undefined, "randomised messages");
}

/** Whether the members that an answer needs are there. @throws Unanswered */
export function requireMembers(members: JsonObject, ...names: readonly string[]): void {
  const missing = names.filter((name) => members[name] === undefined || members[name] === null);
  requireAnswerable(missing.length > 0 ? "acvp-input-missing" : undefined, `no ${missing.join(", ")} in the prompt`);
}

/** A digest by the token, with a SHAKE of twice its strength. @throws Unanswered for a hash that it does not have */
export function digestOf(session: Session, name: string, data: Uint8Array): Uint8Array {
  const hash = hashOrXofOf(name);
  if (hash === undefined) throw new Unanswered("no-mechanism", name);
  return digestThrough(session, hash, data);
}

export interface Pair {
  readonly publicKey: ObjectHandle;
  readonly privateKey: ObjectHandle;
}

/** A pair whose values may be read. */
export function generatedPair(session: Session, mechanism: MechanismChoice, usage: Usage): Pair {
  return session.generateKeyPair(mechanism, { usage }, { usage, sensitive: false, extractable: true });
}

export function destroyPair(session: Session, { publicKey, privateKey }: Pair): void {
  session.destroyObject(publicKey);
  session.destroyObject(privateKey);
}

/** Generates a pair, lends it and destroys it. */
export function withPair<T>(session: Session, mechanism: MechanismChoice, usage: Usage, use: (pair: Pair) => T): T {
  const pair = generatedPair(session, mechanism, usage);
  try {
    return use(pair);
  } finally {
    destroyPair(session, pair);
  }
}

/** An attribute that is a byte string. */
export function attribute(session: Session, key: ObjectHandle, name: AttributeName): Uint8Array {
  return session.getAttributes(key, [name])[name] as Uint8Array;
}
