/** Deterministic ECDSA (RFC 6979, 3.2) on Node's HMAC and ECDH alone: the other opinion. */

import { createECDH, createHmac } from "node:crypto";
import { i2osp, os2ip } from "../../src/bytes/bytes.ts";
import type { Domain } from "./curves.ts";

const modulo = (value: bigint, modulus: bigint): bigint => ((value % modulus) + modulus) % modulus;

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let [b, e] = [base, exponent]; e > 0n; [b, e] = [(b * b) % modulus, e >> 1n]) {
    if (e & 1n) result = (result * b) % modulus;
  }
  return result;
}

/** r ‖ s over a digest of `hash`, Node's name of it. */
export function deterministicSignature(
  { node, order }: Domain,
  scalar: Uint8Array,
  digest: Uint8Array,
  hash: string,
): Uint8Array {
  const qlen = order.toString(2).length;
  const rlen = Math.ceil(qlen / 8);
  const bits2int = (bits: Uint8Array) => os2ip(bits) >> BigInt(Math.max(0, 8 * bits.length - qlen));
  const h = bits2int(digest);
  const seed = Buffer.concat([scalar, i2osp(h % order, rlen)]);
  let K: Buffer = Buffer.alloc(digest.length, 0);
  let V: Buffer = Buffer.alloc(digest.length, 1);
  const mac = (...parts: readonly Uint8Array[]) => createHmac(hash, K).update(Buffer.concat(parts)).digest();
  for (const separator of [0, 1]) {
    K = mac(V, Uint8Array.of(separator), seed);
    V = mac(V);
  }
  while (true) {
    let T = Buffer.alloc(0);
    while (8 * T.length < qlen) {
      V = mac(V);
      T = Buffer.concat([T, V]);
    }
    const k = bits2int(T);
    if (k > 0n && k < order) {
      const ecdh = createECDH(node);
      ecdh.setPrivateKey(i2osp(k, rlen));
      const point = ecdh.getPublicKey();
      const r = os2ip(point.subarray(1, (point.length + 1) / 2)) % order;
      const s = modulo(power(k, order - 2n, order) * (h + r * os2ip(scalar)), order);
      return Uint8Array.of(...i2osp(r, rlen), ...i2osp(s, rlen));
    }
    K = mac(V, Uint8Array.of(0));
    V = mac(V);
  }
}
