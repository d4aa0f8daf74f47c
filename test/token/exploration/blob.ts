/** The parts of a PHSM_BOUND_WRAP blob, as its documentation lays them out for everyone. */

import type { Bytes } from "./world.ts";

export interface Parts {
  readonly nonce: Uint8Array;
  readonly iv: Uint8Array;
  /** Everything in front of the sealed secrets. */
  readonly head: Uint8Array;
  readonly sealed: Uint8Array;
  /** The counter block that AES-GCM begins to encrypt with (SP 800-38D, 7.1). */
  readonly counter: Uint8Array;
}

const read = new WeakMap<Bytes, Parts>();

export function partsOf(blob: Bytes): Parts | undefined {
  const { kind, name, bytes } = blob;
  if (kind !== "wrapped" || !name.startsWith("PHSM_BOUND_WRAP")) return undefined;
  const before = read.get(blob);
  if (before !== undefined) return before;
  const attributes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(29);
  const iv = bytes.subarray(17, 29);
  const head = bytes.subarray(0, 33 + attributes);
  const parts: Parts = {
    nonce: bytes.subarray(1, 17),
    iv,
    head,
    sealed: bytes.subarray(head.length),
    counter: Uint8Array.of(...iv, 0, 0, 0, 2),
  };
  read.set(blob, parts);
  return parts;
}
