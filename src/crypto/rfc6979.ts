/** The nonces of RFC 6979. */

import { concat, putBytes } from "../bytes/bytes.ts";
import { bits2int, isInRange, type Scalars } from "./ec-scalars.ts";
import type { HashName } from "./engine.ts";
import { hashBytes } from "./hash.ts";
import { type HmacKey, hmacKey } from "./hmac.ts";

/** For V, a byte, and the seed: the longest hash, twice the longest order, and as much as is ever hedged with. */
const memory: Uint8Array = new Uint8Array(64 + 1 + 2 * 66 + 64);

/** Of each hash the key that is all zero, with which the generator begins. */
const zeroKeys = new Map<HashName, HmacKey>();

function zeroKey(hash: HashName): HmacKey {
  const key = zeroKeys.get(hash) ?? hmacKey(hash, new Uint8Array(hashBytes(hash)));
  zeroKeys.set(hash, key);
  return key;
}

export interface NonceSource {
  /** The next nonce, in [1, n − 1] and of the order's length. */
  next(): Uint8Array;
  /** Wipes K and V, which is or begins as the last nonce. Every `next` after it throws Error. */
  destroy(): void;
}

/**
 * The generator of 3.2, steps b to h.
 * @param seed int2octets(x), bits2octets(h1), and the k′ of 3.6 if there is one.
 */
export function nonceSource(scalars: Scalars, hash: HashName, ...seed: readonly Uint8Array[]): NonceSource {
  const { order } = scalars;
  const length = hashBytes(hash);
  const V = new Uint8Array(length).fill(1);
  const K = new Uint8Array(length);
  let end = length + 1;
  for (let i = 0; i < seed.length; i++) {
    putBytes(seed[i], memory, end);
    end += seed[i].length;
  }
  const input = memory.subarray(0, end);
  let key = zeroKey(hash);
  const update = (data: Uint8Array): void => {
    key.macInto(K, data);
    if (key === zeroKey(hash)) key = hmacKey(hash, K);
    else key.rekey(K);
    K.fill(0);
    key.macInto(V, V);
  };
  for (let step = 0; step < 2; step++) {
    putBytes(V, input, 0);
    input[length] = step;
    update(input);
  }
  input.fill(0);
  let isFirst = true;
  return {
    next() {
      for (;;) {
        if (!isFirst) update(concat(V, Uint8Array.of(0)));
        isFirst = false;
        const T = new Uint8Array(order.length);
        for (let filled = 0; filled < T.length; filled += length) {
          key.macInto(V, V);
          putBytes(V.subarray(0, T.length - filled), T, filled);
        }
        const nonce = bits2int(scalars, T);
        T.fill(0);
        if (isInRange(nonce, order)) return nonce;
      }
    },
    destroy() {
      key.destroy();
      V.fill(0);
    },
  };
}
