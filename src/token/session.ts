import { copyList } from "../cryptoki/caller.ts";
import { demand } from "../cryptoki/error.ts";
import type { ObjectHandle, SessionHandle, SlotId } from "../cryptoki/handles.ts";
import { BatchFunctions } from "./functions/batches.ts";
import type { OperationKind, StartedWithKey } from "./operations.ts";
import { input, type SessionCore } from "./session-core.ts";
import { START } from "./start.ts";
import type { TokenInfo, UserType } from "./token.ts";

export type { BatchChoice } from "./batches.ts";
export type { BatchOptions } from "./functions/batches.ts";
export type { KeyPairHandles } from "./functions/keys.ts";

/** Who logs in: CKU_USER, CKU_SO, CKU_CONTEXT_SPECIFIC. */
export type LoginType = UserType | "context-specific";

/** What C_SessionCancel can end; the flags of CK_MECHANISM_INFO, and CKF_FIND_OBJECTS. */
export type CancelKind = OperationKind | "find";
const CANCEL_KINDS: readonly CancelKind[] = [
  ...(Object.keys(START) as StartedWithKey[]),
  ...(["verifySignature", "digest", "find"] as const),
];

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
 * or CKR_FIPS_SELF_TEST_FAILED in the HSM's error state, and CKR_ARGUMENTS_BAD for an argument of the wrong type. What
 * comes in is read and copied before the session looks at any state, so that a caller's getter that calls back changes
 * nothing in between; bytes that go out are the caller's own. `CKR_BUFFER_TOO_SMALL` does not exist here.
 */
export class Session extends BatchFunctions {
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
    const { token, application, readWrite } = this.#core.place;
    const user = token.loggedIn(application);
    const level = user === undefined ? "PUBLIC_SESSION" : user === "so" ? "SO_FUNCTIONS" : "USER_FUNCTIONS";
    return {
      slot: token.slot,
      state: `${readWrite ? "RW" : "RO"}_${level}` as SessionInfo["state"],
      readWrite,
    };
  }

  /**
   * C_GetSessionValidationFlags (v3.2) of CKS_LAST_VALIDATION_OK: the CKA_VALIDATION_FLAGs of those validations whose
   * requirements the last operation met that came to its end in this session. Without `validations` of the HSM there are
   * none: this token is certified by nobody.
   */
  validationFlags(): number {
    this.#core.require();
    return this.#core.validated;
  }

  tokenInfo(): TokenInfo {
    this.#core.require();
    return this.#core.token.info();
  }

  /**
   * C_Login: of the user or the SO for all sessions of the application with the token; `context-specific` for the operation of this
   * session that was begun last with a key of CKA_ALWAYS_AUTHENTICATE, and for it alone.
   * @throws CkrError CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_USER_ALREADY_LOGGED_IN, CKR_USER_ANOTHER_ALREADY_LOGGED_IN,
   * CKR_USER_PIN_NOT_INITIALIZED, CKR_SESSION_READ_ONLY_EXISTS, CKR_OPERATION_NOT_INITIALIZED, CKR_USER_TYPE_INVALID
   */
  login(user: LoginType, pin: string): void {
    const { operations, place } = this.#core;
    const { token, application } = place;
    this.#core.require();
    if (user === "context-specific") operations.authenticate(() => token.authenticate(application, pin));
    else token.login(application, user, pin);
  }

  /**
   * C_LoginUser. The token's users have no names: `username` is empty.
   * @throws CkrError CKR_ARGUMENTS_BAD, and what {@link login} throws
   */
  loginUser(user: LoginType, pin: string, username: string): void {
    this.#core.require();
    demand(username === "", "ARGUMENTS_BAD", "the users of this token have no names");
    this.login(user, pin);
  }

  /** C_Logout. Private session objects and every handle of a private object end. @throws CkrError CKR_USER_NOT_LOGGED_IN */
  logout(): void {
    this.#core.require();
    this.#core.token.logout(this.#core.place.application);
  }

  /**
   * C_SessionCancel: ends the operations of these kinds, all of them unless told otherwise. Kinds that are not running
   * are passed over.
   */
  cancel(kinds: readonly CancelKind[] = CANCEL_KINDS): void {
    const own = copyList(kinds, CANCEL_KINDS.length) as readonly CancelKind[] | undefined;
    const known = own?.every((kind) => CANCEL_KINDS.includes(kind));
    demand(own && known, "ARGUMENTS_BAD", `kinds of operations are ${CANCEL_KINDS.join(", ")}`);
    this.#core.require();
    const { operations, search } = this.#core;
    operations.end(own.filter((kind) => kind !== "find"));
    if (own.includes("find")) search.cancel();
  }

  /**
   * C_GetOperationState, of a digest: the digest goes on, and {@link restoreOperationState} begins again where it is
   * now, in any session with the token. What has a key in it is not saved.
   * @throws CkrError CKR_OPERATION_NOT_INITIALIZED, CKR_STATE_UNSAVEABLE
   */
  operationState(): Uint8Array {
    this.#core.require();
    const { operations, token, context } = this.#core;
    const { kinds } = operations;
    demand(kinds.length > 0, "OPERATION_NOT_INITIALIZED", "this session runs no operation");
    const isDigest = kinds.length === 1 && kinds[0] === "digest";
    demand(isDigest, "STATE_UNSAVEABLE", "a state that may hold a key does not leave a session");
    return operations.look("digest", (digest) => token.savedDigests.save(digest, context.rng));
  }

  /**
   * C_SetOperationState: what this session was doing ends, and the saved digest goes on. No `keys` go with one.
   * @throws CkrError CKR_SAVED_STATE_INVALID, CKR_KEY_NOT_NEEDED
   */
  restoreOperationState(state: Uint8Array, keys: readonly ObjectHandle[] = []): void {
    const saved = input(state, "the state");
    const given = copyList(keys, 2);
    demand(given, "ARGUMENTS_BAD", "the keys are a list of at most two");
    this.#core.require();
    const { operations, token } = this.#core;
    const digest = token.savedDigests.restore(saved);
    demand(given.length === 0, "KEY_NOT_NEEDED", "there is no key in a saved digest");
    operations.cancel();
    operations.start("digest", digest);
  }

  /** C_InitPIN, by the SO in a read-write session. @throws CkrError CKR_USER_NOT_LOGGED_IN, CKR_PIN_LEN_RANGE */
  initPin(pin: string): void {
    this.#core.requireReadWrite();
    this.#core.token.initPin(this.#core.place.application, pin);
  }

  /** C_SetPIN. @throws CkrError CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_PIN_LEN_RANGE, CKR_SESSION_READ_ONLY */
  setPin(oldPin: string, newPin: string): void {
    this.#core.requireReadWrite();
    this.#core.token.setPin(this.#core.place.application, oldPin, newPin);
  }
}
