/** HMAC (FIPS 198-1) over the hashes of merkle-damgard.ts, under prepared keys; hmac-sha256.ts has it for SHA-256. */

import { putBytes } from "../bytes/bytes.ts";
import { viewOf } from "./block-cipher.ts";
import type { HashState } from "./engine.ts";
import type { HmacKey } from "./hmac.ts";
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
  /** What MACs of messages in parts were computed in, wiped, for the next ones: to make it takes as long as a short MAC. */
  readonly spare: Running[];
}

/** What a MAC of a message in parts is computed in. */
interface Running {
  readonly state: RunningHash;
  readonly outer: Int32Array;
}

/** How many are kept at most. */
const SPARE = 16;

/** The prepared keys of HMAC with one hash. */
export function hmacOver(of: Compression): (key: Uint8Array) => HmacKey {
  const shared = { of, hash: inOneGo(of), state: new RunningHash(of), spare: [] };
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
    return new HmacInParts(this.#shared, this.#inner, this.#outer);
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

/** It goes on when its key is destroyed, so it has the chaining values for itself. */
class HmacInParts implements HashState {
  readonly #shared: Shared;
  /** Until it is finished. */
  #running: Running | undefined;

  constructor(shared: Shared, inner: Int32Array, outer: Int32Array) {
    const { of, spare } = shared;
    const running = spare.pop() ?? { state: new RunningHash(of), outer: new Int32Array(of.initial.length) };
    running.state.goOn(inner, of.blockBytes);
    for (let i = 0; i < outer.length; i++) running.outer[i] = outer[i];
    this.#shared = shared;
    this.#running = running;
  }

  update(data: Uint8Array): void {
    this.#unfinished().state.update(data);
  }

  digest(): Uint8Array {
    const { of, spare } = this.#shared;
    const running = this.#unfinished();
    const mac = new Uint8Array(of.digestBytes);
    outerHash(of, mac, running.state, running.outer);
    this.#running = undefined;
    running.outer.fill(0);
    if (spare.length < SPARE) spare.push(running);
    return mac;
  }

  #unfinished(): Running {
    if (this.#running === undefined) throw new Error("this MAC is finished");
    return this.#running;
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
