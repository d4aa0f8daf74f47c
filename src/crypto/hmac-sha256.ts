/** HMAC-SHA-256 (FIPS 198-1; FIPS 180-4): the MAC of every KMS ciphertext's key, and most others. */

import { putBytes } from "../bytes/bytes.ts";
import { viewOf } from "./block-cipher.ts";
import type { HashState } from "./engine.ts";
import type { HmacKey } from "./hmac.ts";
import { macsInParts } from "./hmac-in-parts.ts";
import { chainFrom, putDigest, Sha256, sha256 } from "./sha256.ts";

const BLOCK = 64;
const DIGEST = 32;

/** Where a MAC of a whole message is computed, one at a time, so that it needs no state of its own. */
const inOneGo: Sha256 = new Sha256();
/** Where a key is prepared. */
const K0: Uint8Array = new Uint8Array(BLOCK);
const block: DataView = viewOf(K0);

/** A key of any length as the chaining values that K0 ⊕ ipad and K0 ⊕ opad lead to (FIPS 198-1, 4, steps 1 to 8). */
export class PreparedHmacSha256 implements HmacKey {
  readonly macBytes: number = DIGEST;
  readonly #inner: Int32Array = new Int32Array(8);
  readonly #outer: Int32Array = new Int32Array(8);
  #isDestroyed = false;

  constructor(key: Uint8Array) {
    this.rekey(key);
  }

  rekey(key: Uint8Array): void {
    const hashed = key.length <= BLOCK ? undefined : sha256(key);
    putBytes(hashed ?? key, K0, 0);
    hashed?.fill(0);
    for (let at = 0; at < BLOCK; at += 4) block.setInt32(at, block.getInt32(at) ^ 0x36363636);
    chainFrom(this.#inner, block);
    for (let at = 0; at < BLOCK; at += 4) block.setInt32(at, block.getInt32(at) ^ (0x36363636 ^ 0x5c5c5c5c));
    chainFrom(this.#outer, block);
    for (let at = 0; at < BLOCK; at += 4) block.setInt32(at, 0);
  }

  mac(data: Uint8Array): Uint8Array {
    const mac = new Uint8Array(DIGEST);
    this.macInto(mac, data);
    return mac;
  }

  macInto(mac: Uint8Array, data: Uint8Array): void {
    this.#requireLive();
    outerHash(mac, inOneGo.goOn(this.#inner, BLOCK).update(data), this.#outer);
  }

  start(): HashState {
    this.#requireLive();
    return inParts(this.#inner, this.#outer);
  }

  destroy(): void {
    this.#isDestroyed = true;
    for (let i = 0; i < 8; i++) this.#inner[i] = this.#outer[i] = 0;
  }

  #requireLive(): void {
    if (this.#isDestroyed) throw new Error("HMAC key was destroyed");
  }
}

const inParts = macsInParts({
  blockBytes: BLOCK,
  words: 8,
  newState: () => new Sha256(),
  finish(state, outer) {
    const mac = new Uint8Array(DIGEST);
    outerHash(mac, state, outer);
    return mac;
  },
});

/** H(K0 ⊕ opad ‖ inner hash) (step 9). Wipes the state. */
function outerHash(mac: Uint8Array, state: Sha256, outer: Int32Array): void {
  putDigest(state.finishInto(outer), mac);
  state.destroy();
}
