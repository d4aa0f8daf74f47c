import { toHex } from "../bytes/bytes.ts";
import type { Engine, Rng } from "../crypto/engine.ts";
import type { Template } from "../cryptoki/attributes.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import type { ObjectHandle, SessionHandle, SlotId } from "../cryptoki/handles.ts";
import type { TokenObject } from "../objects/object.ts";
import { ObjectIndex } from "../objects/object-index.ts";
import type { PolicyInForce } from "../objects/policy.ts";
import type { SelfTests } from "../selftest/self-tests.ts";
import type { ActiveOperations } from "./active-operations.ts";
import { BuiltInObjects } from "./built-in.ts";
import { SavedDigests } from "./digest-operation.ts";
import { MAX_PIN_BYTES, MIN_PIN_BYTES, Pin, type PinRules } from "./pin.ts";
import type { KnownValidation } from "./validations.ts";

/** CK_TOKEN_INFO has 16 characters for it. */
const SERIAL_NUMBER_BYTES = 8;

/** Who can be logged in: CKU_USER and CKU_SO. */
export type UserType = "user" | "so";

/** What a token shares with the HSM it is in. */
export interface Surroundings {
  /** Behind its self-tests. */
  readonly engine: Engine;
  readonly selfTests: SelfTests;
  /** The DRBG with prediction resistance; puts the HSM into the error state when its source fails. */
  readonly rng: Rng;
  readonly policy: PolicyInForce;
  readonly pinRules: PinRules;
  /** Today as CK_DATE has it, YYYYMMDD in UTC. */
  readonly today: () => string;
  readonly nextHandle: () => ObjectHandle;
  /** The validations that the HSM is said to have. */
  readonly validations: readonly KnownValidation[];
  /** Whether the HSM is in its error state. */
  readonly hasFailed: () => boolean;
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
  readonly userPinToBeChanged: boolean;
  readonly soPinCountLow: boolean;
  readonly soPinFinalTry: boolean;
  readonly soPinLocked: boolean;
  readonly soPinToBeChanged: boolean;
  /** The HSM is in its error state (CKF_ERROR_STATE). */
  readonly errorState: boolean;
  /** Open sessions, and how many of them are read-write. */
  readonly sessions: number;
  readonly readWriteSessions: number;
  readonly minPinBytes: number;
  readonly maxPinBytes: number;
}

/**
 * Whose sessions they are, by identity: sessions of one application share a login and see each other's session objects,
 * and no others (PKCS #11 v3.1, 5.6).
 */
export type Application = object;

/** What the token keeps of an open session: its mode, the session objects that end with it, what it is doing. */
export interface SessionState {
  readonly application: Application;
  readonly readWrite: boolean;
  readonly objects: Set<TokenObject>;
  readonly operations: ActiveOperations;
  /** The token has been taken out of its slot, and the session has ended with that. */
  removed: boolean;
}

/** The token in a slot: its objects, its PINs and who is logged in for which application. Sessions are ways in (session.ts). */
export class Token {
  readonly slot: SlotId;
  readonly surroundings: Surroundings;
  /** Of a token that is initialised; there are none before. */
  objects: ObjectIndex = new ObjectIndex([0, 0]);
  readonly builtIn: BuiltInObjects;
  readonly sessions: Map<SessionHandle, SessionState> = new Map();
  readonly savedDigests: SavedDigests = new SavedDigests();
  #label = "";
  #serialNumber = "";
  #soPin: Pin | undefined;
  #userPin: Pin | undefined;
  #loginRequired = true;
  /** Handles of private token objects up to here are good no more. */
  #takenBack = 0;
  readonly #logins: Map<Application, UserType> = new Map();

  constructor(slot: SlotId, surroundings: Surroundings) {
    this.slot = slot;
    this.surroundings = surroundings;
    this.builtIn = new BuiltInObjects(surroundings.nextHandle, surroundings.validations);
  }

  get initialized(): boolean {
    return this.#serialNumber !== "";
  }

  loggedIn(application: Application): UserType | undefined {
    return this.#logins.get(application);
  }

  /** Whether private objects may be seen and used: by the user, or by all where no login is required. */
  privateAccess(application: Application): boolean {
    if (this.pinExpired(application)) return false;
    const user = this.loggedIn(application);
    return user === "user" || (!this.#loginRequired && user === undefined);
  }

  /** The open sessions of an application. */
  sessionsOf(application: Application): SessionState[] {
    return [...this.sessions.values()].filter((session) => session.application === application);
  }

  /** Session objects are their application's alone. */
  isOf(application: Application, object: TokenObject): boolean {
    return object.session === undefined || this.sessions.get(object.session)?.application === application;
  }

  /** Whoever is logged in has a PIN to change first, and can do nothing else (CKF_USER_PIN_TO_BE_CHANGED). */
  pinExpired(application: Application): boolean {
    const user = this.loggedIn(application);
    if (user === undefined) return false;
    return (user === "so" ? this.#soPin : this.#userPin)?.toBeChanged === true;
  }

  /** @throws CkrError CKR_PIN_EXPIRED */
  requireOwnPin(application: Application): void {
    demand(!this.pinExpired(application), "PIN_EXPIRED", "the PIN is a default: C_SetPIN first");
  }

  info(): TokenInfo {
    const sessions = [...this.sessions.values()];
    return {
      label: this.#label,
      serialNumber: this.#serialNumber,
      initialized: this.initialized,
      loginRequired: this.#loginRequired,
      userPinInitialized: this.#userPin !== undefined,
      userPinCountLow: this.#userPin?.countLow ?? false,
      userPinFinalTry: this.#userPin?.lastTry ?? false,
      userPinLocked: this.#userPin?.locked ?? false,
      userPinToBeChanged: this.#userPin?.toBeChanged ?? false,
      soPinCountLow: this.#soPin?.countLow ?? false,
      soPinFinalTry: this.#soPin?.lastTry ?? false,
      soPinLocked: this.#soPin?.locked ?? false,
      soPinToBeChanged: this.#soPin?.toBeChanged ?? false,
      errorState: this.surroundings.hasFailed(),
      sessions: sessions.length,
      readWriteSessions: sessions.filter(({ readWrite }) => readWrite).length,
      minPinBytes: MIN_PIN_BYTES,
      maxPinBytes: MAX_PIN_BYTES,
    };
  }

  /**
   * C_InitToken: destroys every object and the user's PIN. An initialised token asks for its SO PIN.
   * Without an SO PIN the token is open: no login is required or possible.
   * @throws CkrError CKR_SESSION_EXISTS, CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_PIN_LEN_RANGE
   */
  init(soPin: string | null, label: string, toBeChanged = false): void {
    demand(this.sessions.size === 0, "SESSION_EXISTS", "close the token's sessions first");
    demand(typeof label === "string" && label.length <= 32, "ARGUMENTS_BAD", "a label has up to 32 characters");
    const { rng, pinRules } = this.surroundings;
    if (this.#soPin !== undefined || soPin !== null) this.surroundings.selfTests.require("scrypt");
    if (this.#soPin !== undefined) {
      demand(soPin !== null, "PIN_INCORRECT", "the PIN is wrong");
      this.#soPin.check(soPin);
    } else {
      this.#soPin = soPin === null ? undefined : new Pin(soPin, pinRules, toBeChanged);
    }
    const random = rng(SERIAL_NUMBER_BYTES + 8);
    const words = new DataView(random.buffer, random.byteOffset + SERIAL_NUMBER_BYTES);
    // All are token objects, as no session is open. To take them out of the index one by one takes longer than to wipe them.
    for (const object of this.objects.all()) object.destroy();
    this.objects = new ObjectIndex([words.getInt32(0), words.getInt32(4)]);
    this.savedDigests.clear();
    this.#userPin = undefined;
    this.#loginRequired = this.#soPin !== undefined;
    this.#label = label;
    this.#serialNumber = toHex(random.subarray(0, SERIAL_NUMBER_BYTES));
  }

  /** C_InitPIN, by the SO. @throws CkrError CKR_USER_NOT_LOGGED_IN, CKR_PIN_EXPIRED, CKR_PIN_LEN_RANGE */
  initPin(application: Application, pin: string): void {
    demand(this.loggedIn(application) === "so", "USER_NOT_LOGGED_IN", "only the SO sets the user's first PIN");
    this.requireOwnPin(application);
    this.setUserPin(pin);
  }

  /** For createHsm, which plays the SO when it makes a token ready for use. */
  setUserPin(pin: string, toBeChanged = false): void {
    const { pinRules, selfTests } = this.surroundings;
    selfTests.require("scrypt");
    this.#userPin = new Pin(pin, pinRules, toBeChanged);
  }

  /**
   * C_SetPIN: of the SO where the SO is logged in, of the user otherwise.
   * @throws CkrError CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_PIN_LEN_RANGE, CKR_USER_PIN_NOT_INITIALIZED
   */
  setPin(application: Application, oldPin: string, newPin: string): void {
    const pin = this.#pinOf(this.loggedIn(application) ?? "user");
    pin.check(oldPin);
    pin.replace(newPin);
  }

  /**
   * C_Login.
   * @throws CkrError CKR_USER_TYPE_INVALID, CKR_USER_ALREADY_LOGGED_IN, CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
   * CKR_SESSION_READ_ONLY_EXISTS, CKR_USER_PIN_NOT_INITIALIZED, CKR_PIN_INCORRECT, CKR_PIN_LOCKED
   */
  login(application: Application, user: UserType, pin: string): void {
    demand(user === "user" || user === "so", "USER_TYPE_INVALID", 'the user is "user" or "so"');
    const loggedIn = this.loggedIn(application);
    demand(loggedIn !== user, "USER_ALREADY_LOGGED_IN", `the ${user} is logged in`);
    demand(loggedIn === undefined, "USER_ANOTHER_ALREADY_LOGGED_IN", `the ${loggedIn} is logged in`);
    const readOnly = user === "so" && this.sessionsOf(application).some((session) => !session.readWrite);
    demand(!readOnly, "SESSION_READ_ONLY_EXISTS", "the SO cannot log in while a read-only session is open");
    this.#pinOf(user).check(pin);
    this.#logins.set(application, user);
  }

  /**
   * C_Login with CKU_CONTEXT_SPECIFIC: the user, who is logged in, shows the PIN again. A locked PIN ends the login
   * (PKCS #11 v3.2, 4.9, CKA_ALWAYS_AUTHENTICATE).
   * @throws CkrError CKR_USER_NOT_LOGGED_IN, CKR_PIN_INCORRECT, CKR_PIN_LOCKED
   */
  authenticate(application: Application, pin: string): void {
    demand(this.loggedIn(application) === "user", "USER_NOT_LOGGED_IN", "the user is not logged in");
    const userPin = this.#pinOf("user");
    try {
      userPin.check(pin);
    } catch (error) {
      if (userPin.locked) this.logout(application);
      throw error;
    }
  }

  /**
   * C_Logout: operations and private session objects end. Handles of private token objects become invalid for good, unless
   * the user is logged in for another application, which goes on with them: objects have one handle for all.
   */
  logout(application: Application): void {
    demand(this.#logins.delete(application), "USER_NOT_LOGGED_IN", "nobody is logged in");
    for (const { operations, objects } of this.sessionsOf(application)) {
      operations.cancel();
      for (const object of [...objects]) if (object.isTrue("PRIVATE")) this.destroy(object);
    }
    if (![...this.#logins.values()].includes("user")) this.#takenBack = this.surroundings.nextHandle();
  }

  /** Ends a session and its objects; an application's last one ends its login too (PKCS #11 v3.1, 5.6.2). */
  endSession(handle: SessionHandle): void {
    const session = this.sessions.get(handle);
    if (session === undefined) return;
    for (const object of [...session.objects]) this.destroy(object);
    this.sessions.delete(handle);
    const { application } = session;
    if (this.#logins.has(application) && this.sessionsOf(application).length === 0) this.logout(application);
  }

  /** C_Finalize: every session ends, and no token object keeps a prepared key. */
  finalize(): void {
    for (const session of [...this.sessions.keys()]) this.endSession(session);
    for (const object of this.objects.all()) object.release();
    this.savedDigests.clear();
  }

  /** Taken out of its slot: every session ends, and with them the login. */
  remove(): void {
    for (const [handle, session] of [...this.sessions]) {
      session.removed = true;
      this.endSession(handle);
    }
  }

  object(handle: ObjectHandle): TokenObject | undefined {
    const object = this.objects.get(handle) ?? this.builtIn.get(handle);
    return object === undefined || this.#isTakenBack(object) ? undefined : object;
  }

  /** The handle of an object that a search has found; another one when a logout has taken the last one back. */
  handleOf(object: TokenObject): ObjectHandle {
    if (this.#isTakenBack(object)) this.objects.rename(object, this.surroundings.nextHandle());
    return object.handle;
  }

  find(template: Template): Generator<TokenObject> {
    return (this.builtIn.has(template.CLASS) ? this.builtIn : this.objects).find(template);
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

  #isTakenBack(object: TokenObject): boolean {
    return object.handle < this.#takenBack && object.session === undefined && object.isTrue("PRIVATE");
  }

  #pinOf(user: UserType): Pin {
    const pin = user === "so" ? this.#soPin : this.#userPin;
    if (pin === undefined) throw new CkrError("USER_PIN_NOT_INITIALIZED", `the token has no PIN for the ${user}`);
    this.surroundings.selfTests.require("scrypt");
    return pin;
  }
}
