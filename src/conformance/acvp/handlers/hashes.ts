/** Hash functions by the names that ACVP has for them. */

import type { HashName } from "../../../crypto/engine.ts";
import { digestMechanism, hmacMechanism } from "../../suites/hashes.ts";
import { Unanswered } from "../handler.ts";
import { isOffered } from "./support.ts";

// biome-ignore format: a table
const HASHES: Readonly<Record<string, { readonly hash: string; readonly bytes: number; readonly revisions: readonly string[] }>> = {
  "SHA-1":        { hash: "SHA1",       bytes: 20, revisions: ["1.0"] },
  "SHA2-224":     { hash: "SHA224",     bytes: 28, revisions: ["1.0"] },
  "SHA2-256":     { hash: "SHA256",     bytes: 32, revisions: ["1.0"] },
  "SHA2-384":     { hash: "SHA384",     bytes: 48, revisions: ["1.0"] },
  "SHA2-512":     { hash: "SHA512",     bytes: 64, revisions: ["1.0"] },
  "SHA2-512/224": { hash: "SHA512_224", bytes: 28, revisions: ["1.0"] },
  "SHA2-512/256": { hash: "SHA512_256", bytes: 32, revisions: ["1.0"] },
  "SHA3-224":     { hash: "SHA3_224",   bytes: 28, revisions: ["2.0", "1.0"] },
  "SHA3-256":     { hash: "SHA3_256",   bytes: 32, revisions: ["2.0", "1.0"] },
  "SHA3-384":     { hash: "SHA3_384",   bytes: 48, revisions: ["2.0", "1.0"] },
  "SHA3-512":     { hash: "SHA3_512",   bytes: 64, revisions: ["2.0", "1.0"] },
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
  .map(([name, { hash, ...rest }]) => ({
    name,
    hash: hash as HashName,
    ...rest,
    digest: digestMechanism(hash as HashName),
    hmac: hmacMechanism(hash as HashName),
  }))
  .filter(({ digest }) => isOffered(digest));

/** The hash of a name in either of NIST's forms, such as `SHA2-512/256` and `sha2-512-256`. @throws Unanswered */
export function acvpHash(name: string): AcvpHash {
  const plain = name.toUpperCase().replace(/^(SHA2-512)-/, "$1/");
  const found = acvpHashes.find((one) => one.name === plain);
  if (found === undefined) throw new Unanswered("no-mechanism", `no mechanism for ${name}`);
  return found;
}
