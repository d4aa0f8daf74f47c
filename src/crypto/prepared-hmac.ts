/** HMAC (FIPS 198-1) over the hashes of merkle-damgard.ts, under prepared keys; hmac-sha256.ts has it for SHA-256. */

import { putBytes } from "../bytes/bytes.ts";
import { viewOf } from "./block-cipher.ts";
import type { HashState } from "./engine.ts";
import type { HmacKey } from "./hmac.ts";
import { macsInParts } from "./hmac-in-parts.ts";
import { type Compression, inOneGo, putDigest, RunningHash } from "./merkle-damgard.ts";

/** Where a key is prepared; as long as the longest block. */
const K0: Uint8Array = new Uint8Array(128);
const block: DataView = viewOf(K0);

/** What the keys of HMAC with one hash share. */
interface Shared {
  readonly of: Compression;
  readonly hash: (key: Uint8Array) => Uint8Array;
  /** Where a MAC of a whole message is computed, one at a time, so that it needs no state of its own. */
  readonly state: RunningHash;
  readonly inParts: (inner: Int32Array, outer: Int32Array) => HashState;
}

/** The prepared keys of HMAC with one hash. */
export function hmacOver(of: Compression): (key: Uint8Array) => HmacKey {
  const inParts = macsInParts({
    blockBytes: of.blockBytes,
    words: of.initial.length,
    newState: () => new RunningHash(of),
    finish(state, outer) {
      const mac = new Uint8Array(of.digestBytes);
      outerHash(of, mac, state, outer);
      return mac;
    },
  });
  const shared = { of, hash: inOneGo(of), state: new RunningHash(of), inParts };
  return (key) => new PreparedHmac(shared, key);
}

/** A key as the chaining values that K0 ⊕ ipad and K0 ⊕ opad lead to (FIPS 198-1, 4, steps 1 to 8). */
class PreparedHmac implements HmacKey {
  readonly macBytes: number;
  readonly #shared: Shared;
  readonly #inner: Int32Array;
  readonly #outer: Int32Array;
  #isDestroyed = false;

  constructor(shared: Shared, key: Uint8Array) {
    const { of } = shared;
    this.macBytes = of.digestBytes;
    this.#shared = shared;
    this.#inner = new Int32Array(of.initial.length);
    this.#outer = new Int32Array(of.initial.length);
    this.rekey(key);
  }

  rekey(key: Uint8Array): void {
    const { of, hash } = this.#shared;
    const hashed = key.length <= of.blockBytes ? undefined : hash(key);
    putBytes(hashed ?? key, K0, 0);
    hashed?.fill(0);
    for (let at = 0; at < of.blockBytes; at += 4) block.setInt32(at, block.getInt32(at) ^ 0x36363636);
    chainFrom(of, this.#inner);
    for (let at = 0; at < of.blockBytes; at += 4) block.setInt32(at, block.getInt32(at) ^ (0x36363636 ^ 0x5c5c5c5c));
    chainFrom(of, this.#outer);
    K0.fill(0);
    of.wipe?.();
  }

  mac(data: Uint8Array): Uint8Array {
    const mac = new Uint8Array(this.macBytes);
    this.macInto(mac, data);
    return mac;
  }

  macInto(mac: Uint8Array, data: Uint8Array): void {
    this.#requireLive();
    const { of, state } = this.#shared;
    outerHash(of, mac, state.goOn(this.#inner, of.blockBytes).update(data), this.#outer);
  }

  start(): HashState {
    this.#requireLive();
    return this.#shared.inParts(this.#inner, this.#outer);
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#inner.fill(0);
    this.#outer.fill(0);
  }

  #requireLive(): void {
    if (this.#isDestroyed) throw new Error("HMAC key was destroyed");
  }
}

/** Leaves in H the chaining value that the block leads to. */
function chainFrom(of: Compression, H: Int32Array): void {
  H.set(of.initial);
  of.compress(H, block, 0);
}

/** H(K0 ⊕ opad ‖ inner hash) (step 9). Wipes the state. */
function outerHash(of: Compression, mac: Uint8Array, state: RunningHash, outer: Int32Array): void {
  putDigest(of, state.finishInto(outer, of.blockBytes), mac);
  state.destroy();
}
