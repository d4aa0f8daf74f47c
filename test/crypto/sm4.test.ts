import { createCipheriv } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { concat } from "../../src/bytes/bytes.ts";
import { ccmOpen, ccmSeal } from "../../src/crypto/ccm.ts";
import { seededRng } from "../support/seeded-rng.ts";
import { hex, readVectors, stanzas, wycheproof } from "../support/vectors.ts";
import { overEngines } from "./engine-suite.ts";

const zeros = new Uint8Array(16);

overEngines((engine) => {
  /** ECB, which no token offers, out of CBC: each block on its own with a zero IV. */
  function ecb(key: Uint8Array, data: Uint8Array, way: "cbcEncrypt" | "cbcDecrypt"): Uint8Array {
    const sm4 = engine.sm4(key);
    const blocks = Array.from({ length: data.length / 16 }, (_, i) => data.subarray(16 * i, 16 * i + 16));
    return concat(...blocks.map((block) => sm4[way](zeros, block)));
  }

  test("the block cipher gives Botan's vectors, both ways", () => {
    const cases = stanzas(readVectors("sm4.vec")).filter(({ Key }) => Key !== undefined);
    expect(cases.length).toBe(22);
    for (const { Key, In, Out } of cases) {
      expect(ecb(hex(Key), hex(In), "cbcEncrypt")).toEqual(hex(Out));
      expect(ecb(hex(Key), hex(Out), "cbcDecrypt")).toEqual(hex(In));
    }
  });

  test("ECB, CBC and CTR give OpenSSL's vectors and those of draft-ribose-cfrg-sm4", () => {
    const openssl = stanzas(readVectors("evpciph_sm4.txt")).map((fields) => ({ mode: fields["Cipher"], ...fields }));
    const draft = ["ecb", "cbc", "ctr"].flatMap((mode) =>
      stanzas(readVectors(`draft-ribose-cfrg-sm4-10-${mode}.txt`)).map((fields) => ({
        mode: `SM4-${mode.toUpperCase()}`,
        ...fields,
      })),
    );
    let count = 0;
    for (const fields of [...openssl, ...draft]) {
      const field = (name: string) => Object.entries(fields).find(([key]) => key.toUpperCase() === name)?.[1];
      if (!/^SM4-(ECB|CBC|CTR)$/.test(String(fields.mode)) || field("KEY") === undefined) continue;
      const [key, plaintext, ciphertext] = ["KEY", "PLAINTEXT", "CIPHERTEXT"].map((name) => hex(field(name))) as [
        Uint8Array,
        Uint8Array,
        Uint8Array,
      ];
      count++;
      if (fields.mode === "SM4-ECB") {
        expect(ecb(key, plaintext, "cbcEncrypt")).toEqual(ciphertext);
        continue;
      }
      const [sm4, iv] = [engine.sm4(key), hex(field("IV"))];
      if (fields.mode === "SM4-CBC") {
        expect(sm4.cbcEncrypt(iv, plaintext)).toEqual(ciphertext);
        expect(sm4.cbcDecrypt(iv, ciphertext)).toEqual(plaintext);
      } else {
        expect(sm4.ctr(iv, plaintext)).toEqual(ciphertext);
      }
    }
    expect(count).toBe(13);
  });

  test("GCM gives the vector of RFC 8998, A.1", () => {
    const [vector] = stanzas(readVectors("rfc8998.txt")).filter(({ KEY }) => KEY !== undefined);
    const { KEY, IV, AAD, TAG, PLAINTEXT, CIPHERTEXT } = vector!;
    const sealed = engine.sm4(hex(KEY)).gcmSeal(hex(IV), hex(AAD), hex(PLAINTEXT), 16);
    expect(sealed).toEqual(concat(hex(CIPHERTEXT), hex(TAG)));
  });

  test("GCM agrees with every case of Wycheproof; the empty IV is refused", () => {
    type Fields = Record<"key" | "iv" | "aad" | "msg" | "ct" | "tag", string>;
    const cases = wycheproof<object, Fields>("sm4_gcm_test.json").groups.flatMap(({ tests, ...group }) =>
      tests.map((test) => ({ ...group, ...test })),
    );
    expect(cases.length).toBe(104);
    for (const { key, iv, aad, msg, ct, tag, result, tcId } of cases) {
      const sm4 = engine.sm4(hex(key));
      const sealed = concat(hex(ct), hex(tag));
      if (iv === "") {
        expect(result).toBe("invalid");
        expect(() => sm4.gcmOpen(hex(iv), hex(aad), sealed, 16)).toThrow(RangeError);
        continue;
      }
      const opened = sm4.gcmOpen(hex(iv), hex(aad), sealed, 16);
      expect([tcId, opened]).toEqual([tcId, result === "valid" ? hex(msg) : undefined]);
      if (result === "valid") expect(sm4.gcmSeal(hex(iv), hex(aad), hex(msg), 16)).toEqual(sealed);
    }
  });

  test("CCM agrees with every case of Wycheproof; nonces and tags of other lengths are refused", () => {
    type Fields = Record<"key" | "iv" | "aad" | "msg" | "ct" | "tag", string>;
    const groups = wycheproof<{ tagSize: number }, Fields>("sm4_ccm_test.json").groups;
    const cases = groups.flatMap(({ tests, tagSize }) => tests.map((test) => ({ ...test, tagBytes: tagSize / 8 })));
    expect(cases.length).toBe(184);
    let refused = 0;
    for (const { key, iv, aad, msg, ct, tag, tagBytes, result, flags, tcId } of cases) {
      const sm4 = engine.sm4(hex(key));
      const sealed = concat(hex(ct), hex(tag));
      if (
        flags.some((flag) => flag === "InvalidNonceSize" || flag === "InvalidTagSize" || flag === "InsecureTagSize")
      ) {
        expect(() => ccmOpen(sm4, hex(iv), hex(aad), sealed, tagBytes)).toThrow(RangeError);
        refused++;
        continue;
      }
      const opened = ccmOpen(sm4, hex(iv), hex(aad), sealed, tagBytes);
      expect([tcId, opened]).toEqual([tcId, result === "valid" ? hex(msg) : undefined]);
      if (result === "valid") expect(ccmSeal(sm4, hex(iv), hex(aad), hex(msg), tagBytes)).toEqual(sealed);
    }
    expect(refused).toBe(22);
  });

  test("CBC and CTR are those of OpenSSL for any key, counter and length", () => {
    const block = fc.uint8Array({ minLength: 16, maxLength: 16 });
    const nearTheEnd = fc.constantFrom(new Uint8Array(16).fill(0xff), hex("00000000ffffffffffffffffffffffff"));
    fc.assert(
      fc.property(block, fc.oneof(block, nearTheEnd), fc.uint8Array({ maxLength: 100 }), (key, iv, data) => {
        const sm4 = engine.sm4(key);
        const node = createCipheriv("sm4-ctr", key, iv);
        expect(sm4.ctr(iv, data)).toEqual(Uint8Array.from(Buffer.concat([node.update(data), node.final()])));
        const whole = data.subarray(0, data.length - (data.length % 16));
        const cbc = createCipheriv("sm4-cbc", key, iv).setAutoPadding(false);
        const ciphertext = sm4.cbcEncrypt(iv, whole);
        expect(ciphertext).toEqual(Uint8Array.from(Buffer.concat([cbc.update(whole), cbc.final()])));
        expect(sm4.cbcDecrypt(iv, ciphertext)).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  });

  test("GCM opens what it sealed with each tag length, and nothing that was changed", () => {
    const rng = seededRng("sm4 gcm");
    const sm4 = engine.sm4(rng(16));
    for (const tagBytes of [12, 13, 14, 15, 16]) {
      const [iv, aad, plaintext] = [rng(12), rng(20), rng(40)];
      const sealed = sm4.gcmSeal(iv, aad, plaintext, tagBytes);
      expect(sealed.length).toBe(40 + tagBytes);
      expect(sm4.gcmOpen(iv, aad, sealed, tagBytes)).toEqual(plaintext);
      for (let i = 0; i < sealed.length; i++) {
        const changed = Uint8Array.from(sealed, (byte, at) => (at === i ? byte ^ 0x80 : byte));
        expect(sm4.gcmOpen(iv, aad, changed, tagBytes)).toBeUndefined();
      }
      expect(sm4.gcmOpen(iv, rng(20), sealed, tagBytes)).toBeUndefined();
      expect(sm4.gcmOpen(iv, aad, sealed.subarray(0, tagBytes - 1), tagBytes)).toBeUndefined();
    }
  });

  test("lengths that a mode does not have, and a destroyed key, are refused", () => {
    for (const length of [0, 15, 17, 32]) expect(() => engine.sm4(new Uint8Array(length))).toThrow(RangeError);
    const sm4 = engine.sm4(zeros);
    expect(() => sm4.cbcEncrypt(zeros.subarray(1), zeros)).toThrow(RangeError);
    expect(() => sm4.cbcDecrypt(zeros, zeros.subarray(1))).toThrow(RangeError);
    expect(() => sm4.ctr(zeros.subarray(1), zeros)).toThrow(RangeError);
    for (const tagBytes of [0, 11, 17, 12.5]) {
      expect(() => sm4.gcmSeal(zeros, zeros, zeros, tagBytes)).toThrow(RangeError);
      expect(() => sm4.gcmOpen(zeros, zeros, zeros, tagBytes)).toThrow(RangeError);
    }
    sm4.destroy();
    expect(() => sm4.ctr(zeros, zeros)).toThrow("destroyed");
  });
});
