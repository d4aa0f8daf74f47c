/** CTR_DRBG with AES-256 (SP 800-90A r1, 10.2.1). Names follow the standard: Key, V, seedlen. */

import { unsafe } from "@noble/ciphers/aes.js";
import { be32, concat, wipe } from "../bytes/bytes.ts";
import { aesKey } from "./aes.ts";
import type { Rng } from "./engine.ts";
import { draw, EntropyError, type EntropySource } from "./entropy.ts";

const BLOCK = 16;
const KEY_BYTES = 32;
/** seedlen = outlen + keylen (table 3). */
export const SEED_BYTES: number = BLOCK + KEY_BYTES;
/** max_number_of_bits_per_request (table 3). */
export const MAX_REQUEST_BYTES: number = 2 ** 16;
/** reseed_interval (table 3). */
const MAX_RESEED_INTERVAL: number = 2 ** 48;

export interface CtrDrbgOptions {
  /** Drawn from here at instantiation, at each reseed and for each request with prediction resistance. */
  readonly entropy: EntropySource;
  /** With the derivation function; drawn from the source when absent (8.6.7). */
  readonly nonce?: Uint8Array;
  readonly personalization?: Uint8Array;
  /** Whether Block_Cipher_df conditions the seed. Without it, the source must have full entropy (10.2.1). */
  readonly derivationFunction?: boolean;
  /** Bytes of a draw with the derivation function, at least the 32 of the security strength; without it, 48. */
  readonly entropyBytes?: number;
  /** Requests between reseeds, 2^48 when absent. */
  readonly reseedInterval?: number;
}

export interface GenerateOptions {
  readonly additional?: Uint8Array;
  /** Reseeds from the source before this request (SP 800-90A r1, 8.8). */
  readonly predictionResistance?: boolean;
}

/** A working state of CTR_DRBG. When its entropy source fails, it is wiped and refuses everything from then on. */
export class CtrDrbg {
  readonly #entropy: EntropySource;
  readonly #entropyBytes: number;
  readonly #withDf: boolean;
  readonly #reseedInterval: number;
  /** The expanded Key. */
  #key: Uint32Array = unsafe.expandKeyLE(new Uint8Array(KEY_BYTES));
  /** V + 1, the next block to encrypt: every use of V in the standard increments it first. */
  readonly #next: Uint8Array = new Uint8Array(BLOCK);
  #reseedCounter = 0;
  #state: "ready" | "failed" | "uninstantiated" = "ready";

  /**
   * Instantiates (9.1, 10.2.1.3).
   * @throws RangeError when an option is out of its bounds; EntropyError when the source fails.
   */
  constructor(options: CtrDrbgOptions) {
    const { derivationFunction = false, reseedInterval = MAX_RESEED_INTERVAL } = options;
    const { entropyBytes = SEED_BYTES, personalization = new Uint8Array() } = options;
    requireRange(reseedInterval, 1, MAX_RESEED_INTERVAL, "reseed interval");
    requireRange(entropyBytes, derivationFunction ? KEY_BYTES : SEED_BYTES, SEED_BYTES, "entropy input");
    if (options.nonce !== undefined && !derivationFunction) {
      throw new RangeError("nonce is used only with the derivation function");
    }
    if (options.nonce !== undefined) requireRange(options.nonce.length, BLOCK, MAX_REQUEST_BYTES, "nonce");
    this.#entropy = options.entropy;
    this.#entropyBytes = entropyBytes;
    this.#withDf = derivationFunction;
    this.#reseedInterval = reseedInterval;
    this.#requireInput(personalization, "personalization string");

    increment(this.#next);
    const entropy = this.#draw(entropyBytes);
    const nonce = derivationFunction ? (options.nonce ?? this.#draw(BLOCK)) : new Uint8Array();
    this.#seed(entropy, concat(nonce, personalization));
  }

  /**
   * Reseeds (9.2, 10.2.1.4).
   * @throws RangeError when `additional` is too long; EntropyError when the source fails or failed before.
   */
  reseed(additional: Uint8Array = new Uint8Array()): void {
    this.#requireReady();
    this.#requireInput(additional, "additional input");
    this.#seed(this.#draw(this.#entropyBytes), additional);
  }

  /**
   * Generates (9.3, 10.2.1.5).
   * @throws RangeError when `byteLength` is not 1 to 65,536 or `additional` is too long; EntropyError when the source
   * fails or failed before.
   */
  generate(byteLength: number, options: GenerateOptions = {}): Uint8Array {
    this.#requireReady();
    requireRange(byteLength, 1, MAX_REQUEST_BYTES, "request");
    const additional = options.additional ?? new Uint8Array();
    this.#requireInput(additional, "additional input");

    // 9.3.1, step 7: the reseed takes up the additional input, and the request goes on without.
    const reseeds = options.predictionResistance === true || this.#reseedCounter > this.#reseedInterval;
    if (reseeds) this.#seed(this.#draw(this.#entropyBytes), additional);

    const input = reseeds || additional.length === 0 ? undefined : this.#condition(additional);
    if (input !== undefined) this.#update(input);
    const output = this.#keystream(byteLength);
    this.#update(input);
    wipe(input);
    this.#reseedCounter++;
    return output;
  }

  /** Wipes the state (9.4). Every call after it throws Error. */
  uninstantiate(): void {
    this.#wipe();
    this.#state = "uninstantiated";
  }

  /** The seeding of 10.2.1.3 and 10.2.1.4, with the derivation function and without. Uses the entropy up. */
  #seed(entropy: Uint8Array, rest: Uint8Array): void {
    if (this.#withDf) {
      const input = concat(entropy, rest);
      const material = derive(input);
      this.#update(material);
      wipe(input, material);
    } else {
      for (let i = 0; i < rest.length; i++) entropy[i] ^= rest[i];
      this.#update(entropy);
    }
    wipe(entropy);
    this.#reseedCounter = 1;
  }

  /** Additional input as seedlen bytes: derived, or padded with zeros. */
  #condition(additional: Uint8Array): Uint8Array {
    if (this.#withDf) return derive(additional);
    const padded = new Uint8Array(SEED_BYTES);
    padded.set(additional);
    return padded;
  }

  /** CTR_DRBG_Update (10.2.1.2); no data is seedlen zeros. */
  #update(data: Uint8Array | undefined): void {
    const temp = this.#keystream(SEED_BYTES);
    if (data !== undefined) for (let i = 0; i < SEED_BYTES; i++) temp[i] ^= data[i];
    this.#key.fill(0);
    this.#key = unsafe.expandKeyLE(temp.subarray(0, KEY_BYTES));
    this.#next.set(temp.subarray(KEY_BYTES));
    increment(this.#next);
    wipe(temp);
  }

  /** Block_Encrypt(Key, V) for each next V, cut to the length. */
  #keystream(byteLength: number): Uint8Array {
    const blocks = new Uint8Array(Math.ceil(byteLength / BLOCK) * BLOCK);
    unsafe.ctrCounter(this.#key, this.#next, blocks, blocks);
    if (blocks.length === byteLength) return blocks;
    const output = blocks.slice(0, byteLength);
    wipe(blocks);
    return output;
  }

  #draw(byteLength: number): Uint8Array {
    try {
      return draw(this.#entropy, byteLength);
    } catch (error) {
      this.#wipe();
      this.#state = "failed";
      throw error;
    }
  }

  #wipe(): void {
    this.#key.fill(0);
    wipe(this.#next);
    this.#reseedCounter = 0;
  }

  #requireReady(): void {
    if (this.#state === "failed") throw new EntropyError("DRBG is in the error state: its entropy source failed");
    if (this.#state === "uninstantiated") throw new Error("DRBG is not instantiated");
  }

  #requireInput(input: Uint8Array, what: string): void {
    requireRange(input.length, 0, this.#withDf ? MAX_REQUEST_BYTES : SEED_BYTES, what);
  }
}

/** The DRBG as an {@link Rng}, which takes requests of any length apart. `options` hold for each part. */
export function drbgRng(drbg: CtrDrbg, options: GenerateOptions = {}): Rng {
  return (byteLength) => {
    if (!(byteLength > MAX_REQUEST_BYTES)) return drbg.generate(byteLength, options);
    const output = new Uint8Array(byteLength);
    for (let offset = 0; offset < byteLength; offset += MAX_REQUEST_BYTES) {
      const part = drbg.generate(Math.min(MAX_REQUEST_BYTES, byteLength - offset), options);
      output.set(part, offset);
      wipe(part);
    }
    return output;
  };
}

/**
 * A DRBG of its own, seeded by one draw from `parent` and never again: what it generates does not depend on what the
 * parent does meanwhile. It has no prediction resistance; asking for it is an EntropyError.
 * @throws RangeError when the personalization string is longer than 48 bytes.
 */
export function childDrbg(parent: Rng, personalization: Uint8Array): CtrDrbg {
  let source: Rng | undefined = parent;
  return new CtrDrbg({
    personalization,
    entropy: (byteLength) => {
      if (source === undefined) throw new EntropyError("child DRBG cannot be reseeded");
      const seed = source(byteLength);
      source = undefined;
      return seed;
    },
  });
}

const DF_KEY: Uint8Array = Uint8Array.from({ length: KEY_BYTES }, (_, i) => i);

/** Block_Cipher_df (10.3.2) to seedlen bytes. */
function derive(input: Uint8Array): Uint8Array {
  const padding = new Uint8Array(BLOCK - ((8 + input.length) % BLOCK));
  padding[0] = 0x80;
  const S = concat(be32(input.length), be32(SEED_BYTES), input, padding);

  const bcc = aesKey(DF_KEY);
  const zero = new Uint8Array(BLOCK);
  const temp = new Uint8Array(SEED_BYTES);
  for (let i = 0; i < SEED_BYTES / BLOCK; i++) {
    // BCC (10.3.3) is the last block of CBC from a zero IV.
    const chained = bcc.cbcEncrypt(zero, concat(be32(i), new Uint8Array(BLOCK - 4), S));
    temp.set(chained.subarray(-BLOCK), i * BLOCK);
    wipe(chained);
  }

  // Step 13 encrypts X again and again: CBC over zeros with X as IV.
  const key = aesKey(temp.subarray(0, KEY_BYTES));
  const output = key.cbcEncrypt(temp.subarray(KEY_BYTES), new Uint8Array(SEED_BYTES));
  key.destroy();
  wipe(S, temp);
  return output;
}

/** Adds one to a big-endian block, modulo 2^128. */
function increment(block: Uint8Array): void {
  for (let i = BLOCK - 1; i >= 0; i--) {
    block[i] = (block[i] + 1) & 0xff;
    if (block[i] !== 0) return;
  }
}

function requireRange(value: number, min: number, max: number, what: string): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new RangeError(`${what} must be ${min} to ${max}, not ${value}`);
  }
}
