import { createDecipheriv, createHmac } from "node:crypto";
import { decode } from "cbor-x";
import fc from "fast-check";
import { expect, test } from "vitest";
import { concat } from "../../src/bytes/bytes.ts";
import { CKA, type Template } from "../../src/cryptoki/attributes.ts";
import { CKM } from "../../src/cryptoki/constants.ts";
import { decodeAttributes, decodeSecrets, encodeAttributes } from "../../src/mechanisms/bound-attributes.ts";
import { boundWrap } from "../../src/mechanisms/bound-wrap.ts";
import { ecKeyPairGen } from "../../src/mechanisms/ec-key-pair-gen.ts";
import { rsa } from "../../src/mechanisms/keys/rsa.ts";
import { nodeRsaKey } from "../support/rsa-fixture.ts";
import { aesObject, context, expectCkr, finish, flipped, object, secretObject, secretOf } from "./support/keys.ts";

const ctx = context("bound wrap");
const wrappingValue = Uint8Array.from({ length: 32 }, (_, i) => 255 - i);
const wrappingKey = () => aesObject(wrappingValue, { UNIQUE_ID: "wrapping-key-1", WRAP: true, UNWRAP: true });
const policy: Template = {
  PRIVATE: true,
  LABEL: "clé",
  ID: Uint8Array.of(1, 2, 3),
  SENSITIVE: true,
  EXTRACTABLE: true,
  ALWAYS_SENSITIVE: true,
  NEVER_EXTRACTABLE: false,
  LOCAL: true,
  KEY_GEN_MECHANISM: "AES_KEY_GEN",
  ALLOWED_MECHANISMS: ["AES_GCM", "PHSM_KMS_ENVELOPE"],
  ENCRYPT: true,
  DECRYPT: true,
  WRAP_WITH_TRUSTED: false,
  MODIFIABLE: true,
  COPYABLE: false,
  DESTROYABLE: true,
};
const target = () => aesObject(new Uint8Array(32).fill(0x42), policy);

test("a key comes back with every attribute and its value", () => {
  const blob = boundWrap.wrap!(ctx, wrappingKey(), {}, target());
  const { attributes, secrets, value } = boundWrap.unwrap!(ctx, wrappingKey(), {}, blob);
  expect(value).toBeUndefined();
  expect(attributes).toEqual({ ...policy, CLASS: "SECRET_KEY", KEY_TYPE: "AES", VALUE_LEN: 32 });
  expect(secretOf(object({ attributes: {}, secrets: secrets! }), "VALUE")).toEqual(new Uint8Array(32).fill(0x42));
});

test("EC and RSA private keys come back too, with their public parts", () => {
  const { privateKey } = finish(ecKeyPairGen.generateKeyPair!(ctx, { curve: "P-521" }, {}));
  const { components } = nodeRsaKey(4096);
  const rsaKey = rsa.importPrivate!(ctx, {
    MODULUS: components.n,
    PUBLIC_EXPONENT: components.e,
    PRIVATE_EXPONENT: components.d,
    PRIME_1: components.p,
    PRIME_2: components.q,
    EXPONENT_1: components.dp,
    EXPONENT_2: components.dq,
    COEFFICIENT: components.qi,
  });
  for (const key of [privateKey, rsaKey].map((made) => object(made))) {
    const blob = boundWrap.wrap!(ctx, wrappingKey(), {}, key);
    const { attributes, secrets } = boundWrap.unwrap!(ctx, wrappingKey(), {}, blob);
    expect(attributes).toEqual(key.attributes());
    const again = object({ attributes: attributes!, secrets: secrets! });
    expect([...again.secretNames()].sort()).toEqual([...key.secretNames()].sort());
    for (const name of key.secretNames()) {
      expect(secretOf(again, name as "VALUE")).toEqual(secretOf(key, name as "VALUE"));
    }
  }
});

test("every changed byte is refused, with one error", () => {
  const key = wrappingKey();
  const blob = boundWrap.wrap!(ctx, key, {}, target());
  const messages = new Set<string>();
  const refuse = (bad: Uint8Array) =>
    messages.add(expectCkr("WRAPPED_KEY_INVALID", () => boundWrap.unwrap!(ctx, key, {}, bad)).message);
  for (const changed of flipped(blob)) refuse(changed);
  for (let length = 0; length < blob.length; length++) refuse(blob.subarray(0, length));
  refuse(concat(blob, new Uint8Array(1)));
  refuse(new Uint8Array(70_000).fill(1));
  expect(messages.size).toBe(1);
});

test("random bytes are refused", () => {
  const key = wrappingKey();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expectCkr("WRAPPED_KEY_INVALID", () => boundWrap.unwrap!(ctx, key, {}, concat(Uint8Array.of(1), bytes)));
    }),
    { numRuns: 200 },
  );
});

test("another wrapping key does not open a blob; the same key does, wherever it lives", () => {
  const blob = boundWrap.wrap!(ctx, wrappingKey(), {}, target());
  const other = aesObject(new Uint8Array(32), { UNIQUE_ID: "wrapping-key-1" });
  expectCkr("WRAPPED_KEY_INVALID", () => boundWrap.unwrap!(ctx, other, {}, blob));
  const again = aesObject(wrappingValue, { UNIQUE_ID: "wrapping-key-2" });
  expect(boundWrap.unwrap!(ctx, again, {}, blob).attributes).toMatchObject({ LABEL: "clé" });
});

test("what unwrap would refuse for its length is not wrapped", () => {
  const long = aesObject(new Uint8Array(32), { LABEL: "x".repeat(65_536) });
  expectCkr("KEY_NOT_WRAPPABLE", () => boundWrap.wrap!(ctx, wrappingKey(), {}, long));
});

test("the blob is AES-256-GCM under a sub-key, which node:crypto derives and opens (R3)", () => {
  const blob = Buffer.from(boundWrap.wrap!(ctx, wrappingKey(), {}, target()));
  const [nonce, iv] = [blob.subarray(1, 17), blob.subarray(17, 29)];
  const headBytes = 33 + blob.readUInt32BE(29);
  const derive = (label: string, context: Uint8Array) =>
    createHmac("sha256", wrappingValue)
      .update(Buffer.concat([Buffer.of(0, 0, 0, 1), Buffer.from(`${label}\0`), context, Buffer.of(0, 0, 1, 0)]))
      .digest();
  const id = derive("POCKET-HSM WRAPPING KEY ID", Buffer.alloc(0));
  const aad = Buffer.concat([id, blob.subarray(0, headBytes)]);
  const open = (key: Uint8Array) => {
    const decipher = createDecipheriv("aes-256-gcm", key, iv).setAAD(aad).setAuthTag(blob.subarray(-16));
    return Buffer.concat([decipher.update(blob.subarray(headBytes, -16)), decipher.final()]);
  };
  const subKey = derive("POCKET-HSM WRAP", nonce);
  const [[code, value]] = decode(open(subKey));
  expect(code).toBe(CKA.VALUE[0]);
  expect(Uint8Array.from(value)).toEqual(new Uint8Array(32).fill(0x42));
  expect(() => open(wrappingValue)).toThrow();
});

test("the value of a key is nowhere in its blob, and no two blobs of one key are alike", () => {
  const blobs = Array.from({ length: 50 }, () => Buffer.from(boundWrap.wrap!(ctx, wrappingKey(), {}, target())));
  expect(blobs.some((blob) => blob.includes(Buffer.alloc(8, 0x42)))).toBe(false);
  expect(new Set(blobs.map((blob) => blob.subarray(1, 29).toString("hex"))).size).toBe(50);
});

test("attributes have one encoding: sorted by code, of integers and byte strings alone", () => {
  const encoded = encodeAttributes({ ...policy, TOKEN: true, UNIQUE_ID: "x", TRUSTED: true });
  const backwards = Object.fromEntries(Object.entries(policy).reverse()) as Template;
  expect(encodeAttributes(backwards)).toEqual(encoded);
  const pairs = decode(encoded) as [number, unknown][];
  const codes = pairs.map(([code]) => code);
  expect(codes).toEqual([...codes].sort((a, b) => a - b));
  expect(pairs.find(([code]) => code === CKA.ALLOWED_MECHANISMS[0])?.[1]).toEqual([CKM.AES_GCM, CKM.PHSM_KMS_ENVELOPE]);
  for (const name of ["TOKEN", "UNIQUE_ID", "TRUSTED"] as const) expect(codes).not.toContain(CKA[name][0]);
  expect(decodeAttributes(encoded)).toEqual(policy);
});

test("any other CBOR of attributes or secrets is refused, whatever it tries", () => {
  const deep = new Uint8Array(60_000).fill(0x81);
  const wrong = [
    "", // nothing
    "f6", // null
    "a0", // a map
    "9fff", // an array of indefinite length
    "8182000b", // an unsorted pair of nothing
    "8182000e", // an object class that does not exist
    "8182187f00", // an attribute that does not exist
    "82820301820301", // an attribute twice
    "8182190100187f", // a key type that does not exist
    "81821901031801", // a longer form of an integer
    "8182190103f5", // true in the place of 1
    "818219010302", // a boolean of 2
    "81820341ff", // a label that is not UTF-8
    "8182036161", // a label as a text string
    "81820340ff", // bytes after the end
    "9affffffff", // a huge array
    "5affffffff", // a huge byte string
    "d9dfff83194000816161", // a record definition
    "d81c80", // a shared reference
    "c11a00000000", // a date
  ];
  for (const bytes of [...wrong.map((text) => Uint8Array.from(Buffer.from(text, "hex"))), deep]) {
    expect(decodeAttributes(bytes), Buffer.from(bytes).toString("hex", 0, 20)).toBeUndefined();
    expect(decodeSecrets(bytes)).toBeUndefined();
  }
});

test("only keys with a secret are wrapped, and only under an AES key", () => {
  const { publicKey } = finish(ecKeyPairGen.generateKeyPair!(ctx, { curve: "P-256" }, {}));
  expectCkr("KEY_NOT_WRAPPABLE", () => boundWrap.wrap!(ctx, wrappingKey(), {}, object(publicKey)));
  expectCkr("KEY_TYPE_INCONSISTENT", () => boundWrap.wrap!(ctx, secretObject(new Uint8Array(32)), {}, target()));
  expectCkr("KEY_TYPE_INCONSISTENT", () =>
    boundWrap.unwrap!(ctx, secretObject(new Uint8Array(32)), {}, new Uint8Array(99)),
  );
});

test("a generic secret of the greatest length comes back", () => {
  const value = new Uint8Array(4096).fill(7);
  const { secrets } = boundWrap.unwrap!(
    ctx,
    wrappingKey(),
    {},
    boundWrap.wrap!(ctx, wrappingKey(), {}, secretObject(value)),
  );
  expect(secretOf(object({ attributes: {}, secrets: secrets! }), "VALUE")).toEqual(value);
});
