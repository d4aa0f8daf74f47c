/** What the encodings hash with. */

import type { Engine, HashName, XofName } from "../engine.ts";
import { digest } from "../hash.ts";
import { digestBytes, isXof, xofState } from "../xof.ts";

/** Those of an engine, which are what it is fastest with. */
export type Hashes = Pick<Engine, "digest" | "xof">;

export const pureHashes: Hashes = { digest, xof: xofState };

/** The digest of a hash, or of a SHAKE in its place (RFC 8702, 2). */
export function digestBy(hashes: Hashes, name: HashName | XofName, data: Uint8Array): Uint8Array {
  return isXof(name) ? xofOutput(hashes, name, data, digestBytes(name)) : hashes.digest(name, data);
}

/** The output of `byteLength`, at least 1. */
export function xofOutput(hashes: Hashes, xof: XofName, data: Uint8Array, byteLength: number): Uint8Array {
  const state = hashes.xof(xof, byteLength);
  state.update(data);
  return state.digest();
}
