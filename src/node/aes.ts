/** AES (FIPS 197) and its modes by Node. */

import { type CipherGCMTypes, createCipheriv, createDecipheriv } from "node:crypto";
import { wipe } from "../bytes/bytes.ts";
import { requireBlocks, requireCbc, requireRange } from "../crypto/block-modes.ts";
import type { AesKey, HashState } from "../crypto/engine.ts";
import { requireGcm } from "../crypto/gcm.ts";
import { joined, taken } from "./buffers.ts";
import { nativeCmacState } from "./cmac.ts";
import * as pure from "./pure.ts";

/** The longest IV that OpenSSL's GCM takes. */
const maxGcmIvBytes = 128;

/** What Node does of AES: all but key wrap. */
export type NativeAesKey = Omit<AesKey, "kwWrap" | "kwUnwrap" | "kwpWrap" | "kwpUnwrap">;

/**
 * A prepared AES key that does all its work by Node (by-length.ts has the one that does not).
 * @throws RangeError when the key is not of 16, 24 or 32 bytes.
 */
export function nativeAesKey(key: Uint8Array): NativeAesKey {
  return new NodeAes(key);
}

/**
 * Holds the key's bytes: unlike a KeyObject they can be wiped, and Node starts from them faster. OpenSSL cleanses the
 * schedules that it makes when it frees them.
 */
class NodeAes implements NativeAesKey {
  readonly #bits: 128 | 192 | 256;
  #key: Uint8Array | undefined;

  constructor(key: Uint8Array) {
    const bits = 8 * key.length;
    requireRange(bits === 128 || bits === 192 || bits === 256, "AES key must be 16, 24 or 32 bytes");
    this.#bits = bits;
    this.#key = Uint8Array.from(key);
  }

  gcmSeal(iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, tagBytes: number): Uint8Array {
    const key = this.#live();
    requireGcm(iv, tagBytes);
    if (iv.length > maxGcmIvBytes) return withPure(key, (aes) => aes.gcmSeal(iv, aad, plaintext, tagBytes));
    const cipher = createCipheriv(this.#gcm(), key, iv, { authTagLength: tagBytes }).setAAD(aad);
    return joined(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
  }

  gcmOpen(iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array, tagBytes: number): Uint8Array | undefined {
    const key = this.#live();
    requireGcm(iv, tagBytes);
    if (iv.length > maxGcmIvBytes) return withPure(key, (aes) => aes.gcmOpen(iv, aad, sealed, tagBytes));
    const end = sealed.length - tagBytes;
    if (end < 0) return undefined;
    const decipher = createDecipheriv(this.#gcm(), key, iv, { authTagLength: tagBytes });
    decipher.setAAD(aad).setAuthTag(sealed.subarray(end));
    const plaintext = decipher.update(sealed.subarray(0, end));
    try {
      decipher.final();
    } catch {
      wipe(plaintext);
      return undefined;
    }
    return taken(plaintext);
  }

  cbcEncrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    const key = this.#live();
    requireCbc(iv, blocks);
    const cipher = createCipheriv(`aes-${this.#bits}-cbc`, key, iv).setAutoPadding(false);
    return taken(cipher.update(blocks), cipher.final());
  }

  cbcDecrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    const key = this.#live();
    requireCbc(iv, blocks);
    const decipher = createDecipheriv(`aes-${this.#bits}-cbc`, key, iv).setAutoPadding(false);
    return taken(decipher.update(blocks), decipher.final());
  }

  ecbEncrypt(blocks: Uint8Array): Uint8Array {
    const key = this.#live();
    requireBlocks(blocks);
    const cipher = createCipheriv(`aes-${this.#bits}-ecb`, key, null).setAutoPadding(false);
    return taken(cipher.update(blocks), cipher.final());
  }

  ecbDecrypt(blocks: Uint8Array): Uint8Array {
    const key = this.#live();
    requireBlocks(blocks);
    const decipher = createDecipheriv(`aes-${this.#bits}-ecb`, key, null).setAutoPadding(false);
    return taken(decipher.update(blocks), decipher.final());
  }

  ctr(counter: Uint8Array, data: Uint8Array): Uint8Array {
    const key = this.#live();
    requireRange(counter.length === 16, "AES-CTR counter block must be 16 bytes");
    return taken(createCipheriv(`aes-${this.#bits}-ctr`, key, counter).update(data));
  }

  cmac(): HashState {
    return nativeCmacState(this.#live());
  }

  destroy(): void {
    wipe(this.#key);
    this.#key = undefined;
  }

  #live(): Uint8Array {
    if (this.#key === undefined) throw new Error("AES key was destroyed");
    return this.#key;
  }

  #gcm(): CipherGCMTypes {
    return `aes-${this.#bits}-gcm`;
  }
}

function withPure<T>(key: Uint8Array, operate: (aes: AesKey) => T): T {
  const aes = pure.aesKey(key);
  try {
    return operate(aes);
  } finally {
    aes.destroy();
  }
}
