import { createCipheriv, createDecipheriv } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { aesCbcPad } from "../../src/mechanisms/aes-cbc-pad.ts";
import { aesCmac } from "../../src/mechanisms/aes-cmac.ts";
import { aesCtr } from "../../src/mechanisms/aes-ctr.ts";
import { aesGcm } from "../../src/mechanisms/aes-gcm.ts";
import { aesKeyGen } from "../../src/mechanisms/aes-key-gen.ts";
import { aesKeyWrap, aesKeyWrapKwp } from "../../src/mechanisms/aes-key-wrap.ts";
import { hex } from "../support/vectors.ts";
import { aesObject, context, expectCkr, flipped, object, secretObject, secretOf } from "./support/keys.ts";

const bytes = (maxLength: number, minLength = 0) => fc.uint8Array({ minLength, maxLength });
const aesKeys = fc.constantFrom(16, 24, 32).chain((length) => bytes(length, length));
const ctx = context("aes");

test("AES_KEY_GEN makes keys of the three lengths, by parameter or by CKA_VALUE_LEN", () => {
  for (const length of [16, 24, 32]) {
    for (const made of [
      aesKeyGen.generateKey!(ctx, { keyBytes: length }, {}),
      aesKeyGen.generateKey!(ctx, {}, { VALUE_LEN: length }),
    ]) {
      expect(made.attributes).toEqual({ CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE_LEN: length });
      expect(secretOf(object(made), "VALUE")).toHaveLength(length);
    }
  }
  expectCkr("TEMPLATE_INCOMPLETE", () => aesKeyGen.generateKey!(ctx, {}, {}));
  expectCkr("TEMPLATE_INCONSISTENT", () => aesKeyGen.generateKey!(ctx, { keyBytes: 16 }, { VALUE_LEN: 32 }));
  expectCkr("KEY_SIZE_RANGE", () => aesKeyGen.generateKey!(ctx, {}, { VALUE_LEN: 20 }));
  expectCkr("MECHANISM_PARAM_INVALID", () => aesKeyGen.parse({ keyBytes: 20 }));
});

test("AES_GCM without an IV makes one of 12 bytes, and node:crypto opens the result", () => {
  fc.assert(
    fc.property(aesKeys, bytes(100), bytes(40), fc.integer({ min: 12, max: 16 }), (value, data, aad, tagBytes) => {
      const key = aesObject(value);
      const sealed = aesGcm.encrypt!(ctx, key, aesGcm.parse({ aad, tagBytes }), data);
      expect(sealed).toHaveLength(12 + data.length + tagBytes);
      const decipher = createDecipheriv(`aes-${8 * value.length}-gcm` as "aes-256-gcm", value, sealed.subarray(0, 12), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(aad).setAuthTag(sealed.subarray(-tagBytes));
      const opened = Buffer.concat([decipher.update(sealed.subarray(12, -tagBytes)), decipher.final()]);
      expect(Uint8Array.from(opened)).toEqual(data);
      expect(aesGcm.decrypt!(ctx, key, aesGcm.parse({ aad, tagBits: 8 * tagBytes }), sealed)).toEqual(data);
    }),
    { numRuns: 50 },
  );
});

test("AES_GCM with the caller's IV agrees with node:crypto", () => {
  fc.assert(
    fc.property(aesKeys, bytes(64, 12), bytes(100), (value, iv, data) => {
      const cipher = createCipheriv(`aes-${8 * value.length}-gcm` as "aes-256-gcm", value, iv);
      const expected = Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
      const sealed = aesGcm.encrypt!(ctx, aesObject(value), aesGcm.parse({ iv }), data);
      expect(sealed).toEqual(Uint8Array.from(expected));
      expect(aesGcm.decrypt!(ctx, aesObject(value), aesGcm.parse({ iv }), sealed)).toEqual(data);
    }),
    { numRuns: 50 },
  );
});

test("two encryptions under AES_GCM never share their IV", () => {
  const key = aesObject(new Uint8Array(32));
  const ivs = Array.from({ length: 200 }, () => aesGcm.encrypt!(ctx, key, {}, new Uint8Array(1)).slice(0, 12).join());
  expect(new Set(ivs).size).toBe(200);
});

test("AES_GCM refuses lengths of tags and IVs that it does not have, and contradictions", () => {
  for (const tagBits of [0, 8, 40, 88, 100, 129, 136]) {
    expectCkr("MECHANISM_PARAM_INVALID", () => aesGcm.parse({ tagBits }));
  }
  for (const tagBytes of [0, 1, 3, 5, 11, 17, 12.5, "16"]) {
    expectCkr("MECHANISM_PARAM_INVALID", () => aesGcm.parse({ tagBytes }));
  }
  for (const length of [0, 257]) {
    expectCkr("MECHANISM_PARAM_INVALID", () => aesGcm.parse({ iv: new Uint8Array(length) }));
  }
  expectCkr("MECHANISM_PARAM_INVALID", () => aesGcm.parse({ tagBytes: 16, tagBits: 96 }));
});

test("AES_GCM refuses every changed byte with one error, and what is too short by its length", () => {
  const key = aesObject(new Uint8Array(16));
  const sealed = aesGcm.encrypt!(ctx, key, {}, new Uint8Array(20));
  const messages = [...flipped(sealed)].map(
    (changed) => expectCkr("ENCRYPTED_DATA_INVALID", () => aesGcm.decrypt!(ctx, key, {}, changed)).message,
  );
  expect(new Set(messages).size).toBe(1);
  expectCkr("ENCRYPTED_DATA_LEN_RANGE", () => aesGcm.decrypt!(ctx, key, {}, sealed.subarray(0, 27)));
});

test("AES_GCM counts its encryptions under one key", () => {
  const key = aesObject(new Uint8Array(16));
  aesGcm.encrypt!(ctx, key, {}, new Uint8Array(1));
  aesGcm.encrypt!(ctx, key, {}, new Uint8Array(1));
  expectCkr("KEY_FUNCTION_NOT_PERMITTED", () => key.countUse("GCM encryptions", 2));
});

test("AES_CBC_PAD agrees with node:crypto both ways", () => {
  fc.assert(
    fc.property(aesKeys, bytes(16, 16), bytes(100), (value, iv, data) => {
      const cipher = createCipheriv(`aes-${8 * value.length}-cbc`, value, iv);
      const expected = Uint8Array.from(Buffer.concat([cipher.update(data), cipher.final()]));
      const key = aesObject(value);
      expect(aesCbcPad.encrypt!(ctx, key, { iv }, data)).toEqual(expected);
      expect(aesCbcPad.decrypt!(ctx, key, { iv }, expected)).toEqual(data);
    }),
    { numRuns: 50 },
  );
});

test("AES_CBC_PAD takes exactly the paddings of RFC 5652 and has one error for all others", () => {
  const value = new Uint8Array(16);
  const key = aesObject(value);
  const messages = new Set<string>();
  for (let last = 0; last < 256; last++) {
    for (const before of [last, last ^ 1]) {
      const block = new Uint8Array(16).fill(before);
      block[15] = last;
      const cipher = createCipheriv("aes-128-cbc", value, new Uint8Array(16)).setAutoPadding(false);
      const ciphertext = Uint8Array.from(Buffer.concat([cipher.update(block), cipher.final()]));
      const valid = last >= 1 && last <= 16 && (before === last || last === 1);
      const decrypt = () => aesCbcPad.decrypt!(ctx, key, { iv: new Uint8Array(16) }, ciphertext);
      if (valid) expect(decrypt()).toEqual(block.slice(0, 16 - last));
      else messages.add(expectCkr("ENCRYPTED_DATA_INVALID", decrypt).message);
    }
  }
  expect(messages.size).toBe(1);
  for (const length of [0, 15, 17]) {
    const data = new Uint8Array(length);
    expectCkr("ENCRYPTED_DATA_LEN_RANGE", () => aesCbcPad.decrypt!(ctx, key, { iv: new Uint8Array(16) }, data));
  }
});

test("AES_CTR agrees with node:crypto, in one piece and in any parts", () => {
  fc.assert(
    fc.property(aesKeys, bytes(16, 16), fc.array(bytes(40), { maxLength: 6 }), (value, counter, parts) => {
      const data = Uint8Array.from(parts.flatMap((part) => [...part]));
      const expected = Uint8Array.from(createCipheriv(`aes-${8 * value.length}-ctr`, value, counter).update(data));
      const key = aesObject(value);
      expect(aesCtr.encrypt!(ctx, key, { counter }, data)).toEqual(expected);
      expect(aesCtr.decrypt!(ctx, key, { counter }, expected)).toEqual(data);
      const stream = aesCtr.encryptStart!(ctx, key, { counter });
      const streamed = [...parts.map((part) => stream.update(part)), stream.final()].flatMap((part) => [...part]);
      expect(Uint8Array.from(streamed)).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

test("AES_CTR refuses data for which its counter would wrap around", () => {
  const key = aesObject(new Uint8Array(16));
  const counter = new Uint8Array(16).fill(0xff);
  counter[15] = 0xfe;
  for (const counterBits of [1, 2, 32, 128]) {
    const params = aesCtr.parse({ counter, counterBits });
    expect(aesCtr.encrypt!(ctx, key, params, new Uint8Array(32))).toHaveLength(32);
    expectCkr("DATA_LEN_RANGE", () => aesCtr.encrypt!(ctx, key, params, new Uint8Array(33)));
    const stream = aesCtr.encryptStart!(ctx, key, params);
    stream.update(new Uint8Array(32));
    expectCkr("DATA_LEN_RANGE", () => stream.update(new Uint8Array(1)));
  }
  for (const counterBits of [0, 129, 1.5]) {
    expectCkr("MECHANISM_PARAM_INVALID", () => aesCtr.parse({ counter, counterBits }));
  }
});

test("AES_CMAC gives the examples of SP 800-38B, in one piece and in parts", () => {
  const key = aesObject(hex("2b7e151628aed2a6abf7158809cf4f3c"));
  const message = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411");
  const mac = hex("dfa66747de9ae63030ca32611497c827");
  expect(aesCmac.sign!(ctx, key, {}, message)).toEqual(mac);
  expect(aesCmac.verify!(ctx, key, {}, message, mac)).toBe(true);
  expect(aesCmac.sign!(ctx, key, {}, new Uint8Array(0))).toEqual(hex("bb1d6929e95937287fa37d129b756746"));
  for (const changed of flipped(mac)) expect(aesCmac.verify!(ctx, key, {}, message, changed)).toBe(false);
  const stream = aesCmac.verifyStart!(ctx, key, {});
  stream.update(message.subarray(0, 7));
  stream.update(message.subarray(7));
  expect(stream.final(mac)).toBe(true);
});

test("AES_KEY_WRAP gives the example of RFC 3394 (4.6), as data and as a key", () => {
  const key = aesObject(hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
  const data = hex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f");
  const wrapped = hex("28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21");
  expect(aesKeyWrap.encrypt!(ctx, key, {}, data)).toEqual(wrapped);
  expect(aesKeyWrap.wrap!(ctx, key, {}, aesObject(data))).toEqual(wrapped);
  expect(aesKeyWrap.decrypt!(ctx, key, {}, wrapped)).toEqual(data);
  expect(aesKeyWrap.unwrap!(ctx, key, {}, wrapped).value!.use((value) => Uint8Array.from(value))).toEqual(data);
  for (const changed of flipped(wrapped)) {
    expectCkr("WRAPPED_KEY_INVALID", () => aesKeyWrap.unwrap!(ctx, key, {}, changed));
    expectCkr("ENCRYPTED_DATA_INVALID", () => aesKeyWrap.decrypt!(ctx, key, {}, changed));
  }
});

test("AES_KEY_WRAP_KWP gives the example of RFC 5649 (6), and takes keys of any length", () => {
  const key = aesObject(hex("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8"));
  const data = hex("c37b7e6492584340bed12207808941155068f738");
  const wrapped = hex("138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a");
  expect(aesKeyWrapKwp.encrypt!(ctx, key, {}, data)).toEqual(wrapped);
  expect(aesKeyWrapKwp.decrypt!(ctx, key, {}, wrapped)).toEqual(data);
  expect(aesKeyWrapKwp.wrap!(ctx, key, {}, secretObject(data))).toEqual(wrapped);
  expect(aesKeyWrapKwp.unwrap!(ctx, key, {}, wrapped).value!.use((value) => Uint8Array.from(value))).toEqual(data);
  for (const changed of flipped(wrapped)) {
    expectCkr("WRAPPED_KEY_INVALID", () => aesKeyWrapKwp.unwrap!(ctx, key, {}, changed));
  }
});

test("the key wraps refuse lengths that they do not have", () => {
  const key = aesObject(new Uint8Array(32));
  for (const length of [0, 8, 17]) {
    expectCkr("DATA_LEN_RANGE", () => aesKeyWrap.encrypt!(ctx, key, {}, new Uint8Array(length)));
  }
  expectCkr("KEY_SIZE_RANGE", () => aesKeyWrap.wrap!(ctx, key, {}, secretObject(new Uint8Array(20))));
  expectCkr("DATA_LEN_RANGE", () => aesKeyWrapKwp.encrypt!(ctx, key, {}, new Uint8Array(0)));
  for (const mechanism of [aesKeyWrap, aesKeyWrapKwp]) {
    expectCkr("WRAPPED_KEY_LEN_RANGE", () => mechanism.unwrap!(ctx, key, {}, new Uint8Array(8)));
    expectCkr("ENCRYPTED_DATA_LEN_RANGE", () => mechanism.decrypt!(ctx, key, {}, new Uint8Array(33)));
  }
});

test("a key of another type is CKR_KEY_TYPE_INCONSISTENT, not an exception of the cipher", () => {
  const key = secretObject(new Uint8Array(32));
  expectCkr("KEY_TYPE_INCONSISTENT", () => aesGcm.encrypt!(ctx, key, {}, new Uint8Array(1)));
  expectCkr("KEY_TYPE_INCONSISTENT", () => aesCmac.sign!(ctx, key, {}, new Uint8Array(1)));
  expectCkr("KEY_TYPE_INCONSISTENT", () => aesKeyWrap.wrap!(ctx, key, {}, aesObject(new Uint8Array(16))));
});
