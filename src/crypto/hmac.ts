/** HMAC (FIPS 198-1). */

import { type _HMAC, hmac } from "@noble/hashes/hmac.js";
import type { CHash } from "@noble/hashes/utils.js";
import type { HashName, HashState, MacKey } from "./engine.ts";
import { implementationOf } from "./hash.ts";
import { PreparedHmacSha256 } from "./hmac-sha256.ts";
import { hmacOver } from "./prepared-hmac.ts";

const makers = new Map<HashName, (key: Uint8Array) => MacKey>();

/**
 * A prepared HMAC key of any length. The states after K0 ⊕ ipad and K0 ⊕ opad are computed here, once; every MAC
 * starts from a copy of them.
 */
export function hmacKey(hash: HashName, key: Uint8Array): MacKey {
  if (hash === "SHA256") return new PreparedHmacSha256(key);
  const make = makers.get(hash) ?? makerOf(hash);
  makers.set(hash, make);
  return make(key);
}

function makerOf(hash: HashName): (key: Uint8Array) => MacKey {
  const of = implementationOf(hash);
  return "compress" in of ? hmacOver(of) : (key) => new SpongeHmac(of, key);
}

type State = InstanceType<typeof _HMAC>;

/** HMAC with SHA-3. */
class SpongeHmac implements MacKey {
  readonly macBytes: number;
  readonly #keyed: State;
  /** Where whole-message MACs are computed, so that they need no new state each time. */
  readonly #scratch: State;

  constructor(hash: CHash, key: Uint8Array) {
    this.#keyed = hmac.create(hash, key);
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
