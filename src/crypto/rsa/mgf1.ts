import { be32, concat, wipe } from "../../bytes/bytes.ts";
import type { HashName, XofName } from "../engine.ts";
import { digest, hashBytes } from "../hash.ts";
import { isXof, xofOutput } from "../xof.ts";

/** XORs the mask of MGF1 (RFC 8017, B.2.1), or of a SHAKE in its place (RFC 8702, 2.2), into `target`. */
export function maskWith(mgf: HashName | XofName, seed: Uint8Array, target: Uint8Array): void {
  if (isXof(mgf)) {
    const mask = xofOutput(mgf, seed, target.length);
    for (let i = 0; i < target.length; i++) target[i] ^= mask[i];
    wipe(mask);
  } else maskWithMgf1(mgf, seed, target);
}

/** XORs the mask of MGF1 (RFC 8017, B.2.1) into `target`. */
export function maskWithMgf1(hash: HashName, seed: Uint8Array, target: Uint8Array): void {
  const size = hashBytes(hash);
  const input = concat(seed, be32(0));
  for (let offset = 0, counter = 0; offset < target.length; offset += size, counter++) {
    input.set(be32(counter), seed.length);
    const block = digest(hash, input);
    const end = Math.min(size, target.length - offset);
    for (let i = 0; i < end; i++) target[offset + i] ^= block[i];
    wipe(block);
  }
  wipe(input);
}
