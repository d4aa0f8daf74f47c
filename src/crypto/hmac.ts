/** HMAC (FIPS 198-1). */

import { type _HMAC, hmac } from "@noble/hashes/hmac.js";
import type { CHash } from "@noble/hashes/utils.js";
import type { HashName, HashState, MacKey } from "./engine.ts";
import { implementationOf } from "./hash.ts";
import { PreparedHmacSha256 } from "./hmac-sha256.ts";
import { hmacOver } from "./prepared-hmac.ts";

/** A prepared key that gives way to another and writes to memory that is there: RFC 6979 takes five keys and seven MACs. */
export interface HmacKey extends MacKey {
  /** Takes another key in the place of the one it has. */
  rekey(key: Uint8Array): void;
  /** The MAC to the beginning of some bytes, which the data may be. */
  macInto(mac: Uint8Array, data: Uint8Array): void;
}

const makers = new Map<HashName, (key: Uint8Array) => HmacKey>();

/**
 * A prepared HMAC key of any length. The states after K0 ⊕ ipad and K0 ⊕ opad are computed here, once; every MAC
 * starts from a copy of them.
 */
export function hmacKey(hash: HashName, key: Uint8Array): HmacKey {
  if (hash === "SHA256") return new PreparedHmacSha256(key);
  const make = makers.get(hash) ?? makerOf(hash);
  makers.set(hash, make);
  return make(key);
}

function makerOf(hash: HashName): (key: Uint8Array) => HmacKey {
  const of = implementationOf(hash);
  return "compress" in of ? hmacOver(of) : (key) => new SpongeHmac(of, key);
}

type State = InstanceType<typeof _HMAC>;

/** HMAC with SHA-3. */
class SpongeHmac implements HmacKey {
  readonly macBytes: number;
  readonly #hash: CHash;
  #keyed: State;
  /** Where whole-message MACs are computed, so that they need no new state each time. */
  #scratch: State;

  constructor(hash: CHash, key: Uint8Array) {
    this.#hash = hash;
    this.#keyed = hmac.create(hash, key);
    this.#scratch = this.#keyed.clone();
    this.macBytes = this.#keyed.outputLen;
  }

  rekey(key: Uint8Array): void {
    this.destroy();
    this.#keyed = hmac.create(this.#hash, key);
    this.#scratch = this.#keyed.clone();
  }

  mac(data: Uint8Array): Uint8Array {
    return this.#keyed._cloneInto(this.#scratch).update(data).digest();
  }

  macInto(mac: Uint8Array, data: Uint8Array): void {
    this.#keyed._cloneInto(this.#scratch).update(data).digestInto(mac);
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
