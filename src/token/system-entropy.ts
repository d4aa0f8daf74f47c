import type { EntropySource } from "../crypto/entropy.ts";

function fill(bytes: Uint8Array): void {
  globalThis.crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>);
}

/** The operating system's random bytes, through Web Crypto, which every runtime has. */
export const systemEntropy: EntropySource = Object.assign(
  (byteLength: number): Uint8Array => {
    const bytes = new Uint8Array(byteLength);
    fill(bytes);
    return bytes;
  },
  { fill },
);
