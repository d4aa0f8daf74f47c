import { createCipheriv } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AesKey, HashName } from "../../src/crypto/engine.ts";
import { hashNames } from "../../src/node/hash.ts";
import { expectSame as expectSameOn, type Outcome, symmetricEngines } from "./differential.ts";

const expectSame = (run: Parameters<typeof expectSameOn>[0]): Outcome => expectSameOn(run, symmetricEngines);

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const chunks = fc.array(bytes(70), { maxLength: 5 });
const hashes = fc.constantFrom(...(Object.keys(hashNames) as HashName[]));
const keys = fc.constantFrom(16, 24, 32).chain(exactly);
const numRuns = 150;

/** One change of a byte string, or none: a flipped bit, a cut, an extension. */
const changes = fc.option(fc.record({ kind: fc.constantFrom("flip", "cut", "extend"), at: fc.nat() }));
function changed(value: Uint8Array, change: { kind: string; at: number } | null): Uint8Array {
  if (change === null) return value;
  if (change.kind === "cut") return value.slice(0, change.at % Math.max(value.length, 1));
  if (change.kind === "extend") return Uint8Array.of(...value, change.at);
  const bit = change.at % Math.max(8 * value.length, 1);
  return value.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
}

describe("both engines give the same", () => {
  test("digests and MACs, whole and in parts, and refuse to go on after the end", () => {
    fc.assert(
      fc.property(hashes, fc.oneof(bytes(40), bytes(300)), chunks, (hash, keyBytes, messages) => {
        const whole = Uint8Array.from(messages.flatMap((message) => [...message]));
        expectSame((engine) => {
          const key = engine.hmac(hash, keyBytes);
          const states = [engine.hash(hash), key.start()];
          for (const state of states) for (const message of messages) state.update(message);
          return [engine.digest(hash, whole), key.mac(whole), key.macBytes, ...states.map((state) => state.digest())];
        });
        for (const use of [
          (s: { digest(): unknown }) => s.digest(),
          (s: { update(d: Uint8Array): void }) => s.update(whole),
        ]) {
          for (const mac of [false, true]) {
            const outcome = expectSame((engine) => {
              const state = mac ? engine.hmac(hash, keyBytes).start() : engine.hash(hash);
              state.update(whole);
              state.digest();
              return use(state);
            });
            expect(outcome).toEqual({ thrown: "Error" });
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test("AES-GCM for every length of IV and tag, opened whole, changed and cut", () => {
    const ivs = fc.oneof(
      { weight: 5, arbitrary: exactly(12) },
      bytes(16),
      fc.constantFrom(127, 128, 129, 200).chain(exactly),
    );
    const tags = fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 12, max: 16 }) },
      fc.constantFrom(0, 4, 11, 17, 12.5),
    );
    fc.assert(
      fc.property(keys, ivs, bytes(40), bytes(100), tags, changes, (key, iv, aad, text, tagBytes, change) => {
        const sealed = expectSame((engine) => engine.aes(key).gcmSeal(iv, aad, text, tagBytes));
        const box = changed("value" in sealed ? (sealed.value as Uint8Array) : text, change);
        const opened = expectSame((engine) => engine.aes(key).gcmOpen(iv, aad, box, tagBytes));
        if ("value" in sealed) expect(opened).toEqual({ value: change === null ? text : undefined });
        expectSame((engine) => engine.aes(key).gcmOpen(iv, Uint8Array.of(...aad, 0), box, tagBytes));
      }),
      { numRuns },
    );
  });

  test("AES-CBC and AES-CTR, and refusals of IVs and data that are not whole blocks", () => {
    const ivs = fc.oneof({ weight: 6, arbitrary: exactly(16) }, bytes(20), fc.constant(new Uint8Array(16).fill(0xff)));
    const texts = fc.oneof(
      fc.nat(6).chain((n) => exactly(16 * n)),
      bytes(70),
    );
    fc.assert(
      fc.property(keys, ivs, texts, (key, iv, text) => {
        expectSame((engine) => engine.aes(key).cbcEncrypt(iv, text));
        expectSame((engine) => engine.aes(key).cbcDecrypt(iv, text));
        expectSame((engine) => engine.aes(key).ctr(iv, text));
      }),
      { numRuns },
    );
  });

  test("AES-CMAC in parts of any length, and no more after its end", () => {
    const parts = fc.array(
      fc.oneof(
        bytes(40),
        fc.nat(3).chain((n) => exactly(16 * n)),
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(keys, parts, (key, messages) => {
        expectSame((engine) => {
          const mac = engine.aes(key).cmac();
          for (const message of messages) mac.update(message);
          return mac.digest();
        });
      }),
      { numRuns },
    );
    for (const use of [
      (mac: ReturnType<AesKey["cmac"]>) => mac.digest(),
      (mac: ReturnType<AesKey["cmac"]>) => mac.update(new Uint8Array(1)),
    ]) {
      const outcome = expectSame((engine) => {
        const mac = engine.aes(new Uint8Array(16)).cmac();
        mac.digest();
        return use(mac);
      });
      expect(outcome).toEqual({ thrown: "Error" });
    }
  });

  test("key wraps of every length, opened whole, changed, and as the other kind", () => {
    const secrets = fc.oneof(
      bytes(70),
      fc.nat(9).chain((n) => exactly(8 * n)),
    );
    fc.assert(
      fc.property(keys, secrets, changes, (key, secret, change) => {
        for (const kind of ["kw", "kwp"] as const) {
          const wrapped = expectSame((engine) => engine.aes(key)[`${kind}Wrap`](secret));
          if (!("value" in wrapped)) continue;
          const given = changed(wrapped.value as Uint8Array, change);
          const own = expectSame((engine) => engine.aes(key)[`${kind}Unwrap`](given));
          expect(own).toEqual({ value: change === null ? secret : undefined });
          expectSame((engine) => engine.aes(key)[kind === "kw" ? "kwpUnwrap" : "kwUnwrap"](given));
        }
        expectSame((engine) => [engine.aes(key).kwUnwrap(secret), engine.aes(key).kwpUnwrap(secret)]);
      }),
      { numRuns },
    );
  });

  test("verdict on every length and padding that a wrapped key can claim", () => {
    const key = new Uint8Array(32).fill(7);
    let opened = 0;
    for (const octets of [16, 24, 40]) {
      for (let length = 0; length <= octets + 9; length++) {
        for (const fill of [0, 1]) {
          // RFC 3394 with an initial value of the caller's is RFC 5649 for more than one block, well formed or not.
          const iv = Uint8Array.of(0xa6, 0x59, 0x59, 0xa6, 0, 0, 0, length);
          const padded = new Uint8Array(octets).fill(5, 0, length).fill(fill, Math.min(length, octets));
          const cipher = createCipheriv("id-aes256-wrap", key, iv);
          const wrapped = Uint8Array.from(Buffer.concat([cipher.update(padded), cipher.final()]));
          const outcome = expectSame((engine) => engine.aes(key).kwpUnwrap(wrapped));
          const wellFormed = length > octets - 8 && length <= octets && (fill === 0 || length === octets);
          expect(outcome).toEqual({ value: wellFormed ? padded.slice(0, length) : undefined });
          if (wellFormed) opened++;
        }
      }
    }
    expect(opened).toBe(3 * 9);
  });

  test("refusals of keys by their length, and of destroyed ones", () => {
    for (let length = 0; length <= 40; length++) expectSame((engine) => typeof engine.aes(new Uint8Array(length)).ctr);
    const block = new Uint8Array(16);
    const uses: ((key: AesKey) => unknown)[] = [
      (key) => key.gcmSeal(block, block, block, 16),
      (key) => key.gcmSeal(new Uint8Array(200), block, block, 16),
      (key) => key.gcmSeal(block, block, block, 1),
      (key) => key.gcmOpen(block, block, block, 16),
      (key) => key.gcmOpen(block, block, new Uint8Array(1), 16),
      (key) => key.cbcEncrypt(block, block),
      (key) => key.cbcDecrypt(block, block),
      (key) => key.ctr(block, block),
      (key) => key.cmac(),
      (key) => key.kwWrap(block),
      (key) => key.kwUnwrap(block),
      (key) => key.kwpWrap(block),
      (key) => key.kwpUnwrap(block),
      (key) => key.destroy(),
    ];
    for (const use of uses) {
      expectSame((engine) => {
        const key = engine.aes(block);
        key.destroy();
        return use(key);
      });
    }
    for (const use of ["mac", "start"] as const) {
      expectSame((engine) => {
        const key = engine.hmac("SHA256", block);
        key.destroy();
        const result = key[use](block);
        return result instanceof Uint8Array ? result : result.update(block);
      });
    }
  });

  test("results from MACs that were started before their key was destroyed", () => {
    const outcome = expectSame((engine) => {
      const [mac, aes] = [engine.hmac("SHA384", new Uint8Array(9)), engine.aes(new Uint8Array(24))];
      const states = [mac.start(), aes.cmac()];
      mac.destroy();
      aes.destroy();
      for (const state of states) state.update(new Uint8Array(50));
      return states.map((state) => state.digest());
    });
    expect(outcome).toHaveProperty("value");
  });
});
