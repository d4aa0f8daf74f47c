/** HMAC (FIPS 198-1) by Node. */

import { createHmac, type Hmac } from "node:crypto";
import { wipe } from "../bytes/bytes.ts";
import type { HashName, HashState, MacKey } from "../crypto/engine.ts";
import { hashBytes } from "../crypto/hash.ts";
import { taken } from "./buffers.ts";
import { hashNames, running } from "./hash.ts";

/** A prepared HMAC key of any length that does all its work by Node. */
export function nativeHmacKey(hash: HashName, key: Uint8Array): MacKey {
  return new NodeHmac(hash, key);
}

/**
 * Holds the key's bytes: unlike a KeyObject they can be wiped, and Node starts from them twice as fast. Copied states
 * would be slower still. What OpenSSL copies for a running MAC it cleanses itself.
 */
class NodeHmac implements MacKey {
  readonly macBytes: number;
  readonly #name: string;
  #key: Uint8Array | undefined;

  constructor(hash: HashName, key: Uint8Array) {
    this.macBytes = hashBytes(hash);
    this.#name = hashNames[hash];
    this.#key = Uint8Array.from(key);
  }

  mac(data: Uint8Array): Uint8Array {
    return taken(this.#begin().update(data).digest());
  }

  start(): HashState {
    return running(this.#begin());
  }

  destroy(): void {
    wipe(this.#key);
    this.#key = undefined;
  }

  #begin(): Hmac {
    if (this.#key === undefined) throw new Error("HMAC key was destroyed");
    return createHmac(this.#name, this.#key);
  }
}
