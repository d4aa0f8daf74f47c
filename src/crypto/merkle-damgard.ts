/** Hashes of the Merkle–Damgård construction (FIPS 180-4, 5 and 6; GB/T 32905-2016, 5): blocks into a chaining value. */

import { LONG, putWord, viewOf, wordAt } from "./block-cipher.ts";

/** What makes one such hash another. */
export interface Compression {
  /** The block; the message's length at its end takes an eighth of it. */
  readonly blockBytes: 64 | 128;
  /** The digest: so many bytes of the last chaining value, whole words. */
  readonly digestBytes: number;
  /** H(0), big-endian words. */
  readonly initial: Int32Array;
  /** Takes the block at `at` into the chaining value. */
  compress(H: Int32Array, block: DataView, at: number): void;
  /** Forgets what the last blocks left behind, if they leave anything. */
  wipe?(): void;
}

/** The hash of a message that comes in parts, from H(0) or from where whole blocks have led. */
export class RunningHash {
  /** The chaining value, and after {@link finish} the digest. */
  readonly H: Int32Array;
  readonly #of: Compression;
  /** The block that is being filled. */
  readonly #block: DataView;
  /** Bytes so far. */
  #length = 0;

  constructor(of: Compression) {
    this.#of = of;
    this.H = new Int32Array(of.initial);
    this.#block = new DataView(new ArrayBuffer(of.blockBytes));
  }

  /** Begins anew after the `length` bytes, whole blocks, that gave this chaining value. */
  goOn(H: Int32Array, length: number): this {
    for (let i = 0; i < H.length; i++) this.H[i] = H[i];
    this.#length = length;
    return this;
  }

  update(data: Uint8Array): this {
    const block = this.#block;
    const size = this.#of.blockBytes;
    let at = 0;
    let held = this.#length % size;
    this.#length += data.length;
    while (at < data.length) {
      if (held === 0 && data.length - at >= LONG) {
        at = this.#wholeBlocks(data, at);
      } else if (held % 4 === 0 && data.length - at >= 4) {
        block.setInt32(held, wordAt(data, at));
        at += 4;
        held += 4;
      } else {
        block.setUint8(held++, data[at++]);
      }
      if (held < size) continue;
      this.#of.compress(this.H, block, 0);
      held = 0;
    }
    return this;
  }

  /** Pads (FIPS 180-4, 5.1), and leaves the digest in {@link H}. */
  finish(): Int32Array {
    const block = this.#block;
    const size = this.#of.blockBytes;
    let held = this.#length % size;
    block.setUint8(held++, 0x80);
    while (held % 4 !== 0) block.setUint8(held++, 0);
    if (held > size - size / 8) {
      for (; held < size; held += 4) block.setInt32(held, 0);
      this.#of.compress(this.H, block, 0);
      held = 0;
    }
    for (; held < size - 8; held += 4) block.setInt32(held, 0);
    block.setInt32(size - 8, this.#length / 2 ** 29);
    block.setInt32(size - 4, this.#length << 3);
    this.#of.compress(this.H, block, 0);
    return this.H;
  }

  /** The hash of this state's digest behind what led to another chaining value, as HMAC needs it. */
  finishInto(H: Int32Array, length: number): Int32Array {
    const { digestBytes } = this.#of;
    this.finish();
    for (let at = 0; at < digestBytes; at += 4) this.#block.setInt32(at, this.H[at >> 2]);
    this.goOn(H, length).#length += digestBytes;
    return this.finish();
  }

  /** A state of its own that goes on from here. */
  copy(): RunningHash {
    const copy = new RunningHash(this.#of).goOn(this.H, this.#length);
    for (let at = 0; at < this.#of.blockBytes; at += 4) copy.#block.setInt32(at, this.#block.getInt32(at));
    return copy;
  }

  destroy(): void {
    for (let i = 0; i < this.H.length; i++) this.H[i] = 0;
    for (let at = 0; at < this.#of.blockBytes; at += 4) this.#block.setInt32(at, 0);
    this.#of.wipe?.();
  }

  /** Takes up the whole blocks from `at` on, and gives what is behind them. */
  #wholeBlocks(data: Uint8Array, at: number): number {
    const { blockBytes } = this.#of;
    const view = viewOf(data);
    let next = at;
    for (; next + blockBytes <= data.length; next += blockBytes) this.#of.compress(this.H, view, next);
    return next;
  }
}

/** Where whole messages, of one part or several, are hashed one at a time, so that none needs a state of its own. */
export function inOneGo(of: Compression): (...parts: readonly Uint8Array[]) => Uint8Array {
  const state = new RunningHash(of);
  return (...parts) => {
    state.goOn(of.initial, 0);
    for (let i = 0; i < parts.length; i++) state.update(parts[i]);
    const digest = digestOf(of, state.finish());
    state.destroy();
    return digest;
  };
}

/** The digest that the last chaining value is, or begins with. */
export function digestOf(of: Compression, H: Int32Array): Uint8Array {
  const bytes = new Uint8Array(of.digestBytes);
  putDigest(of, H, bytes);
  return bytes;
}

/** The same to the beginning of some bytes. */
export function putDigest({ digestBytes }: Compression, H: Int32Array, to: Uint8Array): void {
  for (let at = 0; at < digestBytes; at += 4) putWord(H[at >> 2], to, at);
}
