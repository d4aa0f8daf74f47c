import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HashName } from "../../src/crypto/engine.ts";
import { hashBlockBytes, hashBytes } from "../../src/crypto/hash.ts";
import { hex, wycheproof } from "../support/vectors.ts";
import { overEngines } from "./engine-suite.ts";

overEngines(({ digest, hash: hashState, xof, pbkdf2, hmac: hmacKey }) => {
  /** Name here, name in Node, digest and block length. */
  const hashes: readonly (readonly [HashName, string, number, number])[] = [
    ["SHA1", "sha1", 20, 64],
    ["SHA224", "sha224", 28, 64],
    ["SHA256", "sha256", 32, 64],
    ["SHA384", "sha384", 48, 128],
    ["SHA512", "sha512", 64, 128],
    ["SHA512_224", "sha512-224", 28, 128],
    ["SHA512_256", "sha512-256", 32, 128],
    ["SHA3_224", "sha3-224", 28, 144],
    ["SHA3_256", "sha3-256", 32, 136],
    ["SHA3_384", "sha3-384", 48, 104],
    ["SHA3_512", "sha3-512", 64, 72],
  ];

  const bytes = (max: number) => fc.uint8Array({ maxLength: max });
  const parts = fc.array(bytes(300), { maxLength: 5 });
  const plain = (buffer: Buffer) => Uint8Array.from(buffer);

  describe.each(hashes)("%s", (name, nodeName, length, block) => {
    test("has the lengths of its standard", () => {
      expect([hashBytes(name), hashBlockBytes(name)]).toEqual([length, block]);
    });

    test("agrees with node:crypto, whole and in parts", () => {
      fc.assert(
        fc.property(parts, (messages) => {
          const whole = Buffer.concat(messages);
          const expected = plain(createHash(nodeName).update(whole).digest());
          const state = hashState(name);
          for (const message of messages) state.update(message);
          expect(digest(name, whole)).toEqual(expected);
          expect(state.digest()).toEqual(expected);
        }),
        { numRuns: 50 },
      );
    });

    test("agrees with node:crypto for a long part behind one of every length up to a block", () => {
      const long = Uint8Array.from({ length: 600 }, (_, i) => i * 7);
      for (let held = 0; held <= block; held++) {
        const state = hashState(name);
        state.update(long.subarray(0, held));
        state.update(long);
        const expected = createHash(nodeName).update(long.subarray(0, held)).update(long).digest();
        expect(state.digest()).toEqual(plain(expected));
      }
    });

    test("keyed as HMAC agrees with node:crypto, whole, in parts and interleaved, for keys around the block length", () => {
      const keys = fc.oneof(bytes(40), fc.uint8Array({ minLength: block - 1, maxLength: block + 1 }), bytes(400));
      fc.assert(
        fc.property(keys, parts, (keyBytes, messages) => {
          const whole = Buffer.concat(messages);
          const expected = plain(createHmac(nodeName, keyBytes).update(whole).digest());
          const key = hmacKey(name, keyBytes);
          keyBytes.fill(0);
          const running = key.start();
          const other = key.start();
          for (const message of messages) {
            other.update(Uint8Array.of(1));
            running.update(message);
            key.mac(message);
          }
          expect(key.macBytes).toBe(length);
          expect(key.mac(whole)).toEqual(expected);
          expect(running.digest()).toEqual(expected);
          expect(key.mac(whole)).toEqual(expected);
        }),
        { numRuns: 50 },
      );
    });

    test("refuses to go on after its digest", () => {
      const state = hashState(name);
      state.digest();
      expect(() => state.update(Uint8Array.of(1))).toThrow();
      expect(() => state.digest()).toThrow();
      const mac = hmacKey(name, new Uint8Array(32)).start();
      mac.digest();
      expect(() => mac.update(Uint8Array.of(1))).toThrow();
      expect(() => mac.digest()).toThrow();
    });
  });

  test.each(["SHAKE128", "SHAKE256"] as const)("%s agrees with node:crypto for outputs of any length", (name) => {
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 600 }), (messages, outputLength) => {
        const state = xof(name, outputLength);
        for (const message of messages) state.update(message);
        const expected = createHash(name.toLowerCase(), { outputLength }).update(Buffer.concat(messages)).digest();
        expect(state.digest()).toEqual(plain(expected));
        expect(() => state.digest()).toThrow();
      }),
      { numRuns: 50 },
    );
    for (const length of [0, -1, 1.5]) expect(() => xof(name, length)).toThrow(RangeError);
  });

  test("PBKDF2 agrees with node:crypto for all hashes, and refuses counts that are none", () => {
    const names = fc.constantFrom(...hashes);
    fc.assert(
      fc.property(
        names,
        bytes(200),
        bytes(50),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 150 }),
        (...of) => {
          const [[hash, nodeName], password, salt, iterations, length] = of;
          const expected = plain(pbkdf2Sync(password, salt, iterations, length, nodeName));
          expect(pbkdf2(password, { hash, salt, iterations }, length)).toEqual(expected);
        },
      ),
      { numRuns: 50 },
    );
    const none = new Uint8Array(0);
    for (const bad of [0, -1, 1.5]) {
      expect(() => pbkdf2(none, { hash: "SHA1", salt: none, iterations: bad }, 20)).toThrow(RangeError);
      expect(() => pbkdf2(none, { hash: "SHA1", salt: none, iterations: 1 }, bad)).toThrow(RangeError);
    }
  });

  /** One of each implementation. */
  const kinds = ["SHA256", "SHA1", "SHA512", "SM3", "SHA3_256"] as const;

  test.each(kinds)("a destroyed HMAC key of %s makes no MAC", (name) => {
    const key = hmacKey(name, new Uint8Array(32).fill(7));
    key.mac(new Uint8Array(3));
    key.destroy();
    expect(() => key.mac(new Uint8Array(3))).toThrow();
    expect(() => key.start().update(new Uint8Array(3))).toThrow();
  });

  test.each(kinds)("a MAC of %s already started outlives its key's destruction unchanged", (name) => {
    const key = hmacKey(name, new Uint8Array(32).fill(7));
    const expected = key.mac(new Uint8Array(3));
    const running = key.start();
    key.destroy();
    running.update(new Uint8Array(3));
    expect(running.digest()).toEqual(expected);
  });

  test("HMAC-SHA-256 gives the tags of all 174 Wycheproof cases", () => {
    const file = wycheproof<{ tagSize: number }, { key: string; msg: string; tag: string }>("hmac_sha256_test.json");
    expect(file.count).toBe(174);
    for (const group of file.groups) {
      for (const { tcId, key, msg, tag, result } of group.tests) {
        const mac = hmacKey("SHA256", hex(key))
          .mac(hex(msg))
          .slice(0, group.tagSize / 8);
        expect(Buffer.from(mac).equals(hex(tag)), `case ${tcId}`).toBe(result === "valid");
      }
    }
  });
});
