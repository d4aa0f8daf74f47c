/** AES-CMAC (SP 800-38B), for which Node has no function, over Node's AES. */

import { createCipheriv } from "node:crypto";
import { wipe } from "../bytes/bytes.ts";
import type { HashState } from "../crypto/engine.ts";
import { taken } from "./buffers.ts";

const BLOCK = 16;

/** A running CMAC under `key`, which is not needed any more after this call. */
export function nativeCmacState(key: Uint8Array): HashState {
  const bits = 8 * key.length;
  const zeros = new Uint8Array(BLOCK);
  const L = taken(createCipheriv(`aes-${bits}-ecb`, key, null).setAutoPadding(false).update(zeros));
  const K1 = doubled(L);
  const K2 = doubled(K1);
  wipe(L);
  const chain = createCipheriv(`aes-${bits}-cbc`, key, zeros).setAutoPadding(false);
  /** The last bytes so far, 1 to 16 once there are any: only `digest` knows how to end with them. */
  const held = new Uint8Array(BLOCK);
  let length = 0;
  let finished = false;

  function requireUnfinished(): void {
    if (finished) throw new Error("this MAC is finished");
  }

  return {
    update(data) {
      requireUnfinished();
      const total = length + data.length;
      if (total <= BLOCK) {
        held.set(data, length);
        length = total;
        return;
      }
      const rest = total % BLOCK || BLOCK;
      wipe(chain.update(held.subarray(0, length)), chain.update(data.subarray(0, data.length - rest)));
      held.set(data.subarray(data.length - rest));
      length = rest;
    },
    digest() {
      requireUnfinished();
      finished = true;
      // 6.2, step 4: a whole last block takes K1; another is padded with a one and zeros, and takes K2.
      if (length < BLOCK) held.fill(0, length).fill(0x80, length, length + 1);
      const subkey = length === BLOCK ? K1 : K2;
      const last = held.map((byte, i) => byte ^ (subkey[i] as number));
      const mac = taken(chain.update(last));
      wipe(held, last, K1, K2);
      return mac;
    },
  };
}

/** Multiplication by x in GF(2^128) (6.1, steps 2 and 3). */
function doubled(block: Uint8Array): Uint8Array {
  const carry = (block[0] as number) >>> 7;
  const shifted = block.map((byte, i) => (byte << 1) | ((block[i + 1] ?? 0) >>> 7));
  shifted[BLOCK - 1] = (shifted[BLOCK - 1] as number) ^ (0x87 & -carry);
  return shifted;
}
