import { utf8 } from "../bytes/bytes.ts";
import { CtrDrbg, drbgRng } from "../crypto/drbg.ts";
import type { Engine } from "../crypto/engine.ts";
import { EntropyError, type EntropySource, healthTested } from "../crypto/entropy.ts";
import { pureEngine } from "../crypto/pure-engine.ts";
import { readOptions } from "../cryptoki/caller.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import { handleCounter, type ObjectHandle, type SessionHandle, type SlotId } from "../cryptoki/handles.ts";
import { type MechanismInfo, mechanismInfo, mechanisms } from "../mechanisms/registry.ts";
import { type Policy, type PolicyName, policies } from "../objects/policy.ts";
import { Session } from "./session.ts";
import { SessionCore } from "./session-core.ts";
import { systemEntropy } from "./system-entropy.ts";
import { type Surroundings, Token, type TokenInfo } from "./token.ts";

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
  /** Wrong PINs in a row before a user is locked. */
  readonly maxPinTries?: number;
}

export interface SlotInfo {
  readonly slot: SlotId;
  readonly token: TokenInfo;
}

/**
 * A whole HSM: slots with tokens, one DRBG, one engine. What crosses this object's border is handles, never a key.
 * All state is in memory and in this object; two HSMs share nothing.
 */
export class Hsm {
  readonly #tokens = new Map<SlotId, Token>();
  readonly #nextSession: () => SessionHandle = handleCounter();
  readonly #drbg: CtrDrbg;
  #failure: EntropyError | undefined;

  constructor(given: HsmOptions = {}) {
    const options = readOptions(given);
    const { slots = 1, engine = pureEngine, maxPinTries = 10 } = options;
    demand(Number.isInteger(slots) && slots >= 1 && slots <= 64, "ARGUMENTS_BAD", "an HSM has 1 to 64 slots");
    demand(
      Number.isInteger(maxPinTries) && maxPinTries >= 1,
      "ARGUMENTS_BAD",
      "maxPinTries must be a positive integer",
    );
    const policy = policyOf(options.policy ?? "strict");
    const { entropy: source = systemEntropy } = options;
    demand(typeof source === "function", "ARGUMENTS_BAD", "entropy must be a function");
    const entropy = healthTested(source);
    this.#drbg = this.#guarded(() => new CtrDrbg({ entropy, personalization: utf8("pocket-hsm") }));
    const draw = drbgRng(this.#drbg, { predictionResistance: true });
    const nextSlot = handleCounter<SlotId>();
    const surroundings: Surroundings = {
      engine,
      rng: (byteLength) => this.#guarded(() => draw(byteLength)),
      policy,
      maxPinTries,
      nextHandle: handleCounter<ObjectHandle>(),
      requireOperational: () => demand(this.#failure === undefined, "DEVICE_ERROR", "the HSM is in the error state"),
      seedRandom: (seed) => this.#guarded(() => this.#drbg.reseed(seed)),
    };
    for (let i = 0; i < slots; i++) {
      const slot = nextSlot();
      this.#tokens.set(slot, new Token(slot, surroundings));
    }
    this.#makeReady(options);
  }

  /** C_GetSlotList and C_GetTokenInfo. */
  slots(): SlotInfo[] {
    return [...this.#tokens].map(([slot, token]) => ({ slot, token: token.info() }));
  }

  /** C_GetMechanismList: every slot has the same. */
  mechanismList(): MechanismName[] {
    return [...mechanisms.keys()];
  }

  /** C_GetMechanismInfo. @throws CkrError CKR_MECHANISM_INVALID */
  mechanismInfo(name: MechanismName): MechanismInfo {
    return mechanismInfo(name);
  }

  /**
   * C_OpenSession; on the first slot unless told otherwise.
   * @throws CkrError CKR_SLOT_ID_INVALID, CKR_TOKEN_NOT_RECOGNIZED, CKR_SESSION_READ_WRITE_SO_EXISTS, CKR_DEVICE_ERROR
   */
  openSession(options: { readonly slot?: SlotId; readonly readWrite?: boolean } = {}): Session {
    const { readWrite = false, slot } = readOptions(options);
    demand(typeof readWrite === "boolean", "ARGUMENTS_BAD", "readWrite must be true or false");
    const token = this.#token(slot);
    token.surroundings.requireOperational();
    demand(token.initialized, "TOKEN_NOT_RECOGNIZED", "the token is not initialised");
    demand(readWrite || token.loggedIn !== "so", "SESSION_READ_WRITE_SO_EXISTS", "the SO is logged in");
    return new Session(new SessionCore(this.#nextSession(), token, readWrite));
  }

  /** C_CloseAllSessions. */
  closeAllSessions(slot?: SlotId): void {
    const token = this.#token(slot);
    for (const session of [...token.sessions.keys()]) token.endSession(session);
  }

  /**
   * C_InitToken: everything on the token is destroyed; the SO then sets the user's PIN (Session.initPin).
   * @throws CkrError CKR_SLOT_ID_INVALID, CKR_SESSION_EXISTS, CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_PIN_LEN_RANGE
   */
  initToken(slot: SlotId, soPin: string, label: string): void {
    const token = this.#token(slot);
    token.surroundings.requireOperational();
    demand(typeof soPin === "string", "PIN_INVALID", "a PIN is a string");
    token.init(soPin, label);
  }

  #token(slot: SlotId = [...this.#tokens.keys()][0] as SlotId): Token {
    const token = this.#tokens.get(slot);
    if (token === undefined) throw new CkrError("SLOT_ID_INVALID", "no such slot");
    return token;
  }

  #makeReady({ label = "pocket-hsm", pin = null, soPin = pin ?? undefined }: HsmOptions): void {
    const token = this.#token();
    token.init(soPin ?? null, label);
    if (pin !== null) token.setUserPin(pin);
  }

  /** A failed entropy source puts the whole HSM into the error state, for good. */
  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof EntropyError)) throw error;
      this.#failure = error;
      throw new CkrError("DEVICE_ERROR", "the entropy source failed its health test; the HSM is in the error state", {
        cause: error,
      });
    }
  }
}

function policyOf(policy: PolicyName | Policy): Policy {
  const isNamed = typeof policy === "string" && Object.hasOwn(policies, policy);
  const isOwn = typeof policy === "object" && policy !== null && Array.isArray(policy.rules);
  demand(isNamed || isOwn, "ARGUMENTS_BAD", `policy must be one of ${Object.keys(policies).join(", ")}, or your own`);
  return typeof policy === "string" ? policies[policy] : policy;
}

/**
 * Makes an HSM.
 * @throws CkrError CKR_ARGUMENTS_BAD for an option out of bounds, CKR_PIN_LEN_RANGE, CKR_DEVICE_ERROR for a failing source
 */
export function createHsm(options: HsmOptions = {}): Hsm {
  return new Hsm(options);
}
