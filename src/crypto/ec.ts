/** ECDSA and ECDH on the curves of ec-curves.ts (FIPS 186-5, SP 800-56A). */

import { i2osp, os2ip, wipe } from "../bytes/bytes.ts";
import { curves, pointsOf } from "./ec-curves.ts";
import { groupOf } from "./ec-group.ts";
import { isInRange, scalarsOf } from "./ec-scalars.ts";
import { sign, verify } from "./ecdsa.ts";
import type { CurveName, EcPrivateKey, EcPublicKey, Rng } from "./engine.ts";
import type { PreparedPoint } from "./generated-group.ts";

/**
 * A public key from its point (SEC 1, 2.3.4), fully validated (SP 800-56A, 5.6.2.3.3): canonical coordinates, on the
 * curve, not infinity. All curves here have cofactor 1, so such a point has the right order.
 * `undefined` when the point is anything else.
 */
export function ecPublic(curve: CurveName, point: Uint8Array): EcPublicKey | undefined {
  const decoded = decodePoint(curve, point);
  if (decoded === undefined) return undefined;
  const { orderBytes } = curves[curve];
  let prepared: PreparedPoint | undefined;
  return {
    curve,
    verify(digest, signature) {
      if (signature.length !== 2 * orderBytes) return false;
      prepared ??= groupOf(curve).prepare(decoded);
      return verify(curve, prepared, digest, signature);
    },
  };
}

/** A private key from its scalar; `undefined` when that is not of the order's length or not in [1, n − 1]. */
export function ecPrivate(curve: CurveName, scalar: Uint8Array): EcPrivateKey | undefined {
  const { orderBytes } = curves[curve];
  if (scalar.length !== orderBytes || !isInRange(scalar, scalarsOf(curve).order)) return undefined;
  let secret: Uint8Array | undefined = Uint8Array.from(scalar);
  let point: Uint8Array | undefined;

  function borrow(): Uint8Array {
    if (secret === undefined) throw new Error("this EC private key was destroyed");
    return secret;
  }

  return {
    curve,
    publicPoint() {
      const d = borrow();
      point ??= groupOf(curve).multiplyBase(d);
      return Uint8Array.from(point);
    },
    sign: (digest, nonce) => sign(curve, borrow(), digest, nonce),
    agree(peerPoint) {
      const d = borrow();
      const peer = decodePoint(curve, peerPoint);
      return peer && groupOf(curve).xOfMultiple(peer, d);
    },
    destroy() {
      wipe(secret);
      secret = undefined;
    },
  };
}

/** A private scalar by FIPS 186-5, A.2.1: d = (c mod (n − 1)) + 1, where c has 64 bits more than n. */
export function ecGenerate(curve: CurveName, rng: Rng): Uint8Array {
  const { orderBytes, orderBits } = curves[curve];
  const bits = orderBits + 64;
  const bytes = Math.ceil(bits / 8);
  const drawn = rng(bytes);
  const c = os2ip(drawn) >> BigInt(8 * bytes - bits);
  wipe(drawn);
  const n = pointsOf(curve).Fn.ORDER;
  return i2osp((c % (n - 1n)) + 1n, orderBytes);
}

/** The point as 04 ‖ x ‖ y, when it is one of the curve. */
function decodePoint(curve: CurveName, point: Uint8Array): Uint8Array | undefined {
  try {
    return pointsOf(curve).fromBytes(point).toBytes(false);
  } catch {
    return undefined;
  }
}
