/**
 * GCM (SP 800-38D) on the AES and the GHASH of this folder. The steps are those of ../gcm.ts; in files of their own, the calls of
 * neither make those of the other slower.
 */

import { byteOf, wordAt } from "../block-cipher.ts";
import { requireGcm } from "../gcm.ts";
import { type HardenedAesCipher, PAIR, wipePair } from "./aes-cipher.ts";
import { HardenedGhashKey, Y } from "./ghash.ts";
import { counterMode } from "./modes.ts";

/** Of the message at hand: the counter block, and the tag once it is complete. */
const counter: Int32Array = new Int32Array(4);
const tag: Int32Array = new Int32Array(4);
const none: Uint8Array = new Uint8Array(0);

/** An AES key, and beside it its hash subkey, prepared at the first use. */
export class HardenedGcmKey {
  readonly #cipher: HardenedAesCipher;
  #H: HardenedGhashKey | undefined;

  constructor(cipher: HardenedAesCipher) {
    this.#cipher = cipher;
  }

  /**
   * Authenticated encryption (7.1): ciphertext followed by the tag.
   * @throws RangeError for an empty IV or a tag of a length that GCM does not have
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
   * @throws RangeError for an empty IV or a tag of a length that GCM does not have
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

  /** Leaves inc(J0) in the counter and CIPH(J0) in the tag (7.1). CIPH(0), which is H, comes beside it. */
  #start(iv: Uint8Array): HardenedGhashKey {
    if (iv.length === 12) {
      for (let i = 0; i < 3; i++) counter[i] = wordAt(iv, 4 * i);
      counter[3] = 1;
    } else {
      this.#hashKey(counter).hash(none, iv, iv.length);
      for (let i = 0; i < 4; i++) counter[i] = Y[i];
    }
    const H = this.#hashKey(counter);
    counter[3]++;
    return H;
  }

  /** The hash subkey; and in the tag, the block that is given enciphered. */
  #hashKey(block: ArrayLike<number>): HardenedGhashKey {
    for (let i = 0; i < 4; i++) {
      PAIR[i] = block[i];
      PAIR[4 + i] = 0;
    }
    this.#cipher.encryptPair();
    for (let i = 0; i < 4; i++) tag[i] = PAIR[i];
    this.#H ??= new HardenedGhashKey(PAIR[4], PAIR[5], PAIR[6], PAIR[7]);
    return this.#H;
  }
}

/** Steps 5 and 6 (7.1): the tag in full. The ciphertext is in front of the sealed bytes. */
function finishTag(H: HardenedGhashKey, aad: Uint8Array, sealed: Uint8Array, ciphertextBytes: number): void {
  H.hash(aad, sealed, ciphertextBytes);
  for (let i = 0; i < 4; i++) tag[i] ^= Y[i];
}

function wipeMessage(): void {
  for (const words of [counter, tag, Y]) words.fill(0);
  wipePair();
}
