/** AES (FIPS 197) and its modes under prepared keys, with no table that a secret is looked up in. */

import { cmacState } from "../cmac.ts";
import type { AesKey, HashState } from "../engine.ts";
import { kwpUnwrap, kwpWrap, kwUnwrap, kwWrap } from "../key-wrap.ts";
import { HardenedAesCipher } from "./aes-cipher.ts";
import { HardenedGcmKey } from "./gcm.ts";
import { cbcDecrypt, cbcEncrypt, ctr, ecbDecrypt, ecbEncrypt } from "./modes.ts";

/**
 * A prepared AES key.
 * @throws RangeError when the key is not of 16, 24 or 32 bytes.
 */
export function hardenedAesKey(key: Uint8Array): AesKey {
  return new PreparedHardenedAes(key);
}

/**
 * The methods throw RangeError for an IV, a tag length or a data length that the mode does not have, and Error after
 * `destroy`. What an attacker may have changed (sealed and wrapped data) is never an exception.
 */
class PreparedHardenedAes implements AesKey {
  readonly #cipher: HardenedAesCipher;
  readonly #gcm: HardenedGcmKey;

  constructor(key: Uint8Array) {
    this.#cipher = new HardenedAesCipher(key);
    this.#gcm = new HardenedGcmKey(this.#cipher);
  }

  gcmSeal(iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, tagBytes: number): Uint8Array {
    return this.#gcm.seal(iv, aad, plaintext, tagBytes);
  }

  gcmOpen(iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array, tagBytes: number): Uint8Array | undefined {
    return this.#gcm.open(iv, aad, sealed, tagBytes);
  }

  cbcEncrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    return cbcEncrypt(this.#live(), iv, blocks);
  }

  cbcDecrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    return cbcDecrypt(this.#live(), iv, blocks);
  }

  ecbEncrypt(blocks: Uint8Array): Uint8Array {
    return ecbEncrypt(this.#live(), blocks);
  }

  ecbDecrypt(blocks: Uint8Array): Uint8Array {
    return ecbDecrypt(this.#live(), blocks);
  }

  ctr(counter: Uint8Array, data: Uint8Array): Uint8Array {
    return ctr(this.#live(), counter, data);
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
    this.#gcm.destroy();
    this.#cipher.destroy();
  }

  #live(): HardenedAesCipher {
    this.#cipher.requireLive();
    return this.#cipher;
  }
}
