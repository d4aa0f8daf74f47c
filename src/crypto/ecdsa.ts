/** ECDSA (FIPS 186-5, 6.4) with the nonces of RFC 6979, deterministic or hedged. */

import { concat, wipe } from "../bytes/bytes.ts";
import { curves } from "./ec-curves.ts";
import { groupOf } from "./ec-group.ts";
import { bits2int, isInRange, reduced, scalarsOf } from "./ec-scalars.ts";
import type { CurveName, HashName, Rng } from "./engine.ts";
import { fromField, inverseOfBytes, MOST, toField } from "./field/numbers.ts";
import type { Group, PreparedPoint } from "./generated-group.ts";
import { nonceSource } from "./rfc6979.ts";

/** Extra input of RFC 6979, 3.6: a security strength's worth and more for every curve here. */
const HEDGE_BYTES = 32;

const NONE = new Uint8Array();

/** Numbers on their way: to make an array above 64 bytes takes half a microsecond. */
const sum: Float64Array = new Float64Array(MOST);
const product: Float64Array = new Float64Array(MOST);
const inverse: Float64Array = new Float64Array(MOST);

/**
 * r ‖ s over a digest of any length (FIPS 186-5, 6.4.1).
 * @param scalar the private key, in [1, n − 1], of the order's length.
 * @param nonce by RFC 6979: hedged with a generator (3.6), or deterministic with HMAC of a hash (3.2).
 * @param xOfBase the x-coordinate of k·G, with a secret k in [1, n − 1].
 */
export function sign(
  curve: CurveName,
  scalar: Uint8Array,
  digest: Uint8Array,
  nonce: Rng | HashName,
  xOfBase: Group["xOfBase"] = groupOf(curve).xOfBase,
): Uint8Array {
  const { orderBytes, nonceHash } = curves[curve];
  const n = scalarsOf(curve);
  const e = reduced(n, bits2int(n, digest));
  const [hash, extra] = typeof nonce === "string" ? [nonce, NONE] : [nonceHash, nonce(HEDGE_BYTES)];
  const nonces = nonceSource(n, hash, scalar, e, extra);
  wipe(extra);
  for (;;) {
    const k = nonces.next();
    const r = reduced(n, xOfBase(k));
    // k⁻¹ (e + d r).
    toField(n, r, sum);
    toField(n, scalar, product);
    n.mul(product, product, sum);
    toField(n, e, sum);
    for (let i = 0; i < n.LIMBS; i++) sum[i] += product[i];
    inverseOfBytes(n, k, inverse);
    n.mul(sum, sum, inverse);
    const s = fromField(n, sum, orderBytes);
    wipe(k);
    for (const part of [sum, product, inverse]) part.fill(0);
    if (!isInRange(r, n.order) || !isInRange(s, n.order)) continue;
    nonces.destroy();
    return concat(r, s);
  }
}

/** Whether r ‖ s, of the right length, is a signature over the digest (FIPS 186-5, 6.4.2). */
export function verify(curve: CurveName, key: PreparedPoint, digest: Uint8Array, signature: Uint8Array): boolean {
  const { orderBytes } = curves[curve];
  const n = scalarsOf(curve);
  const r = signature.subarray(0, orderBytes);
  const s = signature.subarray(orderBytes);
  if (!isInRange(r, n.order) || !isInRange(s, n.order)) return false;
  inverseOfBytes(n, s, inverse);
  n.mul(sum, toField(n, bits2int(n, digest), sum), inverse);
  n.mul(product, toField(n, r, product), inverse);
  return key.sumHasX(r, fromField(n, sum, orderBytes), fromField(n, product, orderBytes));
}
