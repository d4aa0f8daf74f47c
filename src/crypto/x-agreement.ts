/** X25519, and X448 over @noble/curves (RFC 7748). */

import { x448 } from "@noble/curves/ed448.js";
import { equalBytes, wipe } from "../bytes/bytes.ts";
import { multiplyBase } from "./edwards25519.ts";
import type { XCurveName, XPrivateKey } from "./engine.ts";
import { encodeU } from "./field/edwards-encoding.ts";
import { x25519 } from "./field/ladder.ts";
import { clamp, scalarOf } from "./field/scalars25519.ts";

interface XCurve {
  /** Of a private key, a public key and a shared secret alike. */
  readonly bytes: number;
  publicKey(privateKey: Uint8Array): Uint8Array;
  /** `undefined` for a peer's point of small order, whose secret is all zero. */
  agree(privateKey: Uint8Array, peer: Uint8Array): Uint8Array | undefined;
}

const curves: Readonly<Record<XCurveName, XCurve>> = {
  X25519: {
    bytes: 32,
    publicKey: (privateKey) =>
      clamped(privateKey, (k) => {
        const scalar = scalarOf(k);
        const publicKey = multiplyBase(scalar, encodeU);
        scalar.fill(0);
        return publicKey;
      }),
    agree(privateKey, peer) {
      const shared = clamped(privateKey, (k) => x25519(k, peer));
      return equalBytes(shared, new Uint8Array(shared.length)) ? undefined : shared;
    },
  },
  X448: {
    bytes: 56,
    publicKey: (privateKey) => x448.getPublicKey(privateKey),
    agree: (privateKey, peer) => unlessZero(() => x448.getSharedSecret(privateKey, peer)),
  },
};

/**
 * A private key: any byte string of the curve's length, clamped on use (RFC 7748, 5).
 *
 * A peer's u-coordinate is taken as RFC 7748, 5 demands: X25519 ignores its highest bit, and a value from p up is
 * reduced modulo p. The points of small order, whose secret would be all zero, are refused (RFC 7748, 6).
 * @throws RangeError when the private key has another length.
 */
export function xPrivate(curve: XCurveName, privateKey: Uint8Array): XPrivateKey {
  const { bytes, publicKey, agree } = curves[curve];
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
    publicKey: () => publicKey(borrow()),
    agree(peer) {
      const own = borrow();
      return peer.length === bytes ? agree(own, peer) : undefined;
    },
    destroy() {
      wipe(secret);
      secret = undefined;
    },
  };
}

/** What `use` makes of the clamped scalar, of which nothing else is left. */
function clamped(privateKey: Uint8Array, use: (k: Uint8Array) => Uint8Array): Uint8Array {
  const k = clamp(privateKey);
  const result = use(k);
  wipe(k);
  return result;
}

/** With both lengths right, a point of small order is the one thing that noble's ladder refuses. */
function unlessZero(agree: () => Uint8Array): Uint8Array | undefined {
  try {
    return agree();
  } catch {
    return undefined;
  }
}
