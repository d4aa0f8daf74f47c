import { utf8 } from "../bytes/bytes.ts";
import { CtrDrbg, drbgRng, SEED_BYTES } from "../crypto/drbg.ts";
import type { Engine, Rng } from "../crypto/engine.ts";
import { EntropyError, type EntropySource, healthTested } from "../crypto/entropy.ts";
import { hardenedEngine } from "../crypto/hardened/engine.ts";
import { PASSWORD_COST } from "../crypto/password.ts";
import { pureEngine } from "../crypto/pure-engine.ts";
import { readOptions } from "../cryptoki/caller.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import { handleCounter, type ObjectHandle, type SessionHandle, type SlotId } from "../cryptoki/handles.ts";
import { type MechanismInfo, mechanismInfo, mechanisms } from "../mechanisms/registry.ts";
import { inForce, type Policy, type PolicyInForce, type PolicyName, policies } from "../objects/policy.ts";
import { type SelfTestName, type SelfTestOutcome, SelfTests, selfTestNames } from "../selftest/self-tests.ts";
import { Session } from "./session.ts";
import { SessionCore } from "./session-core.ts";
import { type SlotDescription, Slots } from "./slots.ts";
import { systemEntropy } from "./system-entropy.ts";
import { type Application, type Surroundings, Token, type TokenInfo } from "./token.ts";
import { readValidations, type Validation } from "./validations.ts";

export interface HsmOptions {
  /** Number of slots; the first holds a token that is ready for use, the others hold uninitialised ones. */
  readonly slots?: number;
  readonly label?: string;
  /** The user's PIN; without it the first token is open: no login is required. */
  readonly pin?: string | null;
  /** The SO's PIN of the first token; the user's where it is not given. */
  readonly soPin?: string;
  /** `strict` (the default) or `pkcs11`, the standard's laxer behaviour for foreign test suites (docs/security.md). */
  readonly policy?: PolicyName | Policy;
  /** Where the DRBG's entropy comes from; the operating system by default. It is health-tested all the time. */
  readonly entropy?: EntropySource;
  readonly engine?: Engine;
  /** The default engine's AES, in every mode and in the random generator, without table look-ups (docs/security.md, "Timing"). */
  readonly hardened?: boolean;
  /** Wrong PINs in a row before a user is locked. */
  readonly maxPinTries?: number;
  /** scrypt's N for PINs, a power of two; 2^15 by default. A lower one is for tests: it makes a stolen record cheap to guess. */
  readonly pinCost?: number;
  /**
   * The PINs given here are defaults (CKF_USER_PIN_TO_BE_CHANGED, CKF_SO_PIN_TO_BE_CHANGED): until their owners have
   * changed them, what needs a login is CKR_PIN_EXPIRED.
   */
  readonly pinsToBeChanged?: boolean;
  /** The time in milliseconds since the epoch, for the dates of keys; the system's by default. */
  readonly clock?: () => number;
  /** Validations that the HSM is said to have, as CKO_VALIDATION objects and in Session.validationFlags; none by default. */
  readonly validations?: readonly Validation[];
  /** For tests only: self-tests that fail, by name, so that the error state can be seen. */
  readonly failSelfTests?: readonly SelfTestName[];
}

export interface SlotInfo {
  readonly slot: SlotId;
  readonly token: TokenInfo;
}

/** Why the HSM is in its error state. */
interface Failure {
  readonly ckr: "DEVICE_ERROR" | "FIPS_SELF_TEST_FAILED";
  readonly why: string;
}

/**
 * A whole HSM: slots with tokens, one DRBG, one engine. What crosses this object's border is handles, never a key.
 * All state is in memory and in this object; two HSMs share nothing but which self-tests an engine has passed.
 *
 * A self-test or an entropy source that fails puts the HSM into its error state: from then on every service refuses,
 * but for {@link Hsm.slots} and {@link Hsm.tokenInfo}, until {@link Hsm.initialize}.
 */
export class Hsm {
  readonly #slots = new Slots();
  readonly #nextSession: () => SessionHandle = handleCounter();
  readonly #source: EntropySource;
  readonly #selfTests: SelfTests;
  #random: { readonly drbg: CtrDrbg; readonly draw: Rng };
  #failure: Failure | undefined;

  constructor(given: HsmOptions = {}) {
    const options = readOptions(given);
    const { slots = 1, maxPinTries = 10, failSelfTests = [] } = options;
    const engine = engineOf(options);
    demand(Number.isInteger(slots) && slots >= 1 && slots <= 64, "ARGUMENTS_BAD", "an HSM has 1 to 64 slots");
    demand(
      Number.isInteger(maxPinTries) && maxPinTries >= 1,
      "ARGUMENTS_BAD",
      "maxPinTries must be a positive integer",
    );
    const { pinCost = PASSWORD_COST.N, clock = Date.now } = options;
    demand(isScryptN(pinCost), "ARGUMENTS_BAD", "pinCost must be a power of two from 2 to 2^20");
    demand(typeof clock === "function", "ARGUMENTS_BAD", "clock must be a function");
    const policy = policyOf(options.policy ?? "strict");
    const { entropy: source = systemEntropy } = options;
    demand(typeof source === "function", "ARGUMENTS_BAD", "entropy must be a function");
    this.#source = source;
    this.#selfTests = new SelfTests(engine, namesOfSelfTests(failSelfTests), (name) =>
      this.#fail({ ckr: "FIPS_SELF_TEST_FAILED", why: `the self-test ${name} failed` }),
    );
    this.#random = this.#instantiate();
    const nextSlot = handleCounter<SlotId>();
    const rng = (byteLength: number): Uint8Array => this.#guarded(() => this.#random.draw(byteLength));
    const surroundings: Surroundings = {
      engine: this.#selfTests.engine,
      selfTests: this.#selfTests,
      rng,
      policy,
      pinRules: { maxTries: maxPinTries, cost: { ...PASSWORD_COST, N: pinCost }, rng },
      today: () => dateOf(clock()),
      nextHandle: handleCounter<ObjectHandle>(),
      validations: readValidations(options.validations ?? []),
      hasFailed: () => this.#failure !== undefined,
      requireOperational: () => this.#requireOperational(),
      seedRandom: (seed) => this.#guarded(() => this.#random.drbg.reseed(this.#condensed(seed))),
    };
    for (let i = 0; i < slots; i++) {
      this.#slots.add(new Token(nextSlot(), surroundings));
    }
    this.#makeReady(options);
  }

  /**
   * C_Finalize and C_Initialize: sessions and what they run end, token objects stay; the DRBG is instantiated anew, and
   * every self-test runs again before the next use of its algorithm. The one way out of the error state.
   * @throws CkrError CKR_DEVICE_ERROR, CKR_FIPS_SELF_TEST_FAILED when it fails again at once
   */
  initialize(): void {
    for (const token of this.#slots.tokens()) token.finalize();
    this.#selfTests.reset();
    this.#random.drbg.uninstantiate();
    this.#random = this.#instantiate();
    this.#failure = undefined;
  }

  /**
   * Runs every known-answer test now (FIPS 140-3: on demand), and tells how each went. When one fails, the HSM is in its
   * error state. Pairwise consistency tests need a pair, and run with every new one.
   * @throws CkrError CKR_DEVICE_ERROR, CKR_FIPS_SELF_TEST_FAILED in the error state
   */
  selfTest(): SelfTestOutcome[] {
    this.#requireOperational();
    const outcomes = this.#selfTests.runAll();
    const failed = outcomes.find(({ passed }) => !passed);
    if (failed) this.#failure = { ckr: "FIPS_SELF_TEST_FAILED", why: `the self-test ${failed.name} failed` };
    return outcomes;
  }

  /**
   * The slots that have a token, and what C_GetTokenInfo tells of it. It answers in the error state too: that is how to
   * see what is there (as NSS does).
   */
  slots(): SlotInfo[] {
    return this.#slots.ids(true).map((slot) => ({ slot, token: this.#slots.token(slot).info() }));
  }

  /** C_GetSlotList: every slot, or only those that have a token. */
  slotList(tokenPresent = false): SlotId[] {
    this.#requireOperational();
    demand(typeof tokenPresent === "boolean", "ARGUMENTS_BAD", "tokenPresent must be true or false");
    return this.#slots.ids(tokenPresent);
  }

  /** C_GetSlotInfo. @throws CkrError CKR_SLOT_ID_INVALID */
  slotInfo(slot: SlotId): SlotDescription {
    this.#requireOperational();
    return this.#slots.describe(slot);
  }

  /** C_GetTokenInfo, in the error state too: it is what tells of it. @throws CkrError CKR_SLOT_ID_INVALID, CKR_TOKEN_NOT_PRESENT */
  tokenInfo(slot?: SlotId): TokenInfo {
    return this.#slots.token(slot).info();
  }

  /**
   * Takes the token out of its slot. Its sessions end, and with them login and session objects; token objects stay.
   * A call that was running then is CKR_DEVICE_REMOVED.
   * @throws CkrError CKR_SLOT_ID_INVALID, CKR_TOKEN_NOT_PRESENT
   */
  removeToken(slot?: SlotId): void {
    this.#requireOperational();
    this.#slots.remove(slot);
  }

  /** Puts the token back. @throws CkrError CKR_SLOT_ID_INVALID, CKR_ARGUMENTS_BAD when it is in its slot */
  insertToken(slot?: SlotId): void {
    this.#requireOperational();
    this.#slots.insert(slot);
  }

  /** C_WaitForSlotEvent with CKF_DONT_BLOCK: the slot of a token that came or went. @throws CkrError CKR_NO_EVENT */
  slotEvent(): SlotId {
    this.#requireOperational();
    return this.#slots.takeEvent();
  }

  /** C_WaitForSlotEvent. @throws CkrError CKR_FUNCTION_CANCELED when the signal is aborted */
  async waitForSlotEvent(options: { readonly signal?: AbortSignal } = {}): Promise<SlotId> {
    const { signal } = readOptions(options);
    demand(signal === undefined || signal instanceof AbortSignal, "ARGUMENTS_BAD", "signal must be an AbortSignal");
    this.#requireOperational();
    return this.#slots.nextEvent(signal);
  }

  /** C_GetMechanismList: every slot has the same. */
  mechanismList(): MechanismName[] {
    this.#requireOperational();
    return [...mechanisms.keys()];
  }

  /** C_GetMechanismInfo. @throws CkrError CKR_MECHANISM_INVALID */
  mechanismInfo(name: MechanismName): MechanismInfo {
    this.#requireOperational();
    return mechanismInfo(name);
  }

  /**
   * C_OpenSession; on the first slot unless told otherwise. Sessions opened with the same `application`, which is any object
   * of the caller's, share a login and see each other's session objects; without one they are all of one application.
   * @throws CkrError CKR_SLOT_ID_INVALID, CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_RECOGNIZED,
   * CKR_SESSION_READ_WRITE_SO_EXISTS, CKR_DEVICE_ERROR, CKR_FIPS_SELF_TEST_FAILED
   */
  openSession(
    options: { readonly slot?: SlotId; readonly readWrite?: boolean; readonly application?: Application } = {},
  ): Session {
    const { readWrite = false, slot, application = this } = readOptions(options);
    this.#requireOperational();
    demand(typeof readWrite === "boolean", "ARGUMENTS_BAD", "readWrite must be true or false");
    const token = this.#slots.token(slot);
    demand(token.initialized, "TOKEN_NOT_RECOGNIZED", "the token is not initialised");
    const isObject = typeof application === "object" && application !== null;
    demand(isObject, "ARGUMENTS_BAD", "an application is an object, told from others by its identity");
    const isSo = token.loggedIn(application) === "so";
    demand(readWrite || !isSo, "SESSION_READ_WRITE_SO_EXISTS", "the SO is logged in");
    return new Session(new SessionCore(this.#nextSession(), token, application, readWrite));
  }

  /** C_CloseAllSessions, of every application. */
  closeAllSessions(slot?: SlotId): void {
    this.#requireOperational();
    const token = this.#slots.token(slot);
    for (const session of [...token.sessions.keys()]) token.endSession(session);
  }

  /**
   * C_InitToken: everything on the token is destroyed; the SO then sets the user's PIN (Session.initPin).
   * @throws CkrError CKR_SLOT_ID_INVALID, CKR_SESSION_EXISTS, CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_PIN_LEN_RANGE
   */
  initToken(slot: SlotId, soPin: string, label: string): void {
    this.#requireOperational();
    const token = this.#slots.token(slot);
    demand(typeof soPin === "string", "PIN_INVALID", "a PIN is a string");
    token.init(soPin, label);
  }

  #makeReady(options: HsmOptions): void {
    const { label = "pocket-hsm", pin = null, soPin = pin ?? undefined, pinsToBeChanged = false } = options;
    demand(typeof pinsToBeChanged === "boolean", "ARGUMENTS_BAD", "pinsToBeChanged must be true or false");
    const token = this.#slots.token();
    token.init(soPin ?? null, label, pinsToBeChanged);
    if (pin !== null) token.setUserPin(pin, pinsToBeChanged);
  }

  #requireOperational(): void {
    if (this.#failure === undefined) return;
    const { ckr, why } = this.#failure;
    throw new CkrError(ckr, `${why}; the HSM is in the error state until it is initialised again`);
  }

  /** The first failure is the one that counts. */
  #fail(failure: Failure, cause?: unknown): never {
    this.#failure ??= failure;
    throw new CkrError(failure.ckr, `${failure.why}; the HSM is in the error state`, { cause });
  }

  /** A new DRBG on the source, whose health tests begin anew (SP 800-90B, 4.3). */
  #instantiate(): { readonly drbg: CtrDrbg; readonly draw: Rng } {
    this.#selfTests.require("CTR_DRBG");
    const { drbgCipher: cipher } = this.#selfTests.engine;
    const entropy = healthTested(this.#source, cipher);
    const drbg = this.#guarded(() => new CtrDrbg({ entropy, personalization: utf8("pocket-hsm"), cipher }));
    return { drbg, draw: drbgRng(drbg, { predictionResistance: true }) };
  }

  /** Without a derivation function the DRBG's additional input has up to seedlen bytes (SP 800-90A r1, table 3): a hash's. */
  #condensed(seed: Uint8Array): Uint8Array {
    if (seed.length <= SEED_BYTES) return seed;
    const state = this.#selfTests.engine.hash("SHA384");
    state.update(seed);
    return state.digest();
  }

  /** An entropy source that fails puts the whole HSM into the error state. */
  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof EntropyError)) throw error;
      return this.#fail({ ckr: "DEVICE_ERROR", why: "the entropy source failed its health test" }, error);
    }
  }
}

function engineOf({ engine, hardened = false }: HsmOptions): Engine {
  demand(typeof hardened === "boolean", "ARGUMENTS_BAD", "hardened must be true or false");
  demand(!(hardened && engine), "ARGUMENTS_BAD", "only the default engine has a hardened form: give one or the other");
  return engine ?? (hardened ? hardenedEngine : pureEngine);
}

function isScryptN(N: unknown): N is number {
  return (
    Number.isInteger(N) && (N as number) >= 2 && (N as number) <= 2 ** 20 && Number.isInteger(Math.log2(N as number))
  );
}

/** A day as CK_DATE has it. @throws CkrError CKR_GENERAL_ERROR when the clock tells no time */
function dateOf(milliseconds: unknown): string {
  const date = new Date(typeof milliseconds === "number" ? milliseconds : Number.NaN);
  demand(!Number.isNaN(date.getTime()), "GENERAL_ERROR", "the clock does not tell the time");
  return date.toISOString().slice(0, 10).replaceAll("-", "");
}

/** @throws CkrError CKR_ARGUMENTS_BAD for what is no name of a self-test */
function namesOfSelfTests(given: readonly SelfTestName[]): SelfTestName[] {
  demand(Array.isArray(given), "ARGUMENTS_BAD", "failSelfTests must be a list of names");
  const names = [...given];
  const unknown = names.find((name) => !selfTestNames.includes(name));
  demand(unknown === undefined, "ARGUMENTS_BAD", `there is no self-test called ${String(unknown)}`);
  return names;
}

function policyOf(policy: PolicyName | Policy): PolicyInForce {
  const isNamed = typeof policy === "string" && Object.hasOwn(policies, policy);
  const isOwn = typeof policy === "object" && policy !== null && Array.isArray(policy.rules);
  demand(isNamed || isOwn, "ARGUMENTS_BAD", `policy must be one of ${Object.keys(policies).join(", ")}, or your own`);
  return inForce(typeof policy === "string" ? policies[policy] : policy);
}

/**
 * Makes an HSM.
 * @throws CkrError CKR_ARGUMENTS_BAD for an option out of bounds, CKR_PIN_LEN_RANGE, CKR_DEVICE_ERROR for a failing source,
 * CKR_FIPS_SELF_TEST_FAILED
 */
export function createHsm(options: HsmOptions = {}): Hsm {
  return new Hsm(options);
}
