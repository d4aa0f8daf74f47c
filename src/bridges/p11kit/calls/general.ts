/** General purpose, slots and tokens. */

import { equalBytes, utf8 } from "../../../bytes/bytes.ts";
import * as ck from "../../../cryptoki/pkcs11t.ts";
import { general as c } from "../../c/functions/general.ts";
import { ensure } from "../../c/returned.ts";
import type { Version } from "../mechanisms.ts";
import { type Call, call, plain, textOf } from "./call.ts";

/** What C_Initialize begins with. */
const HANDSHAKE = utf8("PRIVATE-GNOME-KEYRING-PKCS11-PROTOCOL-V-1");

/** The version of PKCS #11 whose functions the client has. */
const CRYPTOKI = {
  0: { major: 2, minor: 40 },
  1: { major: 3, minor: 0 },
  2: { major: 3, minor: 0 },
} as const satisfies Record<Version, unknown>;

/** Operations that a version has no calls for, or calls through which they cannot be done (operations.ts). */
const MESSAGE_CIPHERS: number = ck.CKF_MESSAGE_ENCRYPT | ck.CKF_MESSAGE_DECRYPT;
const NOT_CARRIED: Readonly<Record<Version, number>> = {
  0: MESSAGE_CIPHERS | ck.CKF_MESSAGE_SIGN | ck.CKF_MESSAGE_VERIFY,
  1: MESSAGE_CIPHERS,
  2: MESSAGE_CIPHERS,
};

export const general: readonly Call[] = [
  call(1, 0, "C_Initialize", "ayyay", "", ({ application }, handshake) => {
    ensure(equalBytes(handshake, HANDSHAKE), "CKR_GENERAL_ERROR", "the handshake is not p11-kit's");
    c.C_Initialize(application);
    return [];
  }),
  plain(2, 0, "C_Finalize", "", "", c.C_Finalize),
  call(3, 0, "C_GetInfo", "", "vsusv", ({ application, version }) => {
    const { manufacturerID, flags, libraryDescription, libraryVersion } = c.C_GetInfo(application);
    return [CRYPTOKI[version], manufacturerID, flags, libraryDescription, libraryVersion];
  }),
  call(4, 0, "C_GetSlotList", "yfu", "au", ({ application }, tokenPresent, room) => [
    { values: c.C_GetSlotList(application, tokenPresent !== 0), room },
  ]),
  call(5, 0, "C_GetSlotInfo", "u", "ssuvv", ({ application }, slot) => {
    const info = c.C_GetSlotInfo(application, slot);
    const { slotDescription, manufacturerID, flags, hardwareVersion, firmwareVersion } = info;
    return [slotDescription, manufacturerID, flags, hardwareVersion, firmwareVersion];
  }),
  call(6, 0, "C_GetTokenInfo", "u", "ssssuuuuuuuuuuuvvs", ({ application }, slot) => {
    const info = c.C_GetTokenInfo(application, slot);
    return [
      info.label,
      info.manufacturerID,
      info.model,
      info.serialNumber,
      info.flags,
      info.maxSessionCount,
      info.sessionCount,
      info.maxRwSessionCount,
      info.rwSessionCount,
      info.maxPinLen,
      info.minPinLen,
      info.totalPublicMemory,
      info.freePublicMemory,
      info.totalPrivateMemory,
      info.freePrivateMemory,
      info.hardwareVersion,
      info.firmwareVersion,
      info.utcTime,
    ];
  }),
  call(7, 0, "C_GetMechanismList", "ufu", "au", ({ application }, slot, room) => [
    { values: c.C_GetMechanismList(application, slot), room },
  ]),
  call(8, 0, "C_GetMechanismInfo", "uu", "uuu", ({ application, version }, slot, type) => {
    const { minKeySize, maxKeySize, flags } = c.C_GetMechanismInfo(application, slot, type);
    return [minKeySize, maxKeySize, flags & ~NOT_CARRIED[version]];
  }),
  // Clients take the label's 32 bytes for a text that ends with a NUL, and send what stands behind them in memory, too.
  plain(9, 0, "C_InitToken", "uayz", "", (application, slot, pin, label) =>
    c.C_InitToken(application, slot, textOf(pin), textOf(label.subarray(0, 32))),
  ),
  plain(14, 0, "C_InitPIN", "uay", "", (application, session, pin) => c.C_InitPIN(application, session, textOf(pin))),
  plain(15, 0, "C_SetPIN", "uayay", "", (application, session, oldPin, newPin) =>
    c.C_SetPIN(application, session, textOf(oldPin), textOf(newPin)),
  ),
  call(65, 0, "C_WaitForSlotEvent", "u", "u", async ({ application }, flags) => [
    await c.C_WaitForSlotEvent(application, flags),
  ]),
  plain(88, 1, "C_InitToken2", "uays", "", (application, slot, pin, label) =>
    c.C_InitToken(application, slot, textOf(pin), label),
  ),
];
