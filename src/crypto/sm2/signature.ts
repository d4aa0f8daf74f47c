/** The SM2 signature (GB/T 32918.2-2016) over e = SM3(Z ‖ M). */

import { createHmacDrbg } from "@noble/curves/utils.js";
import { hmac } from "@noble/hashes/hmac.js";
import { concat, i2osp, os2ip, wipe } from "../../bytes/bytes.ts";
import type { Rng } from "../engine.ts";
import { sm3 } from "../sm3.ts";
import { FIELD_BYTES, n, type Point, points } from "./curve.ts";

/** Extra input of RFC 6979, 3.6: a security strength's worth and more. */
const hedgeBytes = 32;

/** GB/T 32918.2, 6.1, with the nonce by RFC 6979, 3.6. @throws RangeError when the digest is not of 32 bytes */
export function sign(secret: Uint8Array, digest: Uint8Array, rng: Rng): Uint8Array {
  const e = requireDigest(digest);
  const d = os2ip(secret);
  const { Fn } = points();
  const seed = concat(secret, i2osp(Fn.create(e), FIELD_BYTES), rng(hedgeBytes));
  const nonces = createHmacDrbg<Uint8Array>(FIELD_BYTES, FIELD_BYTES, (key: Uint8Array, message: Uint8Array) =>
    hmac(sm3, key, message),
  );
  try {
    return nonces(seed, (candidate) => {
      const k = os2ip(candidate);
      wipe(candidate);
      return Fn.isValidNot0(k) ? signWithNonce(d, e, k) : undefined;
    });
  } finally {
    wipe(seed);
  }
}

/** Steps A5 to A7 of GB/T 32918.2, 6.1, for k in [1, n − 1]; `undefined` where they ask for another k. */
export function signWithNonce(d: bigint, e: bigint, k: bigint): Uint8Array | undefined {
  const { BASE, Fn } = points();
  const { x } = BASE.multiply(k).toAffine();
  const r = Fn.create(e + x);
  if (r === 0n || r + k === n) return undefined;
  const s = Fn.mul(Fn.inv(Fn.create(1n + d)), Fn.create(k - r * d));
  if (s === 0n) return undefined;
  return concat(i2osp(r, FIELD_BYTES), i2osp(s, FIELD_BYTES));
}

/** GB/T 32918.2, 7.1. @throws RangeError when the digest is not of 32 bytes */
export function verify(publicKey: Point, digest: Uint8Array, signature: Uint8Array): boolean {
  const e = requireDigest(digest);
  if (signature.length !== 2 * FIELD_BYTES) return false;
  const r = os2ip(signature.subarray(0, FIELD_BYTES));
  const s = os2ip(signature.subarray(FIELD_BYTES));
  const { BASE, Fn } = points();
  if (!Fn.isValidNot0(r) || !Fn.isValidNot0(s)) return false;
  const t = Fn.create(r + s);
  if (t === 0n) return false;
  const point = BASE.mulAddUnsafe(s, publicKey, t);
  return !point.is0() && Fn.create(e + point.toAffine().x) === r;
}

function requireDigest(digest: Uint8Array): bigint {
  if (digest.length !== FIELD_BYTES) {
    throw new RangeError(`an SM2 signature is over ${FIELD_BYTES} bytes, not ${digest.length}`);
  }
  return os2ip(digest);
}
