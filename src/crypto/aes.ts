/** AES (FIPS 197) and its modes, on `@noble/ciphers`. */

import { aeskw, aeskwp, cbc, cmac, ctr, gcm } from "@noble/ciphers/aes.js";
import { equalBytes, wipe } from "../bytes/bytes.ts";
import type { AesKey, HashState } from "./engine.ts";

const BLOCK = 16;
const GCM_TAG = 16;
/** Lengths of tags (SP 800-38D, 5.2.1.2). */
export const GCM_TAGS: readonly number[] = [4, 8, 12, 13, 14, 15, GCM_TAG];
/** The shortest IV that the GCM below takes. Tokens ask for 12 bytes (SP 800-38D, 8.2). */
const GCM_MIN_IV = 8;

/**
 * A prepared AES key.
 * @throws RangeError when the key is not of 16, 24 or 32 bytes.
 */
export function aesKey(key: Uint8Array): AesKey {
  return new PreparedAes(key);
}

/**
 * The methods throw RangeError for an IV, a tag length or a data length that the mode does not have, and Error after
 * `destroy`. What an attacker may have changed (sealed and wrapped data) is never an exception.
 */
class PreparedAes implements AesKey {
  #key: Uint8Array | undefined;

  constructor(key: Uint8Array) {
    requireRange(key.length === 16 || key.length === 24 || key.length === 32, "AES key must be 16, 24 or 32 bytes");
    this.#key = Uint8Array.from(key);
  }

  gcmSeal(iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, tagBytes: number): Uint8Array {
    requireGcm(iv, tagBytes);
    const sealed = gcm(this.#live(), iv, aad).encrypt(plaintext);
    return tagBytes === GCM_TAG ? sealed : sealed.slice(0, plaintext.length + tagBytes);
  }

  gcmOpen(iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array, tagBytes: number): Uint8Array | undefined {
    requireGcm(iv, tagBytes);
    const key = this.#live();
    if (sealed.length < tagBytes) return undefined;
    if (tagBytes === GCM_TAG) return orUndefined(() => gcm(key, iv, aad).decrypt(sealed));
    return openTruncated(key, iv, aad, sealed, tagBytes);
  }

  cbcEncrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    requireCbc(iv, blocks);
    return cbc(this.#live(), iv, { disablePadding: true }).encrypt(blocks);
  }

  cbcDecrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    requireCbc(iv, blocks);
    return cbc(this.#live(), iv, { disablePadding: true }).decrypt(blocks);
  }

  ctr(counter: Uint8Array, data: Uint8Array): Uint8Array {
    requireRange(counter.length === BLOCK, "AES-CTR counter block must be 16 bytes");
    return ctr(this.#live(), counter).encrypt(data);
  }

  cmac(): HashState {
    const state = cmac.create(this.#live());
    return {
      update: (data) => void state.update(data),
      digest: () => state.digest(),
    };
  }

  kwWrap(data: Uint8Array): Uint8Array {
    requireRange(data.length >= 16 && data.length % 8 === 0, "AES-KW data must be a multiple of 8 bytes, at least 16");
    return aeskw(this.#live()).encrypt(data);
  }

  kwUnwrap(wrapped: Uint8Array): Uint8Array | undefined {
    const key = this.#live();
    if (wrapped.length < 24 || wrapped.length % 8 !== 0) return undefined;
    return orUndefined(() => moved(aeskw(key).decrypt(wrapped)));
  }

  kwpWrap(data: Uint8Array): Uint8Array {
    requireRange(data.length >= 1, "AES-KWP data must not be empty");
    return aeskwp(this.#live()).encrypt(data);
  }

  kwpUnwrap(wrapped: Uint8Array): Uint8Array | undefined {
    const key = this.#live();
    if (wrapped.length < 16 || wrapped.length % 8 !== 0) return undefined;
    return orUndefined(() => moved(aeskwp(key).decrypt(wrapped)));
  }

  destroy(): void {
    wipe(this.#key);
    this.#key = undefined;
  }

  #live(): Uint8Array {
    if (this.#key === undefined) throw new Error("AES key was destroyed");
    return this.#key;
  }
}

/**
 * GCM decryption with a shortened tag (SP 800-38D, 7.2), from encryption with the full one: GCTR is its own inverse,
 * so sealing the ciphertext gives the plaintext, and sealing that gives the tag to compare with.
 */
function openTruncated(
  key: Uint8Array,
  iv: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
  tagBytes: number,
): Uint8Array | undefined {
  const length = sealed.length - tagBytes;
  const inverse = gcm(key, iv, aad).encrypt(sealed.subarray(0, length));
  const plaintext = inverse.slice(0, length);
  wipe(inverse);
  const expected = gcm(key, iv, aad)
    .encrypt(plaintext)
    .subarray(length, length + tagBytes);
  if (equalBytes(expected, sealed.subarray(length))) return plaintext;
  wipe(plaintext);
  return undefined;
}

/** After the lengths are checked, the one error that is left is a failed integrity check; its text goes nowhere. */
function orUndefined(open: () => Uint8Array): Uint8Array | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}

/** The bytes in a buffer of their own, the larger one that they were part of wiped. */
function moved(part: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(part);
  wipe(new Uint8Array(part.buffer));
  return copy;
}

/** @throws RangeError for an IV or a tag length that AES-GCM does not have here. */
export function requireGcm(iv: Uint8Array, tagBytes: number): void {
  requireRange(iv.length >= GCM_MIN_IV, `AES-GCM IV must be at least ${GCM_MIN_IV} bytes`);
  requireRange(GCM_TAGS.includes(tagBytes), `AES-GCM tag must be ${GCM_TAGS.join(", ")} bytes`);
}

/** @throws RangeError for an IV or data that AES-CBC without padding does not take. */
export function requireCbc(iv: Uint8Array, blocks: Uint8Array): void {
  requireRange(iv.length === BLOCK, "AES-CBC IV must be 16 bytes");
  requireRange(blocks.length % BLOCK === 0, "AES-CBC data must be whole blocks of 16 bytes");
}

/** @throws RangeError unless the condition holds. */
export function requireRange(condition: boolean, message: string): asserts condition {
  if (!condition) throw new RangeError(message);
}
