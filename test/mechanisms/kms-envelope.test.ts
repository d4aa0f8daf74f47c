import { createDecipheriv, createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { concat, toBase64, toHex } from "../../src/bytes/bytes.ts";
import { envelopeKeyId, keyIdOf, kmsEnvelope } from "../../src/mechanisms/kms-envelope.ts";
import { encodeEnvelopeHeader } from "../support/envelope-header.ts";
import { aesObject, context, expectCkr, flipped, secretObject } from "./support/keys.ts";

const ctx = context("envelope");
const value = Uint8Array.from({ length: 32 }, (_, i) => i);
const aad = new TextEncoder().encode("context");
const seal = (data: Uint8Array, purpose?: "ENCRYPT" | "DATAKEY", key = aesObject(value)) =>
  kmsEnvelope.encrypt!(ctx, key, kmsEnvelope.parse({ aad, purpose }), data);
const open = (blob: Uint8Array, key = aesObject(value), boundTo = aad) =>
  kmsEnvelope.decrypt!(ctx, key, kmsEnvelope.parse({ aad: boundTo }), blob);

/** SP 800-108 in counter mode for one block of HMAC-SHA-256, from node:crypto alone. */
function kdf(label: string, nonce: Uint8Array): Uint8Array {
  const hmac = createHmac("sha256", value).update(Buffer.from("00000001", "hex")).update(label);
  return Uint8Array.from(
    hmac.update(Buffer.from("00", "hex")).update(nonce).update(Buffer.from("00000100", "hex")).digest(),
  );
}

test("a data key of 32 bytes gives 184 bytes of the shape that AWS's blobs have", () => {
  const blob = seal(new Uint8Array(32), "DATAKEY");
  expect(blob).toHaveLength(184);
  const id = toHex(kdf("POCKET-HSM KEY ID", new Uint8Array(0)));
  const nonce = "[0-9a-f]{32}";
  const iv = "[0-9a-f]{24}";
  expect(toHex(blob)).toMatch(
    new RegExp(
      `^0102030078${id}01${nonce}0000007e` +
        "307c06092a864886f70d010706a06f306d020100306806092a864886f70d010701" +
        `301e060960864801650304012e3011040c${iv}020110803b[0-9a-f]{118}$`,
    ),
  );
  expect(toBase64(blob).slice(0, 6)).toBe("AQIDAH");
  expect(toBase64(seal(new Uint8Array(32))).slice(0, 6)).toBe("AQICAH");
});

test("a blob is the plaintext and 152 bytes while lengths are short, and opens at every length", () => {
  const key = aesObject(value);
  for (const length of [1, 2, 16, 33, 34, 35, 36, 90, 91, 92, 93, 94, 120, 200, 250, 4096, 8192]) {
    const data = new Uint8Array(length).fill(0xa5);
    const blob = seal(data, "ENCRYPT", key);
    if (length <= 33) expect(blob).toHaveLength(length + 152);
    expect(new DataView(blob.buffer).getUint32(54)).toBe(blob.length - 58);
    expect(open(blob, key)).toEqual(data);
  }
});

test("node:crypto opens a blob from the key, its nonce and its header, and finds eleven zeros first", () => {
  const data = new TextEncoder().encode("attack at dawn");
  const blob = seal(data);
  const header = blob.subarray(0, blob.length - data.length - 27);
  const key = kdf("POCKET-HSM ENVELOPE ENCRYPT", blob.subarray(38, 54));
  const ivEnd = header.length - 5;
  const decipher = createDecipheriv("aes-256-gcm", key, header.subarray(ivEnd - 12, ivEnd));
  decipher.setAAD(concat(Uint8Array.of(0, 0, 0, aad.length), aad, header)).setAuthTag(blob.subarray(-16));
  const opened = Buffer.concat([decipher.update(blob.subarray(header.length, -16)), decipher.final()]);
  expect(Uint8Array.from(opened)).toEqual(concat(new Uint8Array(11), data));
});

test("any plaintext and context come back, for either purpose", () => {
  const key = aesObject(value);
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.uint8Array({ maxLength: 100 }),
      fc.constantFrom("ENCRYPT" as const, "DATAKEY" as const),
      (data, boundTo, purpose) => {
        const blob = kmsEnvelope.encrypt!(ctx, key, { aad: boundTo, purpose }, data);
        expect(open(blob, key, boundTo)).toEqual(data);
      },
    ),
    { numRuns: 40 },
  );
});

test("every changed byte, every missing byte and every byte more is one and the same error", () => {
  const key = aesObject(value);
  const blob = seal(new Uint8Array(32), "DATAKEY", key);
  const messages = new Set<string>();
  const refuse = (bad: Uint8Array) => messages.add(expectCkr("ENCRYPTED_DATA_INVALID", () => open(bad, key)).message);
  for (const changed of flipped(blob)) refuse(changed);
  for (let length = 0; length < blob.length; length++) refuse(blob.subarray(0, length));
  refuse(concat(blob, new Uint8Array(1)));
  expectCkr("ENCRYPTED_DATA_INVALID", () => open(blob, key, new TextEncoder().encode("contexu")));
  messages.add(expectCkr("ENCRYPTED_DATA_INVALID", () => open(blob, aesObject(new Uint8Array(32)))).message);
  expect(messages.size).toBe(1);
});

test("the purpose is part of the blob's key: a blob of one purpose does not open as the other", () => {
  const blob = seal(new Uint8Array(16), "ENCRYPT");
  blob[2] = 0x03;
  expectCkr("ENCRYPTED_DATA_INVALID", () => open(blob));
});

test("a longer encoding of the same DER length is refused", () => {
  const blob = seal(new Uint8Array(32));
  // 30 7c … becomes 30 81 7c …, with the length field in front of it raised by one.
  const longer = concat(blob.subarray(0, 59), Uint8Array.of(0x81), blob.subarray(59));
  new DataView(longer.buffer).setUint32(54, 0x7f);
  expectCkr("ENCRYPTED_DATA_INVALID", () => open(longer));
  expect(envelopeKeyId(longer)).toBeUndefined();
});

test("a blob without the eleven zeros is refused although its tag is right", () => {
  const key = aesObject(value);
  const [nonce, iv] = [new Uint8Array(16).fill(7), new Uint8Array(12).fill(9)];
  const header = encodeEnvelopeHeader({ purpose: "ENCRYPT", keyIdentifier: keyIdOf(ctx, key), nonce, iv }, 43);
  const authenticated = concat(Uint8Array.of(0, 0, 0, aad.length), aad, header);
  const forge = (first: number) => {
    const plaintext = new Uint8Array(27);
    plaintext[10] = first;
    const aes = ctx.engine.aes(kdf("POCKET-HSM ENVELOPE ENCRYPT", nonce));
    return concat(header, aes.gcmSeal(iv, authenticated, plaintext, 16));
  };
  expect(open(forge(0), key)).toEqual(new Uint8Array(16));
  expectCkr("ENCRYPTED_DATA_INVALID", () => open(forge(1), key));
});

test("the header names the backing key: the identifier commits to it and is no part of it", () => {
  const key = aesObject(value);
  const id = keyIdOf(ctx, key);
  expect(id).toEqual(kdf("POCKET-HSM KEY ID", new Uint8Array(0)));
  expect(envelopeKeyId(seal(new Uint8Array(5), "DATAKEY", key))).toEqual(id);
  expect(keyIdOf(ctx, aesObject(new Uint8Array(32)))).not.toEqual(id);
  id.fill(0);
  expect(keyIdOf(ctx, key)).not.toEqual(id);
});

test("no two blobs of one plaintext share nonce or IV", () => {
  const key = aesObject(value);
  const fresh = Array.from({ length: 100 }, () => toHex(seal(new Uint8Array(1), "ENCRYPT", key)));
  expect(new Set(fresh.map((blob) => blob.slice(76, 108))).size).toBe(100);
  expect(new Set(fresh.map((blob) => blob.slice(216, 240))).size).toBe(100);
});

test("plaintexts, keys and parameters out of bounds are refused", () => {
  for (const length of [0, 8193]) expectCkr("DATA_LEN_RANGE", () => seal(new Uint8Array(length)));
  expectCkr("KEY_SIZE_RANGE", () => seal(new Uint8Array(1), "ENCRYPT", aesObject(new Uint8Array(16))));
  expectCkr("KEY_TYPE_INCONSISTENT", () => seal(new Uint8Array(1), "ENCRYPT", secretObject(new Uint8Array(32))));
  expectCkr("MECHANISM_PARAM_INVALID", () => kmsEnvelope.parse({}));
  expectCkr("MECHANISM_PARAM_INVALID", () => kmsEnvelope.parse({ aad, purpose: "MAC" }));
});

test("a destroyed key seals and opens nothing", () => {
  const key = aesObject(value);
  const blob = seal(new Uint8Array(1), "ENCRYPT", key);
  key.destroy();
  expectCkr("KEY_HANDLE_INVALID", () => open(blob, key));
});

test("the same backing key has another identifier for each owner, and opens only its owner's blobs", () => {
  const key = aesObject(value);
  const [a, b] = ["a", "b"].map((name) => kmsEnvelope.parse({ aad, owner: new TextEncoder().encode(name) }));
  const blob = kmsEnvelope.encrypt!(ctx, key, a!, value);
  expect(envelopeKeyId(blob)).toEqual(keyIdOf(ctx, key, new TextEncoder().encode("a")));
  expect(toHex(envelopeKeyId(blob)!)).toBe(toHex(kdf("POCKET-HSM KEY ID", new TextEncoder().encode("a"))));
  expect(kmsEnvelope.decrypt!(ctx, key, a!, blob)).toEqual(value);
  expectCkr("ENCRYPTED_DATA_INVALID", () => kmsEnvelope.decrypt!(ctx, key, b!, blob));
  expectCkr("ENCRYPTED_DATA_INVALID", () => open(blob, key));
});
