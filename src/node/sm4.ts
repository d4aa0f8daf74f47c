/** SM4 (GB/T 32907-2016) in the modes that OpenSSL has; GCM is pure (fallbacks.ts). */

import { createCipheriv, createDecipheriv } from "node:crypto";
import { wipe } from "../bytes/bytes.ts";
import { requireCbc, requireRange } from "../crypto/block-modes.ts";
import type { Sm4Key } from "../crypto/engine.ts";
import { taken } from "./buffers.ts";
import * as pure from "./pure.ts";

const BLOCK = 16;
const KEY_BYTES = 16;

/**
 * A prepared SM4 key. It holds the key's bytes, as an AES key does (aes.ts).
 * @throws RangeError when the key is not of 16 bytes.
 */
export function sm4Key(key: Uint8Array): Sm4Key {
  if (key.length !== KEY_BYTES) throw new RangeError(`an SM4 key must be ${KEY_BYTES} bytes, not ${key.length}`);
  let secret: Uint8Array | undefined = Uint8Array.from(key);

  function live(): Uint8Array {
    if (secret === undefined) throw new Error("SM4 key was destroyed");
    return secret;
  }

  function withPure<T>(operate: (sm4: Sm4Key) => T): T {
    const sm4 = pure.sm4Key(live());
    try {
      return operate(sm4);
    } finally {
      sm4.destroy();
    }
  }

  return {
    gcmSeal: (iv, aad, plaintext, tagBytes) => withPure((sm4) => sm4.gcmSeal(iv, aad, plaintext, tagBytes)),
    gcmOpen: (iv, aad, sealed, tagBytes) => withPure((sm4) => sm4.gcmOpen(iv, aad, sealed, tagBytes)),
    cbcEncrypt(iv, blocks) {
      const own = live();
      requireCbc(iv, blocks);
      const cipher = createCipheriv("sm4-cbc", own, iv).setAutoPadding(false);
      return taken(cipher.update(blocks), cipher.final());
    },
    cbcDecrypt(iv, blocks) {
      const own = live();
      requireCbc(iv, blocks);
      const decipher = createDecipheriv("sm4-cbc", own, iv).setAutoPadding(false);
      return taken(decipher.update(blocks), decipher.final());
    },
    ctr(counter, data) {
      const own = live();
      requireRange(counter.length === BLOCK, `a CTR counter block must be ${BLOCK} bytes`);
      return taken(createCipheriv("sm4-ctr", own, counter).update(data));
    },
    destroy() {
      wipe(secret);
      secret = undefined;
    },
  };
}
