import { utf8 } from "../bytes/bytes.ts";
import type { ObjectHandle } from "../cryptoki/handles.ts";
import { envelopeKeyId } from "../der/kms-envelope-frame.ts";
import type { Session } from "../token/session.ts";
import { envelope } from "./mechanism-choices.ts";

/** The token's commitment to a symmetric backing key, which every ciphertext names (docs/architecture.md). */
export function symmetricId(session: Session, key: ObjectHandle, keyId: string): Uint8Array {
  const blob = session.encrypt(envelope(utf8(keyId), new Uint8Array(0), "ENCRYPT"), key, new Uint8Array(1));
  const id = envelopeKeyId(blob);
  if (id === undefined) throw new Error("the token's envelope has no readable frame");
  return id;
}
