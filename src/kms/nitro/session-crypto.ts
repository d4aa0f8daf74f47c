/** What attestation needs of a token: others' public keys in it, for one call each. */

import { wipe } from "../../bytes/bytes.ts";
import { CkrError } from "../../cryptoki/error.ts";
import { DerError } from "../../der/der-error.ts";
import { decodeSpki } from "../../der/spki.ts";
import type { Session } from "../../token/session.ts";
import { publicKeyTemplate } from "../public-halves.ts";
import { encodeEnvelopedData } from "./cms.ts";

type Handle = ReturnType<Session["createObject"]>;

/** ECDSA of a P-384 key with SHA-384; r ‖ s. False for other keys, and for those that are none. */
export function verifyP384(session: Session, publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
  try {
    const info = decodeSpki(publicKey);
    if (info.type !== "EC" || info.curve !== "P-384") return false;
    return withObject(session, session.createObject({ ...publicKeyTemplate(publicKey), usage: "sign" }), (key) =>
      session.verify({ mechanism: "ECDSA_SHA384" }, key, data, signature),
    );
  } catch (error) {
    if (error instanceof DerError) return false;
    if (error instanceof CkrError && REFUSALS.has(error.ckr)) return false;
    throw error;
  }
}

/** A signature that is wrong, and a point that is not on the curve. */
const REFUSALS: ReadonlySet<string> = new Set([
  ...["SIGNATURE_INVALID", "SIGNATURE_LEN_RANGE", "ATTRIBUTE_VALUE_INVALID", "DOMAIN_PARAMS_INVALID"],
]);

/**
 * Encrypts a secret for the holder of an RSA key: CiphertextForRecipient.
 * @param publicKey SubjectPublicKeyInfo. The recipient is named by the SHA-256 of it, cut to 160 bits as RFC 7093 does.
 */
export function sealFor(session: Session, publicKey: Uint8Array, secret: Uint8Array): Uint8Array {
  const contentKey = session.generateRandom(32);
  const iv = session.generateRandom(16);
  try {
    const aes = session.createObject({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE: contentKey, usage: "encrypt" });
    const encryptedContent = withObject(session, aes, (key) =>
      session.encrypt({ mechanism: "AES_CBC_PAD", iv }, key, secret),
    );
    const rsa = session.createObject({ ...publicKeyTemplate(publicKey), usage: "encrypt" });
    const encryptedKey = withObject(session, rsa, (key) =>
      session.encrypt({ mechanism: "RSA_PKCS_OAEP", hash: "SHA256", mgf: "SHA256" }, key, contentKey),
    );
    const keyIdentifier = session.digest({ mechanism: "SHA256" }, publicKey).subarray(0, 20);
    return encodeEnvelopedData({ keyIdentifier, encryptedKey, iv, encryptedContent });
  } finally {
    wipe(contentKey);
  }
}

function withObject<T>(session: Session, handle: Handle, use: (handle: Handle) => T): T {
  try {
    return use(handle);
  } finally {
    session.destroyObject(handle);
  }
}
