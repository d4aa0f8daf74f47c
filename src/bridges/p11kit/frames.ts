/** Frames: three u32 (a code that the answer repeats, the length of options, the length of the body), options, body. */

import { concat, wipe } from "../../bytes/bytes.ts";
import { WireError, WireReader, WireWriter } from "./wire.ts";

/** What the token takes at once in mechanisms that need all of their input (64 MiB), and room for what stands beside it. */
export const MAX_FRAME_BYTES: number = 2 ** 26 + 2 ** 16;

const HEADER_BYTES = 12;

export interface Frame {
  readonly code: number;
  readonly body: Uint8Array;
}

/** Frames out of a stream that comes in pieces of any size. No memory is set aside for what has not come yet. */
export class FrameReader {
  #pieces: Uint8Array[] = [];
  #length = 0;

  /** Seen as a plain Uint8Array: `slice` of a Buffer is no copy. */
  add(piece: Uint8Array): void {
    this.#pieces.push(new Uint8Array(piece.buffer, piece.byteOffset, piece.length));
    this.#length += piece.length;
  }

  /** The next whole frame, if there is one; options, which name the module for p11-kit, are dropped. @throws WireError */
  next(): Frame | undefined {
    if (this.#length < HEADER_BYTES) return undefined;
    const header = new WireReader(this.#first(HEADER_BYTES));
    const [code, options, body] = [header.u32(), header.u32(), header.u32()];
    if (code === 0) throw new WireError("the code of a frame is not 0");
    if (options + body > MAX_FRAME_BYTES) throw new WireError(`a frame has up to ${MAX_FRAME_BYTES} bytes`);
    const total = HEADER_BYTES + options + body;
    if (this.#length < total) return undefined;
    const all = this.#first(total);
    const frame = { code, body: all.slice(HEADER_BYTES + options, total) };
    wipe(all.subarray(0, total));
    this.#pieces.splice(0, 1, ...(all.length > total ? [all.subarray(total)] : []));
    this.#length -= total;
    return frame;
  }

  /** What has come and was not taken. */
  wipe(): void {
    wipe(...this.#pieces);
    this.#pieces = [];
    this.#length = 0;
  }

  /** One piece that holds these bytes, and perhaps more. */
  #first(length: number): Uint8Array {
    const [first] = this.#pieces;
    if (first !== undefined && first.length >= length) return first;
    const all = concat(...this.#pieces);
    wipe(...this.#pieces);
    this.#pieces = [all];
    return all;
  }
}

export function encodeFrame({ code, body }: Frame): Uint8Array {
  return new WireWriter().u32(code).u32(0).u32(body.length).raw(body).finish();
}
