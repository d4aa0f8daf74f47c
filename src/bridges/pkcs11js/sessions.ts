/** Sessions, objects and random numbers (PKCS #11 v3.1, 5.6, 5.7 and 5.19). */

import * as ck from "../../cryptoki/pkcs11t.ts";
import type { Session } from "../../token/session.ts";
import type { Application } from "./application.ts";
import { bytes, type Calls, call, handle, inSession, number, requireCount, session, slot, text } from "./arguments.ts";
import { toBytes, ulong } from "./bytes.ts";
import { ensure } from "./errors.ts";
import { encodeAttribute, template, wanted } from "./template.ts";
import type { SessionFunctions, SessionInfo } from "./types.ts";

type ObjectHandle = Parameters<Session["destroyObject"]>[0];
type User = Parameters<Session["login"]>[0];

/** CKU_ numbers. */
const USERS: ReadonlyMap<number, User> = new Map([
  [ck.CKU_SO, "so"],
  [ck.CKU_USER, "user"],
  [ck.CKU_CONTEXT_SPECIFIC, "context-specific"],
]);

// biome-ignore format: a table
const STATES: Readonly<Record<ReturnType<Session["info"]>["state"], number>> = {
  RO_PUBLIC_SESSION: ck.CKS_RO_PUBLIC_SESSION,
  RO_USER_FUNCTIONS: ck.CKS_RO_USER_FUNCTIONS,
  RW_PUBLIC_SESSION: ck.CKS_RW_PUBLIC_SESSION,
  RW_USER_FUNCTIONS: ck.CKS_RW_USER_FUNCTIONS,
  RW_SO_FUNCTIONS:   ck.CKS_RW_SO_FUNCTIONS,
};

export const sessions: Calls<SessionFunctions> = {
  C_OpenSession: call([slot, number], (application, id, flags) => {
    const isSerial = (flags & ck.CKF_SERIAL_SESSION) !== 0;
    ensure(isSerial, "CKR_SESSION_PARALLEL_NOT_SUPPORTED", "CKF_SERIAL_SESSION is not set");
    return ulong(application.open(id, (flags & ck.CKF_RW_SESSION) !== 0));
  }),

  C_CloseSession: call([session], (application, open) => application.close((other) => other === open)),

  C_CloseAllSessions: call([slot], (application, id) => {
    application.hsm.slotInfo(id);
    application.close((open) => open.slot === id);
  }),

  C_GetSessionInfo: inSession([], ({ session: it, readWrite }): SessionInfo => {
    const { slot: id, state } = it.info();
    return {
      slotID: ulong(id),
      state: STATES[state],
      flags: ck.CKF_SERIAL_SESSION | (readWrite ? ck.CKF_RW_SESSION : 0),
      deviceError: 0,
    };
  }),

  C_GetOperationState: inSession([], ({ session: it }) => toBytes(it.operationState())),

  C_SetOperationState: inSession([bytes, handle, handle], ({ session: it }, state, ...keys) =>
    it.restoreOperationState(
      state,
      keys.filter((key) => key !== 0).map((key) => key as never),
    ),
  ),

  C_Login: inSession([number, text], ({ session: it }, type, pin) => {
    const user = USERS.get(type);
    ensure(user !== undefined, "CKR_USER_TYPE_INVALID", "the user is CKU_SO, CKU_USER or CKU_CONTEXT_SPECIFIC");
    it.login(user, pin);
  }),

  C_Logout: inSession([], ({ session: it }) => it.logout()),

  C_CreateObject: inSession([template], ({ session: it }, given) => ulong(it.createObject(given))),

  C_CopyObject: inSession([handle, template], ({ session: it }, object, given) =>
    ulong(it.copyObject(object as ObjectHandle, given)),
  ),

  C_DestroyObject: inSession([handle], ({ session: it }, object) => it.destroyObject(object as ObjectHandle)),

  C_GetObjectSize: inSession([handle], ({ session: it }, object) => it.objectSize(object as ObjectHandle)),

  /** Fills the caller's own template, as pkcs11js does, and gives it back. */
  C_GetAttributeValue: (application: Application, values: readonly unknown[]) => {
    requireCount(3, values.length);
    const { session: it } = session(values[0], 0, application);
    const object = handle(values[1], 1, application) as ObjectHandle;
    const entries = wanted(values[2], 2, application);
    const found = it.getAttributes(object, [...new Set(entries.map(({ name }) => name))]);
    for (const { name, entry } of entries) entry.value = encodeAttribute(name, found[name]);
    return values[2];
  },

  C_SetAttributeValue: inSession([handle, template], ({ session: it }, object, given) =>
    it.setAttributes(object as ObjectHandle, given),
  ),

  C_FindObjectsInit: inSession([template], ({ session: it }, given) => it.findInit(given)),

  /** Without a count: the next handle, or null. */
  C_FindObjects: (application: Application, values: readonly unknown[]) => {
    const isOne = values.length < 2;
    requireCount(2, isOne ? values.length + 1 : values.length);
    const { session: it } = session(values[0], 0, application);
    const found = it.find(isOne ? 1 : number(values[1], 1, application)).map(ulong);
    return isOne ? (found[0] ?? null) : found;
  },

  C_FindObjectsFinal: inSession([], ({ session: it }) => it.findFinal()),

  C_SeedRandom: inSession([bytes], ({ session: it }, seed) => it.seedRandom(seed)),

  C_GenerateRandom: inSession([bytes], ({ session: it }, out) => {
    if (out.length > 0) out.set(it.generateRandom(out.length));
    return out;
  }),
};
