/** HMAC (FIPS 198-1). */

import { type _HMAC, hmac } from "@noble/hashes/hmac.js";
import type { HashName, HashState, MacKey } from "./engine.ts";
import { nobleHash } from "./hash.ts";
import { PreparedHmacSha256 } from "./hmac-sha256.ts";

/**
 * A prepared HMAC key of any length. The states after K0 ⊕ ipad and K0 ⊕ opad are computed here, once; every MAC
 * starts from a copy of them.
 */
export function hmacKey(hash: HashName, key: Uint8Array): MacKey {
  return hash === "SHA256" ? new PreparedHmacSha256(key) : new PreparedHmac(hash, key);
}

type State = InstanceType<typeof _HMAC>;

class PreparedHmac implements MacKey {
  readonly macBytes: number;
  readonly #keyed: State;
  /** Where whole-message MACs are computed, so that they need no new state each time. */
  readonly #scratch: State;

  constructor(hash: HashName, key: Uint8Array) {
    this.#keyed = hmac.create(nobleHash(hash), key);
    this.#scratch = this.#keyed.clone();
    this.macBytes = this.#keyed.outputLen;
  }

  mac(data: Uint8Array): Uint8Array {
    return this.#keyed._cloneInto(this.#scratch).update(data).digest();
  }

  start(): HashState {
    const state = this.#keyed.clone();
    return {
      update: (data) => void state.update(data),
      digest: () => state.digest(),
    };
  }

  destroy(): void {
    this.#keyed.destroy();
    this.#scratch.destroy();
  }
}
