import { createHash } from "node:crypto";
import type { Rng } from "../../src/crypto/engine.ts";

/** A source that gives the same bytes in every run: SHAKE256 of the seed and a counter. */
export function seededRng(seed: string): Rng {
  let counter = 0;
  return (byteLength) =>
    Uint8Array.from(createHash("shake256", { outputLength: byteLength }).update(`${seed}:${counter++}`).digest());
}
