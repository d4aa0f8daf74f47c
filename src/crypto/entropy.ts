/** Entropy sources for the DRBG: a seeded one, and health tests (SP 800-90B, 4.4) around any other. */

import { be64, putBytes, requireBytes, utf8, wipe } from "../bytes/bytes.ts";
import { tableCipher } from "./aes-cipher.ts";
import { type AesCipherMaker, clearBlock, OUT, wordAt } from "./block-cipher.ts";
import { digest } from "./hash.ts";
import { hmacKey } from "./hmac.ts";
import { counterKdf } from "./kdf.ts";

/** Noise of the given length. Each call must return bytes that no other call has returned. */
export interface EntropySource {
  (byteLength: number): Uint8Array;
  /** The same noise into an array that the caller keeps and wipes, where the source can do that. */
  readonly fill?: (bytes: Uint8Array) => void;
}

/** An entropy source failed, now or at an earlier draw. The message never holds its output. */
export class EntropyError extends Error {
  override readonly name = "EntropyError";
}

/**
 * A stream fixed by its seed, for runs that can be repeated: draw number n is the counter KDF of SP 800-108 with
 * n as context. Its entropy is the seed's and no more.
 * @throws RangeError when the seed is not of 16 to 64 bytes.
 */
export function seededEntropy(seed: Uint8Array): EntropySource {
  if (seed.length < 16 || seed.length > 64) throw new RangeError("entropy seed must be 16 to 64 bytes");
  // Hashed first, because HMAC takes a key and the same key with zeros behind it for one.
  const prf = hmacKey("SHA256", digest("SHA256", seed));
  const label = utf8("pocket-hsm seeded entropy");
  let draws = 0;
  return (byteLength) => counterKdf(prf, label, be64(draws++), byteLength);
}

/**
 * Min-entropy H in bits that the tests below demand of a byte. It is less than a source of full entropy has (8), so
 * that a good source gives no false alarm in a lifetime, and enough for 48 bytes to hold the 256 bits of an AES-256
 * DRBG's security strength (288).
 */
const MIN_ENTROPY = 6;
/**
 * −log2 of α, the probability of a false alarm for a source of just H; SP 800-90B recommends 20 to 40. A source of full
 * entropy gives one in 2^56 bytes, and a busy server draws some 2^19 in a second.
 */
const ALPHA_BITS = 40;
/** C = 1 + ⌈−log2 α / H⌉ (SP 800-90B, 4.4.1): 8 equal bytes in a row. */
const REPETITION_CUTOFF: number = 1 + Math.ceil(ALPHA_BITS / MIN_ENTROPY);
/** W for a source that is not binary (SP 800-90B, 4.4.2). */
const WINDOW = 512;
/** C = 1 + CRITBINOM(W, 2^−H, 1 − α) (SP 800-90B, 4.4.2, footnote 10), for the values above. */
const PROPORTION_CUTOFF = 35;
/** Samples tested and thrown away before the first draw (SP 800-90B, 4.3, requirement 4). */
const STARTUP_BYTES = 1024;
const BLOCK = 16;
/** How many of the last 16-byte blocks may not come again. */
const REMEMBERED_BLOCKS = 64;

/**
 * The source behind the Repetition Count and Adaptive Proportion tests (SP 800-90B, 4.4.1 and 4.4.2) and a test that
 * no 16-byte block of a draw is one of the last 64 blocks, which catches a source that returns its buffers again.
 *
 * The draws throw {@link EntropyError} when a test fails, when the source throws, or when it returns anything but the
 * number of bytes it was asked for; and so does every draw after that, whatever the source does by then.
 * @param cipher under which blocks are remembered.
 */
export function healthTested(source: EntropySource, cipher: AesCipherMaker = tableCipher): EntropySource {
  const tests = [repetitionCount(), adaptiveProportion(), repeatedBlock(cipher)];
  let failure: string | undefined;
  let started = false;

  function testedDraw(bytes: Uint8Array): void {
    drawInto(source, bytes);
    for (const test of tests) test(bytes);
  }

  function startUp(): void {
    const bytes = new Uint8Array(STARTUP_BYTES);
    testedDraw(bytes);
    wipe(bytes);
    started = true;
  }

  function fill(bytes: Uint8Array): void {
    if (failure !== undefined) throw new EntropyError(`entropy source failed earlier: ${failure}`);
    try {
      if (!started) startUp();
      testedDraw(bytes);
    } catch (error) {
      failure = error instanceof EntropyError ? error.message : "unexpected error";
      throw error;
    }
  }

  const testedSource = (byteLength: number): Uint8Array => {
    const bytes = new Uint8Array(byteLength);
    fill(bytes);
    return bytes;
  };
  return Object.assign(testedSource, { fill });
}

/**
 * One draw into `bytes`, whatever the source does with its own array afterwards.
 * @throws EntropyError when the source throws or returns anything but as many bytes.
 */
export function drawInto(source: EntropySource, bytes: Uint8Array): void {
  const given = drawn(source, bytes);
  if (given === bytes) return;
  if (given.length !== bytes.length) {
    throw new EntropyError(`entropy source returned ${given.length}, not ${bytes.length} bytes`);
  }
  putBytes(given, bytes, 0);
}

function drawn(source: EntropySource, bytes: Uint8Array): Uint8Array {
  try {
    if (source.fill === undefined) return requireBytes(source(bytes.length), "entropy");
    source.fill(bytes);
    return bytes;
  } catch (error) {
    if (error instanceof EntropyError) throw error;
    throw new EntropyError("entropy source threw or did not return a Uint8Array");
  }
}

/** Looks at one draw. */
type HealthTest = (bytes: Uint8Array) => void;

/** Repetition Count Test (SP 800-90B, 4.4.1): A is the last sample, B how often it came in a row. */
function repetitionCount(): HealthTest {
  let last = -1;
  let count = 0;
  return (bytes) => {
    // Local: what a closure keeps is stored in memory at every change.
    let A = last;
    let B = count;
    for (let i = 0; i < bytes.length; i++) {
      const sample = bytes[i];
      B = sample === A ? B + 1 : 1;
      A = sample;
      if (B >= REPETITION_CUTOFF) throw new EntropyError("repetition count test failed");
    }
    last = A;
    count = B;
  };
}

/** Adaptive Proportion Test (SP 800-90B, 4.4.2): A is the first sample of the window, B how often it came in it. */
function adaptiveProportion(): HealthTest {
  let first = -1;
  let count = 0;
  let left = 0;
  return (bytes) => {
    for (let at = 0; at < bytes.length; ) {
      if (left === 0) {
        first = bytes[at];
        count = 0;
        left = WINDOW;
      }
      const A = first;
      const end = Math.min(bytes.length, at + left);
      left -= end - at;
      let B = count;
      for (; at < end; at++) if (bytes[at] === A) B++;
      if (B >= PROPORTION_CUTOFF) throw new EntropyError("adaptive proportion test failed");
      count = B;
    }
  };
}

/** No block of a draw is one of those remembered. The bytes after a draw's last whole block are not looked at. */
function repeatedBlock(cipher: AesCipherMaker): HealthTest {
  const E = cipher(new Uint8Array(16));
  const recent = new Float64Array(REMEMBERED_BLOCKS).fill(-1);
  // Twelve bits of each, and how many of them have these: a new one is compared with all only where another has its own.
  const beginnings = new Uint16Array(REMEMBERED_BLOCKS);
  const counts = new Uint8Array(2 ** 12);
  counts[0] = REMEMBERED_BLOCKS;
  let next = 0;
  return (bytes) => {
    for (let at = 0; at + BLOCK <= bytes.length; at += BLOCK) {
      const a = wordAt(bytes, at);
      const b = wordAt(bytes, at + 4);
      E.encrypt(a, b, wordAt(bytes, at + 8), wordAt(bytes, at + 12));
      const beginning = (OUT[0] ^ a) >>> 20;
      const value = fingerprint(OUT[0] ^ a, OUT[1] ^ b);
      if (counts[beginning] > 0 && recent.includes(value)) throw new EntropyError("entropy source repeated a block");
      counts[beginnings[next]]--;
      counts[beginning]++;
      beginnings[next] = beginning;
      recent[next] = value;
      next = (next + 1) % REMEMBERED_BLOCKS;
    }
    clearBlock(OUT);
  };
}

/**
 * 53 bits of E(x) ⊕ x under a fixed key, which nobody can turn back (Matyas, Meyer and Oseas), so that what is
 * remembered is no seed material: as many as a number holds. Two blocks of a good source agree in it once in 2^53.
 */
function fingerprint(word0: number, word1: number): number {
  return (word0 >>> 0) * 2 ** 21 + (word1 >>> 11);
}
