/** Sessions, objects and random numbers. */

import { sessions as c } from "../../c/functions/sessions.ts";
import { NULL_BYTES } from "../wire.ts";
import { type Call, call, plain, textOf } from "./call.ts";

export const sessions: readonly Call[] = [
  plain(10, 0, "C_OpenSession", "uu", "u", c.C_OpenSession),
  plain(11, 0, "C_CloseSession", "u", "", c.C_CloseSession),
  plain(12, 0, "C_CloseAllSessions", "u", "", c.C_CloseAllSessions),
  call(13, 0, "C_GetSessionInfo", "u", "uuuu", ({ application }, session) => {
    const { slotID, state, flags, deviceError } = c.C_GetSessionInfo(application, session);
    return [slotID, state, flags, deviceError];
  }),
  plain(16, 0, "C_GetOperationState", "ufy", "ay", c.C_GetOperationState),
  plain(17, 0, "C_SetOperationState", "uayuu", "", c.C_SetOperationState),
  plain(18, 0, "C_Login", "uuay", "", (application, session, userType, pin) =>
    c.C_Login(application, session, userType, textOf(pin)),
  ),
  plain(19, 0, "C_Logout", "u", "", c.C_Logout),
  plain(20, 0, "C_CreateObject", "uaA", "u", c.C_CreateObject),
  plain(21, 0, "C_CopyObject", "uuaA", "u", c.C_CopyObject),
  plain(22, 0, "C_DestroyObject", "uu", "", c.C_DestroyObject),
  plain(23, 0, "C_GetObjectSize", "uu", "u", c.C_GetObjectSize),
  call(24, 0, "C_GetAttributeValue", "uufA", "aAu", ({ application }, session, object, wanted) => {
    const types = wanted.map(({ type }) => type);
    return [{ wanted, found: c.C_GetAttributeValue(application, session, object, types) }];
  }),
  plain(25, 0, "C_SetAttributeValue", "uuaA", "", c.C_SetAttributeValue),
  plain(26, 0, "C_FindObjectsInit", "uaA", "", c.C_FindObjectsInit),
  call(27, 0, "C_FindObjects", "ufu", "au", ({ application }, session, room = 0) => [
    { values: c.C_FindObjects(application, session, room), room },
  ]),
  plain(28, 0, "C_FindObjectsFinal", "u", "", c.C_FindObjectsFinal),
  plain(63, 0, "C_SeedRandom", "uay", "", c.C_SeedRandom),
  plain(64, 0, "C_GenerateRandom", "ufy", "ay", (application, session, byteLength = 0) =>
    c.C_GenerateRandom(application, session, byteLength),
  ),
  plain(66, 1, "C_LoginUser", "uuayay", "", (application, session, userType, pin, username) =>
    c.C_LoginUser(application, session, userType, textOf(pin), username === NULL_BYTES ? "" : textOf(username)),
  ),
  plain(67, 1, "C_SessionCancel", "uu", "", c.C_SessionCancel),
];
