/** X25519 and X448 (RFC 7748), over @noble/curves. */

import type { MontgomeryECDH } from "@noble/curves/abstract/montgomery.js";
import { x448 } from "@noble/curves/ed448.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { wipe } from "../bytes/bytes.ts";
import type { XCurveName, XPrivateKey } from "./engine.ts";

interface XCurve {
  readonly ecdh: MontgomeryECDH;
  /** Of a private key, a public key and a shared secret alike. */
  readonly bytes: number;
}

const curves: Readonly<Record<XCurveName, XCurve>> = {
  X25519: { ecdh: x25519, bytes: 32 },
  X448: { ecdh: x448, bytes: 56 },
};

/**
 * A private key: any byte string of the curve's length, clamped on use (RFC 7748, 5).
 *
 * A peer's u-coordinate is taken as RFC 7748, 5 demands: X25519 ignores its highest bit, and a value from p up is
 * reduced modulo p. The points of small order, whose secret would be all zero, are refused (RFC 7748, 6).
 * @throws RangeError when the private key has another length.
 */
export function xPrivate(curve: XCurveName, privateKey: Uint8Array): XPrivateKey {
  const { ecdh, bytes } = curves[curve];
  if (privateKey.length !== bytes) {
    throw new RangeError(`an ${curve} private key has ${bytes} bytes, not ${privateKey.length}`);
  }
  let secret: Uint8Array | undefined = Uint8Array.from(privateKey);

  function borrow(): Uint8Array {
    if (secret === undefined) throw new Error(`this ${curve} private key was destroyed`);
    return secret;
  }

  return {
    curve,
    publicKey: () => ecdh.getPublicKey(borrow()),
    agree(peer) {
      const own = borrow();
      return peer.length === bytes ? unlessZero(() => ecdh.getSharedSecret(own, peer)) : undefined;
    },
    destroy() {
      wipe(secret);
      secret = undefined;
    },
  };
}

/** With both lengths right, a point of small order is the one thing that the ladder refuses. */
function unlessZero(agree: () => Uint8Array): Uint8Array | undefined {
  try {
    return agree();
  } catch {
    return undefined;
  }
}
