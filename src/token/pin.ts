import { utf8, wipe } from "../bytes/bytes.ts";
import type { Rng } from "../crypto/engine.ts";
import { hashPassword, isPassword, type PasswordCost, type PasswordHash } from "../crypto/password.ts";
import { CkrError, demand } from "../cryptoki/error.ts";

export const MIN_PIN_BYTES = 4;
export const MAX_PIN_BYTES = 255;

/** How the PINs of a token are kept. */
export interface PinRules {
  /** Wrong PINs in a row before a user is locked. */
  readonly maxTries: number;
  readonly cost: PasswordCost;
  readonly rng: Rng;
}

/** One user's PIN: a costly hash and a count of wrong tries that locks it. */
export class Pin {
  #hash: PasswordHash;
  #triesLeft: number;
  #toBeChanged: boolean;
  readonly #rules: PinRules;

  /** @throws CkrError CKR_PIN_LEN_RANGE, CKR_PIN_INVALID */
  constructor(pin: string, rules: PinRules, toBeChanged = false) {
    this.#rules = rules;
    this.#triesLeft = rules.maxTries;
    this.#toBeChanged = toBeChanged;
    this.#hash = withPin(pin, (bytes) => hashPassword(bytes, rules.rng, rules.cost));
  }

  /** Whether it is a default value that its owner has not changed yet (CKF_USER_PIN_TO_BE_CHANGED). */
  get toBeChanged(): boolean {
    return this.#toBeChanged;
  }

  get locked(): boolean {
    return this.#triesLeft === 0;
  }

  get lastTry(): boolean {
    return this.#triesLeft === 1;
  }

  get countLow(): boolean {
    return this.#triesLeft < this.#rules.maxTries;
  }

  /**
   * Compares a PIN. The try is counted before the comparison begins, so that none is free.
   * @throws CkrError CKR_PIN_LOCKED, CKR_PIN_INCORRECT
   */
  check(pin: string): void {
    demand(!this.locked, "PIN_LOCKED", "too many wrong PINs");
    this.#triesLeft -= 1;
    let right = false;
    try {
      right = withPin(pin, (bytes) => isPassword(bytes, this.#hash));
    } catch {
      // A PIN that cannot be one is a wrong PIN.
    }
    if (!right)
      throw new CkrError(
        this.locked ? "PIN_LOCKED" : "PIN_INCORRECT",
        this.locked ? "too many wrong PINs" : "the PIN is wrong",
      );
    this.#triesLeft = this.#rules.maxTries;
  }

  /** @throws CkrError CKR_PIN_LEN_RANGE, CKR_PIN_INVALID */
  replace(pin: string): void {
    this.#hash = withPin(pin, (bytes) => hashPassword(bytes, this.#rules.rng, this.#rules.cost));
    this.#triesLeft = this.#rules.maxTries;
    this.#toBeChanged = false;
  }
}

/** Lends the UTF-8 bytes of a PIN (PKCS #11 v3.1, 3.4: CK_UTF8CHAR). */
function withPin<T>(pin: unknown, use: (bytes: Uint8Array) => T): T {
  demand(typeof pin === "string", "PIN_INVALID", "a PIN is a string");
  const bytes = utf8(pin);
  try {
    demand(
      bytes.length >= MIN_PIN_BYTES && bytes.length <= MAX_PIN_BYTES,
      "PIN_LEN_RANGE",
      `a PIN has ${MIN_PIN_BYTES} to ${MAX_PIN_BYTES} bytes`,
    );
    return use(bytes);
  } finally {
    wipe(bytes);
  }
}
