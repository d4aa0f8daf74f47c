/** ECDSA (FIPS 186-5, 6.4) with the nonces of RFC 6979, deterministic or hedged. */

import { concat, wipe } from "../bytes/bytes.ts";
import { curves } from "./ec-curves.ts";
import { type Group, groupOf, type PreparedPoint } from "./ec-group.ts";
import { bits2int, isInRange, scalarsOf } from "./ec-scalars.ts";
import type { CurveName, HashName, Rng } from "./engine.ts";
import { fromField, inverseOfBytes, isZero, toField } from "./field/numbers.ts";
import { nonceSource } from "./rfc6979.ts";

/** Extra input of RFC 6979, 3.6: a security strength's worth and more for every curve here. */
const HEDGE_BYTES = 32;

const NONE = new Uint8Array();

/**
 * r ‖ s over a digest of any length (FIPS 186-5, 6.4.1).
 * @param scalar the private key, in [1, n − 1], of the order's length.
 * @param nonce by RFC 6979: hedged with a generator (3.6), or deterministic with HMAC of a hash (3.2).
 * @param multiplyBase k·G of a secret k in [1, n − 1], as 04 ‖ x ‖ y.
 */
export function sign(
  curve: CurveName,
  scalar: Uint8Array,
  digest: Uint8Array,
  nonce: Rng | HashName,
  multiplyBase: Group["multiplyBase"] = groupOf(curve).multiplyBase,
): Uint8Array {
  const { orderBytes, nonceHash } = curves[curve];
  const n = scalarsOf(curve);
  const e = toField(n, bits2int(curve, digest));
  const [hash, extra] = typeof nonce === "string" ? [nonce, NONE] : [nonceHash, nonce(HEDGE_BYTES)];
  const nonces = nonceSource(curve, hash, scalar, fromField(n, e, orderBytes), extra);
  wipe(extra);
  for (;;) {
    const k = nonces();
    const r = toField(n, x(multiplyBase(k)));
    // s = k⁻¹ (e + d r)
    const inverse = inverseOfBytes(n, k);
    const s = toField(n, scalar);
    n.mul(s, s, r);
    for (let i = 0; i < s.length; i++) s[i] += e[i];
    n.mul(s, s, inverse);
    const signature = concat(fromField(n, r, orderBytes), fromField(n, s, orderBytes));
    const isWhole = !isZero(n, r) && !isZero(n, s);
    wipe(k);
    inverse.fill(0);
    if (isWhole) return signature;
  }
}

/** Whether r ‖ s, of the right length, is a signature over the digest (FIPS 186-5, 6.4.2). */
export function verify(curve: CurveName, key: PreparedPoint, digest: Uint8Array, signature: Uint8Array): boolean {
  const { orderBytes } = curves[curve];
  const n = scalarsOf(curve);
  const r = signature.subarray(0, orderBytes);
  const s = signature.subarray(orderBytes);
  if (!isInRange(r, n.order) || !isInRange(s, n.order)) return false;
  const w = inverseOfBytes(n, s);
  const u = toField(n, bits2int(curve, digest));
  const v = toField(n, r);
  n.mul(u, u, w);
  n.mul(v, v, w);
  return key.sumHasX(r, fromField(n, u, orderBytes), fromField(n, v, orderBytes));
}

/** The x-coordinate in 04 ‖ x ‖ y. */
export function x(point: Uint8Array): Uint8Array {
  return point.subarray(1, (point.length + 1) / 2);
}
