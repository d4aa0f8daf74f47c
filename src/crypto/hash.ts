/** SHA-1, SHA-2 (FIPS 180-4), SM3, and SHA-3 (FIPS 202), which is noble's. */

import { sha3_224, sha3_256, sha3_384, sha3_512 } from "@noble/hashes/sha3.js";
import type { CHash } from "@noble/hashes/utils.js";
import type { HashName, HashState } from "./engine.ts";
import { type Compression, digestOf, inOneGo, RunningHash } from "./merkle-damgard.ts";
import { sha1 } from "./sha1.ts";
import { sha224, sha256, sha256InParts } from "./sha256.ts";
import { sha384, sha512, sha512_224, sha512_256 } from "./sha512.ts";
import { sm3 } from "./sm3.ts";

const hashes: Readonly<Record<HashName, Compression | CHash>> = {
  SHA1: sha1,
  SHA224: sha224,
  SHA256: sha256InParts,
  SHA384: sha384,
  SHA512: sha512,
  SHA512_224: sha512_224,
  SHA512_256: sha512_256,
  SHA3_224: sha3_224,
  SHA3_256: sha3_256,
  SHA3_384: sha3_384,
  SHA3_512: sha3_512,
  SM3: sm3,
};

/** What HMAC is made over. */
export function implementationOf(hash: HashName): Compression | CHash {
  return hashes[hash];
}

const digests = new Map<HashName, (data: Uint8Array) => Uint8Array>();

export function digest(hash: HashName, data: Uint8Array): Uint8Array {
  if (hash === "SHA256") return sha256(data);
  const whole = digests.get(hash) ?? wholeOf(hashes[hash]);
  digests.set(hash, whole);
  return whole(data);
}

function wholeOf(of: Compression | CHash): (data: Uint8Array) => Uint8Array {
  return "compress" in of ? inOneGo(of) : of;
}

/** A running digest. */
export function hashState(hash: HashName): HashState {
  const of = hashes[hash];
  return "compress" in of ? blockwise(of, new RunningHash(of)) : running(of.create());
}

function blockwise(of: Compression, state: RunningHash): HashState {
  let isFinished = false;
  const unfinished = (): RunningHash => {
    if (isFinished) throw new Error("this digest is finished");
    return state;
  };
  return {
    update: (data) => void unfinished().update(data),
    digest() {
      const digest = digestOf(of, unfinished().finish());
      isFinished = true;
      state.destroy();
      return digest;
    },
    copy: () => blockwise(of, unfinished().copy()),
  };
}

/** What noble's running hashes have, as ours. */
export interface NobleState {
  update(data: Uint8Array): unknown;
  digest(): Uint8Array;
  clone(): NobleState;
}

export function running(state: NobleState): HashState {
  return {
    update: (data) => void state.update(data),
    digest: () => state.digest(),
    copy: () => running(state.clone()),
  };
}

/** Length of the digest. */
export function hashBytes(hash: HashName): number {
  const of = hashes[hash];
  return "compress" in of ? of.digestBytes : of.outputLen;
}

/** Length of an input block: B of FIPS 198-1, the rate of FIPS 202. */
export function hashBlockBytes(hash: HashName): number {
  const of = hashes[hash];
  return "compress" in of ? of.blockBytes : of.blockLen;
}
