/** AES (FIPS 197) and its modes, under prepared keys. */

import { AesCipher } from "./aes-cipher.ts";
import type { AesBlockCipher } from "./block-cipher.ts";
import { cbcDecrypt, cbcEncrypt, ctrBy, ecbDecrypt, ecbEncrypt } from "./block-modes.ts";
import { cmacState } from "./cmac.ts";
import type { AesKey, HashState } from "./engine.ts";
import { BLOCKWISE, GcmKey, type GcmParts } from "./gcm.ts";
import { kwpUnwrap, kwpWrap, kwUnwrap, kwWrap } from "./key-wrap.ts";

/** The modes of one kind of AES cipher. */
export interface AesModes<Cipher> {
  readonly gcm: GcmParts<Cipher>;
  ecbEncrypt(cipher: Cipher, blocks: Uint8Array): Uint8Array;
  ecbDecrypt(cipher: Cipher, blocks: Uint8Array): Uint8Array;
  cbcEncrypt(cipher: Cipher, iv: Uint8Array, blocks: Uint8Array): Uint8Array;
  cbcDecrypt(cipher: Cipher, iv: Uint8Array, blocks: Uint8Array): Uint8Array;
}

const TABLES: AesModes<AesCipher> = { gcm: BLOCKWISE, ecbEncrypt, ecbDecrypt, cbcEncrypt, cbcDecrypt };

/**
 * A prepared AES key.
 * @throws RangeError when the key is not of 16, 24 or 32 bytes.
 */
export function aesKey(key: Uint8Array): AesKey {
  return new PreparedAes(new AesCipher(key), TABLES);
}

/**
 * The methods throw RangeError for an IV, a tag length or a data length that the mode does not have, and Error after
 * `destroy`. What an attacker may have changed (sealed and wrapped data) is never an exception.
 */
export class PreparedAes<Cipher extends AesBlockCipher> implements AesKey {
  readonly #cipher: Cipher;
  readonly #modes: AesModes<Cipher>;
  readonly #gcm: GcmKey<Cipher>;
  #isDestroyed = false;

  /** Takes the cipher over. */
  constructor(cipher: Cipher, modes: AesModes<Cipher>) {
    this.#cipher = cipher;
    this.#modes = modes;
    this.#gcm = new GcmKey(cipher, modes.gcm);
  }

  gcmSeal(iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, tagBytes: number): Uint8Array {
    this.#live();
    return this.#gcm.seal(iv, aad, plaintext, tagBytes);
  }

  gcmOpen(iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array, tagBytes: number): Uint8Array | undefined {
    this.#live();
    return this.#gcm.open(iv, aad, sealed, tagBytes);
  }

  cbcEncrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    return this.#modes.cbcEncrypt(this.#live(), iv, blocks);
  }

  cbcDecrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    return this.#modes.cbcDecrypt(this.#live(), iv, blocks);
  }

  ecbEncrypt(blocks: Uint8Array): Uint8Array {
    return this.#modes.ecbEncrypt(this.#live(), blocks);
  }

  ecbDecrypt(blocks: Uint8Array): Uint8Array {
    return this.#modes.ecbDecrypt(this.#live(), blocks);
  }

  ctr(counter: Uint8Array, data: Uint8Array): Uint8Array {
    return ctrBy(this.#modes.gcm.counterMode, this.#live(), counter, data);
  }

  /** It goes on when the key is destroyed, so it has a schedule of its own. */
  cmac(): HashState {
    return cmacState(this.#live().clone());
  }

  kwWrap(data: Uint8Array): Uint8Array {
    return kwWrap(this.#live(), data);
  }

  kwUnwrap(wrapped: Uint8Array): Uint8Array | undefined {
    return kwUnwrap(this.#live(), wrapped);
  }

  kwpWrap(data: Uint8Array): Uint8Array {
    return kwpWrap(this.#live(), data);
  }

  kwpUnwrap(wrapped: Uint8Array): Uint8Array | undefined {
    return kwpUnwrap(this.#live(), wrapped);
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#gcm.destroy();
    this.#cipher.destroy();
  }

  #live(): Cipher {
    if (this.#isDestroyed) throw new Error("AES key was destroyed");
    return this.#cipher;
  }
}
