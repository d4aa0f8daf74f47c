import { createCipheriv, createDecipheriv } from "node:crypto";
import { ghash } from "@noble/ciphers/_polyval.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OUT } from "../../../src/crypto/block-cipher.ts";
import { CtrDrbg } from "../../../src/crypto/drbg.ts";
import { healthTested, seededEntropy } from "../../../src/crypto/entropy.ts";
import { Y } from "../../../src/crypto/ghash.ts";
import { HardenedAesCipher, PAIR } from "../../../src/crypto/hardened/aes-cipher.ts";
import { hardenedEngine } from "../../../src/crypto/hardened/engine.ts";
import { HardenedGhashKey } from "../../../src/crypto/hardened/ghash.ts";
import { pureEngine } from "../../../src/crypto/pure-engine.ts";
import { createHsm } from "../../../src/index.ts";
import { nodeRsaKey } from "../../support/rsa-fixture.ts";

const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const keys = fc.constantFrom(16, 24, 32).chain(exactly);
const words = (bytes: Uint8Array) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getInt32(4 * i));
};
const plain = (...parts: Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));

describe("The cipher on two blocks", () => {
  test("is node:crypto's for both blocks, in both directions, under keys of every length", () => {
    fc.assert(
      fc.property(keys, exactly(32), (key, blocks) => {
        const cipher = new HardenedAesCipher(key);
        const name = `aes-${8 * key.length}-ecb`;
        PAIR.set(words(blocks));
        cipher.encryptPair();
        expect([...PAIR]).toEqual(words(plain(createCipheriv(name, key, null).setAutoPadding(false).update(blocks))));
        cipher.decryptPair();
        expect([...PAIR]).toEqual(words(blocks));
        PAIR.set(words(blocks));
        cipher.decryptPair();
        expect([...PAIR]).toEqual(words(plain(createDecipheriv(name, key, null).setAutoPadding(false).update(blocks))));
        cipher.destroy();
      }),
      { numRuns: 200 },
    );
  });

  test("gives a block by itself what it gives in a pair, and a new key in the place of another its own schedule", () => {
    const [one, other] = [new Uint8Array(32).fill(1), new Uint8Array(16).fill(2)];
    const cipher = new HardenedAesCipher(one);
    cipher.rekey(Int32Array.from(words(other)), 4);
    cipher.encrypt(1, 2, 3, 4);
    const block = plain(new Uint8Array(Uint32Array.of(1, 2, 3, 4).buffer)).reverse();
    const expected = createCipheriv("aes-128-ecb", other, null).setAutoPadding(false);
    const swapped = words(block).reverse();
    expect(swapped).toEqual([1, 2, 3, 4]);
    const bytes = new Uint8Array(16);
    swapped.forEach((word, i) => {
      new DataView(bytes.buffer).setInt32(4 * i, word);
    });
    expect([...OUT]).toEqual(words(plain(expected.update(bytes))));
    expect([...PAIR]).toEqual(new Array(8).fill(0));
  });

  test("throws once its key is destroyed, and a clone goes on", () => {
    const cipher = new HardenedAesCipher(new Uint8Array(24).fill(7));
    cipher.encrypt(5, 6, 7, 8);
    const before = [...OUT];
    const clone = cipher.clone();
    cipher.destroy();
    cipher.destroy();
    expect(() => cipher.encrypt(1, 2, 3, 4)).toThrow("destroyed");
    expect(() => cipher.decrypt(1, 2, 3, 4)).toThrow("destroyed");
    clone.encrypt(5, 6, 7, 8);
    expect([...OUT]).toEqual(before);
  });

  test("takes keys of 16, 24 and 32 bytes and no others", () => {
    for (const length of [0, 15, 17, 31, 33]) {
      expect(() => hardenedEngine.aes(new Uint8Array(length))).toThrow(RangeError);
    }
  });
});

test("GHASH without tables is noble's, for all lengths", () => {
  const lengths = fc.nat({ max: 70 });
  fc.assert(
    fc.property(exactly(16), fc.array(fc.tuple(lengths, lengths), { minLength: 1, maxLength: 3 }), (H, all) => {
      const [h0, h1, h2, h3] = words(H) as [number, number, number, number];
      const key = new HardenedGhashKey(h0, h1, h2, h3);
      for (const [first, second] of all) {
        const [a, b] = [new Uint8Array(first).fill(0xa5), Uint8Array.from({ length: second }, (_, i) => 7 * i)];
        key.hash(a, b, b.length);
        const sizes = new DataView(new ArrayBuffer(16));
        sizes.setBigUint64(0, BigInt(8 * first));
        sizes.setBigUint64(8, BigInt(8 * second));
        const peer = ghash.create(H);
        for (const part of [a, b, new Uint8Array(sizes.buffer)]) peer.update(plain(part));
        expect([...Y]).toEqual(words(peer.digest()));
      }
      key.destroy();
    }),
    { numRuns: 200 },
  );
});

describe("The hardened engine", () => {
  test("differs from the pure one in AES, in the generator's cipher and in RSA's blinding, and in nothing else", () => {
    const names = Object.keys(hardenedEngine) as (keyof typeof hardenedEngine)[];
    const own = names.filter((name) => hardenedEngine[name] !== pureEngine[name]);
    expect(own.sort()).toEqual(["aes", "drbgCipher", "name", "rsaPrivate"]);
  });

  test("gives what the pure one gives in every mode of AES, for lengths around pairs of blocks", () => {
    const data = fc.nat({ max: 100 }).chain(exactly);
    const blocks = fc.nat({ max: 7 }).chain((n) => exactly(16 * n));
    const ivs = fc.oneof(exactly(12), fc.uint8Array({ minLength: 1, maxLength: 40 }));
    fc.assert(
      fc.property(keys, ivs, exactly(16), data, blocks, (key, iv, block, text, whole) => {
        const [ours, peer] = [hardenedEngine.aes(key), pureEngine.aes(key)];
        const sealed = peer.gcmSeal(iv, text, text, 16);
        expect(ours.gcmSeal(iv, text, text, 16)).toEqual(sealed);
        expect(ours.gcmOpen(iv, text, sealed, 16)).toEqual(text);
        expect(ours.gcmOpen(iv, text, sealed.with(0, (sealed[0] as number) ^ 1), 16)).toBeUndefined();
        expect(ours.ctr(block, text)).toEqual(peer.ctr(block, text));
        expect(ours.cbcEncrypt(block, whole)).toEqual(peer.cbcEncrypt(block, whole));
        expect(ours.cbcDecrypt(block, whole)).toEqual(peer.cbcDecrypt(block, whole));
        expect(ours.ecbEncrypt(whole)).toEqual(peer.ecbEncrypt(whole));
        expect(ours.ecbDecrypt(whole)).toEqual(peer.ecbDecrypt(whole));
      }),
      { numRuns: 300 },
    );
  });

  test("counts over the end of a counter block between two blocks of a pair", () => {
    const [ours, peer] = [hardenedEngine, pureEngine].map(({ aes }) => aes(new Uint8Array(16).fill(9)));
    for (const counter of [new Uint8Array(16).fill(255), new Uint8Array(16).fill(255).with(15, 254)]) {
      expect(ours!.ctr(counter, new Uint8Array(80))).toEqual(peer!.ctr(counter, new Uint8Array(80)));
    }
  });

  test("makes the random generator's output without changing it, with and without the derivation function", () => {
    for (const derivationFunction of [false, true]) {
      const [ours, peer] = [hardenedEngine.drbgCipher, undefined].map((cipher) => {
        const entropy = healthTested(seededEntropy(new Uint8Array(32).fill(3)), cipher);
        return new CtrDrbg({ entropy, derivationFunction, cipher });
      });
      for (const length of [1, 16, 33, 1000]) {
        const options = { predictionResistance: length > 16, additional: new Uint8Array(20) };
        expect(ours!.generate(length, options)).toEqual(peer!.generate(length, options));
      }
    }
  });

  test("decrypts and signs with RSA as the pure one does, draws the same and blinds with its own cipher", () => {
    const { components } = nodeRsaKey(1024);
    const [ours, peer] = [hardenedEngine, pureEngine].map(({ rsaPrivate }) => {
      const drawn: number[] = [];
      const source = seededEntropy(new Uint8Array(32).fill(4));
      const rng = (length: number): Uint8Array => {
        drawn.push(length);
        return source(length);
      };
      const key = rsaPrivate(components)!;
      const input = new Uint8Array(components.n.length).fill(1);
      return { power: key.power(input, rng), signature: key.pkcs1Sign("SHA256", input.slice(0, 32), rng), drawn };
    });
    expect(ours).toEqual(peer);
  });

  test("is what an HSM made with `hardened: true` runs on, reproducibly the same as without", () => {
    const bytes = [true, false].map((hardened) => {
      const session = createHsm({ hardened, entropy: seededEntropy(new Uint8Array(32)) }).openSession();
      const key = session.generateKey({ mechanism: "AES_KEY_GEN" }, { VALUE_LEN: 32, usage: "encrypt" });
      return session.encrypt({ mechanism: "AES_GCM" }, key, new Uint8Array(50));
    });
    expect(bytes[0]).toEqual(bytes[1]);
    expect(() => createHsm({ hardened: true, engine: pureEngine })).toThrow("one or the other");
    expect(() => createHsm({ hardened: 1 as never })).toThrow("true or false");
  });
});
