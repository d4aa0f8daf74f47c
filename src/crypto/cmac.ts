/** CMAC (SP 800-38B) over any block cipher of 16-byte blocks. */

import { wipe } from "../bytes/bytes.ts";
import { BLOCK, type BlockCipher, OUT, putOut, viewOf } from "./block-cipher.ts";
import type { HashState } from "./engine.ts";

/** A running CMAC of 16 bytes. The cipher is taken over, and wiped when the MAC is finished. */
export function cmacState(cipher: BlockCipher & { destroy(): void }): HashState {
  const chain = new Int32Array(4);
  /** The last bytes so far, 1 to 16 once there are any: only `digest` knows how to end with them. */
  const held = new Uint8Array(BLOCK);
  let heldBytes = 0;
  let finished = false;

  function absorb(blocks: DataView, at: number): void {
    for (let i = 0; i < 4; i++) chain[i] ^= blocks.getInt32(at + 4 * i);
    cipher.encrypt(chain[0], chain[1], chain[2], chain[3]);
    chain.set(OUT);
  }

  function requireUnfinished(): void {
    if (finished) throw new Error("this MAC is finished");
  }

  return {
    update(data) {
      requireUnfinished();
      const taken = Math.min(BLOCK - heldBytes, data.length);
      held.set(data.subarray(0, taken), heldBytes);
      heldBytes += taken;
      if (taken === data.length) return;
      absorb(viewOf(held), 0);
      const view = viewOf(data);
      let at = taken;
      for (; data.length - at > BLOCK; at += BLOCK) absorb(view, at);
      held.set(data.subarray(at));
      heldBytes = data.length - at;
    },
    digest() {
      requireUnfinished();
      finished = true;
      cipher.encrypt(0, 0, 0, 0);
      const subkey = doubled(OUT);
      // 6.2, step 4: a whole last block takes K1; another is padded with a one and zeros, and takes K2.
      if (heldBytes < BLOCK) {
        held.fill(0, heldBytes).fill(0x80, heldBytes, heldBytes + 1);
        subkey.set(doubled(subkey));
      }
      for (let i = 0; i < 4; i++) chain[i] ^= subkey[i];
      absorb(viewOf(held), 0);
      const mac = new Uint8Array(BLOCK);
      putOut(viewOf(mac), 0);
      cipher.destroy();
      wipe(held);
      for (const words of [chain, subkey, OUT]) words.fill(0);
      return mac;
    },
  };
}

/** Multiplication by x in GF(2^128) (6.1, steps 2 and 3). */
function doubled(block: Int32Array): Int32Array {
  const shifted = block.map((word, i) => (word << 1) | (i < 3 ? block[i + 1] >>> 31 : 0));
  shifted[3] ^= (block[0] >> 31) & 0x87;
  return shifted;
}
