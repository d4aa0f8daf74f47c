import { createCipheriv, createDecipheriv, createHash, createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import * as ck from "../../../src/pkcs11.ts";
import { patientRsaEngine } from "../../support/patient-engine.ts";
import { failure, opened, secretKey } from "./support.ts";

const value = Buffer.from("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "hex");
const iv = Buffer.from("cafebabefacedbaddecaf888", "hex");
const gcm = {
  mechanism: ck.CKM_AES_GCM,
  parameter: { type: ck.CK_PARAMS_AES_GCM_v240, iv, ivBits: 96, aad: Buffer.from("aad"), tagBits: 128 },
};
const data = Buffer.from("what is to be kept");

function sealedByNode(): Buffer {
  const cipher = createCipheriv("aes-256-gcm", value, iv).setAAD(Buffer.from("aad"));
  return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
}

test("an output is the filled part of the caller's buffer", () => {
  const { p11, session } = opened();
  const key = secretKey(p11, session, ck.CKK_AES, value);
  const out = Buffer.alloc(100, 0xff);
  p11.C_EncryptInit(session, gcm, key);
  const sealed = p11.C_Encrypt(session, data, out);
  expect(sealed.equals(sealedByNode())).toBe(true);
  expect(sealed.buffer).toBe(out.buffer);
  expect(out.subarray(sealed.length).every((byte) => byte === 0xff)).toBe(true);
  p11.C_DecryptInit(session, gcm, key);
  expect(p11.C_Decrypt(session, sealed, sealed).equals(data)).toBe(true);
});

describe("a buffer that is too small", () => {
  test("does not end the operation: the same call with a larger one gets the output", () => {
    const { p11, session } = opened();
    p11.C_EncryptInit(session, gcm, secretKey(p11, session, ck.CKK_AES, value));
    const small = Buffer.alloc(data.length + 15, 0xee);
    expect(failure(() => p11.C_Encrypt(session, data, small))).toMatchObject({ code: ck.CKR_BUFFER_TOO_SMALL });
    expect(failure(() => p11.C_Encrypt(session, data, small))).toMatchObject({ code: ck.CKR_BUFFER_TOO_SMALL });
    expect(small.every((byte) => byte === 0xee)).toBe(true);
    expect(failure(() => p11.C_EncryptInit(session, gcm, Buffer.alloc(8)))).toMatchObject({
      code: ck.CKR_OPERATION_ACTIVE,
    });
    expect(p11.C_Encrypt(session, data, Buffer.alloc(data.length + 16)).equals(sealedByNode())).toBe(true);
    expect(failure(() => p11.C_Encrypt(session, data, Buffer.alloc(100)))).toMatchObject({
      code: ck.CKR_OPERATION_NOT_INITIALIZED,
    });
  });

  test("holds the output back for the same input only", () => {
    const { p11, session } = opened();
    p11.C_DigestInit(session, { mechanism: ck.CKM_SHA256 });
    expect(failure(() => p11.C_Digest(session, data, Buffer.alloc(31)))).toMatchObject({
      code: ck.CKR_BUFFER_TOO_SMALL,
    });
    expect(failure(() => p11.C_Digest(session, Buffer.from("x"), Buffer.alloc(32)))).toMatchObject({
      code: ck.CKR_OPERATION_ACTIVE,
    });
    expect(failure(() => p11.C_DigestUpdate(session, data))).toMatchObject({ code: ck.CKR_OPERATION_ACTIVE });
    expect(p11.C_Digest(session, data, Buffer.alloc(32)).equals(createHash("sha256").update(data).digest())).toBe(true);
  });

  test("loses the output to a logout, whichever session logs out", () => {
    const { p11, slot, session } = opened();
    const other = p11.C_OpenSession(slot, ck.CKF_SERIAL_SESSION);
    p11.C_DecryptInit(session, gcm, secretKey(p11, session, ck.CKK_AES, value));
    const decrypt = (length: number): unknown => p11.C_Decrypt(session, sealedByNode(), Buffer.alloc(length));
    expect(failure(() => decrypt(1))).toMatchObject({ code: ck.CKR_BUFFER_TOO_SMALL });
    p11.C_Logout(other);
    expect(failure(() => decrypt(100))).toMatchObject({ code: ck.CKR_OPERATION_NOT_INITIALIZED });
  });

  test("costs a wrapping nothing: it is not an operation", () => {
    const { p11, session } = opened();
    const flags = [ck.CKA_WRAP, ck.CKA_EXTRACTABLE].map((type) => ({ type, value: true }));
    const key = p11.C_GenerateKey(session, { mechanism: ck.CKM_AES_KEY_GEN }, [
      { type: ck.CKA_VALUE_LEN, value: 32 },
      ...flags,
    ]);
    const wrap = (out: Buffer): Uint8Array => p11.C_WrapKey(session, { mechanism: ck.CKM_AES_KEY_WRAP }, key, key, out);
    expect(failure(() => wrap(Buffer.alloc(39)))).toMatchObject({ code: ck.CKR_BUFFER_TOO_SMALL });
    expect(wrap(Buffer.alloc(99))).toHaveLength(40);
  });
});

test("operations go on in parts, and end with their final call alone", () => {
  const { p11, session } = opened();
  const key = secretKey(p11, session, ck.CKK_AES, value);
  const ctr = { mechanism: ck.CKM_AES_CTR, parameter: Buffer.concat([u64(128), Buffer.alloc(16, 1)]) };
  p11.C_EncryptInit(session, ctr, key);
  const parts = [data.subarray(0, 5), data.subarray(5)].map((part) =>
    p11.C_EncryptUpdate(session, part, Buffer.alloc(40)),
  );
  expect(failure(() => p11.C_Encrypt(session, data, Buffer.alloc(40)))).toMatchObject({
    code: ck.CKR_OPERATION_ACTIVE,
  });
  const sealed = Buffer.concat([...parts, p11.C_EncryptFinal(session, Buffer.alloc(40))]);
  const node = createDecipheriv("aes-256-ctr", value, Buffer.alloc(16, 1));
  expect(node.update(sealed).equals(data)).toBe(true);
  p11.C_DecryptInit(session, ctr, key);
  expect(p11.C_DecryptUpdate(session, sealed, Buffer.alloc(40)).equals(data)).toBe(true);
  expect(p11.C_DecryptFinal(session, Buffer.alloc(0))).toHaveLength(0);
});

test("signatures and MACs are made and verified, whole and in parts", () => {
  const { p11, session } = opened();
  const key = secretKey(p11, session, ck.CKK_GENERIC_SECRET, value);
  const mechanism = { mechanism: ck.CKM_SHA256_HMAC };
  p11.C_SignInit(session, mechanism, key);
  const mac = p11.C_Sign(session, data, Buffer.alloc(64));
  expect(mac.equals(createHmac("sha256", value).update(data).digest())).toBe(true);
  p11.C_SignInit(session, mechanism, key);
  p11.C_SignUpdate(session, data);
  expect(p11.C_SignFinal(session, Buffer.alloc(64)).equals(mac)).toBe(true);
  p11.C_VerifyInit(session, mechanism, key);
  expect(p11.C_Verify(session, data, mac)).toBe(true);
  p11.C_VerifyInit(session, mechanism, key);
  p11.C_VerifyUpdate(session, data);
  expect(p11.C_VerifyFinal(session, mac)).toBe(true);
  p11.C_VerifyInit(session, mechanism, key);
  expect(failure(() => p11.C_Verify(session, data, Buffer.alloc(32)))).toMatchObject({
    code: ck.CKR_SIGNATURE_INVALID,
  });
});

test("two operations take the same parts, and what they give is what each would give alone", () => {
  const { p11, session } = opened();
  const key = secretKey(p11, session, ck.CKK_AES, value);
  const ctr = { mechanism: ck.CKM_AES_CTR, parameter: Buffer.concat([u64(128), Buffer.alloc(16, 1)]) };
  const sha256 = createHash("sha256").update(data).digest();
  p11.C_DigestInit(session, { mechanism: ck.CKM_SHA256 });
  p11.C_EncryptInit(session, ctr, key);
  const small = (): unknown => p11.C_DigestEncryptUpdate(session, data, Buffer.alloc(3));
  expect(failure(small)).toMatchObject({ code: ck.CKR_BUFFER_TOO_SMALL });
  const sealed = Buffer.from(p11.C_DigestEncryptUpdate(session, data, Buffer.alloc(64)));
  p11.C_EncryptFinal(session, Buffer.alloc(0));
  expect(p11.C_DigestFinal(session, Buffer.alloc(32)).equals(sha256)).toBe(true);
  expect(createDecipheriv("aes-256-ctr", value, Buffer.alloc(16, 1)).update(sealed).equals(data)).toBe(true);
  p11.C_DigestInit(session, { mechanism: ck.CKM_SHA256 });
  p11.C_DecryptInit(session, ctr, key);
  expect(p11.C_DecryptDigestUpdate(session, sealed, Buffer.alloc(64)).equals(data)).toBe(true);
  p11.C_DecryptFinal(session, Buffer.alloc(0));
  expect(p11.C_DigestFinal(session, Buffer.alloc(32)).equals(sha256)).toBe(true);
});

test("a key that could be read can be digested", () => {
  const { p11, session } = opened();
  const key = p11.C_CreateObject(session, [
    { type: ck.CKA_CLASS, value: ck.CKO_SECRET_KEY },
    { type: ck.CKA_KEY_TYPE, value: ck.CKK_GENERIC_SECRET },
    { type: ck.CKA_VALUE, value },
    { type: ck.CKA_SENSITIVE, value: false },
    { type: ck.CKA_EXTRACTABLE, value: true },
  ]);
  p11.C_DigestInit(session, { mechanism: ck.CKM_SHA256 });
  p11.C_DigestKey(session, key);
  expect(p11.C_DigestFinal(session, Buffer.alloc(32)).equals(createHash("sha256").update(value).digest())).toBe(true);
});

test("a signature with recovery gives its data back", () => {
  const { p11, session } = opened();
  const recover = (type: number): ck.Attribute => ({ type, value: true });
  const { publicKey, privateKey } = p11.C_GenerateKeyPair(
    session,
    { mechanism: ck.CKM_RSA_PKCS_KEY_PAIR_GEN },
    [{ type: ck.CKA_MODULUS_BITS, value: 2048 }, recover(ck.CKA_VERIFY_RECOVER)],
    [recover(ck.CKA_SIGN_RECOVER)],
  );
  p11.C_SignRecoverInit(session, { mechanism: ck.CKM_RSA_PKCS }, privateKey);
  const signature = p11.C_SignRecover(session, data, Buffer.alloc(256));
  p11.C_VerifyRecoverInit(session, { mechanism: ck.CKM_RSA_PKCS }, publicKey);
  expect(p11.C_VerifyRecover(session, signature, Buffer.alloc(256)).equals(data)).toBe(true);
});

test("a digest goes on from a saved state, with which no key goes", () => {
  const { p11, session } = opened();
  const none = Buffer.alloc(8);
  p11.C_DigestInit(session, { mechanism: ck.CKM_SHA256 });
  p11.C_DigestUpdate(session, data);
  const state = p11.C_GetOperationState(session);
  expect(Buffer.isBuffer(state)).toBe(true);
  const digest = p11.C_DigestFinal(session, Buffer.alloc(32));
  expect(failure(() => p11.C_SetOperationState(session, state, session, none))).toMatchObject({
    code: ck.CKR_KEY_NOT_NEEDED,
  });
  p11.C_SetOperationState(session, state, none, none);
  expect(p11.C_DigestFinal(session, Buffer.alloc(32))).toEqual(digest);
  expect(failure(() => p11.C_SetOperationState(session, data, none, none))).toMatchObject({
    code: ck.CKR_SAVED_STATE_INVALID,
  });
});

test("random numbers fill the caller's own buffer", () => {
  const { p11, session } = opened();
  const out = Buffer.alloc(20);
  p11.C_SeedRandom(session, data);
  expect(p11.C_GenerateRandom(session, out)).toBe(out);
  expect(out.every((byte) => byte === 0)).toBe(false);
});

describe("calls with a callback or a promise", () => {
  test("one argument more is a callback, which comes in a later turn", async () => {
    const { p11, session } = opened();
    p11.C_DigestInit(session, { mechanism: ck.CKM_SHA256 });
    const order: string[] = [];
    const digest = await new Promise<Uint8Array>((resolve, reject) => {
      p11.C_Digest(session, data, Buffer.alloc(40), (error, result) => {
        order.push("callback");
        if (error) reject(error);
        else resolve(result);
      });
      order.push("call");
    });
    expect(order).toEqual(["call", "callback"]);
    expect(Buffer.from(digest).equals(createHash("sha256").update(data).digest())).toBe(true);
  });

  test("a return value goes to the callback, a wrong type is thrown at once", async () => {
    const { p11, session } = opened();
    const error = await new Promise((resolve) => p11.C_SignCallback(session, data, Buffer.alloc(64), resolve));
    expect(error).toBeInstanceOf(ck.Pkcs11Error);
    expect(error).toMatchObject({ code: ck.CKR_OPERATION_NOT_INITIALIZED, method: "C_Sign" });
    expect(failure(() => p11.C_SignCallback(session, 1 as never, data, () => undefined))).toBeInstanceOf(TypeError);
  });

  test("a promise gives the result, or is rejected", async () => {
    const { p11, session } = opened();
    const key = await p11.C_GenerateKeyAsync(session, { mechanism: ck.CKM_AES_KEY_GEN }, [
      { type: ck.CKA_VALUE_LEN, value: 32 },
      { type: ck.CKA_ENCRYPT, value: true },
    ]);
    p11.C_EncryptInit(session, gcm, key);
    expect(await p11.C_EncryptAsync(session, data, Buffer.alloc(64))).toHaveLength(data.length + 16);
    await expect(p11.C_VerifyFinalAsync(session, data)).rejects.toMatchObject({
      code: ck.CKR_OPERATION_NOT_INITIALIZED,
    });
    await expect(p11.C_DeriveKeyAsync(session, gcm, key, 5 as never)).rejects.toBeInstanceOf(TypeError);
  });

  test("an RSA pair is generated while the event loop goes on", async () => {
    let turns = 0;
    const { p11, session } = opened(
      "pkcs11",
      patientRsaEngine(() => turns > 0),
    );
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    const pair = await p11.C_GenerateKeyPairAsync(
      session,
      { mechanism: ck.CKM_RSA_PKCS_KEY_PAIR_GEN },
      [
        { type: ck.CKA_MODULUS_BITS, value: 2048 },
        { type: ck.CKA_PUBLIC_EXPONENT, value: Buffer.of(1, 0, 1) },
        { type: ck.CKA_VERIFY, value: true },
      ],
      [{ type: ck.CKA_SIGN, value: true }],
    );
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
    p11.C_SignInit(session, { mechanism: ck.CKM_SHA256_RSA_PKCS }, pair.privateKey);
    const signature = p11.C_Sign(session, data, Buffer.alloc(256));
    p11.C_VerifyInit(session, { mechanism: ck.CKM_SHA256_RSA_PKCS }, pair.publicKey);
    expect(p11.C_Verify(session, data, signature)).toBe(true);
  });
});

function u64(number: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(number));
  return bytes;
}
