/** MACs of messages in parts, for prepared keys of HMAC with any hash. */

import type { HashState } from "./engine.ts";
import { type Pool, pool } from "./word-pool.ts";

/** A hash that goes on from a chaining value after that many bytes. */
interface GoingOn {
  goOn(chaining: Int32Array, byteLength: number): unknown;
  update(data: Uint8Array): unknown;
}

interface Inner<State> {
  readonly blockBytes: number;
  /** Words of a chaining value. */
  readonly words: number;
  readonly newState: () => State;
  /** The MAC. Wipes the state. */
  readonly finish: (state: State, outer: Int32Array) => Uint8Array;
}

/** What a MAC is computed in. To make it takes as long as a short MAC, so it is used again. */
interface Running<State> {
  readonly state: State;
  readonly outer: Int32Array;
}

/** Begins MACs from the chaining values of K0 ⊕ ipad and K0 ⊕ opad. Each has them for itself: it goes on when its key is destroyed. */
export function macsInParts<State extends GoingOn>(
  of: Inner<State>,
): (inner: Int32Array, outer: Int32Array) => HashState {
  const memory = pool<Running<State>>(
    () => ({ state: of.newState(), outer: new Int32Array(of.words) }),
    ({ outer }) => outer.fill(0),
  );
  return (inner, outer) => new MacInParts(of, memory, inner, outer);
}

class MacInParts<State extends GoingOn> implements HashState {
  readonly #of: Inner<State>;
  readonly #memory: Pool<Running<State>>;
  /** Until it is finished. */
  #running: Running<State> | undefined;

  constructor(of: Inner<State>, memory: Pool<Running<State>>, inner: Int32Array, outer: Int32Array) {
    const running = memory.take();
    running.state.goOn(inner, of.blockBytes);
    for (let i = 0; i < of.words; i++) running.outer[i] = outer[i];
    this.#of = of;
    this.#memory = memory;
    this.#running = running;
  }

  update(data: Uint8Array): void {
    this.#unfinished().state.update(data);
  }

  digest(): Uint8Array {
    const running = this.#unfinished();
    const mac = this.#of.finish(running.state, running.outer);
    this.#running = undefined;
    this.#memory.give(running);
    return mac;
  }

  #unfinished(): Running<State> {
    if (this.#running === undefined) throw new Error("this MAC is finished");
    return this.#running;
  }
}
