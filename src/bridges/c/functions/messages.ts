/** Signatures and MACs of many messages under one key (PKCS #11 v3.1, 5.14 and 5.16). */

import type { Session } from "../../../token/session.ts";
import { ensure } from "../returned.ts";
import type { Implemented, MessageFunctions } from "../types.ts";
import { inSession } from "./call.ts";
import { begin } from "./operations.ts";

type Key = Parameters<Session["messageSignInit"]>[1];

/** @throws ReturnedError CKR_MECHANISM_PARAM_INVALID */
function requireNone(parameter: Uint8Array): void {
  ensure(parameter.length === 0, "CKR_MECHANISM_PARAM_INVALID", "a message to sign or verify has no parameter");
}

export const messages: Implemented<MessageFunctions> = {
  C_MessageSignInit: inSession((open, mechanism, key) =>
    begin("messageSign", mechanism, open, (choice) => open.session.messageSignInit(choice, key as Key)),
  ),
  C_SignMessage: inSession(({ session, outputs }, parameter, data, room) => {
    requireNone(parameter);
    return outputs.message("messageSign", "whole", data, room, () => session.signMessage(data));
  }),
  C_SignMessageBegin: inSession(({ session }, parameter) => {
    requireNone(parameter);
    session.signMessageBegin();
  }),
  C_SignMessageNext: inSession(({ session, outputs }, parameter, part, isLast, room) => {
    requireNone(parameter);
    if (isLast) return outputs.message("messageSign", "last", part, room, () => session.signMessageEnd(part));
    session.signMessageNext(part);
    return new Uint8Array(0);
  }),
  C_MessageSignFinal: inSession(({ session, outputs }) => {
    outputs.cancel("messageSign");
    session.messageSignFinal();
  }),

  C_MessageVerifyInit: inSession((open, mechanism, key) =>
    begin("messageVerify", mechanism, open, (choice) => open.session.messageVerifyInit(choice, key as Key)),
  ),
  C_VerifyMessage: inSession(({ session }, parameter, data, signature) => {
    requireNone(parameter);
    return session.verifyMessage(data, signature);
  }),
  C_VerifyMessageBegin: inSession(({ session }, parameter) => {
    requireNone(parameter);
    session.verifyMessageBegin();
  }),
  C_VerifyMessageNext: inSession(({ session }, parameter, part, signature) => {
    requireNone(parameter);
    if (signature === undefined) session.verifyMessageNext(part);
    else session.verifyMessageEnd(part, signature);
  }),
  C_MessageVerifyFinal: inSession(({ session }) => session.messageVerifyFinal()),
};
