/**
 * Keys that do short work by the pure functions and long work by Node: the way into OpenSSL, with a new context each
 * time, takes longer than the cryptography of a few blocks.
 */

import { wipe } from "../bytes/bytes.ts";
import type { AesKey, HashName, HashState, MacKey } from "../crypto/engine.ts";
import { nativeAesKey } from "./aes.ts";
import { nativeCmacState } from "./cmac.ts";
import { nativeDigest } from "./hash.ts";
import { nativeHmacKey } from "./hmac.ts";
import * as pure from "./pure.ts";

/**
 * Bytes up to which the pure functions are faster, measured with keys of 256 bits. Key wrap is the long one as its blocks, of
 * which each needs the one before, go one by one through all layers of OpenSSL.
 */
const SHORT = { gcm: 224, ctr: 128, cbc: 256, ecb: 256, wrap: 2048, cmac: 512, hmacSha256: 320, sha256: 55 } as const;

/** Only what is one block of SHA-256 with its padding is faster in JavaScript. */
export function digest(hash: HashName, data: Uint8Array): Uint8Array {
  return hash === "SHA256" && data.length <= SHORT.sha256 ? pure.digest(hash, data) : nativeDigest(hash, data);
}

/**
 * A prepared AES key.
 * @throws RangeError when the key is not of 16, 24 or 32 bytes.
 */
export function aesKey(key: Uint8Array): AesKey {
  return new AesByLength(key);
}

/** A prepared HMAC key of any length. Only that of SHA-256 is faster in JavaScript for short messages. */
export function hmacKey(hash: HashName, key: Uint8Array): MacKey {
  return hash === "SHA256" ? new HmacByLength(hash, key) : nativeHmacKey(hash, key);
}

class AesByLength implements AesKey {
  readonly #short: AesKey;
  /** For the native key, which is made when it is first asked for: keys that live for one message are many. */
  readonly #key: Uint8Array;
  #long: AesKey | undefined;
  #isDestroyed = false;

  constructor(key: Uint8Array) {
    this.#short = pure.aesKey(key);
    this.#key = new Uint8Array(key);
  }

  gcmSeal(iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array, tagBytes: number): Uint8Array {
    return this.#for(SHORT.gcm, aad.length + plaintext.length).gcmSeal(iv, aad, plaintext, tagBytes);
  }

  gcmOpen(iv: Uint8Array, aad: Uint8Array, sealed: Uint8Array, tagBytes: number): Uint8Array | undefined {
    return this.#for(SHORT.gcm, aad.length + sealed.length - tagBytes).gcmOpen(iv, aad, sealed, tagBytes);
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
    return this.#for(SHORT.wrap, data.length).kwWrap(data);
  }

  kwUnwrap(wrapped: Uint8Array): Uint8Array | undefined {
    return this.#for(SHORT.wrap, wrapped.length).kwUnwrap(wrapped);
  }

  kwpWrap(data: Uint8Array): Uint8Array {
    return this.#for(SHORT.wrap, data.length).kwpWrap(data);
  }

  kwpUnwrap(wrapped: Uint8Array): Uint8Array | undefined {
    return this.#for(SHORT.wrap, wrapped.length).kwpUnwrap(wrapped);
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#short.destroy();
    this.#long?.destroy();
    wipe(this.#key);
  }

  /** A destroyed key is the pure one, which says so. */
  #for(short: number, byteLength: number): AesKey {
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
  readonly #short: MacKey;
  readonly #long: MacKey;

  constructor(hash: HashName, key: Uint8Array) {
    this.#short = pure.hmacKey(hash, key);
    this.#long = nativeHmacKey(hash, key);
    this.macBytes = this.#short.macBytes;
  }

  mac(data: Uint8Array): Uint8Array {
    return (data.length <= SHORT.hmacSha256 ? this.#short : this.#long).mac(data);
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
