import type { EntropySource } from "../crypto/entropy.ts";

/** The operating system's random bytes, through Web Crypto, which every runtime has. */
export const systemEntropy: EntropySource = (byteLength) =>
  globalThis.crypto.getRandomValues(new Uint8Array(byteLength));
