/** The nonces of RFC 6979. */

import { concat, wipe } from "../bytes/bytes.ts";
import { curves } from "./ec-curves.ts";
import { bits2int, isInRange, scalarsOf } from "./ec-scalars.ts";
import type { CurveName, HashName, MacKey } from "./engine.ts";
import { hashBytes } from "./hash.ts";
import { hmacKey } from "./hmac.ts";

/** Of each hash the key that is all zero, with which the generator begins. */
const zeroKeys = new Map<HashName, MacKey>();

function zeroKey(hash: HashName): MacKey {
  const key = zeroKeys.get(hash) ?? hmacKey(hash, new Uint8Array(hashBytes(hash)));
  zeroKeys.set(hash, key);
  return key;
}

/**
 * The generator of 3.2, steps b to h: one nonce in [1, n − 1] after the other, of the order's length.
 * @param seed int2octets(x), bits2octets(h1), and the k′ of 3.6 if there is one.
 */
export function nonceSource(curve: CurveName, hash: HashName, ...seed: readonly Uint8Array[]): () => Uint8Array {
  const { orderBytes } = curves[curve];
  const { order } = scalarsOf(curve);
  const length = hashBytes(hash);
  let V: Uint8Array = new Uint8Array(length).fill(1);
  let key = zeroKey(hash);
  const input = concat(V, Uint8Array.of(0), ...seed);
  const update = (data: Uint8Array): void => {
    const material = key.mac(data);
    if (key !== zeroKey(hash)) key.destroy();
    key = hmacKey(hash, material);
    wipe(material);
    V = key.mac(V);
  };
  update(input);
  input.set(V);
  input[length] = 1;
  update(input);
  wipe(input);
  let isFirst = true;
  return () => {
    for (;;) {
      if (!isFirst) update(concat(V, Uint8Array.of(0)));
      isFirst = false;
      const T = new Uint8Array(orderBytes);
      for (let filled = 0; filled < orderBytes; filled += length) {
        V = key.mac(V);
        T.set(V.subarray(0, orderBytes - filled), filled);
      }
      const nonce = bits2int(curve, T);
      wipe(T);
      if (isInRange(nonce, order)) return nonce;
    }
  };
}
