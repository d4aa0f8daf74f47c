/** Where the strategies of AES-GCM change: long messages, many keys at once, keys that come and go. */

import { createCipheriv, createHmac } from "node:crypto";
import { ghash } from "@noble/ciphers/_polyval.js";
import { ctr, gcm } from "@noble/ciphers/aes.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aesKey } from "../../src/crypto/aes.ts";
import { AesCipher } from "../../src/crypto/aes-cipher.ts";
import type { AesKey } from "../../src/crypto/engine.ts";
import { GhashKey, Y } from "../../src/crypto/ghash.ts";
import { hmacKey } from "../../src/crypto/hmac.ts";

const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const keys = fc.constantFrom(16, 24, 32).chain(exactly);
/** Lengths around blocks, around where views begin to be used, and around what earns a key a large table. */
const lengths = fc.oneof(
  fc.nat({ max: 70 }),
  fc.integer({ min: 250, max: 262 }),
  fc.integer({ min: 990, max: 1050 }),
  fc.nat({ max: 9000 }),
);
/** Bytes that are cheap to make, at an odd offset. */
const text = (length: number, seed: number) =>
  Uint8Array.from({ length: length + 3 }, (_, i) => (i * 167 + seed * 31 + (i >> 8)) & 0xff).subarray(3);
const plain = (...parts: Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));

function nodeSeal(key: Uint8Array, iv: Uint8Array, aad: Uint8Array, data: Uint8Array): Uint8Array {
  const cipher = createCipheriv(`aes-${(8 * key.length) as 128}-gcm`, key, iv).setAAD(aad);
  return plain(cipher.update(data), cipher.final(), cipher.getAuthTag());
}

describe("AES-GCM under one prepared key", () => {
  test("gives what node:crypto and noble give, message after message of any length", () => {
    fc.assert(
      fc.property(
        keys,
        exactly(12),
        fc.array(fc.tuple(lengths, lengths), { minLength: 1, maxLength: 6 }),
        (key, iv, all) => {
          const aes = aesKey(key);
          for (const [aadBytes, dataBytes] of all) {
            const [aad, data] = [text(aadBytes, 1), text(dataBytes, 2)];
            const sealed = aes.gcmSeal(iv, aad, data, 16);
            expect(Buffer.compare(sealed, nodeSeal(key, iv, aad, data))).toBe(0);
            expect(Buffer.compare(sealed, gcm(key, iv, plain(aad)).encrypt(plain(data)))).toBe(0);
            expect(Buffer.compare(aes.gcmOpen(iv, aad, sealed, 16) as Uint8Array, data)).toBe(0);
          }
          aes.destroy();
        },
      ),
      { numRuns: 60 },
    );
  });

  test("goes on right when more keys are in use than have large tables, and when keys end between", () => {
    const live: { aes: AesKey; key: Uint8Array }[] = [];
    fc.assert(
      fc.property(exactly(32), fc.nat(), fc.constantFrom(40, 3000), fc.boolean(), (key, pick, length, ends) => {
        live.push({ aes: aesKey(key), key });
        if (live.length > 20 || (ends && live.length > 1)) live.splice(pick % live.length, 1)[0]?.aes.destroy();
        const chosen = live[pick % live.length] as (typeof live)[number];
        const [iv, data] = [text(12, pick), text(length, pick)];
        const sealed = chosen.aes.gcmSeal(iv, iv, data, 16);
        expect(Buffer.compare(sealed, nodeSeal(chosen.key, iv, iv, data))).toBe(0);
      }),
      { numRuns: 400 },
    );
    for (const { aes } of live) aes.destroy();
  });
});

describe("GHASH", () => {
  test("is noble's, with the small table and with the large one", () => {
    fc.assert(
      fc.property(exactly(16), fc.array(fc.tuple(lengths, lengths), { minLength: 1, maxLength: 4 }), (H, all) => {
        const view = new DataView(H.buffer, H.byteOffset);
        const key = new GhashKey(view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12));
        for (const [first, second] of all) {
          const [a, b] = [text(first, 3), text(second, 4)];
          key.hash(a, b, b.length);
          const sizes = new DataView(new ArrayBuffer(16));
          sizes.setBigUint64(0, BigInt(8 * a.length));
          sizes.setBigUint64(8, BigInt(8 * b.length));
          const peer = ghash.create(H);
          for (const part of [a, b, new Uint8Array(sizes.buffer)]) peer.update(plain(part));
          const words = new DataView(new ArrayBuffer(16));
          Y.forEach((word, i) => {
            words.setInt32(4 * i, word);
          });
          expect(new Uint8Array(words.buffer)).toEqual(peer.digest());
        }
        key.destroy();
      }),
      { numRuns: 60 },
    );
  });
});

test("AES-CTR gives what noble gives for lengths on both sides of where views begin to be used", () => {
  fc.assert(
    fc.property(keys, exactly(16), lengths, (key, counter, length) => {
      const data = text(length, 5);
      expect(Buffer.compare(aesKey(key).ctr(counter, data), ctr(key, counter).encrypt(plain(data)))).toBe(0);
    }),
    { numRuns: 80 },
  );
});

test("A destroyed AES cipher throws instead of going on under a key of zeros, and its memory is zero for the next key", () => {
  const cipher = new AesCipher(new Uint8Array(32).fill(7));
  cipher.decrypt(1, 2, 3, 4);
  cipher.destroy();
  cipher.destroy();
  expect(() => cipher.encrypt(1, 2, 3, 4)).toThrow("destroyed");
  expect(() => cipher.decrypt(1, 2, 3, 4)).toThrow("destroyed");
  const [one, other] = [new Uint8Array(16).fill(1), new Uint8Array(16).fill(2)];
  const [a, b] = [aesKey(one), aesKey(other)];
  const zeros = new Uint8Array(16);
  for (const [aes, key] of [
    [a, one],
    [b, other],
  ] as const) {
    const expected = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false).update(zeros);
    expect(aes.ecbEncrypt(zeros)).toEqual(plain(expected));
  }
});

describe("HMAC-SHA-256", () => {
  test("agrees with node:crypto for every length of the message up to three blocks, whole and in two parts", () => {
    const key = text(70, 6);
    for (let length = 0; length <= 192; length++) {
      const data = text(length, length);
      const expected = plain(createHmac("sha256", key).update(data).digest());
      const mac = hmacKey("SHA256", key);
      expect(mac.mac(data)).toEqual(expected);
      const running = mac.start();
      running.update(data.subarray(0, length >> 1));
      running.update(data.subarray(length >> 1));
      mac.destroy();
      expect(running.digest()).toEqual(expected);
      expect(() => running.digest()).toThrow();
      expect(() => running.update(data)).toThrow();
      expect(() => mac.mac(data)).toThrow("destroyed");
      expect(() => mac.start()).toThrow("destroyed");
    }
  });
});
