import type { SessionHandle, SlotId } from "../cryptoki/handles.ts";
import { KeyFunctions } from "./functions/keys.ts";
import type { SessionCore } from "./session-core.ts";
import type { TokenInfo, UserType } from "./token.ts";

export type { KeyPairHandles } from "./functions/keys.ts";

/** What C_GetSessionInfo tells. */
export interface SessionInfo {
  readonly slot: SlotId;
  readonly state:
    | "RO_PUBLIC_SESSION"
    | "RO_USER_FUNCTIONS"
    | "RW_PUBLIC_SESSION"
    | "RW_USER_FUNCTIONS"
    | "RW_SO_FUNCTIONS";
  readonly readWrite: boolean;
}

/**
 * A session with a token (PKCS #11 v3.1, 5.6): the way to its objects and operations.
 *
 * Every method may throw {@link CkrError} with CKR_SESSION_HANDLE_INVALID after the session has ended, CKR_DEVICE_ERROR
 * in the HSM's error state, and CKR_ARGUMENTS_BAD for an argument of the wrong type. What comes in is read and copied
 * before the session looks at any state, so that a caller's getter that calls back changes nothing in between; bytes
 * that go out are the caller's own. `CKR_BUFFER_TOO_SMALL` does not exist here.
 */
export class Session extends KeyFunctions {
  readonly handle: SessionHandle;
  readonly #core: SessionCore;

  constructor(core: SessionCore) {
    super(core);
    this.handle = core.handle;
    this.#core = core;
  }

  /** C_CloseSession: its session objects end with it. */
  close(): void {
    this.#core.require();
    this.#core.token.endSession(this.#core.handle);
  }

  /** C_GetSessionInfo. */
  info(): SessionInfo {
    this.#core.require();
    const { readWrite } = this.#core.place;
    const level =
      this.#core.token.loggedIn === undefined
        ? "PUBLIC_SESSION"
        : this.#core.token.loggedIn === "so"
          ? "SO_FUNCTIONS"
          : "USER_FUNCTIONS";
    return {
      slot: this.#core.token.slot,
      state: `${readWrite ? "RW" : "RO"}_${level}` as SessionInfo["state"],
      readWrite,
    };
  }

  tokenInfo(): TokenInfo {
    this.#core.require();
    return this.#core.token.info();
  }

  /**
   * C_Login, for all sessions with the token.
   * @throws CkrError CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_USER_ALREADY_LOGGED_IN, CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
   * CKR_USER_PIN_NOT_INITIALIZED, CKR_SESSION_READ_ONLY_EXISTS
   */
  login(user: UserType, pin: string): void {
    this.#core.require();
    this.#core.token.login(user, pin);
  }

  /** C_Logout. Private session objects and every handle of a private object end. @throws CkrError CKR_USER_NOT_LOGGED_IN */
  logout(): void {
    this.#core.require();
    this.#core.token.logout();
  }

  /** C_InitPIN, by the SO in a read-write session. @throws CkrError CKR_USER_NOT_LOGGED_IN, CKR_PIN_LEN_RANGE */
  initPin(pin: string): void {
    this.#core.requireReadWrite();
    this.#core.token.initPin(pin);
  }

  /** C_SetPIN. @throws CkrError CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_PIN_LEN_RANGE, CKR_SESSION_READ_ONLY */
  setPin(oldPin: string, newPin: string): void {
    this.#core.requireReadWrite();
    this.#core.token.setPin(oldPin, newPin);
  }
}
