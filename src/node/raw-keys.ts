/** Key objects of the curves of RFC 7748 and RFC 8032 from the bytes of their keys and back, as JSON Web Keys (RFC 8037, 2). */

import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { leavingNothing } from "./buffers.ts";

export type RawCurve = "X25519" | "X448" | "Ed25519" | "Ed448";

/**
 * `key` must have the curve's length. OpenSSL takes the bytes as they are, a tenth of the time that it takes for DER.
 *
 * Node cannot wipe a KeyObject: its owner drops it, and OpenSSL cleanses the key when it is collected. The text is V8's until
 * then, as the numbers of a BigInt are (docs/security.md).
 */
export function privateKeyObject(curve: RawCurve, key: Uint8Array): KeyObject {
  // Node makes the public key from d itself, but wants to see an x.
  return leavingNothing(() =>
    createPrivateKey({ format: "jwk", key: { kty: "OKP", crv: curve, d: base64url(key), x: "" } }),
  );
}

/** `key` must have the curve's length; nothing else is checked. */
export function publicKeyObject(curve: RawCurve, key: Uint8Array): KeyObject {
  return createPublicKey({ format: "jwk", key: { kty: "OKP", crv: curve, x: base64url(key) } });
}

/** The public key's bytes, of a private key. */
export function rawPublicKey(key: KeyObject): Uint8Array {
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return new Uint8Array(Buffer.from(x, "base64url"));
}

function base64url({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, length).toString("base64url");
}
