/** A session under the standard's policy, where the mechanisms that strict refuses can be used. */

import type { Engine } from "../../../src/crypto/engine.ts";
import type { ObjectHandle } from "../../../src/cryptoki/handles.ts";
import type { KeyTemplate, Usage } from "../../../src/objects/template.ts";
import { createHsm } from "../../../src/token/hsm.ts";
import type { Session } from "../../../src/token/session.ts";

export function laxSession(engine: Engine): Session {
  return createHsm({ engine, policy: "pkcs11" }).openSession({ readWrite: true });
}

export const READABLE = { sensitive: false, extractable: true } as const;

/** A secret key that may be read. */
export function secretKey(
  session: Session,
  KEY_TYPE: "AES" | "GENERIC_SECRET",
  VALUE: Uint8Array,
  usage: Usage,
  more: KeyTemplate = {},
): ObjectHandle {
  return session.createObject({ CLASS: "SECRET_KEY", KEY_TYPE, VALUE, usage, ...READABLE, ...more });
}

export function readValue(session: Session, key: ObjectHandle): Uint8Array {
  return session.getAttributes(key, ["VALUE"]).VALUE as Uint8Array;
}
