/** GCM (SP 800-38D) over any block cipher of 16-byte blocks. */

import { BLOCK, type BlockCipher, byteOf, clearBlock, copyBlock, OUT, wordAt } from "./block-cipher.ts";
import { counterMode } from "./block-modes.ts";
import { GhashKey, Y } from "./ghash.ts";

/** Lengths of GCM tags (5.2.1.2). */
export const GCM_TAGS: readonly number[] = [4, 8, 12, 13, 14, 15, BLOCK];

/** Of the message at hand: the counter block, and the tag once it is complete. */
const counter: Int32Array = new Int32Array(4);
const tag: Int32Array = new Int32Array(4);
const none: Uint8Array = new Uint8Array(0);

/** A block cipher's key, and beside it its hash subkey, prepared at the first use. */
export class GcmKey {
  readonly #cipher: BlockCipher;
  #H: GhashKey | undefined;

  constructor(cipher: BlockCipher) {
    this.#cipher = cipher;
  }

  /**
   * Authenticated encryption (7.1): ciphertext followed by the tag.
   * @throws RangeError for an empty IV or a tag of another length than {@link GCM_TAGS}
   */
  seal(iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, tagBytes: number): Uint8Array {
    requireGcm(iv, tagBytes);
    const sealed = new Uint8Array(plaintext.length + tagBytes);
    const H = this.#start(iv);
    counterMode(this.#cipher, counter, 1, plaintext, plaintext.length, sealed);
    finishTag(H, aad, sealed, plaintext.length);
    for (let i = 0; i < tagBytes; i++) sealed[plaintext.length + i] = byteOf(tag, i);
    wipeMessage();
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
    for (let i = 0; i < tagBytes; i++) difference |= sealed[length + i] ^ byteOf(tag, i);
    const plaintext = difference === 0 ? new Uint8Array(length) : undefined;
    if (plaintext !== undefined) counterMode(this.#cipher, counter, 1, sealed, length, plaintext);
    wipeMessage();
    return plaintext;
  }

  destroy(): void {
    this.#H?.destroy();
    this.#H = undefined;
  }

  /** Steps 1, 2 and what step 6 needs of J0 (7.1): leaves inc(J0) in the counter and CIPH(J0) in the tag. */
  #start(iv: Uint8Array): GhashKey {
    const cipher = this.#cipher;
    if (this.#H === undefined) {
      cipher.encrypt(0, 0, 0, 0);
      this.#H = new GhashKey(OUT[0], OUT[1], OUT[2], OUT[3]);
    }
    if (iv.length === 12) {
      for (let i = 0; i < 3; i++) counter[i] = wordAt(iv, 4 * i);
      counter[3] = 1;
    } else {
      this.#H.hash(none, iv, iv.length);
      copyBlock(Y, counter);
    }
    cipher.encrypt(counter[0], counter[1], counter[2], counter[3]);
    copyBlock(OUT, tag);
    counter[3]++;
    return this.#H;
  }
}

/** Steps 5 and 6 (7.1): the tag in full. The ciphertext is in front of the sealed bytes. */
function finishTag(H: GhashKey, aad: Uint8Array, sealed: Uint8Array, ciphertextBytes: number): void {
  H.hash(aad, sealed, ciphertextBytes);
  for (let i = 0; i < 4; i++) tag[i] ^= Y[i];
}

function wipeMessage(): void {
  clearBlock(counter);
  clearBlock(tag);
  clearBlock(Y);
  clearBlock(OUT);
}

/** @throws RangeError for an IV or a tag length that GCM does not have. */
export function requireGcm(iv: Uint8Array, tagBytes: number): void {
  if (iv.length < 1) throw new RangeError("a GCM IV must not be empty");
  if (!GCM_TAGS.includes(tagBytes)) throw new RangeError(`a GCM tag must be ${GCM_TAGS.join(", ")} bytes`);
}
