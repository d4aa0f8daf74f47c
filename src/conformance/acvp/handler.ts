/** What an ACVP handler is: groups of a prompt that become calls on the token, and the members of the response. */

import type { JsonObject } from "../parsers/json.ts";
import type { Bench } from "../suite.ts";

/** A group that this HSM does not answer: a reason code of `REASONS` (../policy.ts), and what it is that it lacks. */
export class Unanswered extends Error {
  override readonly name: string = "Unanswered";
  readonly reason: string;

  constructor(reason: string, what: string) {
    super(what);
    this.reason = reason;
  }
}

/** The answer to one group. */
export interface GroupAnswer {
  /** Members of the response's group beside `tgId` and `tests`: a public key that its signatures are of, for example. */
  readonly group?: JsonObject;
  /** One answer a test, in the order of the group's tests, without `tcId`. Computed as it is read. */
  readonly tests: Iterable<JsonObject>;
}

/** One algorithm, mode and list of revisions of an ACVP registration. */
export interface AcvpHandler {
  /** ACVP's `algorithm`, such as `ACVP-AES-GCM`. */
  readonly algorithm: string;
  /** ACVP's `mode`, such as `sigGen`; `""` where the algorithm has none. */
  readonly mode: string;
  /** The revisions whose prompts it reads, the newest first. */
  readonly revisions: readonly string[];
  /** What a registration says of it beside `algorithm`, `mode` and `revision`: what the token really does, no more. */
  readonly capabilities: JsonObject;
  /**
   * Answers a group. `tests` are its members without anything left out.
   * @throws Unanswered for a group of which nothing can be answered; from the iteration for a single test
   */
  answer(group: JsonObject, tests: readonly JsonObject[], bench: Bench): GroupAnswer;
  /**
   * For answers that a right implementation chooses (a generated key, a randomised signature) and that cannot be
   * compared with an expected one byte by byte: what is wrong with the answer, or nothing. Without it, and where it
   * returns `"compare"`, each member of the expected answer has to be in the answer with the same value.
   */
  check?(
    asked: { readonly group: JsonObject; readonly test: JsonObject },
    answered: { readonly group: JsonObject; readonly test: JsonObject },
    bench: Bench,
  ): string | undefined | "compare";
}
