import { utf8, wipe } from "../bytes/bytes.ts";
import { type CtrDrbg, childDrbg, drbgRng } from "../crypto/drbg.ts";
import type { Engine, Rng } from "../crypto/engine.ts";
import { encryptOnce, type Ready, signOnce } from "./operations.ts";

/** What can be done to many messages at once. */
export type BatchUse = "encrypt" | "sign";

const ONCE: Readonly<Record<BatchUse, (ready: Ready, data: Uint8Array) => Uint8Array>> = {
  encrypt: encryptOnce,
  sign: signOnce,
};

export function onceFor(use: BatchUse): (ready: Ready, data: Uint8Array) => Uint8Array {
  return ONCE[use];
}

const MESSAGE = utf8("message of a batch");

/**
 * What `use` makes of what one message of a batch draws: from a DRBG of its own, made when something is drawn, so that the
 * results are the same wherever and in whatever order messages are done. Seed and DRBG are wiped after it.
 */
export function withMessageRng<T>(seed: Uint8Array, { drbgCipher }: Engine, use: (rng: Rng) => T): T {
  let drbg: CtrDrbg | undefined;
  let draw: Rng | undefined;
  try {
    return use((byteLength) => {
      drbg ??= childDrbg(() => Uint8Array.from(seed), MESSAGE, drbgCipher);
      draw ??= drbgRng(drbg);
      return draw(byteLength);
    });
  } finally {
    drbg?.uninstantiate();
    wipe(seed);
  }
}
