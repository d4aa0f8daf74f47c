/** The SM2 signature (GB/T 32918.2-2016) over e = SM3(Z ‖ M). Scalars are limbs modulo n (field/modulus.ts). */

import { concat, wipe } from "../../bytes/bytes.ts";
import { isInRange, reduced } from "../ec-scalars.ts";
import type { Rng } from "../engine.ts";
import { fromField, invert, isZero, toField } from "../field/numbers.ts";
import type { PreparedPoint } from "../generated-group.ts";
import { nonceSource } from "../rfc6979.ts";
import { FIELD_BYTES, sm2Curve } from "./curve.ts";

/** Extra input of RFC 6979, 3.6: a security strength's worth and more. */
const HEDGE_BYTES = 32;

/** (1 + d)⁻¹ modulo n: what a private key is prepared to sign with. */
export function signingFactor(secret: Uint8Array): Float64Array {
  const { scalars } = sm2Curve();
  const factor = toField(scalars, secret);
  const one = toField(scalars, Uint8Array.of(1));
  for (let i = 0; i < scalars.LIMBS; i++) factor[i] += one[i];
  invert(scalars, factor, factor);
  return factor;
}

/**
 * GB/T 32918.2, 6.1, with the nonce by RFC 6979, 3.6.
 * @param factor {@link signingFactor} of the secret
 * @throws RangeError when the digest is not of 32 bytes
 */
export function sign(secret: Uint8Array, factor: Float64Array, digest: Uint8Array, rng: Rng): Uint8Array {
  requireDigest(digest);
  const { scalars } = sm2Curve();
  const extra = rng(HEDGE_BYTES);
  const nonces = nonceSource(scalars, "SM3", secret, reduced(scalars, digest), extra);
  wipe(extra);
  for (;;) {
    const k = nonces.next();
    const signature = signWithNonce(factor, digest, k);
    wipe(k);
    if (signature === undefined) continue;
    nonces.destroy();
    return signature;
  }
}

/**
 * Steps A4 to A7 of GB/T 32918.2, 6.1, for k in [1, n − 1]; `undefined` where they ask for another k. As k − rd is
 * (k + r) − r(1 + d), s is (1 + d)⁻¹(k + r) − r.
 */
export function signWithNonce(factor: Float64Array, digest: Uint8Array, k: Uint8Array): Uint8Array | undefined {
  const { group, scalars } = sm2Curve();
  const r = toField(scalars, group.xOfBase(k));
  const e = toField(scalars, digest);
  const s = toField(scalars, k);
  for (let i = 0; i < scalars.LIMBS; i++) {
    r[i] += e[i];
    s[i] += r[i];
  }
  if (isZero(scalars, r) || isZero(scalars, s)) return undefined;
  scalars.mul(s, s, factor);
  for (let i = 0; i < scalars.LIMBS; i++) s[i] -= r[i];
  const signature = concat(fromField(scalars, r, FIELD_BYTES), fromField(scalars, s, FIELD_BYTES));
  return isZero(scalars, s) ? undefined : signature;
}

/** GB/T 32918.2, 7.1. @throws RangeError when the digest is not of 32 bytes */
export function verify(publicKey: PreparedPoint, digest: Uint8Array, signature: Uint8Array): boolean {
  requireDigest(digest);
  if (signature.length !== 2 * FIELD_BYTES) return false;
  const { scalars } = sm2Curve();
  const r = signature.subarray(0, FIELD_BYTES);
  const s = signature.subarray(FIELD_BYTES);
  if (!isInRange(r, scalars.order) || !isInRange(s, scalars.order)) return false;
  const t = toField(scalars, s);
  const x = toField(scalars, r);
  const e = toField(scalars, digest);
  for (let i = 0; i < scalars.LIMBS; i++) {
    t[i] += x[i];
    x[i] -= e[i];
  }
  if (isZero(scalars, t)) return false;
  return publicKey.sumHasX(fromField(scalars, x, FIELD_BYTES), s, fromField(scalars, t, FIELD_BYTES));
}

function requireDigest(digest: Uint8Array): void {
  if (digest.length === FIELD_BYTES) return;
  throw new RangeError(`an SM2 signature is over ${FIELD_BYTES} bytes, not ${digest.length}`);
}
