/** Multi-part forms of modes over whole blocks: what is complete goes out at once. */

import { concat, wipe } from "../bytes/bytes.ts";
import type { CipherKey } from "./block-cipher.ts";
import type { CipherStream } from "./mechanism.ts";

export const BLOCK = 16;

/** A running mode: whole blocks in, at least one, and as many out. */
export type Blocks = (blocks: Uint8Array) => Uint8Array;

/** CBC (SP 800-38A, 6.2), which goes on where it was. */
export function cbcEncryptor(key: CipherKey, iv: Uint8Array): Blocks {
  let chained = iv;
  return (blocks) => {
    const ciphertext = key.cbcEncrypt(chained, blocks);
    chained = ciphertext.slice(-BLOCK);
    return ciphertext;
  };
}

export function cbcDecryptor(key: CipherKey, iv: Uint8Array): Blocks {
  let chained = iv;
  return (blocks) => {
    const plaintext = key.cbcDecrypt(chained, blocks);
    chained = blocks.slice(-BLOCK);
    return plaintext;
  };
}

/**
 * Parts of any length in, whole blocks out; `finish` gets the rest and gives the end. With `keepsLast` the rest is never
 * empty after there was data: the last block may be padding.
 */
export function inBlocks(run: Blocks, finish: (rest: Uint8Array) => Uint8Array, keepsLast = false): CipherStream {
  let rest = new Uint8Array(0);
  return {
    update(data) {
      const all = concat(rest, data);
      wipe(rest);
      const whole = keepsLast ? Math.max(0, Math.ceil(all.length / BLOCK) - 1) : Math.floor(all.length / BLOCK);
      rest = all.slice(whole * BLOCK);
      const out = whole === 0 ? new Uint8Array(0) : run(all.subarray(0, whole * BLOCK));
      wipe(all);
      return out;
    },
    final() {
      try {
        return finish(rest);
      } finally {
        wipe(rest);
      }
    },
  };
}
