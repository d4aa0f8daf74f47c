/** ECDSA and ECDH by Node, on the curves on which it is the faster one; nonces and scalars are pure (fallbacks.ts). */

import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type ECDH,
  type KeyObject,
  verify,
} from "node:crypto";
import { fromHex, wipe } from "../bytes/bytes.ts";
import { curves } from "../crypto/ec-curves.ts";
import type { CurveName, EcPrivateKey, EcPublicKey } from "../crypto/engine.ts";
import { contextTag, TAG, tlv } from "../der/tlv.ts";
import { taken } from "./buffers.ts";
import { hashNames } from "./hash.ts";
import { keepingLast } from "./last-key.ts";
import * as pure from "./pure.ts";

interface NodeCurve {
  /** OpenSSL's name. */
  readonly name: string;
  /** The object identifier's DER (SEC 2, A.2; RFC 5639, 4.1). */
  readonly oid: string;
  /** Whether Node is faster (`bench/node-engine.ts`, OpenSSL 3.0): elsewhere the generated fields of crypto/field are. */
  readonly isFaster: boolean;
  /**
   * Whether Node agrees sooner by key objects: an ECDH object checks its own pair each time, which takes longer than to read
   * the peer's key from DER, but not where OpenSSL has special code for the curve.
   */
  readonly agreesByKeys: boolean;
}

// biome-ignore format: a table
const nodeCurves: Readonly<Record<CurveName, NodeCurve>> = {
  "P-224":         { name: "secp224r1",       oid: "06052b81040021",         isFaster: true,  agreesByKeys: true },
  "P-256":         { name: "prime256v1",      oid: "06082a8648ce3d030107",   isFaster: true,  agreesByKeys: false },
  "P-384":         { name: "secp384r1",       oid: "06052b81040022",         isFaster: false, agreesByKeys: true },
  "P-521":         { name: "secp521r1",       oid: "06052b81040023",         isFaster: false, agreesByKeys: true },
  secp256k1:       { name: "secp256k1",       oid: "06052b8104000a",         isFaster: false, agreesByKeys: true },
  brainpoolP256r1: { name: "brainpoolP256r1", oid: "06092b2403030208010107", isFaster: true,  agreesByKeys: true },
  brainpoolP384r1: { name: "brainpoolP384r1", oid: "06092b240303020801010b", isFaster: true,  agreesByKeys: true },
  brainpoolP512r1: { name: "brainpoolP512r1", oid: "06092b240303020801010d", isFaster: true,  agreesByKeys: true },
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
  /** Made when it is first needed. */
  let key: KeyObject | undefined;
  const peerKey = keepingLast((peer) => publicKeyObject(curve, peer));

  function live(): ECDH {
    if (ecdh === undefined) throw new Error("this EC private key was destroyed");
    return ecdh;
  }

  /** Not wiped: it is in the signature. */
  function xOfBase(k: Uint8Array): Uint8Array {
    nonces ??= createECDH(nodeCurves[curve].name);
    nonces.setPrivateKey(k);
    const point = nonces.getPublicKey(null, "compressed");
    return new Uint8Array(point.buffer, point.byteOffset + 1, point.length - 1);
  }

  return {
    curve,
    publicPoint: () => taken(live().getPublicKey()),
    sign(digest, nonce) {
      live();
      return pure.sign(curve, secret, digest, nonce, xOfBase);
    },
    agree(peerPoint) {
      const own = live();
      if (!isPointForm(curve, peerPoint)) return undefined;
      try {
        if (!nodeCurves[curve].agreesByKeys) return taken(own.computeSecret(peerPoint));
        key ??= privateKeyObject(curve, secret, own.getPublicKey());
        return taken(diffieHellman({ privateKey: key, publicKey: peerKey(peerPoint) }));
      } catch {
        // OpenSSL refuses coordinates from the prime up and points that are not on the curve.
        return undefined;
      }
    },
    destroy() {
      wipe(secret);
      ecdh = undefined;
      nonces = undefined;
      key = undefined;
    },
  };
}

/** {@link ecPublic} by Node on any curve, where there is a message: it hashes itself. */
export function nativeEcPublic(curve: CurveName, point: Uint8Array): EcPublicKey | undefined {
  const validated = pure.ecPublic(curve, point, (k) => multiplyBase(curve, k));
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

/** The object that multiplies the base point by public numbers, of each curve. */
const publicMultiples = new Map<CurveName, ECDH>();

/** k·G of a public k in [1, n − 1], as 04 ‖ x ‖ y. */
function multiplyBase(curve: CurveName, k: Uint8Array): Uint8Array {
  const ecdh = publicMultiples.get(curve) ?? createECDH(nodeCurves[curve].name);
  publicMultiples.set(curve, ecdh);
  ecdh.setPrivateKey(k);
  return ecdh.getPublicKey();
}

/** From SubjectPublicKeyInfo (RFC 5480, 2). */
function publicKeyObject(curve: CurveName, point: Uint8Array): KeyObject {
  const algorithm = tlv(TAG.SEQUENCE, ecPublicKey, fromHex(nodeCurves[curve].oid));
  const der = tlv(TAG.SEQUENCE, algorithm, bitString(point));
  return createPublicKey({ format: "der", type: "spki", key: Buffer.from(der) });
}

/** From ECPrivateKey (RFC 5915, 3), which OpenSSL reads in a third of the time that it takes for PKCS #8. */
function privateKeyObject(curve: CurveName, scalar: Uint8Array, point: Uint8Array): KeyObject {
  const secret = tlv(TAG.OCTET_STRING, scalar);
  const parts = [tlv(contextTag(0, true), fromHex(nodeCurves[curve].oid)), tlv(contextTag(1, true), bitString(point))];
  const der = tlv(TAG.SEQUENCE, Uint8Array.of(TAG.INTEGER, 1, 1), secret, ...parts);
  try {
    return createPrivateKey({ format: "der", type: "sec1", key: Buffer.from(der.buffer) });
  } finally {
    wipe(secret, der);
  }
}

function bitString(bytes: Uint8Array): Uint8Array {
  return tlv(TAG.BIT_STRING, Uint8Array.of(0), bytes);
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

/** SEC 1, 2.3.4, without infinity: OpenSSL takes that and the hybrid form too. */
function isPointForm(curve: CurveName, { length, [0]: form }: Uint8Array): boolean {
  const { fieldBytes } = curves[curve];
  const isUncompressed = form === 4 && length === 1 + 2 * fieldBytes;
  const isCompressed = (form === 2 || form === 3) && length === 1 + fieldBytes;
  return isUncompressed || isCompressed;
}
