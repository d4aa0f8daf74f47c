/** What a conformance suite is: cases that become calls on the token, and verdicts on what it does. */

import type { Engine } from "../crypto/engine.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import type { MechanismOperation } from "../mechanisms/registry.ts";
import type { Session } from "../token/session.ts";
import type { VectorFile } from "./parsers/manifest.ts";

/**
 * - `passed`: the token did what the vector says.
 * - `failed`: it did something else. `error`: it threw what no refusal is.
 * - `accepted-acceptable`, `rejected-acceptable`: the vector leaves it open; the flag policy says which is expected.
 * - `stricter-reject`: a valid vector that this HSM refuses on purpose; the reason is documented and its count pinned.
 * - `skipped`: not run, for a reason with a code. Never a pass.
 */
export type Verdict =
  | "passed"
  | "failed"
  | "error"
  | "accepted-acceptable"
  | "rejected-acceptable"
  | "stricter-reject"
  | "skipped";

export interface CaseResult {
  /** The case's id within its file, stable between runs. */
  readonly id: string;
  readonly verdict: Verdict;
  /** For `skipped` and `stricter-reject`: the reason's code (policy.ts has its text). */
  readonly reason?: string;
  /** For `failed` and `error`: what was expected and what happened, without secrets of the HSM. */
  readonly detail?: string;
  /** Flags of the vector, for the report. */
  readonly flags?: readonly string[];
}

/** What the suites need of a session: that of our token, or one with another PKCS #11 module. */
export type TokenSession = Pick<
  Session,
  | "createObject"
  | "destroyObject"
  | "getAttributes"
  | "encrypt"
  | "decrypt"
  | "sign"
  | "verify"
  | "digest"
  | "digestInit"
  | "digestUpdate"
  | "digestFinal"
  | "deriveKey"
  | "generateKey"
  | "encapsulateKey"
  | "decapsulateKey"
  | "wrapKey"
  | "unwrapKey"
  | "generateRandom"
>;

/** What a suite works with: sessions of a token under the policy it needs, on the engine under proof. */
export interface SuiteBench {
  readonly engine: Engine;
  /** A session of an open token under the strict policy. */
  readonly session: TokenSession;
  /**
   * A session under the standard's policy, for what strict refuses on principle (bare key wrapping, short keys). Other
   * modules know no such policies: there it is the same session.
   */
  readonly lax: TokenSession;
  /** Whether the token has a mechanism (C_GetMechanismList), for an operation where one is given (its CKF_ flags). */
  readonly offers: (mechanism: MechanismName, operation?: MechanismOperation) => boolean;
  /** Of a module that is not ours; its verdicts come by other rules (suites/support.ts). */
  readonly module?: ModuleWatch;
}

/** Says whether a case has reached a module at all. */
export interface ModuleWatch {
  /** A case begins. */
  begin(id: string): void;
  /** Whether the module has been called on a key or on data since then. */
  wasCalled(): boolean;
}

/** The bench of our own token, with everything that its sessions have. */
export interface Bench extends SuiteBench {
  readonly session: Session;
  readonly lax: Session;
}

/** A family of vectors of one format and algorithm. */
export interface Suite {
  /** Short and stable, such as `aes-gcm`. */
  readonly name: string;
  /** The algorithm as the summary table names it. */
  readonly algorithm: string;
  /** Whether this suite runs the file; every file is claimed by exactly one suite. */
  claims(file: VectorFile): boolean;
  /**
   * Runs the cases of a file's text, one verdict a case, in the file's order. `results` is the text of the expected
   * results, for prompts of format `acvp`, which have them in a file of their own.
   */
  run(
    text: string,
    file: VectorFile,
    bench: SuiteBench,
    only?: ReadonlySet<string>,
    results?: string,
  ): Iterable<CaseResult>;
}
