/** ECDSA (FIPS 186-5, 6.4) with the nonces of RFC 6979, deterministic or hedged. */

import { concat, i2osp, os2ip, wipe } from "../bytes/bytes.ts";
import { curves, pointsOf } from "./ec-curves.ts";
import { type Group, groupOf, type PreparedPoint } from "./ec-group.ts";
import type { CurveName, HashName, Rng } from "./engine.ts";
import { hashBytes } from "./hash.ts";
import { hmacKey } from "./hmac.ts";
import { inverse } from "./inverse.ts";

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
  const { Fn } = pointsOf(curve);
  const e = Fn.create(bits2int(curve, digest));
  const [hash, extra] = typeof nonce === "string" ? [nonce, NONE] : [nonceHash, nonce(HEDGE_BYTES)];
  const nonces = nonceSource(curve, hash, concat(scalar, i2osp(e, orderBytes), extra));
  const d = os2ip(scalar);
  for (;;) {
    const { nonce, mask } = nonces();
    const r = Fn.create(os2ip(x(multiplyBase(nonce))));
    // The arithmetic of BigInt takes longer for some numbers than for others: it sees k and d under a mask.
    const b = Fn.create(os2ip(mask));
    const masked = inverse(Fn.mul(os2ip(nonce), b), Fn.ORDER);
    const s = Fn.mul(masked, Fn.add(Fn.mul(b, e), Fn.mul(Fn.mul(b, d), r)));
    wipe(nonce, mask);
    if (r !== 0n && s !== 0n) return concat(i2osp(r, orderBytes), i2osp(s, orderBytes));
  }
}

/** Whether r ‖ s, of the right length, is a signature over the digest (FIPS 186-5, 6.4.2). */
export function verify(curve: CurveName, key: PreparedPoint, digest: Uint8Array, signature: Uint8Array): boolean {
  const { orderBytes } = curves[curve];
  const { Fn } = pointsOf(curve);
  const r = os2ip(signature.subarray(0, orderBytes));
  const s = os2ip(signature.subarray(orderBytes));
  if (r === 0n || s === 0n || r >= Fn.ORDER || s >= Fn.ORDER) return false;
  const w = inverse(s, Fn.ORDER);
  const u = Fn.mul(Fn.create(bits2int(curve, digest)), w);
  const sum = key.sumWithBase(i2osp(u, orderBytes), i2osp(Fn.mul(r, w), orderBytes));
  return sum !== undefined && Fn.create(os2ip(sum)) === r;
}

/** The leftmost bits of a digest, as many as the order has (FIPS 186-5, 6.4.1, step 2; RFC 6979, 2.3.2). */
function bits2int(curve: CurveName, digest: Uint8Array): bigint {
  const { orderBytes, orderBits } = curves[curve];
  const bytes = digest.subarray(0, orderBytes);
  return os2ip(bytes) >> BigInt(Math.max(0, 8 * bytes.length - orderBits));
}

/**
 * The generator of RFC 6979, 3.2, steps b to h: one nonce in [1, n − 1] after the other; with each a mask, of the
 * hash's length, that comes from the same state and changes nothing in it.
 */
function nonceSource(
  curve: CurveName,
  hash: HashName,
  seed: Uint8Array,
): () => { readonly nonce: Uint8Array; readonly mask: Uint8Array } {
  const { orderBytes, orderBits } = curves[curve];
  const n = pointsOf(curve).Fn.ORDER;
  let V: Uint8Array = new Uint8Array(hashBytes(hash)).fill(1);
  let key = hmacKey(hash, new Uint8Array(hashBytes(hash)));
  const update = (...parts: Uint8Array[]): void => {
    const material = key.mac(concat(V, ...parts));
    key.destroy();
    key = hmacKey(hash, material);
    wipe(material);
    V = key.mac(V);
  };
  update(Uint8Array.of(0), seed);
  update(Uint8Array.of(1), seed);
  wipe(seed);
  let isFirst = true;
  return () => {
    for (;;) {
      if (!isFirst) update(Uint8Array.of(0));
      isFirst = false;
      const T = new Uint8Array(orderBytes);
      for (let filled = 0; filled < orderBytes; filled += V.length) {
        V = key.mac(V);
        T.set(V.subarray(0, orderBytes - filled), filled);
      }
      const k = os2ip(T) >> BigInt(8 * orderBytes - orderBits);
      wipe(T);
      if (k > 0n && k < n) return { nonce: i2osp(k, orderBytes), mask: key.mac(concat(V, Uint8Array.of(2))) };
    }
  };
}

/** The x-coordinate in 04 ‖ x ‖ y. */
export function x(point: Uint8Array): Uint8Array {
  return point.subarray(1, (point.length + 1) / 2);
}
