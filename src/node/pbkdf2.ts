/** PBKDF2 (RFC 8018, 5.2) by Node. */

import { pbkdf2Sync } from "node:crypto";
import type { Pbkdf2Params } from "../crypto/engine.ts";
import { requireCounts } from "../crypto/pbkdf2.ts";
import { taken } from "./buffers.ts";
import { hashNames } from "./hash.ts";

/** @throws RangeError when `iterations` or `byteLength` is not a positive integer. */
export function pbkdf2(password: Uint8Array, { hash, salt, iterations }: Pbkdf2Params, byteLength: number): Uint8Array {
  requireCounts(iterations, byteLength);
  return taken(pbkdf2Sync(password, salt, iterations, byteLength, hashNames[hash]));
}
