/** SHA-1, SHA-2 and SHA-3 (draft-celi-acvp-sha, draft-celi-acvp-sha3) through C_Digest. */

import { concat } from "../../../bytes/bytes.ts";
import type { MechanismChoice } from "../../../mechanisms/registry.ts";
import type { Session } from "../../../token/session.ts";
import type { JsonObject } from "../../parsers/json.ts";
import { bytesAt, numberAt } from "../../suites/support.ts";
import { type AcvpHandler, Unanswered } from "../handler.ts";
import { acvpHashes } from "./hashes.ts";
import { digestOfLargeMessage } from "./large-message.ts";
import { eachTest, hexOf, offered, onToken, wholeBytes } from "./support.ts";

/** The message of a test; one of no bits is written as "" or as "00". @throws Unanswered */
export function messageOf(test: JsonObject): Uint8Array {
  const message = bytesAt(test, "msg");
  const length = test["len"] === undefined ? message.length : wholeBytes(numberAt(test, "len"), "a message");
  return message.subarray(0, length);
}

const OUTER = 100;
const INNER = 1000;

/** What is digested in the round after `a`, `b` and `c`: all three for SHA-1 and SHA-2, the last one for SHA-3. */
type Next = (a: Uint8Array, b: Uint8Array, c: Uint8Array) => Uint8Array;

/** The entries of a Monte Carlo test: 100 rounds of 1,000 digests. */
export function* shaChain(
  digest: (message: Uint8Array) => Uint8Array,
  seed: Uint8Array,
  next: Next,
): Generator<JsonObject> {
  let start = seed;
  for (let round = 0; round < OUTER; round++) {
    let [a, b, c] = [start, start, start];
    for (let inner = 0; inner < INNER; inner++) [a, b, c] = [b, c, digest(next(a, b, c))];
    yield { md: hexOf(c) };
    start = c;
  }
}

/** Cut, or filled up with zeros. */
export function asLongAs(message: Uint8Array, length: number): Uint8Array {
  if (message.length >= length) return message.subarray(0, length);
  return concat(message, new Uint8Array(length - message.length));
}

/** In the alternate version every message is as long as the first one. @throws Unanswered */
export function nextOf(group: JsonObject, isSha3: boolean, seedBytes: number): Next {
  const joined: Next = isSha3 ? (_a, _b, c) => c : concat;
  switch (group["mctVersion"] ?? "standard") {
    case "standard":
      return joined;
    case "alternate":
      return (a, b, c) => asLongAs(joined(a, b, c), seedBytes);
    default:
      throw new Unanswered("acvp-unknown", `mctVersion ${String(group["mctVersion"])}`);
  }
}

function shaAnswer(mechanism: string, isSha3: boolean): AcvpHandler["answer"] {
  return eachTest((test, group, bench) => {
    const choice: MechanismChoice = offered(mechanism, mechanism);
    return onToken(bench, "acvp-unknown", (session: Session): JsonObject => {
      switch (group["testType"]) {
        case "AFT":
          return { md: hexOf(session.digest(choice, messageOf(test))) };
        case "MCT": {
          const seed = messageOf(test);
          const next = nextOf(group, isSha3, seed.length);
          return { resultsArray: [...shaChain((message) => session.digest(choice, message), seed, next)] };
        }
        case "LDT":
          return { md: hexOf(digestOfLargeMessage(session, choice, test)) };
        default:
          throw new Unanswered("acvp-unknown", `test type ${String(group["testType"])} of a hash`);
      }
    });
  });
}

export const sha: readonly AcvpHandler[] = acvpHashes.map(({ name, digest, revisions }) => ({
  algorithm: name,
  mode: "",
  revisions,
  capabilities: { messageLength: [{ min: 0, max: 65_536, increment: 8 }], performLargeDataTest: [1, 2, 4, 8] },
  answer: shaAnswer(digest, name.startsWith("SHA3-")),
}));
