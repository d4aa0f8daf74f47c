/** Private copies of the byte strings of requests. */

import { requireBytes } from "../bytes/bytes.ts";

const POOL_BYTES = 8192;
/** Longer ones have memory of their own. */
const MAX_POOLED = 1024;

let pool = new ArrayBuffer(POOL_BYTES);
let used = 0;

/**
 * As {@link copyBytes}, in memory that short copies share. The token looks at the `buffer` of all that it is given, and
 * V8 first has to make one for a short array of its own, outside of its heap (0.4 µs, and work for the collector).
 * What shares memory stays in the KMS: it goes into no answer.
 * @throws TypeError naming `what`, never the value.
 */
export function privateCopy(value: unknown, what: string): Uint8Array {
  const bytes = requireBytes(value, what);
  const copy = sharedMemory(bytes.length);
  copy.set(bytes);
  return copy;
}

/** So many bytes for one call, zeros or not. */
export function sharedMemory(byteLength: number): Uint8Array {
  if (byteLength > MAX_POOLED) return new Uint8Array(byteLength);
  if (used + byteLength > POOL_BYTES) {
    pool = new ArrayBuffer(POOL_BYTES);
    used = 0;
  }
  const memory = new Uint8Array(pool, used, byteLength);
  used += byteLength;
  return memory;
}
