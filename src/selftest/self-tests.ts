import type { Engine } from "../crypto/engine.ts";
import { type KnownAnswerName, knownAnswerTests } from "./all.ts";
import { type PairwiseName, pairwiseTests } from "./pairwise.ts";
import { selfTestedEngine, type TestedEngine } from "./self-tested-engine.ts";

export type { KnownAnswerName } from "./all.ts";
export type { PairwiseName } from "./pairwise.ts";

/** The name of a self-test: of a known-answer test, or of a pairwise consistency test. */
export type SelfTestName = KnownAnswerName | PairwiseName;

/** How a known-answer test went. */
export interface SelfTestOutcome {
  readonly name: KnownAnswerName;
  readonly passed: boolean;
}

/** Every name. */
export const selfTestNames: readonly SelfTestName[] = Object.freeze([
  ...(Object.keys(knownAnswerTests) as KnownAnswerName[]),
  ...(Object.keys(pairwiseTests) as PairwiseName[]),
]);

/**
 * What has passed on an engine, for all that use it: the code is the same, so a second HSM of the process need not find
 * out again.
 */
const passedOn = new WeakMap<Engine, Set<KnownAnswerName>>();

/** The conditional self-tests of one module (FIPS 140-3; ISO/IEC 19790, 7.10.3): each before the first use of its algorithm. */
export class SelfTests {
  /** The engine behind its self-tests: an algorithm is tested before it is first asked for. */
  readonly engine: Engine;
  readonly #raw: Engine;
  readonly #tested: TestedEngine;
  readonly #failing: ReadonlySet<SelfTestName>;
  readonly #onFailure: (name: SelfTestName) => never;
  #passed: Set<KnownAnswerName>;

  /** `failing` names tests that fail whatever they find; `onFailure` throws the error of the module's error state. */
  constructor(engine: Engine, failing: Iterable<SelfTestName>, onFailure: (name: SelfTestName) => never) {
    this.#raw = engine;
    this.#failing = new Set(failing);
    this.#onFailure = onFailure;
    this.#passed = passedOn.get(engine) ?? new Set();
    passedOn.set(engine, this.#passed);
    this.#tested = selfTestedEngine(engine, (name) => this.require(name));
    this.engine = this.#tested.engine;
  }

  /** Runs a known-answer test unless it has passed. @throws what `onFailure` throws */
  require(name: KnownAnswerName): void {
    if (this.#failing.has(name)) this.#onFailure(name);
    if (this.#passed.has(name)) return;
    if (!this.#passes(name)) this.#onFailure(name);
    this.#passed.add(name);
  }

  /**
   * Whether a new pair is consistent; an exception is a no.
   * @throws what `onFailure` throws, when the test was made to fail
   */
  isConsistent(name: PairwiseName, test: () => boolean): boolean {
    if (this.#failing.has(name)) this.#onFailure(name);
    try {
      return test();
    } catch {
      return false;
    }
  }

  /** The pair of a test that {@link isConsistent} found wanting was made here. @throws what `onFailure` throws, always */
  fail(name: PairwiseName): never {
    return this.#onFailure(name);
  }

  /** Runs every known-answer test, whatever has passed before. */
  runAll(): SelfTestOutcome[] {
    return (Object.keys(knownAnswerTests) as KnownAnswerName[]).map((name) => ({ name, passed: this.#passes(name) }));
  }

  /** From now on every algorithm is tested anew before its next use. */
  reset(): void {
    this.#passed = new Set();
    this.#tested.reset();
  }

  #passes(name: KnownAnswerName): boolean {
    if (this.#failing.has(name)) return false;
    try {
      return knownAnswerTests[name].run(this.#raw);
    } catch {
      return false;
    }
  }
}
