/** X25519 and X448 (RFC 7748) by Node. */

import { diffieHellman, type KeyObject } from "node:crypto";
import type { XCurveName, XPrivateKey } from "../crypto/engine.ts";
import { taken } from "./buffers.ts";
import { keepingLast } from "./last-key.ts";
import { privateKeyObject, publicKeyObject, rawPublicKey } from "./raw-keys.ts";

/** Of a private key, a public key and a shared secret alike. */
const keyBytes: Readonly<Record<XCurveName, number>> = { X25519: 32, X448: 56 };

/**
 * A private key: any byte string of the curve's length, clamped on use (RFC 7748, 5).
 * @throws RangeError when the private key has another length.
 */
export function xPrivate(curve: XCurveName, privateKey: Uint8Array): XPrivateKey {
  const bytes = keyBytes[curve];
  if (privateKey.length !== bytes) {
    throw new RangeError(`an ${curve} private key has ${bytes} bytes, not ${privateKey.length}`);
  }
  let key: KeyObject | undefined = privateKeyObject(curve, privateKey);
  const peerKey = keepingLast((peer) => publicKeyObject(curve, peer));

  function live(): KeyObject {
    if (key === undefined) throw new Error(`this ${curve} private key was destroyed`);
    return key;
  }

  return {
    curve,
    publicKey: () => rawPublicKey(live()),
    agree(peer) {
      const privateKey = live();
      if (peer.length !== bytes) return undefined;
      try {
        return taken(diffieHellman({ privateKey, publicKey: peerKey(peer) }));
      } catch {
        // With both lengths right, an all-zero secret is the one thing that OpenSSL refuses.
        return undefined;
      }
    },
    destroy() {
      key = undefined;
    },
  };
}
