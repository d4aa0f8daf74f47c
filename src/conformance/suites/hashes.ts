/** Hash functions by the many names that vector files have for them. */

import type { HashName, XofName } from "../../crypto/engine.ts";
import { isXof } from "../../crypto/xof.ts";
import type { MechanismName } from "../../cryptoki/constants.ts";
import { HASH_NAMES } from "../../mechanisms/params.ts";
import type { MechanismChoice } from "../../mechanisms/registry.ts";
import type { TokenSession } from "../suite.ts";

/** The hash of a name such as "SHA-256", "SHA2-256", "sha256", "SHA3-256" or "SHA-1"; `undefined` for one not here. */
export function hashOf(name: string): HashName | undefined {
  const plain = name
    .toUpperCase()
    .replace(/^SHA-?2-/, "SHA")
    .replace(/^SHA-?3[-_(]+(\d+)\)?$/, "SHA3_$1")
    .replace(/^SHA-(?=\d)/, "SHA")
    .replace(/^SHA512[-/]?(224|256)$/, "SHA512_$1");
  return HASHES.find((hash) => hash === plain);
}

const HASHES: readonly HashName[] = [...HASH_NAMES, "SM3"];

/** The same for "SHAKE128" and "SHAKE256" too, which stand for a hash in some schemes (RFC 8702). */
export function hashOrXofOf(name: string): HashName | XofName | undefined {
  const plain = name.toUpperCase().replace(/^SHAKE-/, "SHAKE");
  return plain === "SHAKE128" || plain === "SHAKE256" ? plain : hashOf(name);
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

/** The digest of the token, with a SHAKE of twice its security strength. */
export function digestOf(session: TokenSession, hash: HashName | XofName, message: Uint8Array): Uint8Array {
  const mechanism = isXof(hash) ? (`PHSM_${hash}` as const) : (digestMechanism(hash) as MechanismChoice & string);
  return session.digest(mechanism, message);
}
