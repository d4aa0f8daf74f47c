import { createCipheriv, createDecipheriv } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ccmOpen, ccmSeal, maxCcmBytes } from "../../src/crypto/ccm.ts";
import { hex } from "../support/vectors.ts";
import { overAesEngines } from "./engine-suite.ts";

const bytes = (minLength: number, maxLength = minLength) => fc.uint8Array({ minLength, maxLength });

overAesEngines((engine) => {
  /** SP 800-38C, appendix C, examples 1 to 3. */
  test.each([
    ["10111213141516", "0001020304050607", "20212223", "7162015b4dac255d", 4],
    [
      "1011121314151617",
      "000102030405060708090a0b0c0d0e0f",
      "202122232425262728292a2b2c2d2e2f",
      "d2a1f0e051ea5f62081a7792073d593d1fc64fbfaccd",
      6,
    ],
    [
      "101112131415161718191a1b",
      "000102030405060708090a0b0c0d0e0f10111213",
      "202122232425262728292a2b2c2d2e2f3031323334353637",
      "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5484392fbc1b09951",
      8,
    ],
  ])("gives the example of SP 800-38C with the nonce %s", (nonce, aad, plaintext, sealed, tagBytes) => {
    const aes = engine.aes(hex("404142434445464748494a4b4c4d4e4f"));
    expect(ccmSeal(aes, hex(nonce), hex(aad), hex(plaintext), tagBytes)).toEqual(hex(sealed));
    expect(ccmOpen(aes, hex(nonce), hex(aad), hex(sealed), tagBytes)).toEqual(hex(plaintext));
  });

  test("gives example 4 of SP 800-38C, whose associated data has 65,536 bytes", () => {
    const aes = engine.aes(hex("404142434445464748494a4b4c4d4e4f"));
    const aad = Uint8Array.from({ length: 65_536 }, (_, i) => i % 256);
    const plaintext = Uint8Array.from({ length: 32 }, (_, i) => 0x20 + i);
    const sealed = hex("69915dad1e84c6376a68c2967e4dab615ae0fd1faec44cc484828529463ccf72b4ac6bec93e8598e7f0dadbcea5b");
    expect(ccmSeal(aes, hex("101112131415161718191a1b1c"), aad, plaintext, 14)).toEqual(sealed);
  });

  test("agrees with node:crypto for every length of key, nonce and tag, and opens what Node seals", () => {
    const cases = fc.record({
      key: fc.constantFrom(16, 24, 32).chain((length) => bytes(length)),
      nonce: bytes(7, 13),
      aad: bytes(0, 40),
      plaintext: bytes(0, 70),
      tagBytes: fc.constantFrom(4, 6, 8, 10, 12, 14, 16),
    });
    fc.assert(
      fc.property(cases, ({ key, nonce, aad, plaintext, tagBytes }) => {
        const name = `aes-${8 * key.length}-ccm` as "aes-128-ccm";
        const cipher = createCipheriv(name, key, nonce, { authTagLength: tagBytes });
        cipher.setAAD(aad, { plaintextLength: plaintext.length });
        const expected = Uint8Array.from(
          Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]),
        );
        const aes = engine.aes(key);
        expect(ccmSeal(aes, nonce, aad, plaintext, tagBytes)).toEqual(expected);
        expect(ccmOpen(aes, nonce, aad, expected, tagBytes)).toEqual(plaintext);
        const decipher = createDecipheriv(name, key, nonce, { authTagLength: tagBytes });
        decipher.setAuthTag(expected.subarray(plaintext.length));
        decipher.setAAD(aad, { plaintextLength: plaintext.length });
        expect(Uint8Array.from(decipher.update(expected.subarray(0, plaintext.length)))).toEqual(plaintext);
      }),
      { numRuns: 60 },
    );
  });

  test("no changed byte is opened, nor a shorter text", () => {
    const aes = engine.aes(new Uint8Array(32));
    const [nonce, aad] = [new Uint8Array(12), Uint8Array.of(1)];
    const sealed = ccmSeal(aes, nonce, aad, new Uint8Array(20), 8);
    for (let i = 0; i < sealed.length; i++) {
      const changed = Uint8Array.from(sealed);
      changed[i]! ^= 0x80;
      expect(ccmOpen(aes, nonce, aad, changed, 8), `byte ${i}`).toBeUndefined();
    }
    for (const length of [0, 7, 8, 27]) expect(ccmOpen(aes, nonce, aad, sealed.subarray(0, length), 8)).toBeUndefined();
    expect(ccmOpen(aes, nonce, new Uint8Array(0), sealed, 8)).toBeUndefined();
    expect(ccmOpen(aes, Uint8Array.from(nonce).fill(1), aad, sealed, 8)).toBeUndefined();
  });

  test("lengths that CCM does not have are refused", () => {
    const aes = engine.aes(new Uint8Array(16));
    const none = new Uint8Array(0);
    const seal = (nonceBytes: number, length: number, tagBytes: number) => () =>
      ccmSeal(aes, new Uint8Array(nonceBytes), none, new Uint8Array(length), tagBytes);
    for (const nonceBytes of [0, 6, 14]) expect(seal(nonceBytes, 0, 16)).toThrow(RangeError);
    for (const tagBytes of [0, 2, 5, 18, 4.5]) expect(seal(12, 0, tagBytes)).toThrow(RangeError);
    expect(seal(13, 65_536, 16)).toThrow("too long");
    expect(seal(13, 65_535, 16)()).toHaveLength(65_551);
    expect([7, 11, 12, 13].map(maxCcmBytes)).toEqual([2 ** 32 - 1, 2 ** 32 - 1, 2 ** 24 - 1, 2 ** 16 - 1]);
  });
});
