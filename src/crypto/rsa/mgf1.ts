import { wipe } from "../../bytes/bytes.ts";
import { viewOf } from "../block-cipher.ts";
import type { HashName, XofName } from "../engine.ts";
import { hashBytes } from "../hash.ts";
import type { Compression } from "../merkle-damgard.ts";
import { sha1 } from "../sha1.ts";
import { sha224, sha256InParts } from "../sha256.ts";
import { isXof } from "../xof.ts";
import { type Hashes, pureHashes, xofOutput } from "./hashes.ts";

/** XORs the mask of MGF1 (RFC 8017, B.2.1), or of a SHAKE in its place (RFC 8702, 2.2), into `target`. */
export function maskWith(mgf: HashName | XofName, seed: Uint8Array, target: Uint8Array, hashes: Hashes): void {
  if (isXof(mgf)) {
    const mask = xofOutput(hashes, mgf, seed, target.length);
    for (let i = 0; i < target.length; i++) target[i] ^= mask[i];
    wipe(mask);
  } else maskWithMgf1(mgf, seed, target, hashes);
}

/** XORs the mask of MGF1 (RFC 8017, B.2.1) into `target`. */
export function maskWithMgf1(
  hash: HashName,
  seed: Uint8Array,
  target: Uint8Array,
  { digest }: Hashes = pureHashes,
): void {
  const prepared = PREPARED[hash];
  if (prepared !== undefined) {
    maskBlockwise(prepared, seed, target);
    return;
  }
  const size = hashBytes(hash);
  const input = new Uint8Array(seed.length + 4);
  const view = viewOf(input);
  input.set(seed);
  for (let offset = 0, counter = 0; offset < target.length; offset += size, counter++) {
    view.setUint32(seed.length, counter);
    const block = digest(hash, input);
    const end = Math.min(size, target.length - offset);
    for (let i = 0; i < end; i++) target[offset + i] ^= block[i];
    wipe(block);
  }
  wipe(input);
}

/** Hashes whose short messages are hashed sooner here than by any engine. */
const PREPARED: Partial<Record<HashName, Compression>> = { SHA1: sha1, SHA224: sha224, SHA256: sha256InParts };

/** Of each of them. */
const BLOCK = 64;
const WORDS = 8;

// Constants of the module, wiped after each mask.
const START: Int32Array = new Int32Array(WORDS);
const H: Int32Array = new Int32Array(WORDS);
const END: Uint8Array = new Uint8Array(2 * BLOCK);
const END_VIEW: DataView = viewOf(END);

/**
 * MGF1 with a hash of FIPS 180-4, whose messages differ in their counter alone: the blocks before it are hashed once, and
 * those with it are padded once. Takes two thirds of the time of whole digests.
 */
function maskBlockwise(
  { initial, digestBytes, compress, wipe: forget }: Compression,
  seed: Uint8Array,
  target: Uint8Array,
): void {
  const rest = seed.length % BLOCK;
  const before = seed.length - rest;
  START.set(initial);
  for (let at = 0; at < before; at += BLOCK) {
    for (let i = 0; i < BLOCK; i++) END[i] = seed[at + i];
    compress(START, END_VIEW, 0);
  }
  // Behind the counter of 4 bytes: a one, zeros, and the length in bits, in 8 bytes (5.1.1).
  for (let i = 0; i < rest; i++) END[i] = seed[before + i];
  END.fill(0, rest + 4);
  END[rest + 4] = 0x80;
  const endsAt = rest + 4 + 9 <= BLOCK ? BLOCK : 2 * BLOCK;
  END_VIEW.setUint32(endsAt - 4, 8 * (seed.length + 4));
  for (let offset = 0, counter = 0; offset < target.length; offset += digestBytes, counter++) {
    END_VIEW.setUint32(rest, counter);
    for (let i = 0; i < WORDS; i++) H[i] = START[i];
    for (let at = 0; at < endsAt; at += BLOCK) compress(H, END_VIEW, at);
    addWords(target, offset, Math.min(digestBytes, target.length - offset));
  }
  START.fill(0);
  H.fill(0);
  END.fill(0);
  forget?.();
}

/** XORs the first bytes of H into `target` from `at` on. */
function addWords(target: Uint8Array, at: number, length: number): void {
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const word = H[i >> 2];
    target[at + i] ^= word >>> 24;
    target[at + i + 1] ^= word >>> 16;
    target[at + i + 2] ^= word >>> 8;
    target[at + i + 3] ^= word;
  }
  for (; i < length; i++) target[at + i] ^= H[i >> 2] >>> (24 - 8 * (i & 3));
}
