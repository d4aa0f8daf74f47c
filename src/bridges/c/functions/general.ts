/** General purpose, slots and tokens (PKCS #11 v3.1, 5.4 and 5.5). */

import { CKM } from "../../../cryptoki/constants.ts";
import { CKF_DONT_BLOCK } from "../../../cryptoki/pkcs11t.ts";
import { mechanismInfo, moduleInfo, slotInfo, tokenInfo } from "../info.ts";
import type { GeneralFunctions, Implemented } from "../types.ts";
import { inSession, inSlot } from "./call.ts";

export const general: Implemented<GeneralFunctions> = {
  C_Initialize: (application) => application.initialize(),
  C_Finalize: (application) => application.finalize(),

  C_GetInfo: (application) => {
    application.requireInitialized();
    return moduleInfo();
  },

  C_GetSlotList: (application, tokenPresent) => {
    application.requireInitialized();
    return application.hsm.slotList(tokenPresent);
  },

  C_GetSlotInfo: inSlot(({ hsm }, slot) => slotInfo(hsm, slot)),
  C_GetTokenInfo: inSlot(tokenInfo),

  C_GetMechanismList: inSlot(({ hsm }, slot) => {
    hsm.tokenInfo(slot);
    return hsm.mechanismList().map((name) => CKM[name]);
  }),

  C_GetMechanismInfo: inSlot(({ hsm }, slot, type) => {
    hsm.tokenInfo(slot);
    return mechanismInfo(hsm, type);
  }),

  C_InitToken: inSlot(({ hsm }, slot, pin, label) => hsm.initToken(slot, pin, label.trimEnd())),
  C_InitPIN: inSession(({ session }, pin) => session.initPin(pin)),
  C_SetPIN: inSession(({ session }, oldPin, newPin) => session.setPin(oldPin, newPin)),

  C_WaitForSlotEvent: (application, flags) => {
    application.requireInitialized();
    if ((flags & CKF_DONT_BLOCK) !== 0) return application.hsm.slotEvent();
    return application.hsm.waitForSlotEvent({ signal: application.ended });
  },
};
