/** Prepared keys take their memory from pools and give it back (word-pool.ts): nobody may get what another still has. */

import { describe, expect, test, vi } from "vitest";
import type { AesKey, Engine, HashName } from "../../src/crypto/engine.ts";
import { hardenedEngine } from "../../src/crypto/hardened/engine.ts";
import { hashBytes } from "../../src/crypto/hash.ts";
import { pureEngine } from "../../src/crypto/pure-engine.ts";
import { wordPool } from "../../src/crypto/word-pool.ts";

const none = new Uint8Array(0);
const iv = new Uint8Array(12).fill(7);
const data = new Uint8Array(40).fill(3);
const keyOf = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);

/** What a key gives that uses its schedule, the inverse one, and its tables of GHASH. */
function resultsOf(aes: AesKey): string[] {
  const sealed = aes.gcmSeal(iv, none, data, 16);
  const blocks = data.subarray(0, 32);
  return [
    sealed,
    aes.cbcDecrypt(keyOf(0).subarray(0, 16), blocks),
    aes.kwWrap(blocks),
    aes.gcmSeal(iv, sealed, none, 16),
  ].map((bytes) => Buffer.from(bytes).toString("hex"));
}

describe.each([pureEngine, hardenedEngine])("Keys of the $name engine", (engine: Engine) => {
  test("that are destroyed again and again give their memory to one other key only", () => {
    const alone = [1, 2, 3, 4].map((fill) => resultsOf(engine.aes(keyOf(fill))));
    for (let turn = 0; turn < 4; turn++) {
      const gone = engine.aes(keyOf(9));
      resultsOf(gone);
      for (let again = 0; again < 3; again++) gone.destroy();
      expect(() => gone.gcmSeal(iv, none, data, 16)).toThrow("destroyed");
    }
    const keys = [1, 2, 3, 4].map((fill) => engine.aes(keyOf(fill)));
    for (let turn = 0; turn < 2; turn++) expect(keys.map(resultsOf)).toEqual(alone);
    keys[1]?.destroy();
    keys[1]?.destroy();
    const others = [5, 6].map((fill) => engine.aes(keyOf(fill)));
    for (const other of others) resultsOf(other);
    expect(resultsOf(keys[0] as AesKey)).toEqual(alone[0]);
    expect(keys.slice(2).map(resultsOf)).toEqual(alone.slice(2));
  });

  test("go on in a CMAC that was begun before their end, with memory of its own", () => {
    const key = engine.aes(keyOf(1));
    const whole = engine.aes(keyOf(1)).cmac();
    whole.update(data);
    const begun = key.cmac();
    begun.update(data.subarray(0, 17));
    key.destroy();
    const other = engine.aes(keyOf(2));
    resultsOf(other);
    begun.update(data.subarray(17));
    expect(begun.digest()).toEqual(whole.digest());
  });

  test("with seventeen large tables of GHASH at once, one more than there are, hash as by themselves", () => {
    const aad = new Uint8Array(16 * 100).fill(5);
    const tagOf = (aes: AesKey): string => Buffer.from(aes.gcmSeal(iv, aad, none, 16)).toString("hex");
    const fills = Array.from({ length: 17 }, (_, i) => i + 1);
    const alone = fills.map((fill) => {
      const key = engine.aes(keyOf(fill));
      const tag = tagOf(key);
      key.destroy();
      return tag;
    });
    const keys = fills.map((fill) => engine.aes(keyOf(fill)));
    for (let turn = 0; turn < 3; turn++) expect(keys.map(tagOf)).toEqual(alone);
    keys[4]?.destroy();
    expect(keys.filter((_, i) => i !== 4).map(tagOf)).toEqual(alone.filter((_, i) => i !== 4));
  });
});

test("A pool wipes what it is given, and gives it to one who asks", () => {
  const pool = wordPool(4);
  const words = pool.take().fill(7);
  pool.give(words);
  expect([...words]).toEqual([0, 0, 0, 0]);
  expect(pool.take()).toBe(words);
  expect(pool.take()).not.toBe(words);
});

test.each<[HashName, number]>([
  ["SHA1", 64],
  ["SHA256", 64],
  ["SHA384", 128],
  ["SHA512", 128],
  ["SM3", 64],
])(
  "An HMAC key of %s that is longer than a block is hashed, and leaves no array with its hash behind",
  (name, block) => {
    const made: Uint8Array[] = [];
    class Recorded extends Uint8Array {
      constructor(...given: ConstructorParameters<typeof Uint8Array>) {
        super(...given);
        made.push(this);
      }
    }
    const key = new Uint8Array(block + 1).fill(7);
    vi.stubGlobal("Uint8Array", Recorded);
    try {
      pureEngine.hmac(name, key);
    } finally {
      vi.unstubAllGlobals();
    }
    expect(made.map(({ length }) => length)).toContain(hashBytes(name));
    expect(made.flatMap((array) => [...array]).every((byte) => byte === 0)).toBe(true);
  },
);
