/** Sessions, objects and random numbers (PKCS #11 v3.1, 5.6, 5.7 and 5.19). */

import * as ck from "../../../cryptoki/pkcs11t.ts";
import type { Session } from "../../../token/session.ts";
import { attributeName, type RawValue, readTemplate, writeValue } from "../attributes.ts";
import { sessionInfo } from "../info.ts";
import { OUTPUT_KINDS } from "../outputs.ts";
import { ensure, fitting } from "../returned.ts";
import type { Implemented, SessionFunctions } from "../types.ts";
import { inSession, inSlot } from "./call.ts";

type ObjectHandle = Parameters<Session["destroyObject"]>[0];
type User = Parameters<Session["login"]>[0];
type CancelKind = NonNullable<Parameters<Session["cancel"]>[0]>[number];

/** CKU_ numbers. */
const USERS: ReadonlyMap<number, User> = new Map([
  [ck.CKU_SO, "so"],
  [ck.CKU_USER, "user"],
  [ck.CKU_CONTEXT_SPECIFIC, "context-specific"],
]);

/** @throws ReturnedError CKR_USER_TYPE_INVALID */
function userOf(type: number): User {
  const user = USERS.get(type);
  ensure(user !== undefined, "CKR_USER_TYPE_INVALID", "the user is CKU_SO, CKU_USER or CKU_CONTEXT_SPECIFIC");
  return user;
}

/** What the flags of C_SessionCancel end. */
// biome-ignore format: a table
const CANCEL_FLAGS: readonly (readonly [number, ...CancelKind[]])[] = [
  [ck.CKF_MESSAGE_ENCRYPT, "messageEncrypt"],
  [ck.CKF_MESSAGE_DECRYPT, "messageDecrypt"],
  [ck.CKF_MESSAGE_SIGN,    "messageSign"],
  [ck.CKF_MESSAGE_VERIFY,  "messageVerify"],
  [ck.CKF_FIND_OBJECTS,    "find"],
  [ck.CKF_ENCRYPT,         "encrypt"],
  [ck.CKF_DECRYPT,         "decrypt"],
  [ck.CKF_DIGEST,          "digest"],
  [ck.CKF_SIGN,            "sign"],
  [ck.CKF_SIGN_RECOVER,    "signRecover"],
  [ck.CKF_VERIFY,          "verify", "verifySignature"],
  [ck.CKF_VERIFY_RECOVER,  "verifyRecover"],
];

/** One attribute of an object. @throws CkrError CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID */
function readAttribute(session: Session, object: ObjectHandle, type: number): RawValue {
  const name = attributeName(type);
  return writeValue(name, session.getAttributes(object, [name])[name]);
}

export const sessions: Implemented<SessionFunctions> = {
  C_OpenSession: inSlot((application, slot, flags) => {
    const isSerial = (flags & ck.CKF_SERIAL_SESSION) !== 0;
    ensure(isSerial, "CKR_SESSION_PARALLEL_NOT_SUPPORTED", "CKF_SERIAL_SESSION is not set");
    return application.open(slot, (flags & ck.CKF_RW_SESSION) !== 0);
  }),

  C_CloseSession: (application, session) => application.closeSession(session),

  C_CloseAllSessions: inSlot((application, slot) => {
    application.hsm.slotInfo(slot);
    application.close((open) => open.slot === slot);
  }),

  C_GetSessionInfo: inSession(sessionInfo),
  C_GetOperationState: inSession(({ session }, room) => fitting(session.operationState(), room)),
  C_SetOperationState: inSession(({ session, outputs }, state, ...keys) => {
    const given = keys.filter((key) => key !== 0) as ObjectHandle[];
    session.restoreOperationState(state, given);
    for (const kind of OUTPUT_KINDS) outputs.cancel(kind);
  }),

  C_Login: inSession(({ session }, type, pin) => session.login(userOf(type), pin)),
  C_LoginUser: inSession(({ session }, type, pin, username) => session.loginUser(userOf(type), pin, username)),
  C_Logout: inSession(({ session }) => session.logout()),

  C_SessionCancel: inSession(({ session, outputs }, flags) => {
    const kinds = CANCEL_FLAGS.flatMap(([flag, ...ended]) => ((flags & flag) === 0 ? [] : ended));
    session.cancel(kinds);
    for (const kind of OUTPUT_KINDS) if (kinds.includes(kind)) outputs.cancel(kind);
  }),

  C_CreateObject: inSession(({ session }, template) => session.createObject(readTemplate(template))),
  C_CopyObject: inSession(({ session }, object, template) =>
    session.copyObject(object as ObjectHandle, readTemplate(template)),
  ),
  C_DestroyObject: inSession(({ session }, object) => session.destroyObject(object as ObjectHandle)),
  C_GetObjectSize: inSession(({ session }, object) => session.objectSize(object as ObjectHandle)),

  C_GetAttributeValue: inSession(({ session }, object, types) => {
    session.getAttributes(object as ObjectHandle, []);
    return types.map((type) => () => readAttribute(session, object as ObjectHandle, type));
  }),

  C_SetAttributeValue: inSession(({ session }, object, template) =>
    session.setAttributes(object as ObjectHandle, readTemplate(template)),
  ),

  C_FindObjectsInit: inSession(({ session }, template) => session.findInit(readTemplate(template))),
  C_FindObjects: inSession(({ session }, maxObjectCount) => session.find(maxObjectCount)),
  C_FindObjectsFinal: inSession(({ session }) => session.findFinal()),

  C_SeedRandom: inSession(({ session }, seed) => session.seedRandom(seed)),
  C_GenerateRandom: inSession(({ session }, byteLength) =>
    byteLength === 0 ? new Uint8Array(0) : session.generateRandom(byteLength),
  ),
};
