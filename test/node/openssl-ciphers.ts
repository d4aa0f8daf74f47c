/** SM4 and AES key wrap by OpenSSL, which the node engine has no use for: ours are the faster ones, and these their oracle. */

import { createCipheriv, createDecipheriv } from "node:crypto";
import { concat, fromHex, wipe } from "../../src/bytes/bytes.ts";
import { requireCbc, requireRange } from "../../src/crypto/block-modes.ts";
import type { AesKey, Sm4Key } from "../../src/crypto/engine.ts";
import { sm4Key } from "../../src/crypto/sm4.ts";
import { type NativeAesKey, nativeAesKey } from "../../src/node/aes.ts";
import { taken } from "../../src/node/buffers.ts";

const BLOCK = 16;
const KEY_BYTES = 16;

/** SM4 in the modes that OpenSSL has; it has no GCM before 3.1. */
export function opensslSm4Key(key: Uint8Array): Sm4Key {
  if (key.length !== KEY_BYTES) throw new RangeError(`an SM4 key must be ${KEY_BYTES} bytes, not ${key.length}`);
  let secret: Uint8Array | undefined = Uint8Array.from(key);

  function live(): Uint8Array {
    if (secret === undefined) throw new Error("SM4 key was destroyed");
    return secret;
  }

  function withPure<T>(operate: (sm4: Sm4Key) => T): T {
    const sm4 = sm4Key(live());
    try {
      return operate(sm4);
    } finally {
      sm4.destroy();
    }
  }

  return {
    gcmSeal: (iv, aad, plaintext, tagBytes) => withPure((sm4) => sm4.gcmSeal(iv, aad, plaintext, tagBytes)),
    gcmOpen: (iv, aad, sealed, tagBytes) => withPure((sm4) => sm4.gcmOpen(iv, aad, sealed, tagBytes)),
    cbcEncrypt(iv, blocks) {
      const own = live();
      requireCbc(iv, blocks);
      const cipher = createCipheriv("sm4-cbc", own, iv).setAutoPadding(false);
      return taken(cipher.update(blocks), cipher.final());
    },
    cbcDecrypt(iv, blocks) {
      const own = live();
      requireCbc(iv, blocks);
      const decipher = createDecipheriv("sm4-cbc", own, iv).setAutoPadding(false);
      return taken(decipher.update(blocks), decipher.final());
    },
    ctr(counter, data) {
      const own = live();
      requireRange(counter.length === BLOCK, `a CTR counter block must be ${BLOCK} bytes`);
      return taken(createCipheriv("sm4-ctr", own, counter).update(data));
    },
    destroy() {
      wipe(secret);
      secret = undefined;
    },
  };
}

/** The initial values of RFC 3394, 2.2.3.1 and RFC 5649, 3, which Node wants to be told. */
const wrapIv = fromHex("a6a6a6a6a6a6a6a6");
const wrapPadIv = fromHex("a65959a6");

/** AES by Node in every mode. */
export function opensslAesKey(key: Uint8Array): AesKey {
  const aes = nativeAesKey(key);
  const secret = Uint8Array.from(key);
  const name = (mode: string) => `id-aes${8 * key.length}-${mode}`;

  function live(): Uint8Array {
    // Throws when the key was destroyed.
    aes.ctr(new Uint8Array(BLOCK), new Uint8Array(0));
    return secret;
  }

  function wrapped(mode: string, iv: Uint8Array, data: Uint8Array): Uint8Array {
    const cipher = createCipheriv(name(mode), live(), iv);
    return concat(cipher.update(data), cipher.final());
  }

  function unwrapped(mode: string, iv: Uint8Array, data: Uint8Array): Uint8Array | undefined {
    const decipher = createDecipheriv(name(mode), live(), iv);
    try {
      return concat(decipher.update(data), decipher.final());
    } catch {
      return undefined;
    }
  }

  const wraps: Omit<AesKey, keyof NativeAesKey> = {
    kwWrap(data) {
      requireRange(
        data.length >= 16 && data.length % 8 === 0,
        "AES-KW data must be a multiple of 8 bytes, at least 16",
      );
      return wrapped("wrap", wrapIv, data);
    },
    kwUnwrap: (data) => (data.length < 24 || data.length % 8 ? absent(live()) : unwrapped("wrap", wrapIv, data)),
    kwpWrap(data) {
      requireRange(data.length >= 1, "AES-KWP data must not be empty");
      return wrapped("wrap-pad", wrapPadIv, data);
    },
    kwpUnwrap: (data) =>
      data.length < 16 || data.length % 8 ? absent(live()) : unwrapped("wrap-pad", wrapPadIv, data),
  };
  return Object.assign(aes, wraps);
}

const absent = (_: unknown): undefined => undefined;
