import { utf8, wipe } from "../bytes/bytes.ts";
import { childDrbg, drbgRng } from "../crypto/drbg.ts";
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

/**
 * What one message of a batch draws: a DRBG of its own, made when something is drawn, so that the results are the same
 * wherever and in whatever order messages are done.
 */
export function messageRng(seed: Uint8Array, { drbgCipher }: Engine): Rng {
  let draw: Rng | undefined;
  return (byteLength) => {
    if (draw === undefined) {
      draw = drbgRng(childDrbg(() => Uint8Array.from(seed), utf8("message of a batch"), drbgCipher));
      wipe(seed);
    }
    return draw(byteLength);
  };
}
