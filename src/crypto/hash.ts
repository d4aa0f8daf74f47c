/** SHA-1, SHA-2 (FIPS 180-4), SHA-3 (FIPS 202) and SM3. */

import { sha1 } from "@noble/hashes/legacy.js";
import { sha224, sha256, sha384, sha512, sha512_224, sha512_256 } from "@noble/hashes/sha2.js";
import { sha3_224, sha3_256, sha3_384, sha3_512 } from "@noble/hashes/sha3.js";
import type { CHash } from "@noble/hashes/utils.js";
import type { HashName, HashState } from "./engine.ts";
import { sha256 as sha256InOneGo } from "./sha256.ts";
import { sm3 } from "./sm3.ts";

const hashes: Readonly<Record<HashName, CHash>> = {
  SHA1: sha1,
  SHA224: sha224,
  SHA256: sha256,
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

/** The implementation behind a name, for the noble functions that take one. */
export function nobleHash(hash: HashName): CHash {
  return hashes[hash];
}

export function digest(hash: HashName, data: Uint8Array): Uint8Array {
  return hash === "SHA256" ? sha256InOneGo(data) : hashes[hash](data);
}

/** A running digest. */
export function hashState(hash: HashName): HashState {
  return running(hashes[hash].create());
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
  return hashes[hash].outputLen;
}

/** Length of an input block: B of FIPS 198-1, the rate of FIPS 202. */
export function hashBlockBytes(hash: HashName): number {
  return hashes[hash].blockLen;
}
