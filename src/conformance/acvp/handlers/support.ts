/** What the handlers share: how they read members of ACVP, and how they ask the token. */

import { toHex } from "../../../bytes/bytes.ts";
import type { MechanismName } from "../../../cryptoki/constants.ts";
import { CkrError } from "../../../cryptoki/error.ts";
import type { CkrName } from "../../../cryptoki/return-values.ts";
import { type MechanismChoice, mechanisms, parseChoice } from "../../../mechanisms/registry.ts";
import type { Session } from "../../../token/session.ts";
import type { JsonObject } from "../../parsers/json.ts";
import type { Bench } from "../../suite.ts";
import { bytesAt, numberAt } from "../../suites/support.ts";
import { answers } from "../answers.ts";
import { type AcvpHandler, Unanswered } from "../handler.ts";

/** What the token says of a parameter, a key or a length that it does not take. */
const REFUSALS: ReadonlySet<CkrName> = new Set([
  "ATTRIBUTE_VALUE_INVALID",
  "DATA_LEN_RANGE",
  "KEY_SIZE_RANGE",
  "MECHANISM_INVALID",
  "MECHANISM_PARAM_INVALID",
  "TEMPLATE_INCONSISTENT",
]);

/**
 * Runs on the session of the strict policy, and on the other one what strict refuses.
 * @param reason the code of the reason for which both refuse
 * @throws Unanswered when both refuse
 */
export function onToken<T>({ session, lax }: Bench, reason: string, run: (session: Session) => T): T {
  try {
    return run(session);
  } catch (error) {
    if (refusalOf(error) === undefined) throw error;
  }
  try {
    return run(lax);
  } catch (error) {
    const refusal = refusalOf(error);
    throw refusal === undefined ? error : new Unanswered(reason, refusal.message);
  }
}

function refusalOf(error: unknown): CkrError | undefined {
  return error instanceof CkrError && REFUSALS.has(error.ckr) ? error : undefined;
}

/** What the token makes of a ciphertext, or `undefined` where it finds it not authentic. */
export function opened<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    const isVerdict =
      error instanceof CkrError && ["ENCRYPTED_DATA_INVALID", "ENCRYPTED_DATA_LEN_RANGE"].includes(error.ckr);
    if (isVerdict) return undefined;
    throw error;
  }
}

/** Whether the token has a mechanism. */
export function isOffered(mechanism: string): boolean {
  return mechanisms.has(mechanism as MechanismName);
}

/** Whether a mechanism takes these parameters: what a registration says is asked of the token, not written twice. */
export function takes(choice: Readonly<Record<string, unknown>>): boolean {
  try {
    parseChoice(choice);
    return true;
  } catch (error) {
    if (error instanceof CkrError) return false;
    throw error;
  }
}

/** A mechanism without parameters by the name that a table here has for it. @throws Unanswered */
export function offered(mechanism: string | undefined, what: string): MechanismChoice & string {
  if (mechanism === undefined || !isOffered(mechanism))
    throw new Unanswered("no-mechanism", `no mechanism for ${what}`);
  return mechanism as MechanismChoice & string;
}

/** A length that ACVP counts in bits, in bytes. @throws Unanswered when they are not whole */
export function wholeBytes(bits: number, what: string): number {
  if (bits % 8 !== 0) throw new Unanswered("bit-oriented", `${what} of ${bits} bits`);
  return bits / 8;
}

/** The front of a byte string, as many bits as told; those that the last byte has beside them are zeros. */
export function leftBits(bytes: Uint8Array, bits: number): Uint8Array {
  const front = bytes.slice(0, Math.ceil(bits / 8));
  const last = front.length - 1;
  if (bits % 8 !== 0) front[last] = (front[last] as number) & (0xff << (8 - (bits % 8)));
  return front;
}

/** A byte string of a member, `""` where the member is missing. */
export function bytesOr(fields: JsonObject, name: string): Uint8Array {
  return fields[name] === undefined || fields[name] === null ? new Uint8Array(0) : bytesAt(fields, name);
}

/** A number of the test, or of its group where the test has none: NIST moved several from the one to the other. */
export function numberOf(group: JsonObject, test: JsonObject, name: string): number {
  return numberAt(test[name] === undefined ? group : test, name);
}

/** Upper case, as NIST's server writes it. */
export function hexOf(bytes: Uint8Array): string {
  return toHex(bytes).toUpperCase();
}

/** `answer` of a handler whose tests need nothing of each other. */
export function eachTest(
  answer: (test: JsonObject, group: JsonObject, bench: Bench) => JsonObject,
): AcvpHandler["answer"] {
  return (group, tests, bench) => ({ tests: answers(tests, (test) => answer(test, group, bench)) });
}
