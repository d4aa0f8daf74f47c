/** ECDH and public points by Node; ECDSA is pure (fallbacks.ts). */

import { createECDH, type ECDH } from "node:crypto";
import { wipe } from "../bytes/bytes.ts";
import { curves } from "../crypto/ec-curves.ts";
import type { CurveName, EcPrivateKey } from "../crypto/engine.ts";
import { taken } from "./buffers.ts";
import * as pure from "./pure.ts";

/** OpenSSL's names. */
// biome-ignore format: a table
const curveNames: Readonly<Record<CurveName, string>> = {
  "P-224":         "secp224r1",
  "P-256":         "prime256v1",
  "P-384":         "secp384r1",
  "P-521":         "secp521r1",
  secp256k1:       "secp256k1",
  brainpoolP256r1: "brainpoolP256r1",
  brainpoolP384r1: "brainpoolP384r1",
  brainpoolP512r1: "brainpoolP512r1",
};

/**
 * A private key from its scalar; `undefined` when that is not of the order's length or not in [1, n − 1].
 *
 * Node cannot wipe an ECDH object: `destroy` drops it, and OpenSSL cleanses the scalar when it is collected. It is not
 * a KeyObject because that would take the scalar as a string or as DER.
 */
export function ecPrivate(curve: CurveName, scalar: Uint8Array): EcPrivateKey | undefined {
  let ecdh = prepared(curve, scalar);
  if (ecdh === undefined) return undefined;
  let signing: EcPrivateKey | undefined;

  function live(): ECDH {
    if (ecdh === undefined) throw new Error("this EC private key was destroyed");
    return ecdh;
  }

  function signingKey(): EcPrivateKey {
    if (signing !== undefined) return signing;
    const secret = padded(live().getPrivateKey(), curves[curve].orderBytes);
    signing = pure.ecPrivate(curve, secret) as EcPrivateKey;
    wipe(secret);
    return signing;
  }

  return {
    curve,
    publicPoint: () => taken(live().getPublicKey()),
    sign: (digest, nonce) => signingKey().sign(digest, nonce),
    agree: (peerPoint) => agree(live(), curve, peerPoint),
    destroy() {
      signing?.destroy();
      ecdh = undefined;
    },
  };
}

/** OpenSSL checks the scalar's range, but takes one of any length. */
function prepared(curve: CurveName, scalar: Uint8Array): ECDH | undefined {
  if (scalar.length !== curves[curve].orderBytes) return undefined;
  const ecdh = createECDH(curveNames[curve]);
  try {
    ecdh.setPrivateKey(scalar);
  } catch {
    return undefined;
  }
  return ecdh;
}

/**
 * OpenSSL checks that coordinates are canonical and the point is on the curve; of the forms it also takes the hybrid
 * one and infinity, which SEC 1, 2.3.4 as a key exchange needs it does not have.
 */
function agree(ecdh: ECDH, curve: CurveName, peerPoint: Uint8Array): Uint8Array | undefined {
  const { fieldBytes } = curves[curve];
  const form = peerPoint[0];
  const isUncompressed = form === 4 && peerPoint.length === 1 + 2 * fieldBytes;
  const isCompressed = (form === 2 || form === 3) && peerPoint.length === 1 + fieldBytes;
  if (!isUncompressed && !isCompressed) return undefined;
  try {
    return taken(ecdh.computeSecret(peerPoint));
  } catch {
    return undefined;
  }
}

function padded(secret: Buffer, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(secret, length - secret.length);
  wipe(secret);
  return bytes;
}
