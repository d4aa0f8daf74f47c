/** Key wrap (RFC 3394, RFC 5649; SP 800-38F KW and KWP) over a block cipher of 16-byte blocks. */

import { wipe } from "../bytes/bytes.ts";
import { BLOCK, type BlockCipher, OUT, viewOf } from "./block-cipher.ts";
import { requireRange } from "./block-modes.ts";

/** A semiblock. */
const HALF = 8;
/** Rounds over all of the data (RFC 3394, 2.2.1). */
const PASSES = 6;
/** ICV1 and ICV2 (SP 800-38F, 6.2 and 6.3), the first in both of its words. */
const ICV1 = 0xa6a6a6a6 | 0;
const ICV2 = 0xa65959a6 | 0;

/** KW-AE (SP 800-38F, 6.2). @throws RangeError unless the data are whole semiblocks, at least two */
export function kwWrap(cipher: BlockCipher, data: Uint8Array): Uint8Array {
  const isWhole = data.length >= 2 * HALF && data.length % HALF === 0;
  requireRange(isWhole, "AES-KW data must be a multiple of 8 bytes, at least 16");
  const wrapped = framed(ICV1, ICV1, data);
  wrap(cipher, wrapped);
  return wrapped;
}

/** KW-AD (SP 800-38F, 6.2): the data, or `undefined` for what KW did not wrap under this key. */
export function kwUnwrap(cipher: BlockCipher, wrapped: Uint8Array): Uint8Array | undefined {
  if (wrapped.length < 3 * HALF || wrapped.length % HALF !== 0) return undefined;
  const S = Uint8Array.from(wrapped);
  unwrap(cipher, S);
  const view = viewOf(S);
  const difference = (view.getInt32(0) ^ ICV1) | (view.getInt32(4) ^ ICV1);
  const data = difference === 0 ? S.slice(HALF) : undefined;
  wipe(S);
  return data;
}

/** KWP-AE (SP 800-38F, 6.3). @throws RangeError when there are no data */
export function kwpWrap(cipher: BlockCipher, data: Uint8Array): Uint8Array {
  requireRange(data.length >= 1, "AES-KWP data must not be empty");
  const wrapped = framed(ICV2, data.length, data);
  wrap(cipher, wrapped);
  return wrapped;
}

/** KWP-AD (SP 800-38F, 6.3): the data, or `undefined` for what KWP did not wrap under this key. */
export function kwpUnwrap(cipher: BlockCipher, wrapped: Uint8Array): Uint8Array | undefined {
  if (wrapped.length < 2 * HALF || wrapped.length % HALF !== 0) return undefined;
  const S = Uint8Array.from(wrapped);
  unwrap(cipher, S);
  const view = viewOf(S);
  const byteLength = view.getUint32(4);
  const padBytes = S.length - HALF - byteLength;
  // Of the last semiblock all bytes are looked at, whatever the length is said to be: 0 to 7 of them are padding.
  let difference = (view.getInt32(0) ^ ICV2) | (padBytes & ~(HALF - 1));
  for (let i = 1; i < HALF; i++) difference |= S[S.length - i] & ((i - 1 - padBytes) >> 31);
  const data = difference === 0 ? S.slice(HALF, HALF + byteLength) : undefined;
  wipe(S);
  return data;
}

/** S: the integrity check value, and the data padded with zeros to whole semiblocks. */
function framed(high: number, low: number, data: Uint8Array): Uint8Array {
  const S = new Uint8Array(HALF + HALF * Math.ceil(data.length / HALF));
  const view = viewOf(S);
  view.setInt32(0, high);
  view.setInt32(4, low);
  S.set(data, HALF);
  return S;
}

/** W(S) (SP 800-38F, 6.1) in place; one block is enciphered as it is (6.3, step 5). */
function wrap(cipher: BlockCipher, S: Uint8Array): void {
  const view = viewOf(S);
  let [high, low] = [view.getInt32(0), view.getInt32(4)];
  const steps = S.length === BLOCK ? 1 : PASSES * (S.length / HALF - 1);
  for (let t = 1, at = HALF; t <= steps; t++) {
    cipher.encrypt(high, low, view.getInt32(at), view.getInt32(at + 4));
    // A block by itself has no counter.
    const counter = steps === 1 ? 0 : t;
    high = OUT[0] ^ (counter / 2 ** 32);
    low = OUT[1] ^ counter;
    view.setInt32(at, OUT[2]);
    view.setInt32(at + 4, OUT[3]);
    at = at + HALF === S.length ? HALF : at + HALF;
  }
  view.setInt32(0, high);
  view.setInt32(4, low);
  OUT.fill(0);
}

/** W⁻¹(S) (SP 800-38F, 6.1) in place. */
function unwrap(cipher: BlockCipher, S: Uint8Array): void {
  const view = viewOf(S);
  let [high, low] = [view.getInt32(0), view.getInt32(4)];
  const steps = S.length === BLOCK ? 1 : PASSES * (S.length / HALF - 1);
  for (let t = steps, at = S.length - HALF; t >= 1; t--) {
    const counter = steps === 1 ? 0 : t;
    cipher.decrypt(high ^ (counter / 2 ** 32), low ^ counter, view.getInt32(at), view.getInt32(at + 4));
    high = OUT[0];
    low = OUT[1];
    view.setInt32(at, OUT[2]);
    view.setInt32(at + 4, OUT[3]);
    at = at === HALF ? S.length - HALF : at - HALF;
  }
  view.setInt32(0, high);
  view.setInt32(4, low);
  OUT.fill(0);
}
