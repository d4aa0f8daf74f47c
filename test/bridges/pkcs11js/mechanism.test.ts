import { expect, test } from "vitest";
import { readMechanism, type TokenChoice } from "../../../src/bridges/c/mechanism.ts";
import { SHAPES } from "../../../src/bridges/c/parameters.ts";
import { mechanism, writeMechanism } from "../../../src/bridges/pkcs11js/mechanism.ts";
import { createHsm } from "../../../src/index.ts";
import * as ck from "../../../src/pkcs11.ts";
import { failure, opened, secretKey } from "./support.ts";

const read = (given: unknown): unknown => readMechanism(mechanism(given, 1));

const iv = Buffer.alloc(16, 1);
const nonce = Buffer.alloc(12, 2);
const aad = Buffer.from("aad");
const point = Buffer.alloc(65, 4);
const ctr = Buffer.concat([Buffer.from("4000000000000000", "hex"), iv]);
const mgf = { mgf: ck.CKG_MGF1_SHA256 };

/** What pkcs11js calls it, and what the token calls it. */
const PAIRS: readonly (readonly [string, ck.Mechanism, TokenChoice])[] = [
  ["no parameter", { mechanism: ck.CKM_SHA256 }, { mechanism: "SHA256" }],
  ["an IV", { mechanism: ck.CKM_AES_CBC_PAD, parameter: iv }, { mechanism: "AES_CBC_PAD", iv }],
  [
    "a counter block",
    { mechanism: ck.CKM_AES_CTR, parameter: ctr },
    { mechanism: "AES_CTR", counterBits: 64, counter: iv },
  ],
  [
    "GCM",
    { mechanism: ck.CKM_AES_GCM, parameter: { type: 7, iv: nonce, aad, tagBits: 96 } as ck.AesGCM },
    { mechanism: "AES_GCM", iv: nonce, aad, tagBits: 96 },
  ],
  [
    "CCM",
    { mechanism: ck.CKM_AES_CCM, parameter: { type: 2, nonce, aad, macLength: 8, macLen: 8 } as ck.AesCCM },
    { mechanism: "AES_CCM", nonce, aad, tagBytes: 8 },
  ],
  [
    "OAEP",
    {
      mechanism: ck.CKM_RSA_PKCS_OAEP,
      parameter: { type: 4, hashAlg: ck.CKM_SHA256, ...mgf, source: 1, sourceData: aad } as ck.RsaOAEP,
    },
    { mechanism: "RSA_PKCS_OAEP", hash: "SHA256", mgf: "SHA256", label: aad },
  ],
  [
    "PSS over a digest",
    {
      mechanism: ck.CKM_RSA_PKCS_PSS,
      parameter: { type: 5, hashAlg: ck.CKM_SHA256, ...mgf, saltLen: 20 } as ck.RsaPSS,
    },
    { mechanism: "RSA_PKCS_PSS", hash: "SHA256", mgf: "SHA256", saltBytes: 20 },
  ],
  [
    "PSS over a message, whose hash the mechanism names",
    {
      mechanism: ck.CKM_SHA256_RSA_PKCS_PSS,
      parameter: { type: 5, hashAlg: ck.CKM_SHA256, ...mgf, saltLen: 32 } as ck.RsaPSS,
    },
    { mechanism: "SHA256_RSA_PKCS_PSS", mgf: "SHA256", saltBytes: 32 },
  ],
  [
    "ECDH",
    {
      mechanism: ck.CKM_ECDH1_DERIVE,
      parameter: { type: 6, kdf: ck.CKD_SHA256_KDF, sharedData: aad, publicData: point } as ck.ECDH1,
    },
    { mechanism: "ECDH1_DERIVE", kdf: "SHA256_KDF", sharedData: aad, publicData: point },
  ],
];

test.each(PAIRS)("%s means the same in both directions", (_what, theirs, ours) => {
  expect(read(theirs)).toEqual(ours);
  expect(writeMechanism(ours)).toEqual(theirs);
});

test("every shape belongs to a mechanism that has a number", () => {
  expect(Object.keys(SHAPES).filter((name) => !(`CKM_${name}` in ck))).toEqual([]);
});

test("what the token takes without parameters is taken without parameters here, and the other way round", () => {
  const names = createHsm().mechanismList();
  const takesNone = names.filter((name) => !Object.hasOwn(SHAPES, name));
  expect(takesNone.map((name) => read({ mechanism: (ck as never)[`CKM_${name}`] }))).toEqual(
    takesNone.map((name) => ({ mechanism: name })),
  );
});

test.each<[string, unknown]>([
  ["a mechanism that the token does not have", { mechanism: 0x7fff_ffff }],
  ["a parameter where there is none", { mechanism: ck.CKM_SHA256, parameter: iv }],
  ["no parameter where there is one", { mechanism: ck.CKM_AES_GCM }],
  ["a buffer for a structure", { mechanism: ck.CKM_AES_GCM, parameter: iv }],
  ["a structure for a buffer", { mechanism: ck.CKM_AES_CBC_PAD, parameter: { type: 1, iv } }],
  ["a structure of another mechanism", { mechanism: ck.CKM_AES_GCM, parameter: { type: 5, iv } }],
  ["a counter of a wrong length", { mechanism: ck.CKM_AES_CTR, parameter: iv }],
  ["a hash that is none", { mechanism: ck.CKM_RSA_PKCS_PSS, parameter: { type: 5, hashAlg: 1, mgf: 1, saltLen: 1 } }],
  [
    "another hash than the mechanism's",
    { mechanism: ck.CKM_SHA256_RSA_PKCS_PSS, parameter: { type: 5, hashAlg: ck.CKM_SHA_1, mgf: 1, saltLen: 20 } },
  ],
])("%s is refused", (_what, given) => {
  const { code } = failure(() => read(given));
  expect([ck.CKR_MECHANISM_INVALID, ck.CKR_MECHANISM_PARAM_INVALID]).toContain(code);
});

test("mechanisms that pkcs11js has no structure for take the token's own parameters", () => {
  const { p11, session } = opened();
  const derive = (info: string): string => {
    const base = p11.C_CreateObject(session, [
      { type: ck.CKA_CLASS, value: ck.CKO_SECRET_KEY },
      { type: ck.CKA_KEY_TYPE, value: ck.CKK_GENERIC_SECRET },
      { type: ck.CKA_VALUE, value: Buffer.alloc(22, 0x0b) },
      { type: ck.CKA_DERIVE, value: true },
    ]);
    const parameter = {
      type: ck.CK_PARAMS_PHSM,
      salt: Buffer.from("000102030405060708090a0b0c", "hex"),
      info: Buffer.from(info, "hex"),
    };
    const key = p11.C_DeriveKey(session, { mechanism: ck.CKM_HKDF_DERIVE, parameter }, base, [
      { type: ck.CKA_VALUE_LEN, value: 42 },
      { type: ck.CKA_SENSITIVE, value: false },
      { type: ck.CKA_EXTRACTABLE, value: true },
    ]);
    return p11.C_GetAttributeValue(session, key, [{ type: ck.CKA_VALUE }])[0]?.value.toString("hex") as string;
  };
  // RFC 5869, A.1.
  expect(derive("f0f1f2f3f4f5f6f7f8f9")).toBe(
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
  );
});

test("the caller's buffers are read, not kept", () => {
  const { p11, session } = opened();
  const key = secretKey(p11, session, ck.CKK_AES, Buffer.alloc(16, 7));
  const seal = (change: boolean): string => {
    const parameter = Buffer.from(iv);
    p11.C_EncryptInit(session, { mechanism: ck.CKM_AES_CBC_PAD, parameter }, key);
    if (change) parameter.fill(9);
    return p11.C_Encrypt(session, aad, Buffer.alloc(16)).toString("hex");
  };
  expect(seal(true)).toBe(seal(false));
});
