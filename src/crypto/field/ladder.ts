/** The Montgomery ladder on curve25519 (RFC 7748, 5), the same steps for every scalar. */

import { climb, LIMBS, ONE, wipe } from "./curve25519.ts";
import type { Rung } from "./edwards.ts";
import { fromBytes, number, quotient } from "./numbers25519.ts";

/**
 * X25519(k, u), 32 bytes.
 * @param k a clamped scalar: bits 255 and 0 to 2 are 0, bit 254 is 1.
 * @param u 32 bytes, of which the highest bit is left out.
 */
export function x25519(k: Uint8Array, u: Uint8Array): Uint8Array {
  const base = fromBytes(u);
  const rung: Rung = { X: number(ONE), Z: number(), U: number(base), W: number(ONE) };
  let swapped = 0;
  for (let t = 254; t >= 0; t--) {
    const bit = (k[t >> 3] >> (t & 7)) & 1;
    swapIf(swapped ^ bit, rung);
    swapped = bit;
    climb(rung, rung, base);
  }
  // Bit 0 was 0: nothing is swapped.
  const shared = quotient(rung.X, rung.Z);
  for (const part of [rung.U, rung.W, base]) part.fill(0);
  wipe();
  return shared;
}

/** Changes X : Z for U : W when the bit is 1; the same steps when it is 0. */
function swapIf(bit: number, { X, Z, U, W }: Rung): void {
  for (let i = 0; i < LIMBS; i++) {
    const x = bit * (X[i] - U[i]);
    const z = bit * (Z[i] - W[i]);
    X[i] -= x;
    U[i] += x;
    Z[i] -= z;
    W[i] += z;
  }
}
