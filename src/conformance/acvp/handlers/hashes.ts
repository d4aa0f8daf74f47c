/** Hash functions by the names that ACVP has for them. */

import type { HashName } from "../../../crypto/engine.ts";
import { hashBytes } from "../../../crypto/hash.ts";
import { digestMechanism, hashOf, hmacMechanism } from "../../suites/hashes.ts";
import { Unanswered } from "../handler.ts";
import { isOffered } from "./support.ts";

/** The revisions of each. */
// biome-ignore format: a table
const HASHES: Readonly<Record<string, readonly string[]>> = {
  "SHA-1":        ["1.0"],
  "SHA2-224":     ["1.0"],
  "SHA2-256":     ["1.0"],
  "SHA2-384":     ["1.0"],
  "SHA2-512":     ["1.0"],
  "SHA2-512/224": ["1.0"],
  "SHA2-512/256": ["1.0"],
  "SHA3-224":     ["2.0", "1.0"],
  "SHA3-256":     ["2.0", "1.0"],
  "SHA3-384":     ["2.0", "1.0"],
  "SHA3-512":     ["2.0", "1.0"],
};

export interface AcvpHash {
  /** ACVP's name, such as `SHA2-512/256`. */
  readonly name: string;
  readonly hash: HashName;
  readonly bytes: number;
  readonly revisions: readonly string[];
  readonly digest: string;
  readonly hmac: string;
}

/** The hashes whose digest the token has. */
export const acvpHashes: readonly AcvpHash[] = Object.entries(HASHES)
  .map(([name, revisions]) => {
    const hash = hashOf(name) as HashName;
    return { name, hash, bytes: hashBytes(hash), revisions, digest: digestMechanism(hash), hmac: hmacMechanism(hash) };
  })
  .filter(({ digest }) => isOffered(digest));

/** The hash of a name in either of NIST's forms, such as `SHA2-512/256` and `sha2-512-256`. @throws Unanswered */
export function acvpHash(name: string): AcvpHash {
  const plain = name.toUpperCase().replace(/^(SHA2-512)-/, "$1/");
  const found = acvpHashes.find((one) => one.name === plain);
  if (found === undefined) throw new Unanswered("no-mechanism", `no mechanism for ${name}`);
  return found;
}
