/** SHAKE128 and SHAKE256 (FIPS 202, 6.2). */

import { shake128, shake256 } from "@noble/hashes/sha3.js";
import type { HashName, HashState, XofName } from "./engine.ts";
import { hashBytes, running } from "./hash.ts";

const shakes: Readonly<Record<XofName, typeof shake128>> = { SHAKE128: shake128, SHAKE256: shake256 };

/** A running SHAKE with an output of `byteLength`, at least 1. */
export function xofState(xof: XofName, byteLength: number): HashState {
  requireOutput(byteLength);
  return running(shakes[xof].create({ dkLen: byteLength }));
}

/** @throws RangeError */
export function requireOutput(byteLength: number): void {
  if (!Number.isSafeInteger(byteLength) || byteLength < 1) throw new RangeError("an XOF gives at least one byte");
}

/** The length of a SHAKE's output where it stands for a hash: twice its security strength (RFC 8702, 2). */
const digestLengths: Readonly<Record<XofName, number>> = { SHAKE128: 32, SHAKE256: 64 };

export function isXof(name: HashName | XofName): name is XofName {
  return Object.hasOwn(digestLengths, name);
}

/** Length of the digest of a hash, or of a SHAKE in its place. */
export function digestBytes(name: HashName | XofName): number {
  return isXof(name) ? digestLengths[name] : hashBytes(name);
}
