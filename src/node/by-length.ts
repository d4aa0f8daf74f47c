/**
 * Keys that do short work by the pure functions and long work by Node: the way into OpenSSL, with a new context each
 * time, takes longer than the cryptography of a few blocks.
 */

import { wipe } from "../bytes/bytes.ts";
import type { AesKey, HashName, HashState, MacKey } from "../crypto/engine.ts";
import { type NativeAesKey, nativeAesKey } from "./aes.ts";
import { nativeCmacState } from "./cmac.ts";
import { nativeDigest } from "./hash.ts";
import { nativeHmacKey } from "./hmac.ts";
import * as pure from "./pure.ts";

/**
 * Bytes up to which the pure functions are faster, measured with keys of 256 bits (Node 20, OpenSSL 3.0); those of 128 bits
 * cross a sixth later. GCM counts the additional data too. Key wrap is pure at any length, as its blocks, of which each needs
 * the one before, go one by one through all layers of OpenSSL.
 */
const SHORT = { gcmSeal: 336, gcmOpen: 256, ctr: 128, cbc: 320, ecb: 320, cmac: 768 } as const;

/** The same of the hashes that are faster at some length: what is two blocks with its padding. */
const SHORT_DIGEST: Partial<Record<HashName, number>> = { SHA1: 119, SHA224: 119, SHA256: 119, SM3: 119 };

/** The same of HMAC. */
const SHORT_HMAC: Partial<Record<HashName, number>> = { SHA1: 512, SHA224: 384, SHA256: 384, SM3: 768 };

/** The digest of a whole message. */
export function digest(hash: HashName, data: Uint8Array): Uint8Array {
  return data.length <= (SHORT_DIGEST[hash] ?? -1) ? pure.digest(hash, data) : nativeDigest(hash, data);
}

/**
 * A prepared AES key.
 * @throws RangeError when the key is not of 16, 24 or 32 bytes.
 */
export function aesKey(key: Uint8Array): AesKey {
  return new AesByLength(key);
}

/** A prepared HMAC key of any length. */
export function hmacKey(hash: HashName, key: Uint8Array): MacKey {
  const short = SHORT_HMAC[hash];
  return short === undefined ? nativeHmacKey(hash, key) : new HmacByLength(hash, key, short);
}

class AesByLength implements AesKey {
  readonly #short: AesKey;
  /** For the native key, which is made when it is first asked for: keys that live for one message are many. */
  readonly #key: Uint8Array;
  #long: NativeAesKey | undefined;
  #isDestroyed = false;

  constructor(key: Uint8Array) {
    this.#short = pure.aesKey(key);
    this.#key = new Uint8Array(key);
  }

  gcmSeal(iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, tagBytes: number): Uint8Array {
    return this.#for(SHORT.gcmSeal, aad.length + plaintext.length).gcmSeal(iv, aad, plaintext, tagBytes);
  }

  gcmOpen(iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array, tagBytes: number): Uint8Array | undefined {
    return this.#for(SHORT.gcmOpen, aad.length + sealed.length - tagBytes).gcmOpen(iv, aad, sealed, tagBytes);
  }

  cbcEncrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    return this.#for(SHORT.cbc, blocks.length).cbcEncrypt(iv, blocks);
  }

  cbcDecrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array {
    return this.#for(SHORT.cbc, blocks.length).cbcDecrypt(iv, blocks);
  }

  ecbEncrypt(blocks: Uint8Array): Uint8Array {
    return this.#for(SHORT.ecb, blocks.length).ecbEncrypt(blocks);
  }

  ecbDecrypt(blocks: Uint8Array): Uint8Array {
    return this.#for(SHORT.ecb, blocks.length).ecbDecrypt(blocks);
  }

  ctr(counter: Uint8Array, data: Uint8Array): Uint8Array {
    return this.#for(SHORT.ctr, data.length).ctr(counter, data);
  }

  cmac(): HashState {
    return cmacState(this.#short.cmac(), this.#key);
  }

  kwWrap(data: Uint8Array): Uint8Array {
    return this.#short.kwWrap(data);
  }

  kwUnwrap(wrapped: Uint8Array): Uint8Array | undefined {
    return this.#short.kwUnwrap(wrapped);
  }

  kwpWrap(data: Uint8Array): Uint8Array {
    return this.#short.kwpWrap(data);
  }

  kwpUnwrap(wrapped: Uint8Array): Uint8Array | undefined {
    return this.#short.kwpUnwrap(wrapped);
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#short.destroy();
    this.#long?.destroy();
    wipe(this.#key);
  }

  /** A destroyed key is the pure one, which says so. */
  #for(short: number, byteLength: number): NativeAesKey {
    if (byteLength <= short || this.#isDestroyed) return this.#short;
    this.#long ??= nativeAesKey(this.#key);
    return this.#long;
  }
}

/** A running CMAC, whose first part decides: what comes in one part is a short message or a long one. */
function cmacState(short: HashState, key: Uint8Array): HashState {
  const own = Uint8Array.from(key);
  let state: HashState | undefined;

  function chosen(byteLength: number): HashState {
    state ??= byteLength <= SHORT.cmac ? short : nativeCmacState(own);
    wipe(own);
    return state;
  }

  return { update: (data) => chosen(data.length).update(data), digest: () => chosen(0).digest() };
}

class HmacByLength implements MacKey {
  readonly macBytes: number;
  readonly #bytes: number;
  readonly #short: MacKey;
  readonly #long: MacKey;

  /** @param bytes up to which a message is short */
  constructor(hash: HashName, key: Uint8Array, bytes: number) {
    this.#bytes = bytes;
    this.#short = pure.hmacKey(hash, key);
    this.#long = nativeHmacKey(hash, key);
    this.macBytes = this.#short.macBytes;
  }

  mac(data: Uint8Array): Uint8Array {
    return (data.length <= this.#bytes ? this.#short : this.#long).mac(data);
  }

  /** Who takes a message in parts has a long one. */
  start(): HashState {
    return this.#long.start();
  }

  destroy(): void {
    this.#short.destroy();
    this.#long.destroy();
  }
}
