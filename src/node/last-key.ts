import type { KeyObject } from "node:crypto";
import { equalBytes } from "../bytes/bytes.ts";

/**
 * Key objects of peers, of which the last is kept: it often is the next one too, and reading a key takes up to a quarter of
 * the time of an agreement.
 */
export function keepingLast(read: (key: Uint8Array) => KeyObject): (key: Uint8Array) => KeyObject {
  let last: { readonly bytes: Uint8Array; readonly key: KeyObject } | undefined;
  return (bytes) => {
    if (last === undefined || !equalBytes(last.bytes, bytes))
      last = { bytes: Uint8Array.from(bytes), key: read(bytes) };
    return last.key;
  };
}
