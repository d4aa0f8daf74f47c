import { createCipheriv } from "node:crypto";
import { expect, test } from "vitest";
import { aesCcm } from "../../src/mechanisms/aes-ccm.ts";
import { aesGmac } from "../../src/mechanisms/aes-gmac.ts";
import { hex, wycheproof } from "../support/vectors.ts";
import { aesObject, context, expectCkr, flipped, secretObject } from "./support/keys.ts";

const ctx = context("ccm and gmac");
const data = new TextEncoder().encode("counter with CBC-MAC");
const aad = Uint8Array.of(1, 2, 3);

test("AES_CCM without a nonce makes one of 12 bytes, and node:crypto gives the same", () => {
  const value = new Uint8Array(32).fill(4);
  const key = aesObject(value);
  const sealed = aesCcm.encrypt!(ctx, key, aesCcm.parse({ aad, tagBytes: 10 }), data);
  expect(sealed).toHaveLength(12 + data.length + 10);
  const nonce = sealed.subarray(0, 12);
  const cipher = createCipheriv("aes-256-ccm", value, nonce, { authTagLength: 10 });
  cipher.setAAD(Buffer.from(aad), { plaintextLength: data.length });
  const expected = Uint8Array.from(Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]));
  expect(sealed.slice(12)).toEqual(expected);
  expect(aesCcm.decrypt!(ctx, key, aesCcm.parse({ aad, tagBytes: 10 }), sealed)).toEqual(data);
  const named = aesCcm.parse({ nonce, aad, tagBytes: 10 });
  expect(aesCcm.encrypt!(ctx, key, named, data)).toEqual(expected);
  expect(aesCcm.decrypt!(ctx, key, named, expected)).toEqual(data);
});

test("AES_CCM opens nothing that was changed, and says no more than that", () => {
  const key = aesObject(new Uint8Array(16));
  const params = aesCcm.parse({ aad });
  const sealed = aesCcm.encrypt!(ctx, key, params, data);
  const messages = [...flipped(sealed)].map(
    (changed) => expectCkr("ENCRYPTED_DATA_INVALID", () => aesCcm.decrypt!(ctx, key, params, changed)).message,
  );
  expect(new Set(messages).size).toBe(1);
  expectCkr("ENCRYPTED_DATA_LEN_RANGE", () => aesCcm.decrypt!(ctx, key, params, sealed.subarray(0, 27)));
});

test("AES_CCM refuses other tags, other nonces, and data that the nonce leaves no room for", () => {
  for (const bad of [
    { nonce: new Uint8Array(6) },
    { nonce: new Uint8Array(14) },
    { tagBytes: 2 },
    { tagBytes: 9 },
    { tagBytes: 18 },
    { iv: new Uint8Array(12) },
  ]) {
    expectCkr("MECHANISM_PARAM_INVALID", () => aesCcm.parse(bad));
  }
  const key = aesObject(new Uint8Array(16));
  const params = aesCcm.parse({ nonce: new Uint8Array(13) });
  expectCkr("DATA_LEN_RANGE", () => aesCcm.encrypt!(ctx, key, params, new Uint8Array(65_536)));
  expectCkr("ENCRYPTED_DATA_LEN_RANGE", () => aesCcm.decrypt!(ctx, key, params, new Uint8Array(65_552)));
  expectCkr("KEY_TYPE_INCONSISTENT", () => aesCcm.encrypt!(ctx, secretObject(new Uint8Array(16)), params, data));
});

test("Wycheproof: AES_GMAC gives every verdict of the file", () => {
  const { groups } = wycheproof<{ tagSize: number }, Record<"key" | "iv" | "msg" | "tag", string>>(
    "aes_gmac_test.json",
  );
  const counts = { valid: 0, invalid: 0, acceptable: 0 };
  for (const { tagSize, tests } of groups) {
    for (const { tcId, result, ...given } of tests) {
      const key = aesObject(hex(given.key));
      const params = aesGmac.parse({ iv: hex(given.iv), tagBytes: tagSize / 8 });
      const isValid = aesGmac.verify!(ctx, key, params, hex(given.msg), hex(given.tag));
      expect(isValid, `case ${tcId}`).toBe(result === "valid");
      if (isValid) expect(aesGmac.sign!(ctx, key, params, hex(given.msg))).toEqual(hex(given.tag));
      counts[result]++;
    }
  }
  expect(counts).toEqual({ valid: 90, invalid: 324, acceptable: 0 });
});

test("AES_GMAC wants an IV, and a tag of 4, 8, or 12 to 16 bytes", () => {
  for (const bad of [{}, { iv: new Uint8Array(7) }, { iv: new Uint8Array(12), tagBytes: 9 }]) {
    expectCkr("MECHANISM_PARAM_INVALID", () => aesGmac.parse(bad));
  }
  const key = aesObject(new Uint8Array(16));
  expect(aesGmac.signatureBytes!(key, { iv: new Uint8Array(12), tagBytes: 13 })).toBe(13);
  expect(aesGmac.sign!(ctx, key, { iv: new Uint8Array(12), tagBytes: 13 }, data)).toHaveLength(13);
});
