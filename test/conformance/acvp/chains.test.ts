/** Monte Carlo chains and large messages of mechanisms and sizes that no committed ACVP file has. */

import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { blockChain } from "../../../src/conformance/acvp/handlers/aes-monte-carlo.ts";
import { nextOf, shaChain } from "../../../src/conformance/acvp/handlers/sha.ts";
import { shakeChain } from "../../../src/conformance/acvp/handlers/shake.ts";
import { parseRsp } from "../../../src/conformance/parsers/rsp.ts";
import { readVectors } from "../../support/vectors.ts";
import { answersTo, bytes, hex, setOf } from "./prompts.ts";

/** The first entries of a chain, which is computed as it is read. */
function first<T>(count: number, entries: Iterable<T>): T[] {
  const found: T[] = [];
  for (const entry of entries) if (found.push(entry) === count) break;
  return found;
}

describe("Monte Carlo chains", () => {
  test("ECB's are the ones of NIST's server", () => {
    const start = {
      key: bytes("A3257CB9EFE49836C2BE5540358F757A05DF9BEDAC89C5FBDFCE7ED21560F2EC"),
      iv: bytes(""),
      input: bytes("822B852DF86D9FBE59B020058D075713"),
    };
    const decrypting = blockChain({ ...start, from: "ct", to: "pt", encrypts: false }, (key, use) => {
      const cipher = createDecipheriv("aes-256-ecb", key, null).setAutoPadding(false);
      return use((_iv, data) => cipher.update(data));
    });
    expect(first(2, decrypting)).toEqual([
      { key: hex(start.key), ct: hex(start.input), pt: "A6DF0BA084BE130DB18A1F621B50C800" },
      {
        key: "B8D6F99CBC37FA686143764C9CDF4E37A300904D2837D6F66E4461B00E303AEC",
        ct: "A6DF0BA084BE130DB18A1F621B50C800",
        pt: "41021BC15DA7666AE8478A725BDEC54A",
      },
    ]);
  });

  test("ECB's encrypt back what they decrypt", () => {
    const [key, input] = [bytes("00".repeat(16)), bytes("11".repeat(16))];
    const encrypting = blockChain({ key, iv: input, input, from: "pt", to: "ct", encrypts: true }, (round, use) => {
      const cipher = createCipheriv("aes-128-ecb", round, null).setAutoPadding(false);
      return use((_iv, data) => cipher.update(data));
    });
    const [{ ct = "" } = {}] = first(1, encrypting);
    const decipher = createDecipheriv("aes-128-ecb", key, null).setAutoPadding(false);
    let block: Buffer = bytes(String(ct));
    for (let round = 0; round < 1000; round++) block = decipher.update(block);
    expect(hex(block)).toBe(hex(input));
  });

  test("SHAKE's are CAVP's, with the lengths of the outputs", () => {
    const cases = parseRsp(readVectors("SHAKE128Monte.rsp")).slice(0, 3);
    const seed = bytes(cases[0]?.shared["Msg"] ?? "");
    const chain = shakeChain(
      (message, outputLength) => createHash("shake128", { outputLength }).update(message).digest(),
      seed,
      128 / 8,
      1120 / 8,
    );
    expect(first(3, chain)).toEqual(
      cases.map(({ fields }) => ({ md: fields["Output"]?.toUpperCase(), outLen: Number(fields["Outputlen"]) })),
    );
  });

  const digested = (hash: string) => (message: Uint8Array) => createHash(hash).update(message).digest();

  test.each([5, 96, 131])("SHA-2's alternate ones keep the length of the seed, here %d bytes", (length) => {
    const seed = Buffer.alloc(length, 0xa5);
    const chain = shaChain(digested("sha256"), seed, nextOf({ mctVersion: "alternate" }, false, length));
    let [a, b, c] = [seed, seed, seed];
    for (let round = 0; round < 1000; round++) {
      const message = Buffer.alloc(length);
      Buffer.concat([a, b, c]).copy(message);
      [a, b, c] = [b, c, createHash("sha256").update(message).digest()];
    }
    expect(first(1, chain)).toEqual([{ md: hex(c) }]);
  });

  test.each([
    ["standard", (digest: Buffer) => digest],
    ["alternate", (digest: Buffer) => digest.subarray(0, 40)],
  ])("SHA-3's %s ones make each digest the next message", (mctVersion, next) => {
    const seed = Buffer.alloc(40, 0x5a);
    const chain = shaChain(digested("sha3-384"), seed, nextOf({ mctVersion }, true, 40));
    let digest = seed;
    for (let round = 0; round < 1000; round++) digest = createHash("sha3-384").update(next(digest)).digest();
    expect(first(1, chain)).toEqual([{ md: hex(digest) }]);
  });

  test("of a version that is new are left out", () => {
    expect(() => nextOf({ mctVersion: "third" }, true, 40)).toThrow("mctVersion third");
  });
});

describe("large messages", () => {
  const largeMsg = { content: "0011223344556677AA", contentLength: 72, expansionTechnique: "repeating" };
  const digestOf = (fullLength: number) =>
    answersTo(
      setOf(["SHA2-512", "", "1.0"], {
        tgId: 3,
        testType: "LDT",
        tests: [{ tcId: 1, largeMsg: { ...largeMsg, fullLength } }],
      }),
    );

  test.each([8, 72, 8 * 100, 8 * (2 ** 22 + 5)])("repeat their content up to %d bits", (bits) => {
    const content = bytes(largeMsg.content);
    const whole = Buffer.alloc(bits / 8, content);
    expect(digestOf(bits)).toEqual([{ tcId: 1, md: hex(createHash("sha512").update(whole).digest()) }]);
  });

  test("of bits are left out, and so is another way to make them", () => {
    expect(() => digestOf(12)).toThrow("a message of 12 bits");
    largeMsg.expansionTechnique = "folding";
    expect(() => digestOf(8)).toThrow("expansionTechnique folding");
  });
});
