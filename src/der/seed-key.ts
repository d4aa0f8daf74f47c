/** Private keys of ML-DSA and ML-KEM in PKCS #8 (RFC 9881, 6; RFC 9935, 6), as far as they have their seed. */

import { equalBytes } from "../bytes/bytes.ts";
import { algorithmIdentifier } from "./algorithm-identifier.ts";
import { encode } from "./asn1.ts";
import { demand } from "./der-error.ts";
import { OID } from "./oids.ts";
import { requireSeed, type SeededParameterSet } from "./parameter-sets.ts";
import type { SeededPrivateKeyInfo } from "./pkcs8.ts";
import { contentsOf, contextTag, inside, readTlv, TAG } from "./tlv.ts";

const WHAT = "PrivateKeyInfo";
const SEED = contextTag(0, false);
const SETS: readonly SeededParameterSet[] = Object.keys(OID).filter((name) =>
  name.startsWith("ML-"),
) as SeededParameterSet[];

/**
 * The seed of such a key, a copy, whether it stands alone or before the expanded key, which is left unread; `undefined`
 * for keys of other algorithms.
 * @throws DerError for one without its seed, and for what is no PKCS #8
 */
export function readSeedKey(der: Uint8Array): SeededPrivateKeyInfo | undefined {
  const [version, algorithm, privateKey] = inside(readTlv(der, WHAT), TAG.SEQUENCE, WHAT);
  demand(version?.tag === TAG.INTEGER && algorithm !== undefined, `${WHAT} does not have the form that is expected`);
  const type = SETS.find((set) => equalBytes(encode(algorithmIdentifier({ type: set })), algorithm.encoding));
  if (type === undefined) return undefined;
  const key = readTlv(contentsOf(privateKey, TAG.OCTET_STRING, WHAT), WHAT);
  const both = key.tag === TAG.SEQUENCE ? inside(key, TAG.SEQUENCE, WHAT)[0] : undefined;
  demand(key.tag === SEED || both !== undefined, `a private key of ${type} must have its seed`);
  const seed = both === undefined ? key.contents : contentsOf(both, TAG.OCTET_STRING, WHAT);
  requireSeed(type, seed);
  return { type, seed: Uint8Array.from(seed) };
}
