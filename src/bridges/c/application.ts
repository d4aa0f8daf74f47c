import { CkrError } from "../../cryptoki/error.ts";
import type { SlotId } from "../../cryptoki/handles.ts";
import type { Hsm } from "../../token/hsm.ts";
import type { Session } from "../../token/session.ts";
import { Outputs } from "./outputs.ts";
import { ensure } from "./returned.ts";

/** A session that this application has opened. */
export interface OpenSession {
  readonly session: Session;
  readonly slot: SlotId;
  readonly readWrite: boolean;
  readonly outputs: Outputs;
}

/** One application in the sense of PKCS #11 v3.1, 5.4: between C_Initialize and C_Finalize, with sessions of its own. */
export class Application {
  readonly hsm: Hsm;
  #initialized = false;
  #ended = new AbortController();
  readonly #sessions = new Map<number, OpenSession>();

  constructor(hsm: Hsm) {
    this.hsm = hsm;
  }

  initialize(): void {
    ensure(!this.#initialized, "CKR_CRYPTOKI_ALREADY_INITIALIZED", "C_Initialize has been called");
    this.#initialized = true;
  }

  finalize(): void {
    this.requireInitialized();
    this.close(() => true);
    this.#initialized = false;
    this.#ended.abort();
    this.#ended = new AbortController();
  }

  /** Aborted by C_Finalize: a wait for an event ends then. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** The program behind it is gone, whether it has called C_Finalize or not. */
  end(): void {
    if (this.#initialized) this.finalize();
  }

  requireInitialized(): void {
    ensure(this.#initialized, "CKR_CRYPTOKI_NOT_INITIALIZED", "C_Initialize has not been called");
  }

  open(slot: SlotId, readWrite: boolean): number {
    const session = this.hsm.openSession({ slot, readWrite, application: this });
    this.#sessions.set(session.handle, { session, slot, readWrite, outputs: new Outputs(() => session.info().state) });
    return session.handle;
  }

  session(handle: number): OpenSession {
    this.requireInitialized();
    const open = this.#sessions.get(handle);
    ensure(open, "CKR_SESSION_HANDLE_INVALID", "no such session");
    return open;
  }

  sessionsOf(slot: SlotId): OpenSession[] {
    return [...this.#sessions.values()].filter((open) => open.slot === slot);
  }

  /** C_CloseSession. @throws ReturnedError, CkrError CKR_SESSION_HANDLE_INVALID */
  closeSession(handle: number): void {
    const { session } = this.session(handle);
    this.#sessions.delete(handle);
    session.close();
  }

  /** Closes the sessions that the condition names. One may have ended without us, as with its token. */
  close(isMeant: (open: OpenSession) => boolean): void {
    for (const [handle, { session }] of [...this.#sessions].filter(([, open]) => isMeant(open))) {
      this.#sessions.delete(handle);
      try {
        session.close();
      } catch (error) {
        if (!(error instanceof CkrError)) throw error;
      }
    }
  }
}
