/** GCM (SP 800-38D) over any block cipher of 16-byte blocks. */

import { BLOCK, type BlockCipher, byteOf, clearBlock, copyBlock, OUT, wordAt } from "./block-cipher.ts";
import { type CounterMode, counterMode } from "./block-modes.ts";
import { GhashKey, Y } from "./ghash.ts";

/** GHASH under one hash subkey, which leaves its result in Y. */
export type Ghash = Pick<GhashKey, "hash" | "destroy">;

/** What GCM does by one kind of cipher. */
export interface GcmParts<Cipher> {
  /** The hash subkey, CIPH(0), prepared. */
  subkey(cipher: Cipher): Ghash;
  /** Leaves CIPH of {@link COUNTER} in {@link TAG}, and gives the hash subkey, which is made when there is none. */
  encipher(cipher: Cipher, H: Ghash | undefined): Ghash;
  readonly counterMode: CounterMode<Cipher>;
  /** Wipes what the cipher has of the last block. */
  wipe(): void;
}

/** Lengths of GCM tags (5.2.1.2). */
export const GCM_TAGS: readonly number[] = [4, 8, 12, 13, 14, 15, BLOCK];

/** Of the message at hand: the counter block, and the tag once it is complete. */
export const COUNTER: Int32Array = new Int32Array(4);
export const TAG: Int32Array = new Int32Array(4);
const none: Uint8Array = new Uint8Array(0);

/** By any block cipher, one block at a time. */
export const BLOCKWISE: GcmParts<BlockCipher> = {
  subkey(cipher) {
    cipher.encrypt(0, 0, 0, 0);
    return new GhashKey(OUT[0], OUT[1], OUT[2], OUT[3]);
  },
  encipher(cipher, H) {
    const subkey = H ?? BLOCKWISE.subkey(cipher);
    cipher.encrypt(COUNTER[0], COUNTER[1], COUNTER[2], COUNTER[3]);
    copyBlock(OUT, TAG);
    return subkey;
  },
  counterMode,
  wipe: () => clearBlock(OUT),
};

/** A block cipher's key, and beside it its hash subkey, prepared at the first use. */
export class GcmKey<Cipher> {
  readonly #cipher: Cipher;
  readonly #parts: GcmParts<Cipher>;
  #H: Ghash | undefined;

  constructor(cipher: Cipher, parts: GcmParts<Cipher>) {
    this.#cipher = cipher;
    this.#parts = parts;
  }

  /**
   * Authenticated encryption (7.1): ciphertext followed by the tag.
   * @throws RangeError for an empty IV or a tag of another length than {@link GCM_TAGS}
   */
  seal(iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, tagBytes: number): Uint8Array {
    requireGcm(iv, tagBytes);
    const sealed = new Uint8Array(plaintext.length + tagBytes);
    const H = this.#start(iv);
    this.#parts.counterMode(this.#cipher, COUNTER, 1, plaintext, plaintext.length, sealed);
    finishTag(H, aad, sealed, plaintext.length);
    for (let i = 0; i < tagBytes; i++) sealed[plaintext.length + i] = byteOf(TAG, i);
    this.#wipeMessage();
    return sealed;
  }

  /**
   * Authenticated decryption (7.2): the plaintext, or `undefined` when the tag does not match. Nothing is deciphered
   * before the tag has been checked.
   * @throws RangeError for an empty IV or a tag of another length than {@link GCM_TAGS}
   */
  open(iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array, tagBytes: number): Uint8Array | undefined {
    requireGcm(iv, tagBytes);
    const length = sealed.length - tagBytes;
    if (length < 0) return undefined;
    finishTag(this.#start(iv), aad, sealed, length);
    let difference = 0;
    for (let i = 0; i < tagBytes; i++) difference |= sealed[length + i] ^ byteOf(TAG, i);
    const plaintext = difference === 0 ? new Uint8Array(length) : undefined;
    if (plaintext !== undefined) {
      this.#parts.counterMode(this.#cipher, COUNTER, 1, sealed, length, plaintext);
    }
    this.#wipeMessage();
    return plaintext;
  }

  destroy(): void {
    this.#H?.destroy();
    this.#H = undefined;
  }

  /** Steps 1, 2 and what step 6 needs of J0 (7.1): leaves inc(J0) in the counter and CIPH(J0) in the tag. */
  #start(iv: Uint8Array): Ghash {
    if (iv.length === 12) {
      for (let i = 0; i < 3; i++) COUNTER[i] = wordAt(iv, 4 * i);
      COUNTER[3] = 1;
    } else {
      this.#H ??= this.#parts.subkey(this.#cipher);
      this.#H.hash(none, iv, iv.length);
      copyBlock(Y, COUNTER);
    }
    this.#H = this.#parts.encipher(this.#cipher, this.#H);
    COUNTER[3]++;
    return this.#H;
  }

  #wipeMessage(): void {
    clearBlock(COUNTER);
    clearBlock(TAG);
    clearBlock(Y);
    this.#parts.wipe();
  }
}

/** Steps 5 and 6 (7.1): the tag in full. The ciphertext is in front of the sealed bytes. */
function finishTag(H: Ghash, aad: Uint8Array, sealed: Uint8Array, ciphertextBytes: number): void {
  H.hash(aad, sealed, ciphertextBytes);
  for (let i = 0; i < 4; i++) TAG[i] ^= Y[i];
}

/** @throws RangeError for an IV or a tag length that GCM does not have. */
export function requireGcm(iv: Uint8Array, tagBytes: number): void {
  if (iv.length < 1) throw new RangeError("a GCM IV must not be empty");
  if (!GCM_TAGS.includes(tagBytes)) throw new RangeError(`a GCM tag must be ${GCM_TAGS.join(", ")} bytes`);
}
