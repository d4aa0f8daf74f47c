/** Prepared keys take their memory from pools and give it back (word-pool.ts): nobody may get what another still has. */

import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { AesKey, Engine, HashName, HashState } from "../../src/crypto/engine.ts";
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

  test("hash in turns as by themselves, more of them than there are large tables of GHASH for", () => {
    const aad = new Uint8Array(16 * 100).fill(5);
    const tagOf = (aes: AesKey): string => Buffer.from(aes.gcmSeal(iv, aad, none, 16)).toString("hex");
    const fills = Array.from({ length: 40 }, (_, i) => i + 1);
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

/** MACs in parts take their memory from those that are finished: one of each implementation. */
describe.each<HashName>(["SHA256", "SHA1", "SHA512", "SM3"])("MACs of %s in parts", (name) => {
  const keyOfMac = (at: number): Uint8Array => new Uint8Array(20 + at).fill(at + 1);

  test("that run beside one another, more of them than are kept, are node:crypto's, and finished ones reach nobody", () => {
    const step = fc.tuple(fc.nat(2), fc.nat(39), fc.uint8Array({ maxLength: 150 }));
    const property = fc.property(fc.array(step, { minLength: 100, maxLength: 200 }), (steps) => {
      const running = new Map<number, { readonly state: HashState; readonly parts: Uint8Array[] }>();
      const finished: HashState[] = [];
      const finish = (at: number): void => {
        const { state, parts } = running.get(at)!;
        running.delete(at);
        const expected = createHmac(name.toLowerCase(), keyOfMac(at)).update(Buffer.concat(parts)).digest("hex");
        expect(Buffer.from(state.digest()).toString("hex")).toBe(expected);
        finished.push(state);
      };
      for (const [kind, at, part] of steps) {
        const mac = running.get(at);
        if (mac === undefined) {
          const key = pureEngine.hmac(name, keyOfMac(at));
          running.set(at, { state: key.start(), parts: [] });
          key.destroy();
        } else if (kind === 0) {
          finish(at);
        } else {
          mac.state.update(part);
          mac.parts.push(part);
        }
        const last = finished.at(-1);
        if (last !== undefined) expect(() => last.update(part)).toThrow("this MAC is finished");
      }
      for (const at of [...running.keys()]) finish(at);
      for (const state of finished) expect(() => state.digest()).toThrow("this MAC is finished");
    });
    fc.assert(property, { numRuns: 5 });
  });

  test("that are finished leave zeros in their memory", () => {
    const made: (Int32Array | ArrayBuffer)[] = [];
    class RecordedWords extends Int32Array {
      constructor(...given: ConstructorParameters<typeof Int32Array>) {
        super(...given);
        made.push(this);
      }
    }
    class RecordedBuffer extends ArrayBuffer {
      constructor(byteLength: number) {
        super(byteLength);
        made.push(this);
      }
    }
    const key = pureEngine.hmac(name, keyOf(3));
    vi.stubGlobal("Int32Array", RecordedWords);
    vi.stubGlobal("ArrayBuffer", RecordedBuffer);
    try {
      const macs = Array.from({ length: 40 }, () => key.start());
      for (const mac of macs) mac.update(data);
      expect(made.some((memory) => bytesOf(memory).some((byte) => byte !== 0))).toBe(true);
      for (const mac of macs) mac.digest();
    } finally {
      vi.unstubAllGlobals();
    }
    expect(made.length).toBeGreaterThanOrEqual(3 * 24);
    expect(made.flatMap((memory) => bytesOf(memory)).every((byte) => byte === 0)).toBe(true);
  });
});

const bytesOf = (memory: Int32Array | ArrayBuffer): number[] =>
  memory instanceof ArrayBuffer
    ? [...new Uint8Array(memory)]
    : [...new Uint8Array(memory.buffer, memory.byteOffset, memory.byteLength)];
