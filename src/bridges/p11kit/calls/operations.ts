/** Encryption, digests, signatures, what combines them, and messages. */

import { messages as m } from "../../c/functions/messages.ts";
import { operations as c } from "../../c/functions/operations.ts";
import { ReturnedError } from "../../c/returned.ts";
import { NULL_BYTES } from "../wire.ts";
import { type Call, call, plain } from "./call.ts";

export const operations: readonly Call[] = [
  plain(29, 0, "C_EncryptInit", "uMu", "", c.C_EncryptInit),
  plain(30, 0, "C_Encrypt", "uayfy", "ay", c.C_Encrypt),
  plain(31, 0, "C_EncryptUpdate", "uayfy", "ay", c.C_EncryptUpdate),
  plain(32, 0, "C_EncryptFinal", "ufy", "ay", c.C_EncryptFinal),
  plain(33, 0, "C_DecryptInit", "uMu", "", c.C_DecryptInit),
  plain(34, 0, "C_Decrypt", "uayfy", "ay", c.C_Decrypt),
  plain(35, 0, "C_DecryptUpdate", "uayfy", "ay", c.C_DecryptUpdate),
  plain(36, 0, "C_DecryptFinal", "ufy", "ay", c.C_DecryptFinal),
  plain(37, 0, "C_DigestInit", "uM", "", c.C_DigestInit),
  plain(38, 0, "C_Digest", "uayfy", "ay", c.C_Digest),
  plain(39, 0, "C_DigestUpdate", "uay", "", c.C_DigestUpdate),
  plain(40, 0, "C_DigestKey", "uu", "", c.C_DigestKey),
  plain(41, 0, "C_DigestFinal", "ufy", "ay", c.C_DigestFinal),
  plain(42, 0, "C_SignInit", "uMu", "", c.C_SignInit),
  plain(43, 0, "C_Sign", "uayfy", "ay", c.C_Sign),
  plain(44, 0, "C_SignUpdate", "uay", "", c.C_SignUpdate),
  plain(45, 0, "C_SignFinal", "ufy", "ay", c.C_SignFinal),
  plain(46, 0, "C_SignRecoverInit", "uMu", "", c.C_SignRecoverInit),
  plain(47, 0, "C_SignRecover", "uayfy", "ay", c.C_SignRecover),
  plain(48, 0, "C_VerifyInit", "uMu", "", c.C_VerifyInit),
  plain(49, 0, "C_Verify", "uayay", "", c.C_Verify),
  plain(50, 0, "C_VerifyUpdate", "uay", "", c.C_VerifyUpdate),
  plain(51, 0, "C_VerifyFinal", "uay", "", c.C_VerifyFinal),
  plain(52, 0, "C_VerifyRecoverInit", "uMu", "", c.C_VerifyRecoverInit),
  plain(53, 0, "C_VerifyRecover", "uayfy", "ay", c.C_VerifyRecover),
  plain(54, 0, "C_DigestEncryptUpdate", "uayfy", "ay", c.C_DigestEncryptUpdate),
  plain(55, 0, "C_DecryptDigestUpdate", "uayfy", "ay", c.C_DecryptDigestUpdate),
  plain(56, 0, "C_SignEncryptUpdate", "uayfy", "ay", c.C_SignEncryptUpdate),
  plain(57, 0, "C_DecryptVerifyUpdate", "uayfy", "ay", c.C_DecryptVerifyUpdate),
];

/**
 * The parameter of a message to encrypt is a structure of pointers to its IV and its tag. p11-kit sends the client's
 * addresses, and no call brings back what the token would write there.
 */
function pointers<const Q extends string, const R extends "" | "ay">(
  id: number,
  name: string,
  request: Q,
  response: R,
): Call {
  return call(id, 1, name, request, response, ({ application }, ...[session]) => {
    application.session(session as number);
    throw new ReturnedError("CKR_FUNCTION_NOT_SUPPORTED", "p11-kit does not carry the IV and the tag of a message");
  });
}

export const messages: readonly Call[] = [
  pointers(68, "C_MessageEncryptInit", "uMu", ""),
  pointers(69, "C_EncryptMessage", "uayayayfy", "ay"),
  pointers(70, "C_EncryptMessageBegin", "uayay", ""),
  pointers(71, "C_EncryptMessageNext", "uayayfyu", "ay"),
  pointers(72, "C_MessageEncryptFinal", "u", ""),
  pointers(73, "C_MessageDecryptInit", "uMu", ""),
  pointers(74, "C_DecryptMessage", "uayayayfy", "ay"),
  pointers(75, "C_DecryptMessageBegin", "uayay", ""),
  pointers(76, "C_DecryptMessageNext", "uayayfyu", "ay"),
  pointers(77, "C_MessageDecryptFinal", "u", ""),
  plain(78, 1, "C_MessageSignInit", "uMu", "", m.C_MessageSignInit),
  plain(79, 1, "C_SignMessage", "uayayfy", "ay", m.C_SignMessage),
  plain(80, 1, "C_SignMessageBegin", "uay", "", m.C_SignMessageBegin),
  plain(81, 1, "C_SignMessageNext", "uayayyfy", "ay", (application, session, parameter, part, isLast, room) =>
    m.C_SignMessageNext(application, session, parameter, part, isLast !== 0, room),
  ),
  plain(82, 1, "C_MessageSignFinal", "u", "", m.C_MessageSignFinal),
  plain(83, 1, "C_MessageVerifyInit", "uMu", "", m.C_MessageVerifyInit),
  plain(84, 1, "C_VerifyMessage", "uayayay", "", m.C_VerifyMessage),
  plain(85, 1, "C_VerifyMessageBegin", "uay", "", m.C_VerifyMessageBegin),
  plain(86, 1, "C_VerifyMessageNext", "uayayay", "", (application, session, parameter, part, signature) =>
    m.C_VerifyMessageNext(application, session, parameter, part, signature === NULL_BYTES ? undefined : signature),
  ),
  plain(87, 1, "C_MessageVerifyFinal", "u", "", m.C_MessageVerifyFinal),
];
