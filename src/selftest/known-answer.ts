/** What the tables of known answers are made of. */

import { fromHex, toHex } from "../bytes/bytes.ts";
import type { Engine, Rng } from "../crypto/engine.ts";

/** A known-answer test of one algorithm (FIPS 140-3 IG, 10.3.A). */
export interface KnownAnswerTest {
  /** Where the algorithm is specified and the answer comes from. */
  readonly source: string;
  /** Whether the algorithm gives the known answer. One that throws has failed too. */
  run(engine: Engine): boolean;
}

/** Whether the bytes are those of the hexadecimal digits. Nothing here is secret. */
export function same(actual: Uint8Array | undefined, expected: string): boolean {
  return actual !== undefined && toHex(actual) === expected;
}

/** The bytes of the hexadecimal digits with one bit changed, for what must be refused. */
export function changed(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] as number) ^ 1;
  return bytes;
}

/** What the tests draw: known answers need known randomness, and the token's own source is not touched by them. */
export const constantRng: Rng = (byteLength) => new Uint8Array(byteLength).fill(0x5a);
