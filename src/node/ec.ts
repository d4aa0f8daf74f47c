/** ECDSA and ECDH by Node, on the curves on which it is the faster one; nonces and scalars are pure (fallbacks.ts). */

import { createECDH, createPublicKey, type ECDH, type KeyObject, verify } from "node:crypto";
import { concat, fromHex, wipe } from "../bytes/bytes.ts";
import { curves } from "../crypto/ec-curves.ts";
import type { CurveName, EcPrivateKey, EcPublicKey } from "../crypto/engine.ts";
import { taken } from "./buffers.ts";
import { tagged } from "./der.ts";
import { hashNames } from "./hash.ts";
import * as pure from "./pure.ts";

interface NodeCurve {
  /** OpenSSL's name. */
  readonly name: string;
  /** The object identifier's DER (SEC 2, A.2; RFC 5639, 4.1). */
  readonly oid: string;
  /** Whether Node is faster (`bench/node-engine.ts`, OpenSSL 3.0): elsewhere the generated fields of crypto/field are. */
  readonly isFaster: boolean;
}

// biome-ignore format: a table
const nodeCurves: Readonly<Record<CurveName, NodeCurve>> = {
  "P-224":         { name: "secp224r1",       oid: "06052b81040021",         isFaster: true },
  "P-256":         { name: "prime256v1",      oid: "06082a8648ce3d030107",   isFaster: true },
  "P-384":         { name: "secp384r1",       oid: "06052b81040022",         isFaster: false },
  "P-521":         { name: "secp521r1",       oid: "06052b81040023",         isFaster: false },
  secp256k1:       { name: "secp256k1",       oid: "06052b8104000a",         isFaster: false },
  brainpoolP256r1: { name: "brainpoolP256r1", oid: "06092b2403030208010107", isFaster: true },
  brainpoolP384r1: { name: "brainpoolP384r1", oid: "06092b240303020801010b", isFaster: true },
  brainpoolP512r1: { name: "brainpoolP512r1", oid: "06092b240303020801010d", isFaster: true },
};

/** id-ecPublicKey (RFC 5480, 2.1.1). */
const ecPublicKey = fromHex("06072a8648ce3d0201");

/** A private key from its scalar; `undefined` when that is not of the order's length or not in [1, n − 1]. */
export function ecPrivate(curve: CurveName, scalar: Uint8Array): EcPrivateKey | undefined {
  return nodeCurves[curve].isFaster ? nativeEcPrivate(curve, scalar) : pure.ecPrivate(curve, scalar);
}

/** A public key from its point, validated as crypto/ec.ts does. */
export function ecPublic(curve: CurveName, point: Uint8Array): EcPublicKey | undefined {
  return nodeCurves[curve].isFaster ? nativeEcPublic(curve, point) : pure.ecPublic(curve, point);
}

/**
 * {@link ecPrivate} by Node on any curve. Multiples of the base point are those of an ECDH key with the scalar.
 *
 * Node cannot wipe an ECDH object: `destroy` drops it, and OpenSSL cleanses the scalar when it is collected. It is not
 * a KeyObject because that would take the scalar as a string or as DER. The object of nonces keeps the last one until
 * the next, or as long as the key, of which it is worth as much.
 */
export function nativeEcPrivate(curve: CurveName, scalar: Uint8Array): EcPrivateKey | undefined {
  let ecdh = prepared(curve, scalar);
  if (ecdh === undefined) return undefined;
  const secret = Uint8Array.from(scalar);
  let nonces: ECDH | undefined;

  function live(): ECDH {
    if (ecdh === undefined) throw new Error("this EC private key was destroyed");
    return ecdh;
  }

  function multiplyBase(k: Uint8Array): Uint8Array {
    nonces ??= createECDH(nodeCurves[curve].name);
    nonces.setPrivateKey(k);
    return taken(nonces.getPublicKey());
  }

  return {
    curve,
    publicPoint: () => taken(live().getPublicKey()),
    sign(digest, nonce) {
      live();
      return pure.sign(curve, secret, digest, nonce, multiplyBase);
    },
    agree: (peerPoint) => agree(live(), curve, peerPoint),
    destroy() {
      wipe(secret);
      ecdh = undefined;
      nonces = undefined;
    },
  };
}

/** {@link ecPublic} by Node on any curve, where there is a message: it hashes itself. */
export function nativeEcPublic(curve: CurveName, point: Uint8Array): EcPublicKey | undefined {
  const validated = pure.ecPublic(curve, point);
  if (validated === undefined) return undefined;
  const own = Uint8Array.from(point);
  let key: KeyObject | undefined;
  return {
    curve,
    verify: (digest, signature) => validated.verify(digest, signature),
    verifyMessage(hash, message, signature) {
      if (signature.length !== 2 * curves[curve].orderBytes) return false;
      key ??= publicKeyObject(curve, own);
      return verify(hashNames[hash], message, { key, dsaEncoding: "ieee-p1363" }, signature);
    },
  };
}

/** From SubjectPublicKeyInfo (RFC 5480, 2). */
function publicKeyObject(curve: CurveName, point: Uint8Array): KeyObject {
  const algorithm = tagged(0x30, concat(ecPublicKey, fromHex(nodeCurves[curve].oid)));
  const der = tagged(0x30, concat(algorithm, tagged(0x03, concat(Uint8Array.of(0), point))));
  return createPublicKey({ format: "der", type: "spki", key: Buffer.from(der) });
}

/** OpenSSL checks the scalar's range, but takes one of any length. */
function prepared(curve: CurveName, scalar: Uint8Array): ECDH | undefined {
  if (scalar.length !== curves[curve].orderBytes) return undefined;
  const ecdh = createECDH(nodeCurves[curve].name);
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
