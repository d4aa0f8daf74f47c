/** Key management (PKCS #11 v3.1, 5.18). */

import type { Session } from "../../../token/session.ts";
import { readTemplate } from "../attributes.ts";
import { readMechanism } from "../mechanism.ts";
import { fitting } from "../returned.ts";
import type { Implemented, KeyFunctions, SlicedFunctions } from "../types.ts";
import { inSession } from "./call.ts";

type Key = Parameters<Session["wrapKey"]>[1];

export const keys: Implemented<KeyFunctions> = {
  C_GenerateKey: inSession(({ session }, mechanism, template) =>
    session.generateKey(readMechanism(mechanism), readTemplate(template)),
  ),
  C_GenerateKeyPair: inSession(({ session }, mechanism, publicTemplate, privateTemplate) =>
    session.generateKeyPair(readMechanism(mechanism), readTemplate(publicTemplate), readTemplate(privateTemplate)),
  ),
  C_WrapKey: inSession(({ session }, mechanism, wrappingKey, key, room) =>
    fitting(session.wrapKey(readMechanism(mechanism), wrappingKey as Key, key as Key), room),
  ),
  C_UnwrapKey: inSession(({ session }, mechanism, key, wrapped, template) =>
    session.unwrapKey(readMechanism(mechanism), key as Key, wrapped, readTemplate(template)),
  ),
  C_DeriveKey: inSession(({ session }, mechanism, key, template) =>
    session.deriveKey(readMechanism(mechanism), key as Key, readTemplate(template)),
  ),
};

/** Forms of the above that leave the event loop free while they work; C_Finalize ends the work. */
export const inSlices: Implemented<SlicedFunctions> = {
  C_GenerateKeyPair: (application, session, mechanism, publicTemplate, privateTemplate) =>
    application
      .session(session)
      .session.generateKeyPairAsync(
        readMechanism(mechanism),
        readTemplate(publicTemplate),
        readTemplate(privateTemplate),
        { signal: application.ended },
      ),
};
