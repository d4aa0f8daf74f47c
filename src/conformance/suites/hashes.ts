/** Hash functions by the many names that vector files have for them. */

import { sha512_224, sha512_256 } from "@noble/hashes/sha2.js";
import { shake128, shake256 } from "@noble/hashes/sha3.js";
import type { HashName } from "../../crypto/engine.ts";
import type { MechanismName } from "../../cryptoki/constants.ts";
import { HASH_NAMES } from "../../mechanisms/params.ts";

/** The hash of a name such as "SHA-256", "SHA2-256", "sha256", "SHA3-256" or "SHA-1"; `undefined` for one not here. */
export function hashOf(name: string): HashName | undefined {
  const plain = name
    .toUpperCase()
    .replace(/^SHA-?2-/, "SHA")
    .replace(/^SHA-?3[-_(]+(\d+)\)?$/, "SHA3_$1")
    .replace(/^SHA-(?=\d)/, "SHA");
  return HASHES.find((hash) => hash === plain);
}

const HASHES: readonly HashName[] = [...HASH_NAMES, "SM3"];

/**
 * The digests that the token does not have: their caller hashes outside, as any caller of CKM_ECDSA and CKM_RSA_PKCS
 * may. SHAKE gives twice its security strength.
 */
const OUTSIDE: Readonly<Record<string, (message: Uint8Array) => Uint8Array>> = {
  SHAKE128: (message) => shake128(message, { dkLen: 32 }),
  SHAKE256: (message) => shake256(message, { dkLen: 64 }),
  "SHA-512/224": sha512_224,
  "SHA-512/256": sha512_256,
  SHA512224: sha512_224,
  SHA512256: sha512_256,
};

/** The digest of a hash that the token does not have, or `undefined` for one that nobody here has. */
export function digestOutside(name: string, message: Uint8Array): Uint8Array | undefined {
  return Object.hasOwn(OUTSIDE, name) ? OUTSIDE[name]?.(message) : undefined;
}

/** Whether a name is of a hash that {@link digestOutside} has. */
export function isOutside(name: string): boolean {
  return Object.hasOwn(OUTSIDE, name);
}

const OWN_NAMES: Readonly<Partial<Record<HashName, { readonly digest: MechanismName; readonly hmac: MechanismName }>>> =
  {
    SHA1: { digest: "SHA_1", hmac: "SHA_1_HMAC" },
    SM3: { digest: "PHSM_SM3", hmac: "PHSM_SM3_HMAC" },
  };

export function digestMechanism(hash: HashName): MechanismName {
  return (OWN_NAMES[hash]?.digest ?? hash) as MechanismName;
}

export function hmacMechanism(hash: HashName): MechanismName {
  return (OWN_NAMES[hash]?.hmac ?? `${hash}_HMAC`) as MechanismName;
}
