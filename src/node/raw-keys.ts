/** Key objects of the curves of RFC 7748 and RFC 8032 from the bytes of their keys and back, in the DER of RFC 8410. */

import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { wipe } from "../bytes/bytes.ts";

export type RawCurve = "X25519" | "X448" | "Ed25519" | "Ed448";

/** The last arc of each OID under 1.3.101, and the length of a key. */
// biome-ignore format: a table
const curves: Readonly<Record<RawCurve, { readonly arc: number; readonly bytes: number }>> = {
  X25519:  { arc: 110, bytes: 32 },
  X448:    { arc: 111, bytes: 56 },
  Ed25519: { arc: 112, bytes: 32 },
  Ed448:   { arc: 113, bytes: 57 },
};

/**
 * PKCS #8 (RFC 8410, 7). `key` must have the curve's length. Node cannot wipe a KeyObject: its owner drops it, and
 * OpenSSL cleanses the key when it is collected.
 */
export function privateKeyObject(curve: RawCurve, key: Uint8Array): KeyObject {
  const { arc, bytes } = curves[curve];
  const head = [0x30, bytes + 14, 2, 1, 0, ...algorithm(arc), 0x04, bytes + 2, 0x04, bytes];
  const der = Buffer.alloc(head.length + bytes);
  der.set(head);
  der.set(key, head.length);
  try {
    return createPrivateKey({ format: "der", type: "pkcs8", key: der });
  } finally {
    wipe(der);
  }
}

/**
 * `key` must have the curve's length; nothing else is checked. As a JSON Web Key (RFC 8037, 2) OpenSSL takes the bytes as
 * they are, a tenth of the time that it takes for DER; that it is a string is no harm for what is public.
 */
export function publicKeyObject(curve: RawCurve, key: Uint8Array): KeyObject {
  const x = Buffer.from(key).toString("base64url");
  return createPublicKey({ format: "jwk", key: { kty: "OKP", crv: curve, x } });
}

/** The public key's bytes, of a private key. */
export function rawPublicKey(key: KeyObject): Uint8Array {
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return Uint8Array.from(Buffer.from(x, "base64url"));
}

/** The private key's bytes, which the caller wipes. */
export function rawPrivateKey(curve: RawCurve, key: KeyObject): Uint8Array {
  const der = key.export({ format: "der", type: "pkcs8" });
  const bytes = Uint8Array.from(der.subarray(-curves[curve].bytes));
  wipe(der);
  return bytes;
}

function algorithm(arc: number): number[] {
  return [0x30, 5, 0x06, 3, 0x2b, 0x65, arc];
}
