/** A small model of a token: open sessions, who is logged in, running operations, live objects; and the calls on it. */

import fc from "fast-check";
import type { ObjectHandle } from "../../../src/cryptoki/handles.ts";
import type { CkrName } from "../../../src/cryptoki/return-values.ts";
import type { Hsm } from "../../../src/token/hsm.ts";
import type { Session } from "../../../src/token/session.ts";
import type { UserType } from "../../../src/token/token.ts";

export const PINS = { user: "user-pin", so: "so-pin-1" } as const;
/** Wrong PINs in a row that lock a user. */
export const MAX_TRIES = 4;
const part = new Uint8Array(5);
const KINDS = ["encrypt", "decrypt", "sign", "verify", "digest", "messageSign", "find"] as const;
type Kind = (typeof KINDS)[number];
type Outcome = CkrName | "OK";

export interface ModelSession {
  readonly readWrite: boolean;
  open: boolean;
  readonly running: Set<Kind>;
}

interface ModelObject {
  readonly label: string;
  readonly isPrivate: boolean;
  /** The session that it ends with. */
  readonly session: ModelSession | undefined;
}

export class Model {
  readonly sessions: ModelSession[] = [];
  loggedIn: UserType | undefined;
  objects: ModelObject[] = [];
  readonly triesLeft: Record<UserType, number> = { user: MAX_TRIES, so: MAX_TRIES };
  calls = 0;

  open(): ModelSession[] {
    return this.sessions.filter(({ open }) => open);
  }

  logout(): void {
    this.loggedIn = undefined;
    this.objects = this.objects.filter(({ isPrivate, session }) => !isPrivate || session === undefined);
    // A search is no cryptographic operation: it goes on, and shows what may be seen.
    for (const { running } of this.open()) for (const kind of KINDS) if (kind !== "find") running.delete(kind);
  }

  visible(): ModelObject[] {
    return this.objects.filter(({ isPrivate }) => !isPrivate || this.loggedIn === "user");
  }
}

export interface Real {
  readonly hsm: Hsm;
  readonly sessions: Session[];
  readonly keys: Readonly<Record<"encrypt" | "sign", ReturnType<Session["generateKey"]>>>;
}

/** A call on a session: what comes of it by the model, which changes with it, and the call itself. */
export interface Action {
  readonly name: string;
  effect(model: Model, session: ModelSession, label: string): Outcome;
  call(session: Session, real: Real, label: string): unknown;
}

const close: Action = {
  name: "close",
  effect(model, session) {
    session.open = false;
    model.objects = model.objects.filter((object) => object.session !== session);
    if (model.open().length === 0 && model.loggedIn !== undefined) model.logout();
    return "OK";
  },
  call: (session) => session.close(),
};

export const login = (user: UserType, isRight: boolean): Action => ({
  name: `login ${user} ${isRight ? "rightly" : "wrongly"}`,
  effect(model) {
    if (model.loggedIn === user) return "USER_ALREADY_LOGGED_IN";
    if (model.loggedIn !== undefined) return "USER_ANOTHER_ALREADY_LOGGED_IN";
    if (user === "so" && model.open().some(({ readWrite }) => !readWrite)) return "SESSION_READ_ONLY_EXISTS";
    if (model.triesLeft[user] === 0) return "PIN_LOCKED";
    if (!isRight) return --model.triesLeft[user] === 0 ? "PIN_LOCKED" : "PIN_INCORRECT";
    model.triesLeft[user] = MAX_TRIES;
    model.loggedIn = user;
    return "OK";
  },
  call: (session) => session.login(user, isRight ? PINS[user] : "wrong-pin"),
});

const logout: Action = {
  name: "logout",
  effect(model) {
    if (model.loggedIn === undefined) return "USER_NOT_LOGGED_IN";
    model.logout();
    return "OK";
  },
  call: (session) => session.logout(),
};

const create = (TOKEN: boolean, PRIVATE: boolean): Action => ({
  name: `create ${TOKEN ? "token" : "session"} object, ${PRIVATE ? "private" : "public"}`,
  effect(model, session, label) {
    if (TOKEN && !session.readWrite) return "SESSION_READ_ONLY";
    if (PRIVATE && model.loggedIn !== "user") return "USER_NOT_LOGGED_IN";
    model.objects.push({ label, isPrivate: PRIVATE, session: TOKEN ? undefined : session });
    return "OK";
  },
  call: (session, _real, LABEL) => session.createObject({ CLASS: "DATA", TOKEN, PRIVATE, LABEL }),
});

/** Something with the object that the n-th call made, if it made one; token objects are changed in read-write sessions. */
const onObject = (
  what: string,
  n: number,
  change: (model: Model, object: ModelObject, label: string, session: ModelSession) => void,
  call: (session: Session, object: ObjectHandle, label: string) => unknown,
): Action => ({
  name: `${what} ${n}`,
  effect(model, session, label) {
    if (session.running.has("find")) return "OPERATION_ACTIVE";
    const object = model.visible().find((one) => one.label === `${n}`);
    if (object === undefined) return "OBJECT_HANDLE_INVALID";
    if (object.session === undefined && !session.readWrite) return "SESSION_READ_ONLY";
    change(model, object, label, session);
    return "OK";
  },
  call: (session, _real, label) =>
    call(session, session.findObjects({ CLASS: "DATA", LABEL: `${n}` })[0] as ObjectHandle, label),
});

const without = (objects: readonly ModelObject[], object: ModelObject): ModelObject[] =>
  objects.filter((other) => other !== object);

const destroy = (n: number): Action =>
  onObject(
    "destroy",
    n,
    (model, object) => {
      model.objects = without(model.objects, object);
    },
    (session, object) => session.destroyObject(object),
  );

const relabel = (n: number): Action =>
  onObject(
    "relabel",
    n,
    (model, object, label) => {
      model.objects = [...without(model.objects, object), { ...object, label }];
    },
    (session, object, LABEL) => session.setAttributes(object, { LABEL }),
  );

/** A copy of a session object belongs to the session that makes it. */
const copy = (n: number): Action =>
  onObject(
    "copy",
    n,
    (model, object, label, session) => {
      model.objects.push({ ...object, label, session: object.session && session });
    },
    (session, object, LABEL) => session.copyObject(object, { LABEL }),
  );

const CALLS: Readonly<Record<Kind, readonly ((session: Session, real: Real) => unknown)[]>> = {
  encrypt: [
    (session, { keys }) => session.encryptInit("AES_GCM", keys.encrypt),
    (session) => session.encryptUpdate(part),
    (session) => session.encryptUpdate("text" as never),
    (session) => session.encryptFinal(),
  ],
  decrypt: [
    (session, { keys }) => session.decryptInit({ mechanism: "AES_CTR", counter: new Uint8Array(16) }, keys.encrypt),
    (session) => session.decryptUpdate(part),
    (session) => session.decryptUpdate({ length: 5 } as never),
    (session) => session.decryptFinal(),
  ],
  verify: [
    (session, { keys }) => session.verifyInit("SHA256_HMAC", keys.sign),
    (session) => session.verifyUpdate(part),
    (session) => session.verifyUpdate(5 as never),
    (session) => session.verifyFinal(new Uint8Array(32)),
  ],
  sign: [
    (session, { keys }) => session.signInit("SHA256_HMAC", keys.sign),
    (session) => session.signUpdate(part),
    (session) => session.signUpdate([1] as never),
    (session) => session.signFinal(),
  ],
  digest: [
    (session) => session.digestInit("SHA256"),
    (session) => session.digestUpdate(part),
    (session) => session.digestUpdate(null as never),
    (session) => session.digestFinal(),
  ],
  messageSign: [
    (session, { keys }) => session.messageSignInit("SHA256_HMAC", keys.sign),
    (session) => session.signMessage(part),
    (session) => session.signMessage("text" as never),
    (session) => session.messageSignFinal(),
  ],
  find: [
    (session) => session.findInit({ LABEL: "none" }),
    (session) => session.find(1),
    (session) => session.find(0),
    (session) => session.findFinal(),
  ],
};

const STEPS = ["begin", "continue", "continue with a bad argument", "end"] as const;

const operate = (kind: Kind, step: (typeof STEPS)[number]): Action => ({
  name: `${step} ${kind}`,
  effect(_model, { running }) {
    if (step === "begin") {
      if (running.has(kind)) return "OPERATION_ACTIVE";
      running.add(kind);
      return "OK";
    }
    if (!running.has(kind)) return "OPERATION_NOT_INITIALIZED";
    const isBad = step === "continue with a bad argument" && kind !== "find";
    // A process of messages outlives a bad message.
    if ((isBad && kind !== "messageSign") || step === "end") running.delete(kind);
    if (kind === "verify" && step === "end") return "SIGNATURE_INVALID";
    return isBad ? "ARGUMENTS_BAD" : "OK";
  },
  call: (session, real) => CALLS[kind][STEPS.indexOf(step)]?.(session, real),
});

const cancel: Action = {
  name: "cancel everything",
  effect(_model, { running }) {
    running.clear();
    return "OK";
  },
  call: (session) => session.cancel(),
};

/** One part for two operations: both run, or both end. */
const dual = (first: Kind, second: Kind, call: (session: Session) => unknown): Action => ({
  name: `${first} and ${second}`,
  effect(_model, { running }) {
    if (running.has(first) && running.has(second)) return "OK";
    running.delete(first);
    running.delete(second);
    return "OPERATION_NOT_INITIALIZED";
  },
  call,
});

const duals = [
  dual("digest", "encrypt", (session) => session.digestEncryptUpdate(part)),
  dual("sign", "encrypt", (session) => session.signEncryptUpdate(part)),
  dual("decrypt", "digest", (session) => session.decryptDigestUpdate(part)),
  dual("decrypt", "verify", (session) => session.decryptVerifyUpdate(part)),
];

const booleans = [true, false];
export const actions: fc.Arbitrary<Action> = fc.oneof(
  fc.constantFrom(close, logout, cancel, ...duals),
  fc.constantFrom(
    login("user", true),
    login("user", true),
    login("so", true),
    login("user", false),
    login("so", false),
  ),
  fc.constantFrom(...booleans.flatMap((token) => booleans.map((isPrivate) => create(token, isPrivate)))),
  fc.tuple(fc.constantFrom(destroy, relabel, copy), fc.nat(20)).map(([what, n]) => what(n)),
  fc.constantFrom(...KINDS.flatMap((kind) => STEPS.map((step) => operate(kind, step)))),
);
