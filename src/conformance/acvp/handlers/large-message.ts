/** The large data tests of ACVP: messages of gigabytes that nobody holds in one piece. */

import type { MechanismChoice } from "../../../mechanisms/registry.ts";
import type { Session } from "../../../token/session.ts";
import { type JsonObject, objectAt } from "../../parsers/json.ts";
import { bytesAt, numberAt } from "../../suites/support.ts";
import { Unanswered } from "../handler.ts";
import { wholeBytes } from "./support.ts";

/** Bytes of one C_DigestUpdate, about. */
const PART_BYTES = 2 ** 20;

/**
 * The digest of `largeMsg`: `content` again and again until there are `fullLength` bits.
 * @throws Unanswered for another `expansionTechnique` and for lengths that are not whole bytes
 */
export function digestOfLargeMessage(session: Session, mechanism: MechanismChoice, test: JsonObject): Uint8Array {
  const large = objectAt(test["largeMsg"], "largeMsg");
  if (large["expansionTechnique"] !== "repeating")
    throw new Unanswered("acvp-unknown", `expansionTechnique ${String(large["expansionTechnique"])}`);
  const content = bytesAt(large, "content").subarray(0, wholeBytes(numberAt(large, "contentLength"), "the content"));
  const length = wholeBytes(numberAt(large, "fullLength"), "a message");
  if (content.length === 0) throw new Unanswered("acvp-unknown", "a large message of no content");
  session.digestInit(mechanism);
  for (const part of repeated(content, length)) session.digestUpdate(part);
  return session.digestFinal();
}

/** Bits of a test's `largeMsg`, 0 where it has none. */
export function bitsOfLargeMessage(test: JsonObject): number {
  return test["largeMsg"] === undefined ? 0 : numberAt(objectAt(test["largeMsg"], "largeMsg"), "fullLength");
}

function* repeated(content: Uint8Array, length: number): Generator<Uint8Array> {
  const part = new Uint8Array(Math.max(1, Math.floor(PART_BYTES / content.length)) * content.length);
  for (let at = 0; at < part.length; at += content.length) part.set(content, at);
  for (let left = length; left > 0; left -= part.length) yield left >= part.length ? part : part.subarray(0, left);
}
