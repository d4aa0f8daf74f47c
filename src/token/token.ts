import { toHex } from "../bytes/bytes.ts";
import type { Engine, Rng } from "../crypto/engine.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import type { ObjectHandle, SessionHandle, SlotId } from "../cryptoki/handles.ts";
import type { TokenObject } from "../objects/object.ts";
import { ObjectIndex } from "../objects/object-index.ts";
import type { Policy } from "../objects/policy.ts";
import type { SelfTests } from "../selftest/self-tests.ts";
import type { ActiveOperations } from "./operations.ts";
import { Pin } from "./pin.ts";

export type UserType = "user" | "so";

/** What a token shares with the HSM it is in. */
export interface Surroundings {
  /** Behind its self-tests. */
  readonly engine: Engine;
  readonly selfTests: SelfTests;
  /** The DRBG with prediction resistance; puts the HSM into the error state when its source fails. */
  readonly rng: Rng;
  readonly policy: Policy;
  readonly maxPinTries: number;
  readonly nextHandle: () => ObjectHandle;
  /** @throws CkrError CKR_DEVICE_ERROR or CKR_FIPS_SELF_TEST_FAILED once the HSM is in the error state. */
  readonly requireOperational: () => void;
  /** Mixes the caller's bytes into the DRBG as additional input (C_SeedRandom). */
  readonly seedRandom: (seed: Uint8Array) => void;
}

/** What C_GetTokenInfo tells. */
export interface TokenInfo {
  readonly label: string;
  readonly serialNumber: string;
  readonly initialized: boolean;
  readonly loginRequired: boolean;
  readonly userPinInitialized: boolean;
  readonly userPinCountLow: boolean;
  readonly userPinFinalTry: boolean;
  readonly userPinLocked: boolean;
  readonly soPinLocked: boolean;
}

/** What the token keeps of an open session: its mode, the session objects that end with it, what it is doing. */
export interface SessionState {
  readonly readWrite: boolean;
  readonly objects: Set<TokenObject>;
  readonly operations: ActiveOperations;
}

/** The token in a slot: its objects, its PINs and who is logged in. Sessions are ways in (session.ts). */
export class Token {
  readonly slot: SlotId;
  readonly surroundings: Surroundings;
  readonly objects: ObjectIndex = new ObjectIndex();
  readonly sessions: Map<SessionHandle, SessionState> = new Map();
  #label = "";
  #serialNumber = "";
  #soPin: Pin | undefined;
  #userPin: Pin | undefined;
  #loginRequired = true;
  #loggedIn: UserType | undefined;

  constructor(slot: SlotId, surroundings: Surroundings) {
    this.slot = slot;
    this.surroundings = surroundings;
  }

  get initialized(): boolean {
    return this.#serialNumber !== "";
  }

  get loggedIn(): UserType | undefined {
    return this.#loggedIn;
  }

  /** Whether private objects may be seen and used: by the user, or by all where no login is required. */
  get privateAccess(): boolean {
    return this.#loggedIn === "user" || (!this.#loginRequired && this.#loggedIn === undefined);
  }

  info(): TokenInfo {
    return {
      label: this.#label,
      serialNumber: this.#serialNumber,
      initialized: this.initialized,
      loginRequired: this.#loginRequired,
      userPinInitialized: this.#userPin !== undefined,
      userPinCountLow: this.#userPin?.countLow ?? false,
      userPinFinalTry: this.#userPin?.lastTry ?? false,
      userPinLocked: this.#userPin?.locked ?? false,
      soPinLocked: this.#soPin?.locked ?? false,
    };
  }

  /**
   * C_InitToken: destroys every object and the user's PIN. An initialised token asks for its SO PIN.
   * Without an SO PIN the token is open: no login is required or possible.
   * @throws CkrError CKR_SESSION_EXISTS, CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_PIN_LEN_RANGE
   */
  init(soPin: string | null, label: string): void {
    demand(this.sessions.size === 0, "SESSION_EXISTS", "close the token's sessions first");
    demand(typeof label === "string" && label.length <= 32, "ARGUMENTS_BAD", "a label has up to 32 characters");
    const { rng, maxPinTries } = this.surroundings;
    if (this.#soPin !== undefined || soPin !== null) this.surroundings.selfTests.require("scrypt");
    if (this.#soPin !== undefined) {
      demand(soPin !== null, "PIN_INCORRECT", "the PIN is wrong");
      this.#soPin.check(soPin);
    } else {
      this.#soPin = soPin === null ? undefined : new Pin(soPin, maxPinTries, rng);
    }
    for (const object of [...this.objects.all()]) this.destroy(object);
    this.#userPin = undefined;
    this.#loginRequired = this.#soPin !== undefined;
    this.#label = label;
    this.#serialNumber = toHex(rng(8));
  }

  /** C_InitPIN, by the SO. @throws CkrError CKR_USER_NOT_LOGGED_IN, CKR_PIN_LEN_RANGE */
  initPin(pin: string): void {
    demand(this.#loggedIn === "so", "USER_NOT_LOGGED_IN", "only the SO sets the user's first PIN");
    this.setUserPin(pin);
  }

  /** For createHsm, which plays the SO when it makes a token ready for use. */
  setUserPin(pin: string): void {
    const { rng, maxPinTries, selfTests } = this.surroundings;
    selfTests.require("scrypt");
    this.#userPin = new Pin(pin, maxPinTries, rng);
  }

  /**
   * C_SetPIN: of the SO where the SO is logged in, of the user otherwise.
   * @throws CkrError CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_PIN_LEN_RANGE, CKR_USER_PIN_NOT_INITIALIZED
   */
  setPin(oldPin: string, newPin: string): void {
    const pin = this.#pinOf(this.#loggedIn ?? "user");
    pin.check(oldPin);
    pin.replace(newPin);
  }

  /**
   * C_Login.
   * @throws CkrError CKR_USER_TYPE_INVALID, CKR_USER_ALREADY_LOGGED_IN, CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
   * CKR_SESSION_READ_ONLY_EXISTS, CKR_USER_PIN_NOT_INITIALIZED, CKR_PIN_INCORRECT, CKR_PIN_LOCKED
   */
  login(user: UserType, pin: string): void {
    demand(user === "user" || user === "so", "USER_TYPE_INVALID", 'the user is "user" or "so"');
    demand(this.#loggedIn !== user, "USER_ALREADY_LOGGED_IN", `the ${user} is logged in`);
    demand(this.#loggedIn === undefined, "USER_ANOTHER_ALREADY_LOGGED_IN", `the ${this.#loggedIn} is logged in`);
    const readOnly = user === "so" && [...this.sessions.values()].some((session) => !session.readWrite);
    demand(!readOnly, "SESSION_READ_ONLY_EXISTS", "the SO cannot log in while a read-only session is open");
    this.#pinOf(user).check(pin);
    this.#loggedIn = user;
  }

  /** C_Logout: operations and private session objects end, handles of private token objects become invalid for good. */
  logout(): void {
    demand(this.#loggedIn !== undefined, "USER_NOT_LOGGED_IN", "nobody is logged in");
    this.#loggedIn = undefined;
    for (const session of this.sessions.values()) session.operations.cancel();
    for (const object of [...this.objects.find({ PRIVATE: true })]) {
      if (object.session !== undefined) this.destroy(object);
      else this.objects.rename(object, this.surroundings.nextHandle());
    }
  }

  /** Ends a session and its objects; the last one ends the login too (PKCS #11 v3.1, 5.6.2). */
  endSession(session: SessionHandle): void {
    for (const object of [...(this.sessions.get(session)?.objects ?? [])]) this.destroy(object);
    this.sessions.delete(session);
    if (this.sessions.size === 0 && this.#loggedIn !== undefined) this.logout();
  }

  /** C_Finalize: every session ends, and no token object keeps a prepared key. */
  finalize(): void {
    for (const session of [...this.sessions.keys()]) this.endSession(session);
    for (const object of this.objects.all()) object.release();
  }

  add(object: TokenObject): void {
    this.objects.add(object);
    if (object.session !== undefined) this.sessions.get(object.session)?.objects.add(object);
  }

  destroy(object: TokenObject): void {
    this.objects.remove(object);
    if (object.session !== undefined) this.sessions.get(object.session)?.objects.delete(object);
    object.destroy();
  }

  #pinOf(user: UserType): Pin {
    const pin = user === "so" ? this.#soPin : this.#userPin;
    if (pin === undefined) throw new CkrError("USER_PIN_NOT_INITIALIZED", `the token has no PIN for the ${user}`);
    this.surroundings.selfTests.require("scrypt");
    return pin;
  }
}
