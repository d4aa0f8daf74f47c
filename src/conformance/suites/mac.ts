/** MACs through the token, for the suites of HMAC and CMAC. */

import { equalBytes } from "../../bytes/bytes.ts";
import type { MechanismChoice } from "../../mechanisms/registry.ts";
import type { KeyTemplate } from "../../objects/template.ts";
import type { TokenSession } from "../suite.ts";
import { difference, firstOf, Refusal } from "./support.ts";
import { withKey } from "./token.ts";

/** The MAC of the vector is what C_Sign gives, or its front; a whole one passes C_Verify too. */
export function checkMac(
  session: TokenSession,
  mechanism: MechanismChoice,
  template: KeyTemplate,
  message: Uint8Array,
  mac: Uint8Array,
): string | undefined {
  return withKey(session, template, (key) => {
    const found = session.sign(mechanism, key, message);
    const differs = difference(found.subarray(0, mac.length), mac);
    if (differs === undefined && mac.length === found.length) session.verify(mechanism, key, message, mac);
    return firstOf(differs, mac.length === 0 ? "the vector has no MAC" : undefined);
  });
}

/** Verifies: with C_Verify where the MAC is whole or longer, and by its front where it is shorter. */
export function verifyMac(
  session: TokenSession,
  mechanism: MechanismChoice,
  template: KeyTemplate,
  message: Uint8Array,
  mac: Uint8Array,
): undefined {
  return withKey(session, template, (key) => {
    const whole = session.sign(mechanism, key, message);
    if (mac.length >= whole.length) session.verify(mechanism, key, message, mac);
    else if (!equalBytes(whole.subarray(0, mac.length), mac)) throw new Refusal("the MAC is another one");
    return undefined;
  });
}
