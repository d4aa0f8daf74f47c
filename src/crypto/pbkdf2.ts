/** PBKDF2 (RFC 8018, 5.2; SP 800-132, 5.3) with HMAC. */

import { pbkdf2 as noblePbkdf2 } from "@noble/hashes/pbkdf2.js";
import type { Pbkdf2Params } from "./engine.ts";
import { nobleHash } from "./hash.ts";

/** @throws RangeError when `iterations` or `byteLength` is not a positive integer. */
export function pbkdf2(password: Uint8Array, { hash, salt, iterations }: Pbkdf2Params, byteLength: number): Uint8Array {
  requireCounts(iterations, byteLength);
  return noblePbkdf2(nobleHash(hash), password, salt, { c: iterations, dkLen: byteLength });
}

/** @throws RangeError */
export function requireCounts(iterations: number, byteLength: number): void {
  const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 1;
  if (!isCount(iterations) || !isCount(byteLength))
    throw new RangeError("PBKDF2 takes a positive number of iterations and of bytes");
}
