import type { SlotId } from "../../../cryptoki/handles.ts";
import type { Application, OpenSession } from "../application.ts";

/** A function whose first argument is a session. @throws ReturnedError CKR_SESSION_HANDLE_INVALID before anything else */
export function inSession<A extends readonly unknown[], T>(
  run: (open: OpenSession, ...args: A) => T,
): (application: Application, session: number, ...args: A) => T {
  return (application, session, ...args) => run(application.session(session), ...args);
}

/** A function whose first argument is a slot; whether there is one of that number is the HSM's to say. */
export function inSlot<A extends readonly unknown[], T>(
  run: (application: Application, slot: SlotId, ...args: A) => T,
): (application: Application, slot: number, ...args: A) => T {
  return (application, slot, ...args) => {
    application.requireInitialized();
    return run(application, slot as SlotId, ...args);
  };
}
