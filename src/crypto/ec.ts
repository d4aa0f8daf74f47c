/**
 * ECDSA and ECDH on the curves of ec-curves.ts (FIPS 186-5, SP 800-56A), over @noble/curves.
 *
 * noble blinds its secret arithmetic with the platform's own random source; no result depends on it.
 */

import type { WeierstrassPoint } from "@noble/curves/abstract/weierstrass.js";
import { i2osp, os2ip, wipe } from "../bytes/bytes.ts";
import { curves, ecdsaOn } from "./ec-curves.ts";
import type { CurveName, EcPrivateKey, EcPublicKey, Rng } from "./engine.ts";

/** FIPS 186-5 accepts both s and n − s; digests arrive ready made. */
const ecdsaOptions = { prehash: false, lowS: false, format: "compact" } as const;

/** Extra input of RFC 6979, 3.6: a security strength's worth and more for every curve here. */
const hedgeBytes = 32;

/**
 * A public key from its point (SEC 1, 2.3.4), fully validated (SP 800-56A, 5.6.2.3.3): canonical coordinates, on the
 * curve, not infinity. All curves here have cofactor 1, so such a point has the right order.
 * `undefined` when the point is anything else.
 */
export function ecPublic(curve: CurveName, point: Uint8Array): EcPublicKey | undefined {
  const decoded = decodePoint(curve, point);
  if (decoded === undefined) return undefined;
  const { orderBytes } = curves[curve];
  const scheme = ecdsaOn(curve);
  const publicKey = decoded.toBytes(false);
  return {
    curve,
    verify(digest, signature) {
      if (signature.length !== 2 * orderBytes) return false;
      return scheme.verify(signature, leftmost(digest, orderBytes), publicKey, ecdsaOptions);
    },
  };
}

/** A private key from its scalar; `undefined` when that is not of the order's length or not in [1, n − 1]. */
export function ecPrivate(curve: CurveName, scalar: Uint8Array): EcPrivateKey | undefined {
  const { fieldBytes, orderBytes } = curves[curve];
  const scheme = ecdsaOn(curve);
  if (!scheme.utils.isValidSecretKey(scalar)) return undefined;
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
      point ??= scheme.getPublicKey(d, false);
      return Uint8Array.from(point);
    },
    sign(digest, nonce) {
      const d = borrow();
      const message = leftmost(digest, orderBytes);
      if (typeof nonce === "string") return ecdsaOn(curve, nonce).sign(message, d, ecdsaOptions);
      const extraEntropy = nonce(hedgeBytes);
      return scheme.sign(message, d, { ...ecdsaOptions, extraEntropy });
    },
    agree(peerPoint) {
      const d = os2ip(borrow());
      const shared = decodePoint(curve, peerPoint)?.multiply(d);
      if (shared === undefined || shared.is0()) return undefined;
      return i2osp(shared.toAffine().x, fieldBytes);
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
  const n = ecdsaOn(curve).Point.Fn.ORDER;
  return i2osp((c % (n - 1n)) + 1n, orderBytes);
}

/** The bytes that hold the leftmost bits of a digest (FIPS 186-5, 6.4.1, step 2); the curve drops the odd bits. */
function leftmost(digest: Uint8Array, orderBytes: number): Uint8Array {
  return digest.subarray(0, orderBytes);
}

function decodePoint(curve: CurveName, point: Uint8Array): WeierstrassPoint<bigint> | undefined {
  try {
    return ecdsaOn(curve).Point.fromBytes(point);
  } catch {
    return undefined;
  }
}
