/** Key management. */

import { keys as c, inSlices } from "../../c/functions/keys.ts";
import { type Call, call, chosen, plain } from "./call.ts";

export const keys: readonly Call[] = [
  plain(58, 0, "C_GenerateKey", "uMaA", "u", (application, session, mechanism, template) =>
    c.C_GenerateKey(application, session, chosen(mechanism), template),
  ),
  call(59, 0, "C_GenerateKeyPair", "uMaAaA", "uu", async ({ application }, session, mechanism, ...templates) => {
    const pair = await inSlices.C_GenerateKeyPair(application, session, chosen(mechanism), ...templates);
    return [pair.publicKey, pair.privateKey];
  }),
  plain(60, 0, "C_WrapKey", "uMuufy", "ay", (application, session, mechanism, wrappingKey, key, room) =>
    c.C_WrapKey(application, session, chosen(mechanism), wrappingKey, key, room),
  ),
  plain(61, 0, "C_UnwrapKey", "uMuayaA", "u", (application, session, mechanism, key, wrapped, template) =>
    c.C_UnwrapKey(application, session, chosen(mechanism), key, wrapped, template),
  ),
  plain(62, 0, "C_DeriveKey", "uMuaA", "u", (application, session, mechanism, key, template) =>
    c.C_DeriveKey(application, session, chosen(mechanism), key, template),
  ),
  /** C_DeriveKey of mechanisms that write into their parameter: no mechanism of this token does. */
  call(89, 2, "C_DeriveKey2", "uMuaA", "uPu", ({ application }, session, given, key, template) => {
    const mechanism = chosen(given);
    return [0, mechanism, c.C_DeriveKey(application, session, mechanism, key, template)];
  }),
];
