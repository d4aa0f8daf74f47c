/** SHA-1, SHA-2, SHA-3, SHAKE and SM3 by Node. */

import { createHash, type Hash, type Hmac, hash as nodeDigest } from "node:crypto";
import type { HashName, HashState, XofName } from "../crypto/engine.ts";
import { requireOutput } from "../crypto/xof.ts";
import { taken } from "./buffers.ts";

/** OpenSSL's names. */
// biome-ignore format: a table
export const hashNames: Readonly<Record<HashName, string>> = {
  SHA1:       "sha1",
  SHA224:     "sha224",
  SHA256:     "sha256",
  SHA384:     "sha384",
  SHA512:     "sha512",
  SHA512_224: "sha512-224",
  SHA512_256: "sha512-256",
  SHA3_224:   "sha3-224",
  SHA3_256:   "sha3-256",
  SHA3_384:   "sha3-384",
  SHA3_512:   "sha3-512",
  SM3:        "sm3",
};

export function nativeDigest(hash: HashName, data: Uint8Array): Uint8Array {
  return taken(nodeDigest(hashNames[hash], data, "buffer"));
}

/** A running digest. */
export function hashState(hash: HashName): HashState {
  return copying(createHash(hashNames[hash]));
}

/** A running SHAKE with an output of `byteLength`, at least 1. */
export function xofState(xof: XofName, byteLength: number): HashState {
  requireOutput(byteLength);
  const options = { outputLength: byteLength };
  return copying(createHash(xof.toLowerCase(), options), options);
}

/** Node's copies of a SHAKE forget the length of its output. */
function copying(state: Hash, options?: { readonly outputLength: number }): HashState {
  return { ...running(state), copy: () => copying(state.copy(options), options) };
}

/** Node's state as ours, which is used up by `digest`: a second digest of Node's Hmac would be an empty one. */
export function running(state: Hash | Hmac): HashState {
  let live: Hash | Hmac | undefined = state;
  function unfinished(): Hash | Hmac {
    if (live === undefined) throw new Error("this digest or MAC is finished");
    return live;
  }
  return {
    update: (data) => void unfinished().update(data),
    digest() {
      const result = taken(unfinished().digest());
      live = undefined;
      return result;
    },
  };
}
