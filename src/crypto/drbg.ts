/** CTR_DRBG with AES-256 (SP 800-90A r1, 10.2.1). Names follow the standard: Key, V, seedlen. */

import { be32, concat, wipe } from "../bytes/bytes.ts";
import { tableCipher } from "./aes-cipher.ts";
import { type AesCipherMaker, clearBlock, OUT, type RekeyableCipher, wordAt } from "./block-cipher.ts";
import { cbcEncrypt, counterMode, increment, nextStream } from "./block-modes.ts";
import type { Rng } from "./engine.ts";
import { drawInto, EntropyError, type EntropySource } from "./entropy.ts";

const BLOCK = 16;
const KEY_BYTES = 32;
const KEY_WORDS = 8;
/** seedlen = outlen + keylen (table 3). */
export const SEED_BYTES: number = BLOCK + KEY_BYTES;
/** max_number_of_bits_per_request (table 3). */
export const MAX_REQUEST_BYTES: number = 2 ** 16;
/** reseed_interval (table 3). */
const MAX_RESEED_INTERVAL: number = 2 ** 48;
const none: Uint8Array = new Uint8Array(0);

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
  /** Block_Encrypt; {@link tableCipher} when absent. */
  readonly cipher?: AesCipherMaker | undefined;
}

export interface GenerateOptions {
  readonly additional?: Uint8Array;
  /** Reseeds from the source before this request (SP 800-90A r1, 8.8). */
  readonly predictionResistance?: boolean;
}

/**
 * A working state of CTR_DRBG. When its entropy source fails, it is wiped and refuses everything from then on. To the source
 * itself it refuses everything: what it generates is no entropy.
 */
export class CtrDrbg {
  readonly #entropy: EntropySource;
  /** Where an entropy input is drawn to and used up: zeros between two draws. */
  readonly #entropyInput: Uint8Array;
  readonly #withDf: boolean;
  readonly #reseedInterval: number;
  readonly #cipher: AesCipherMaker;
  /** The expanded Key. */
  readonly #key: RekeyableCipher;
  /** V + 1, the next block to encrypt, in words: every use of V in the standard increments it first. */
  readonly #next: Int32Array = new Int32Array(4);
  /** temp of 10.2.1.2. */
  readonly #temp: Int32Array = new Int32Array(SEED_BYTES / 4);
  #reseedCounter = 0;
  #state: "ready" | "drawing" | "failed" | "uninstantiated" = "ready";

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
    this.#cipher = options.cipher ?? tableCipher;
    this.#key = this.#cipher(new Uint8Array(KEY_BYTES));
    this.#entropy = options.entropy;
    this.#entropyInput = new Uint8Array(entropyBytes);
    this.#withDf = derivationFunction;
    this.#reseedInterval = reseedInterval;
    this.#requireInput(personalization, "personalization string");

    increment(this.#next, 4);
    this.#draw(this.#entropyInput);
    const nonce = derivationFunction ? (options.nonce ?? this.#drawNonce()) : none;
    this.#seed(concat(nonce, personalization));
  }

  /**
   * Reseeds (9.2, 10.2.1.4).
   * @throws RangeError when `additional` is too long; EntropyError when the source fails or failed before.
   */
  reseed(additional: Uint8Array = none): void {
    this.#requireReady();
    this.#requireInput(additional, "additional input");
    this.#draw(this.#entropyInput);
    this.#seed(additional);
  }

  /**
   * Generates (9.3, 10.2.1.5).
   * @throws RangeError when `byteLength` is not 1 to 65,536 or `additional` is too long; EntropyError when the source
   * fails or failed before.
   */
  generate(byteLength: number, options: GenerateOptions = {}): Uint8Array {
    this.#requireReady();
    requireRange(byteLength, 1, MAX_REQUEST_BYTES, "request");
    const additional = options.additional ?? none;
    this.#requireInput(additional, "additional input");

    // 9.3.1, step 7: the reseed takes up the additional input, and the request goes on without.
    const reseeds = options.predictionResistance === true || this.#reseedCounter > this.#reseedInterval;
    if (reseeds) this.reseed(additional);

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

  /** The seeding of 10.2.1.3 and 10.2.1.4, with the derivation function and without. Uses the entropy input up. */
  #seed(rest: Uint8Array): void {
    const entropy = this.#entropyInput;
    if (this.#withDf) {
      const input = concat(entropy, rest);
      const material = derive(input, this.#cipher);
      this.#update(material);
      wipe(input, material);
    } else {
      for (let i = 0; i < rest.length; i++) entropy[i] ^= rest[i];
      this.#update(entropy);
    }
    for (let i = 0; i < entropy.length; i++) entropy[i] = 0;
    this.#reseedCounter = 1;
  }

  /** Additional input as seedlen bytes: derived, or padded with zeros. */
  #condition(additional: Uint8Array): Uint8Array {
    if (this.#withDf) return derive(additional, this.#cipher);
    const padded = new Uint8Array(SEED_BYTES);
    padded.set(additional);
    return padded;
  }

  /** CTR_DRBG_Update (10.2.1.2); no data is seedlen zeros. */
  #update(data: Uint8Array | undefined): void {
    const temp = this.#temp;
    for (let at = 0; at < temp.length; at += 4) {
      nextStream(this.#key, this.#next, 4);
      for (let i = 0; i < 4; i++) temp[at + i] = OUT[i];
    }
    if (data !== undefined) for (let i = 0; i < temp.length; i++) temp[i] ^= wordAt(data, 4 * i);
    this.#key.rekey(temp, KEY_WORDS);
    for (let i = 0; i < 4; i++) this.#next[i] = temp[KEY_WORDS + i];
    increment(this.#next, 4);
    temp.fill(0);
    clearBlock(OUT);
  }

  /** Block_Encrypt(Key, V) for each next V, cut to the length. */
  #keystream(byteLength: number): Uint8Array {
    const output = new Uint8Array(byteLength);
    counterMode(this.#key, this.#next, 4, output, byteLength, output);
    return output;
  }

  #drawNonce(): Uint8Array {
    const nonce = new Uint8Array(BLOCK);
    this.#draw(nonce);
    return nonce;
  }

  /** While the source is at work it may not ask this DRBG for anything, and it may end it. */
  #draw(bytes: Uint8Array): void {
    this.#state = "drawing";
    try {
      drawInto(this.#entropy, bytes);
    } catch (error) {
      this.#wipe();
      this.#state = "failed";
      throw error;
    }
    // The source may have changed it, which the compiler cannot see.
    if ((this.#state as string) === "drawing") this.#state = "ready";
    else wipe(bytes);
    this.#requireReady();
  }

  #wipe(): void {
    this.#key.destroy();
    wipe(this.#entropyInput);
    this.#next.fill(0);
    this.#reseedCounter = 0;
  }

  #requireReady(): void {
    if (this.#state === "ready") return;
    if (this.#state === "drawing") throw new EntropyError("entropy source asked the DRBG that waits for it");
    if (this.#state === "failed") throw new EntropyError("DRBG is in the error state: its entropy source failed");
    throw new Error("DRBG is not instantiated");
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
export function childDrbg(parent: Rng, personalization: Uint8Array, cipher?: AesCipherMaker): CtrDrbg {
  let source: Rng | undefined = parent;
  return new CtrDrbg({
    personalization,
    cipher,
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
function derive(input: Uint8Array, cipher: AesCipherMaker): Uint8Array {
  const padding = new Uint8Array(BLOCK - ((8 + input.length) % BLOCK));
  padding[0] = 0x80;
  const S = concat(be32(input.length), be32(SEED_BYTES), input, padding);

  const bcc = cipher(DF_KEY);
  const zero = new Uint8Array(BLOCK);
  const temp = new Uint8Array(SEED_BYTES);
  for (let i = 0; i < SEED_BYTES / BLOCK; i++) {
    // BCC (10.3.3) is the last block of CBC from a zero IV.
    const chained = cbcEncrypt(bcc, zero, concat(be32(i), new Uint8Array(BLOCK - 4), S));
    temp.set(chained.subarray(-BLOCK), i * BLOCK);
    wipe(chained);
  }

  // Step 13 encrypts X again and again: CBC over zeros with X as IV.
  bcc.destroy();
  const key = cipher(temp.subarray(0, KEY_BYTES));
  const output = cbcEncrypt(key, temp.subarray(KEY_BYTES), new Uint8Array(SEED_BYTES));
  key.destroy();
  wipe(S, temp);
  return output;
}

function requireRange(value: number, min: number, max: number, what: string): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new RangeError(`${what} must be ${min} to ${max}, not ${value}`);
  }
}
