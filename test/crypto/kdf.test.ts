import { createHash, createHmac, hkdfSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HashName } from "../../src/crypto/engine.ts";
import { digest, hashBytes } from "../../src/crypto/hash.ts";
import { hmacKey } from "../../src/crypto/hmac.ts";
import {
  concatKdf,
  concatKdfMac,
  counterKdf,
  counterKdfFixedInput,
  hkdf,
  hkdfExpand,
  hkdfExtract,
  x963Kdf,
} from "../../src/crypto/kdf.ts";
import { hex, readVectors, stanzas, wycheproof } from "../support/vectors.ts";

const engine = { digest, hmac: hmacKey };
const names: Readonly<Record<string, HashName>> = {
  SHA1: "SHA1",
  SHA224: "SHA224",
  SHA256: "SHA256",
  SHA384: "SHA384",
  SHA512: "SHA512",
};
const hashNames = fc.constantFrom(...Object.values(names));
const bytes = (max: number) => fc.uint8Array({ maxLength: max });
const lengths = fc.integer({ min: 1, max: 300 });
const none = new Uint8Array();

function nameOf(text: string | undefined): HashName {
  const name = names[(text ?? "").replace(/^HMAC_|^digest:|2?-/g, "")];
  if (name === undefined) throw new Error(`no hash for ${text}`);
  return name;
}

/** The blocks f(1) ‖ f(2) ‖ …, cut. */
function counted(length: number, f: (counter: Buffer) => Buffer): Uint8Array {
  const parts: Buffer[] = [];
  for (let i = 1; Buffer.concat(parts).length < length; i++) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(i);
    parts.push(f(counter));
  }
  return Uint8Array.from(Buffer.concat(parts).subarray(0, length));
}

describe("SP 800-108 in counter mode", () => {
  test("gives the output of all 200 CAVP cases with HMAC and a 32-bit counter before the fixed input", () => {
    const cases = stanzas(readVectors("nist-800-108-KBKDF-CTR.txt")).filter(
      (one) => one.PRF?.startsWith("HMAC") && one.CTRLOCATION === "BEFORE_FIXED" && one.RLEN === "32_BITS" && one.KO,
    );
    const perHash = new Map<string, number>();
    for (const one of cases) {
      const hash = nameOf(one.PRF);
      const output = counterKdfFixedInput(hmacKey(hash, hex(one.KI)), hex(one.FixedInputData), Number(one.L) / 8);
      expect(output, `${one.PRF} ${one.COUNT}`).toEqual(hex(one.KO));
      perHash.set(hash, (perHash.get(hash) ?? 0) + 1);
    }
    expect(Object.fromEntries(perHash)).toEqual({ SHA1: 40, SHA224: 40, SHA256: 40, SHA384: 40, SHA512: 40 });
  });

  test("composes the fixed input as label, zero byte, context and length in bits", () => {
    fc.assert(
      fc.property(hashNames, bytes(100), bytes(60), bytes(60), lengths, (hash, key, label, context, length) => {
        const bits = Buffer.alloc(4);
        bits.writeUInt32BE(8 * length);
        const expected = counted(length, (counter) =>
          createHmac(hash, key)
            .update(counter)
            .update(label)
            .update(Buffer.alloc(1))
            .update(context)
            .update(bits)
            .digest(),
        );
        expect(counterKdf(hmacKey(hash, key), label, context, length)).toEqual(expected);
      }),
    );
  });

  test("refuses lengths of no bytes, of part of one, or that 32 bits cannot count in bits", () => {
    const prf = hmacKey("SHA256", new Uint8Array(32));
    for (const length of [0, -1, 1.5, 2 ** 29, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => counterKdf(prf, none, none, length)).toThrow(RangeError);
      expect(() => counterKdfFixedInput(prf, none, length)).toThrow(RangeError);
    }
  });
});

describe("HKDF", () => {
  test("agrees with node:crypto", () => {
    fc.assert(
      fc.property(hashNames, bytes(80), bytes(150), bytes(60), lengths, (hash, key, salt, info, length) => {
        const expected = new Uint8Array(hkdfSync(hash, key, salt, info, length));
        expect(hkdf(engine, hash, key, salt, info, length)).toEqual(expected);
        const prk = hkdfExtract(engine, hash, salt, key);
        expect(hkdfExpand(hmacKey(hash, prk), info, length)).toEqual(expected);
      }),
    );
  });

  test("passes all 86 Wycheproof cases with SHA-256, refusing more than 255 blocks", () => {
    type Case = { ikm: string; salt: string; info: string; size: number; okm: string };
    const file = wycheproof<object, Case>("hkdf_sha256_test.json");
    expect(file.count).toBe(86);
    for (const { tcId, ikm, salt, info, size, okm, result } of file.groups.flatMap((group) => group.tests)) {
      const derive = () => hkdf(engine, "SHA256", hex(ikm), hex(salt), hex(info), size);
      if (result === "valid") expect(derive(), `case ${tcId}`).toEqual(hex(okm));
      else expect(derive, `case ${tcId}`).toThrow(RangeError);
    }
  });

  test.each(["SHA1", "SHA512", "SHA3_256"] as const)("with %s gives 255 blocks and not a byte more", (hash) => {
    const most = 255 * hashBytes(hash);
    expect(hkdf(engine, hash, none, none, none, most)).toHaveLength(most);
    expect(() => hkdf(engine, hash, none, none, none, most + 1)).toThrow(RangeError);
    expect(() => hkdf(engine, hash, none, none, none, 0)).toThrow(RangeError);
  });
});

describe("the one-step KDF of SP 800-56C", () => {
  test("gives the output of OpenSSL's cases, with a hash and with HMAC", () => {
    const cases = stanzas(readVectors("evpkdf_ss.txt")).filter((one) => one.KDF === "SSKDF");
    const done = { hash: 0, hmac: 0, otherFunction: 0, refusal: 0 };
    for (const one of cases) {
      const control = (name: string) => one[`Ctrl.${name}`]?.replaceAll(/^\w+:|\n/gm, "");
      const [z, info] = [hex(control("hexsecret")), hex(control("hexinfo") ?? "")];
      // We have no KMAC; a case with `Result` is what OpenSSL refuses (SHAKE, or a short secret in its FIPS module).
      if (one.Result !== undefined) done.refusal++;
      else if (/KMAC|SHAKE/.test(JSON.stringify(one))) done.otherFunction++;
      else if (one["Ctrl.mac"] === undefined) {
        const expected = hex(one.Output);
        expect(concatKdf(engine, nameOf(one["Ctrl.digest"]), z, info, expected.length)).toEqual(expected);
        done.hash++;
      } else {
        const expected = hex(one.Output);
        const salt = hmacKey(nameOf(one["Ctrl.digest"]), hex(control("hexsalt") ?? control("salt") ?? ""));
        expect(concatKdfMac(salt, z, info, expected.length)).toEqual(expected);
        done.hmac++;
      }
    }
    expect(cases).toHaveLength(172);
    expect(done).toEqual({ hash: 76, hmac: 89, otherFunction: 3, refusal: 4 });
  });

  test("hashes counter, secret and fixed information", () => {
    fc.assert(
      fc.property(hashNames, bytes(80), bytes(80), lengths, (hash, z, info, length) => {
        const expected = counted(length, (counter) => createHash(hash).update(counter).update(z).update(info).digest());
        expect(concatKdf(engine, hash, z, info, length)).toEqual(expected);
      }),
    );
  });
});

describe("the ANSI X9.63 KDF", () => {
  test("gives the output of all 100 CAVP cases", () => {
    const cases = stanzas(readVectors("ansx963_2001.txt")).filter((one) => one.COUNT !== undefined);
    expect(cases).toHaveLength(100);
    for (const one of cases) {
      const expected = hex(one.key_data);
      expect(expected.length).toBe(Number(one["key data length"]) / 8);
      expect(x963Kdf(engine, nameOf(one.section), hex(one.Z), hex(one.SharedInfo), expected.length)).toEqual(expected);
    }
  });

  test("hashes secret, counter and shared information, and keeps none of its inputs", () => {
    fc.assert(
      fc.property(hashNames, bytes(80), bytes(80), lengths, (hash, z, info, length) => {
        const before = Uint8Array.from(z);
        const expected = counted(length, (counter) => createHash(hash).update(z).update(counter).update(info).digest());
        expect(x963Kdf(engine, hash, z, info, length)).toEqual(expected);
        expect(z).toEqual(before);
      }),
    );
  });

  test("refuses lengths of no bytes or beyond the counter", () => {
    for (const length of [0, -1, 0.5, 0xffff_ffff * 32 + 1]) {
      expect(() => x963Kdf(engine, "SHA256", none, none, length)).toThrow(RangeError);
      expect(() => concatKdf(engine, "SHA256", none, none, length)).toThrow(RangeError);
    }
  });
});
