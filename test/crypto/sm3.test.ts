import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { concat, utf8 } from "../../src/bytes/bytes.ts";
import { pkcs1SignatureEncode } from "../../src/crypto/rsa/pkcs1.ts";
import { hex, readVectors, stanzas, wycheproof } from "../support/vectors.ts";
import { overEngines } from "./engine-suite.ts";

const nodeSm3 = (data: Uint8Array) => Uint8Array.from(createHash("sm3").update(data).digest());

/** OpenSSL's way to write bytes: hexadecimal, or text in quotes. */
const bytesOf = (text: string | undefined) => (text?.startsWith('"') ? utf8(text.slice(1, -1)) : hex(text));

overEngines((engine) => {
  test("SM3 gives every digest of OpenSSL's vectors", () => {
    const cases = stanzas(readVectors("evpmd_sm3.txt")).filter((stanza) => stanza["Digest"] === "SM3");
    expect(cases.length).toBe(8);
    for (const { Input, Output } of cases) expect(engine.digest("SM3", hex(Input))).toEqual(hex(Output));
  });

  test("HMAC-SM3 gives every MAC of OpenSSL's vectors", () => {
    const cases = stanzas(readVectors("evpmac_sm3.txt")).filter((stanza) => stanza["Algorithm"] === "SM3");
    expect(cases.length).toBe(4);
    for (const { Key, Input, Output } of cases) {
      expect(engine.hmac("SM3", bytesOf(Key)).mac(bytesOf(Input))).toEqual(hex(Output));
    }
  });

  test("HMAC-SM3 agrees with every case of Wycheproof, of shortened tags too", () => {
    const cases = wycheproof<{ tagSize: number }, Record<"key" | "msg" | "tag", string>>(
      "hmac_sm3_test.json",
    ).groups.flatMap(({ tests, ...group }) => tests.map((test) => ({ ...group, ...test })));
    expect(cases.length).toBe(174);
    for (const { key, msg, tag, tagSize, result, tcId } of cases) {
      const mac = engine
        .hmac("SM3", hex(key))
        .mac(hex(msg))
        .subarray(0, tagSize / 8);
      const verdict = Buffer.from(mac).toString("hex") === tag ? "valid" : "invalid";
      expect([tcId, verdict]).toEqual([tcId, result]);
    }
  });

  test("SM3 and HMAC-SM3 are those of OpenSSL, however the message is cut", () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 4 }), bytes, (parts, key) => {
        const message = Uint8Array.from(Buffer.concat(parts));
        const [hash, mac] = [engine.hash("SM3"), engine.hmac("SM3", key).start()];
        for (const part of parts) {
          hash.update(part);
          mac.update(part);
        }
        expect(hash.digest()).toEqual(nodeSm3(message));
        expect(mac.digest()).toEqual(Uint8Array.from(createHmac("sm3", key).update(message).digest()));
      }),
      { numRuns: 200 },
    );
  });

  test("a prepared HMAC-SM3 key starts every MAC from the same state", () => {
    const key = engine.hmac("SM3", utf8("key"));
    const first = key.mac(utf8("a longer message than one block of sixty-four bytes, which moves the state"));
    expect(key.mac(utf8("another"))).not.toEqual(first);
    expect(key.mac(utf8("a longer message than one block of sixty-four bytes, which moves the state"))).toEqual(first);
  });
});

test("the DigestInfo of SM3 names 1.2.156.10197.1.401 with NULL parameters", () => {
  const digest = new Uint8Array(32).fill(5);
  const encoded = pkcs1SignatureEncode("SM3", digest, 256);
  expect(encoded.subarray(-50)).toEqual(concat(hex("3030300c06082a811ccf5501831105000420"), digest));
  expect(encoded.subarray(0, 2)).toEqual(Uint8Array.of(0, 1));
});
