/** The nonces of RFC 6979. */

import { concat, putBytes, wipe } from "../bytes/bytes.ts";
import { bits2int, isInRange, type Scalars } from "./ec-scalars.ts";
import type { HashName, MacKey } from "./engine.ts";
import { hashBytes } from "./hash.ts";
import { hmacKey } from "./hmac.ts";

/** For V, a byte, and the seed: the longest hash, twice the longest order, and as much as is ever hedged with. */
const memory: Uint8Array = new Uint8Array(64 + 1 + 2 * 66 + 64);

/** Of each hash the key that is all zero, with which the generator begins. */
const zeroKeys = new Map<HashName, MacKey>();

function zeroKey(hash: HashName): MacKey {
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
  let V: Uint8Array = new Uint8Array(length).fill(1);
  let key = zeroKey(hash);
  let end = length + 1;
  for (const part of seed) {
    putBytes(part, memory, end);
    end += part.length;
  }
  const input = memory.subarray(0, end);
  const update = (data: Uint8Array): void => {
    const material = key.mac(data);
    if (key !== zeroKey(hash)) key.destroy();
    key = hmacKey(hash, material);
    wipe(material);
    advance();
  };
  const advance = (): void => {
    const last = V;
    V = key.mac(last);
    wipe(last);
  };
  for (let step = 0; step < 2; step++) {
    putBytes(V, input, 0);
    input[length] = step;
    update(input);
  }
  wipe(input);
  let isFirst = true;
  return {
    next() {
      for (;;) {
        if (!isFirst) update(concat(V, Uint8Array.of(0)));
        isFirst = false;
        const T = new Uint8Array(order.length);
        for (let filled = 0; filled < T.length; filled += length) {
          advance();
          T.set(V.subarray(0, T.length - filled), filled);
        }
        const nonce = bits2int(scalars, T);
        wipe(T);
        if (isInRange(nonce, order)) return nonce;
      }
    },
    destroy() {
      key.destroy();
      wipe(V);
    },
  };
}
