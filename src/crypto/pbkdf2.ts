/** PBKDF2 (RFC 8018, 5.2; SP 800-132, 5.3) with HMAC. */

import { be32, concat, wipe } from "../bytes/bytes.ts";
import type { Pbkdf2Params } from "./engine.ts";
import { hmacKey } from "./hmac.ts";
import { blocks } from "./kdf.ts";

/** @throws RangeError when `iterations` or `byteLength` is not a positive integer. */
export function pbkdf2(password: Uint8Array, { hash, salt, iterations }: Pbkdf2Params, byteLength: number): Uint8Array {
  requireCounts(iterations, byteLength);
  const prf = hmacKey(hash, password);
  const derived = blocks(prf.macBytes, byteLength, (index) => {
    let U = prf.mac(concat(salt, be32(index)));
    const T = Uint8Array.from(U);
    for (let i = 1; i < iterations; i++) {
      const next = prf.mac(U);
      wipe(U);
      U = next;
      for (let k = 0; k < T.length; k++) T[k] ^= U[k];
    }
    wipe(U);
    return T;
  });
  prf.destroy();
  return derived;
}

/** @throws RangeError */
export function requireCounts(iterations: number, byteLength: number): void {
  const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 1;
  if (!isCount(iterations) || !isCount(byteLength))
    throw new RangeError("PBKDF2 takes a positive number of iterations and of bytes");
}
