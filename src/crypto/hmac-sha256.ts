/** HMAC-SHA-256 (FIPS 198-1; FIPS 180-4): the MAC of every KMS ciphertext's key, and most others. */

import { viewOf } from "./block-cipher.ts";
import type { HashState, MacKey } from "./engine.ts";
import { bytesOf, chainingValue, Sha256, sha256 } from "./sha256.ts";

const BLOCK = 64;
const DIGEST = 32;

/** Where a MAC of a whole message is computed, one at a time, so that it needs no state of its own. */
const inOneGo: Sha256 = new Sha256();
/** Where a key is prepared. */
const K0: Uint8Array = new Uint8Array(BLOCK);
const block: DataView = viewOf(K0);

/** A key of any length as the chaining values that K0 ⊕ ipad and K0 ⊕ opad lead to (FIPS 198-1, 4, steps 1 to 8). */
export class PreparedHmacSha256 implements MacKey {
  readonly macBytes: number = DIGEST;
  readonly #inner: Int32Array;
  readonly #outer: Int32Array;
  #isDestroyed = false;

  constructor(key: Uint8Array) {
    const hashed = key.length <= BLOCK ? undefined : sha256(key);
    K0.set(hashed ?? key);
    hashed?.fill(0);
    for (let i = 0; i < BLOCK; i++) K0[i] ^= 0x36;
    this.#inner = chainingValue(block);
    for (let i = 0; i < BLOCK; i++) K0[i] ^= 0x36 ^ 0x5c;
    this.#outer = chainingValue(block);
    K0.fill(0);
  }

  mac(data: Uint8Array): Uint8Array {
    this.#requireLive();
    return outerHash(inOneGo.goOn(this.#inner, BLOCK).update(data), this.#outer);
  }

  /** It goes on when the key is destroyed, so it has the chaining values for itself. */
  start(): HashState {
    this.#requireLive();
    const state = new Sha256().goOn(this.#inner, BLOCK);
    const outer = Int32Array.from(this.#outer);
    let isFinished = false;
    const unfinished = (): Sha256 => {
      if (isFinished) throw new Error("this MAC is finished");
      return state;
    };
    return {
      update: (data) => void unfinished().update(data),
      digest() {
        const mac = outerHash(unfinished(), outer);
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

/** H(K0 ⊕ opad ‖ inner hash) (step 9). Wipes the state. */
function outerHash(state: Sha256, outer: Int32Array): Uint8Array {
  const mac = bytesOf(state.finishInto(outer));
  state.destroy();
  return mac;
}
