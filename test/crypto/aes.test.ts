import { createCipheriv, createDecipheriv } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hex, wycheproof } from "../support/vectors.ts";
import { overAesEngines } from "./engine-suite.ts";

overAesEngines(({ aes: aesKey }) => {
  const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const keys = fc.constantFrom(16, 24, 32).chain(exactly);
  /** Data at odd offsets of a larger buffer, so that nothing depends on alignment. */
  const data = (max: number) =>
    fc.tuple(fc.uint8Array({ maxLength: max }), fc.nat({ max: 7 })).map(([bytes, offset]) => {
      const buffer = new Uint8Array(bytes.length + offset + 3);
      buffer.set(bytes, offset);
      return buffer.subarray(offset, offset + bytes.length);
    });
  const blocks = fc.nat({ max: 12 }).chain((n) => exactly(16 * n));
  const bits = (key: Uint8Array) => 8 * key.length;
  const plain = (...parts: Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));
  const none = new Uint8Array();

  function flipped(bytes: Uint8Array, bit: number): Uint8Array {
    const copy = Uint8Array.from(bytes);
    copy[bit >> 3] ^= 1 << (bit & 7);
    return copy;
  }

  describe("AES-GCM", () => {
    const tagLengths = fc.constantFrom(4, 8, 12, 13, 14, 15, 16);

    test("seals as node:crypto does and opens it again, for every length of the tag and of the IV", () => {
      const ivs = fc.oneof(exactly(12), fc.uint8Array({ minLength: 1, maxLength: 40 }));
      fc.assert(
        fc.property(keys, ivs, data(80), data(200), tagLengths, (key, iv, aad, plaintext, tagBytes) => {
          const cipher = createCipheriv(`aes-${bits(key) as 128}-gcm`, key, iv, { authTagLength: tagBytes });
          cipher.setAAD(aad);
          const expected = plain(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
          const aes = aesKey(key);
          const sealed = aes.gcmSeal(iv, aad, plaintext, tagBytes);
          expect(sealed).toEqual(expected);
          expect(aes.gcmOpen(iv, aad, sealed, tagBytes)).toEqual(plain(plaintext));
          expect(sealed.buffer.byteLength).toBe(sealed.length);
        }),
        { numRuns: 300 },
      );
    });

    // Of the changes under a tag of 4 bytes, one in 2^32 is no other tag.
    const longTags = tagLengths.filter((tagBytes) => tagBytes >= 12);

    test("opens nothing after any one bit of IV, additional data, ciphertext or tag is changed", () => {
      fc.assert(
        fc.property(keys, exactly(12), data(20), data(40), longTags, fc.nat(), (key, iv, aad, text, tagBytes, n) => {
          const aes = aesKey(key);
          const sealed = aes.gcmSeal(iv, aad, text, tagBytes);
          expect(aes.gcmOpen(iv, aad, flipped(sealed, n % (8 * sealed.length)), tagBytes)).toBeUndefined();
          expect(aes.gcmOpen(flipped(iv, n % 96), aad, sealed, tagBytes)).toBeUndefined();
          expect(aes.gcmOpen(iv, plain(aad, none, Uint8Array.of(0)), sealed, tagBytes)).toBeUndefined();
          expect(aes.gcmOpen(iv, aad, sealed.subarray(0, n % sealed.length), tagBytes)).toBeUndefined();
        }),
        { numRuns: 200 },
      );
    });

    test("refuses an empty IV and tag lengths that GCM does not have before it looks at the data", () => {
      const aes = aesKey(new Uint8Array(16));
      for (const tagBytes of [0, 3, 5, 7, 9, 11, 17, 12.5, Number.NaN]) {
        expect(() => aes.gcmSeal(new Uint8Array(12), none, none, tagBytes)).toThrow(RangeError);
        expect(() => aes.gcmOpen(new Uint8Array(12), none, new Uint8Array(40), tagBytes)).toThrow(RangeError);
      }
      expect(() => aes.gcmSeal(none, none, none, 16)).toThrow(RangeError);
    });

    test("passes all 316 Wycheproof cases; an empty IV is refused", () => {
      type Case = { key: string; iv: string; aad: string; msg: string; ct: string; tag: string };
      const file = wycheproof<{ tagSize: number }, Case>("aes_gcm_test.json");
      for (const { tagSize, tests } of file.groups) {
        for (const { tcId, result, ...one } of tests) {
          const [iv, aad, msg] = [hex(one.iv), hex(one.aad), hex(one.msg)];
          const sealed = plain(hex(one.ct), hex(one.tag));
          const aes = aesKey(hex(one.key));
          if (iv.length === 0) {
            expect(() => aes.gcmOpen(iv, aad, sealed, 16), `case ${tcId}`).toThrow(RangeError);
            expect(result, `case ${tcId}`).toBe("invalid");
          } else {
            const opened = aes.gcmOpen(iv, aad, sealed, tagSize / 8);
            expect(opened, `case ${tcId}`).toEqual(result === "valid" ? msg : undefined);
            if (result === "valid") expect(aes.gcmSeal(iv, aad, msg, tagSize / 8), `case ${tcId}`).toEqual(sealed);
          }
        }
      }
      expect(file.count).toBe(316);
    });
  });

  describe("AES-CBC and AES-CTR", () => {
    test("CBC without padding agrees with node:crypto in both directions", () => {
      fc.assert(
        fc.property(keys, exactly(16), blocks, (key, iv, text) => {
          const cipher = createCipheriv(`aes-${bits(key)}-cbc`, key, iv).setAutoPadding(false);
          const expected = plain(cipher.update(text), cipher.final());
          const aes = aesKey(key);
          expect(aes.cbcEncrypt(iv, text)).toEqual(expected);
          expect(aes.cbcDecrypt(iv, expected)).toEqual(text);
        }),
      );
    });

    test("CTR agrees with node:crypto, also where the 128-bit counter wraps", () => {
      const counters = fc.oneof(
        exactly(16),
        fc
          .tuple(fc.integer({ min: 1, max: 16 }), fc.nat({ max: 3 }))
          .map(([ones, below]) => new Uint8Array(16).fill(0xff, 16 - ones).fill(0xff - below, 15)),
      );
      fc.assert(
        fc.property(keys, counters, data(150), (key, counter, text) => {
          const expected = plain(createCipheriv(`aes-${bits(key)}-ctr`, key, counter).update(text));
          const before = plain(counter);
          expect(aesKey(key).ctr(counter, text)).toEqual(expected);
          expect(counter).toEqual(before);
        }),
        { numRuns: 200 },
      );
    });

    test("refuse an IV or counter block that is not 16 bytes, and CBC data that is not whole blocks", () => {
      const aes = aesKey(new Uint8Array(32));
      for (const length of [0, 12, 15, 17]) {
        const wrong = new Uint8Array(length);
        expect(() => aes.cbcEncrypt(wrong, none)).toThrow(RangeError);
        expect(() => aes.cbcDecrypt(wrong, none)).toThrow(RangeError);
        expect(() => aes.ctr(wrong, none)).toThrow(RangeError);
        if (length > 0) expect(() => aes.cbcDecrypt(new Uint8Array(16), wrong)).toThrow(RangeError);
      }
    });
  });

  describe("AES-CMAC", () => {
    test("passes all 311 Wycheproof cases, whole and byte by byte", () => {
      const file = wycheproof<{ tagSize: number }, { key: string; msg: string; tag: string }>("aes_cmac_test.json");
      let refusedKeys = 0;
      for (const { tagSize, tests } of file.groups) {
        for (const { tcId, key, msg, tag, result } of tests) {
          if (![16, 24, 32].includes(hex(key).length)) {
            expect(() => aesKey(hex(key)), `case ${tcId}`).toThrow(RangeError);
            expect(result).toBe("invalid");
            refusedKeys++;
            continue;
          }
          const aes = aesKey(hex(key));
          const whole = aes.cmac();
          whole.update(hex(msg));
          const single = aes.cmac();
          for (const byte of hex(msg)) single.update(Uint8Array.of(byte));
          const mac = whole.digest();
          expect(single.digest()).toEqual(mac);
          expect(Buffer.from(mac.slice(0, tagSize / 8)).equals(hex(tag)), `case ${tcId}`).toBe(result === "valid");
        }
      }
      expect(file.count).toBe(311);
      expect(refusedKeys).toBeGreaterThan(0);
    });

    test("in parts of any length gives the MAC of the whole", () => {
      fc.assert(
        fc.property(keys, fc.array(data(40), { maxLength: 6 }), (key, messages) => {
          const aes = aesKey(key);
          const running = aes.cmac();
          for (const message of messages) running.update(message);
          const whole = aes.cmac();
          whole.update(plain(...messages));
          expect(running.digest()).toEqual(whole.digest());
        }),
      );
    });
  });

  describe("AES key wrap", () => {
    type Case = { key: string; msg: string; ct: string };
    const multiples = fc.integer({ min: 2, max: 20 }).chain((n) => exactly(8 * n));

    test("agrees with node:crypto's id-aes-wrap in both directions", () => {
      fc.assert(
        fc.property(keys, multiples, (key, secret) => {
          const cipher = createCipheriv(`id-aes${bits(key)}-wrap`, key, new Uint8Array(8).fill(0xa6));
          const expected = plain(cipher.update(secret), cipher.final());
          const aes = aesKey(key);
          expect(aes.kwWrap(secret)).toEqual(expected);
          const opened = aes.kwUnwrap(expected);
          expect(opened).toEqual(secret);
          expect(opened?.buffer.byteLength).toBe(secret.length);
          expect(aes.kwpUnwrap(expected)).toBeUndefined();
        }),
      );
    });

    test("with padding agrees with node:crypto's id-aes-wrap-pad in both directions", () => {
      fc.assert(
        fc.property(keys, fc.uint8Array({ minLength: 1, maxLength: 70 }), (key, secret) => {
          const iv = hex("a65959a6");
          const cipher = createCipheriv(`id-aes${bits(key)}-wrap-pad`, key, iv);
          const expected = plain(cipher.update(secret), cipher.final());
          const decipher = createDecipheriv(`id-aes${bits(key)}-wrap-pad`, key, iv);
          const aes = aesKey(key);
          expect(aes.kwpWrap(secret)).toEqual(expected);
          expect(plain(decipher.update(expected), decipher.final())).toEqual(secret);
          const opened = aes.kwpUnwrap(expected);
          expect(opened).toEqual(secret);
          expect(opened?.buffer.byteLength).toBe(secret.length);
          expect(aes.kwUnwrap(expected)).toBeUndefined();
        }),
      );
    });

    test("unwraps nothing after any one bit is changed, nor from a wrong length", () => {
      fc.assert(
        fc.property(keys, multiples, fc.nat(), (key, secret, n) => {
          const aes = aesKey(key);
          for (const [wrapped, unwrap] of [
            [aes.kwWrap(secret), (w: Uint8Array) => aes.kwUnwrap(w)],
            [aes.kwpWrap(secret), (w: Uint8Array) => aes.kwpUnwrap(w)],
          ] as const) {
            expect(unwrap(flipped(wrapped, n % (8 * wrapped.length)))).toBeUndefined();
            expect(unwrap(wrapped.subarray(0, n % wrapped.length))).toBeUndefined();
            expect(unwrap(plain(wrapped, new Uint8Array(1 + (n % 9))))).toBeUndefined();
          }
        }),
      );
    });

    test.each([
      ["KW", "aes_wrap_test.json", 165, 3],
      ["KWP", "aes_kwp_test.json", 254, 0],
    ] as const)("%s passes its Wycheproof cases", (kind, name, count, acceptable) => {
      const file = wycheproof<object, Case>(name);
      let refusedAcceptable = 0;
      for (const { tcId, result, ...one } of file.groups.flatMap((group) => group.tests)) {
        const aes = aesKey(hex(one.key));
        const opened = kind === "KW" ? aes.kwUnwrap(hex(one.ct)) : aes.kwpUnwrap(hex(one.ct));
        expect(opened, `case ${tcId}`).toEqual(result === "valid" ? hex(one.msg) : undefined);
        if (result === "acceptable") refusedAcceptable++;
        if (result !== "valid") continue;
        expect(kind === "KW" ? aes.kwWrap(hex(one.msg)) : aes.kwpWrap(hex(one.msg)), `case ${tcId}`).toEqual(
          hex(one.ct),
        );
      }
      expect([file.count, refusedAcceptable]).toEqual([count, acceptable]);
    });

    test("refuses to wrap what the mode cannot carry", () => {
      const aes = aesKey(new Uint8Array(32));
      for (const length of [0, 8, 15, 17, 20]) expect(() => aes.kwWrap(new Uint8Array(length))).toThrow(RangeError);
      expect(() => aes.kwpWrap(none)).toThrow(RangeError);
    });
  });

  describe("a prepared AES key", () => {
    test("takes 16, 24 and 32 bytes and nothing else", () => {
      for (const length of [0, 8, 15, 17, 31, 33, 64]) {
        expect(() => aesKey(new Uint8Array(length))).toThrow(RangeError);
      }
    });

    test("does not change with the bytes it was made from, nor change what it is given", () => {
      const bytes = new Uint8Array(32).fill(5);
      const aes = aesKey(bytes);
      const before = aes.kwWrap(new Uint8Array(16));
      bytes.fill(6);
      expect(aes.kwWrap(new Uint8Array(16))).toEqual(before);
      const sealed = aes.gcmSeal(new Uint8Array(12), none, new Uint8Array(16), 12);
      const copy = plain(sealed);
      aes.gcmOpen(new Uint8Array(12), none, sealed, 12);
      expect(sealed).toEqual(copy);
    });

    test("does nothing after it is destroyed", () => {
      const aes = aesKey(new Uint8Array(32));
      const sixteen = new Uint8Array(16);
      aes.destroy();
      for (const call of [
        () => aes.gcmSeal(sixteen, none, none, 16),
        () => aes.gcmOpen(sixteen, none, sixteen, 16),
        () => aes.cbcEncrypt(sixteen, sixteen),
        () => aes.cbcDecrypt(sixteen, sixteen),
        () => aes.ctr(sixteen, sixteen),
        () => aes.cmac(),
        () => aes.kwWrap(sixteen),
        () => aes.kwUnwrap(new Uint8Array(24)),
        () => aes.kwpWrap(sixteen),
        () => aes.kwpUnwrap(new Uint8Array(24)),
      ]) {
        expect(call).toThrow("AES key was destroyed");
      }
      aes.destroy();
    });

    test("shows no key byte when it is inspected, spread or serialised", () => {
      const aes = aesKey(new Uint8Array(32).fill(0xab));
      const seen = inspect(aes, { showHidden: true, depth: 9 }) + JSON.stringify({ ...aes }) + JSON.stringify(aes);
      expect(seen).not.toMatch(/171|\bab/i);
    });
  });
});
