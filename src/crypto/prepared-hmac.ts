/** HMAC (FIPS 198-1) over the hashes of merkle-damgard.ts, under prepared keys; hmac-sha256.ts has it for SHA-256. */

import { viewOf } from "./block-cipher.ts";
import type { HashState, MacKey } from "./engine.ts";
import { type Compression, digestOf, inOneGo, RunningHash } from "./merkle-damgard.ts";

/** Where a key is prepared; as long as the longest block. */
const K0: Uint8Array = new Uint8Array(128);
const block: DataView = viewOf(K0);

/** The prepared keys of HMAC with one hash. */
export function hmacOver(of: Compression): (key: Uint8Array) => MacKey {
  const hash = inOneGo(of);
  // Where a MAC of a whole message is computed, one at a time, so that it needs no state of its own.
  const state = new RunningHash(of);
  return (key) => {
    const hashed = key.length <= of.blockBytes ? undefined : hash(key);
    const prepared = new PreparedHmac(of, state, hashed ?? key);
    hashed?.fill(0);
    return prepared;
  };
}

/** A key as the chaining values that K0 ⊕ ipad and K0 ⊕ opad lead to (FIPS 198-1, 4, steps 1 to 8). */
class PreparedHmac implements MacKey {
  readonly macBytes: number;
  readonly #of: Compression;
  readonly #state: RunningHash;
  readonly #inner: Int32Array;
  readonly #outer: Int32Array;
  #isDestroyed = false;

  constructor(of: Compression, state: RunningHash, key: Uint8Array) {
    const { blockBytes } = of;
    this.macBytes = of.digestBytes;
    this.#of = of;
    this.#state = state;
    K0.set(key);
    for (let i = 0; i < blockBytes; i++) K0[i] ^= 0x36;
    this.#inner = chainingValue(of);
    for (let i = 0; i < blockBytes; i++) K0[i] ^= 0x36 ^ 0x5c;
    this.#outer = chainingValue(of);
    K0.fill(0);
    of.wipe?.();
  }

  mac(data: Uint8Array): Uint8Array {
    this.#requireLive();
    return outerHash(this.#of, this.#state.goOn(this.#inner, this.#of.blockBytes).update(data), this.#outer);
  }

  /** It goes on when the key is destroyed, so it has the chaining values for itself. */
  start(): HashState {
    this.#requireLive();
    const of = this.#of;
    const state = new RunningHash(of).goOn(this.#inner, of.blockBytes);
    const outer = Int32Array.from(this.#outer);
    let isFinished = false;
    const unfinished = (): RunningHash => {
      if (isFinished) throw new Error("this MAC is finished");
      return state;
    };
    return {
      update: (data) => void unfinished().update(data),
      digest() {
        const mac = outerHash(of, unfinished(), outer);
        isFinished = true;
        outer.fill(0);
        return mac;
      },
    };
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

/** The chaining value that the block leads to. */
function chainingValue(of: Compression): Int32Array {
  const H = new Int32Array(of.initial);
  of.compress(H, block, 0);
  return H;
}

/** H(K0 ⊕ opad ‖ inner hash) (step 9). Wipes the state. */
function outerHash(of: Compression, state: RunningHash, outer: Int32Array): Uint8Array {
  const mac = digestOf(of, state.finishInto(outer, of.blockBytes));
  state.destroy();
  return mac;
}
