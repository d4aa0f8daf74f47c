/** Known answers of AES, SM4 and their modes. */

import { fromHex } from "../bytes/bytes.ts";
import { ccmOpen, ccmSeal } from "../crypto/ccm.ts";
import type { AesKey, Sm4Key } from "../crypto/engine.ts";
import { changed, type KnownAnswerTest, same } from "./known-answer.ts";

type AesTestName = "AES-GCM" | "AES-CBC" | "AES-CTR" | "AES-CMAC" | "AES-KW" | "AES-KWP" | "CCM";
type Sm4TestName = "SM4-GCM" | "SM4-CBC" | "SM4-CTR";

/** The keys and the first two blocks of the examples of SP 800-38A, appendix F. */
const KEY_128 = "2b7e151628aed2a6abf7158809cf4f3c";
const KEY_256 = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
const BLOCKS = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51";
const IV = "000102030405060708090a0b0c0d0e0f";
const COUNTER = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
/** The example key of GB/T 32907-2016 and RFC 8998. */
const SM4_KEY = "0123456789abcdeffedcba9876543210";

/** A mode that takes a text there and back. */
function bothWays(
  plaintext: string,
  ciphertext: string,
  encrypt: (plaintext: Uint8Array) => Uint8Array,
  decrypt: (ciphertext: Uint8Array) => Uint8Array | undefined,
): boolean {
  return same(encrypt(fromHex(plaintext)), ciphertext) && same(decrypt(fromHex(ciphertext)), plaintext);
}

interface Sealed {
  readonly iv: string;
  readonly aad: string;
  readonly plaintext: string;
  readonly sealed: string;
}

/** There, back, and not back with a changed tag. */
function gcm(key: Pick<AesKey, "gcmSeal" | "gcmOpen">, { iv, aad, plaintext, sealed }: Sealed): boolean {
  const [nonce, data] = [fromHex(iv), fromHex(aad)];
  return (
    bothWays(
      plaintext,
      sealed,
      (text) => key.gcmSeal(nonce, data, text, 16),
      (text) => key.gcmOpen(nonce, data, text, 16),
    ) && key.gcmOpen(nonce, data, changed(sealed), 16) === undefined
  );
}

function cbc(key: Pick<AesKey, "cbcEncrypt" | "cbcDecrypt">, ciphertext: string): boolean {
  const iv = fromHex(IV);
  return bothWays(
    BLOCKS,
    ciphertext,
    (blocks) => key.cbcEncrypt(iv, blocks),
    (blocks) => key.cbcDecrypt(iv, blocks),
  );
}

function ctr(key: Pick<AesKey, "ctr">, ciphertext: string): boolean {
  const counter = fromHex(COUNTER);
  return bothWays(
    BLOCKS,
    ciphertext,
    (text) => key.ctr(counter, text),
    (text) => key.ctr(counter, text),
  );
}

function aesTest(source: string, key: string, check: (aes: AesKey) => boolean): KnownAnswerTest {
  return { source, run: (engine) => under(engine.aes, key, check) };
}

function sm4Test(source: string, check: (sm4: Sm4Key) => boolean): KnownAnswerTest {
  return { source, run: (engine) => under(engine.sm4, SM4_KEY, check) };
}

function under<K extends { destroy(): void }>(
  prepare: (key: Uint8Array) => K,
  key: string,
  check: (prepared: K) => boolean,
): boolean {
  const prepared = prepare(fromHex(key));
  try {
    return check(prepared);
  } finally {
    prepared.destroy();
  }
}

const AES_GCM: Sealed = {
  iv: "cafebabefacedbaddecaf888",
  aad: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
  plaintext:
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5" +
    "aa0de657ba637b39",
  sealed:
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e63" +
    "93ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
};

const SM4_GCM: Sealed = {
  iv: "00001234567800000000abcd",
  aad: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
  plaintext:
    "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeee" +
    "eeeeeeeeaaaaaaaaaaaaaaaa",
  sealed:
    "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cb" +
    "cf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec",
};

const CMAC_TAIL = "30c81c46a35ce411";

function cmac(aes: AesKey): boolean {
  const state = aes.cmac();
  state.update(fromHex(BLOCKS));
  state.update(fromHex(CMAC_TAIL));
  return same(state.digest(), "aaf3d8f1de5640c232f5b169b9c911e6");
}

const WRAPPED = "a8f9bc1612c68b3ff6e6f4fbe30e71e4769c8b80a32cb8958cd5d17d6b254da1";
const WRAPPED_WITH_PADDING = "afbeb0f07dfbf5419200f2ccb50bb24f";

export const aesTests: Readonly<Record<AesTestName, KnownAnswerTest>> = {
  "AES-GCM": aesTest(
    "SP 800-38D; McGrew and Viega, test case 16",
    "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
    (aes) => gcm(aes, AES_GCM),
  ),
  "AES-CBC": aesTest("SP 800-38A, F.2.1", KEY_128, (aes) =>
    cbc(aes, "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"),
  ),
  "AES-CTR": aesTest("SP 800-38A, F.5.5", KEY_256, (aes) =>
    ctr(aes, "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"),
  ),
  "AES-CMAC": aesTest("SP 800-38B, D.3, example 11", KEY_256, cmac),
  "AES-KW": aesTest(
    "SP 800-38F, 6.2; RFC 3394, 4.5",
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    (aes) =>
      bothWays(
        "00112233445566778899aabbccddeeff0001020304050607",
        WRAPPED,
        (key) => aes.kwWrap(key),
        (wrapped) => aes.kwUnwrap(wrapped),
      ) && aes.kwUnwrap(changed(WRAPPED)) === undefined,
  ),
  "AES-KWP": aesTest(
    "SP 800-38F, 6.3; RFC 5649, 6",
    "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8",
    (aes) =>
      bothWays(
        "466f7250617369",
        WRAPPED_WITH_PADDING,
        (key) => aes.kwpWrap(key),
        (wrapped) => aes.kwpUnwrap(wrapped),
      ) && aes.kwpUnwrap(changed(WRAPPED_WITH_PADDING)) === undefined,
  ),
  CCM: aesTest("SP 800-38C, example 2", "404142434445464748494a4b4c4d4e4f", (aes) => {
    const [nonce, aad] = [fromHex("1011121314151617"), fromHex(IV)];
    const sealed = "d2a1f0e051ea5f62081a7792073d593d1fc64fbfaccd";
    return (
      bothWays(
        "202122232425262728292a2b2c2d2e2f",
        sealed,
        (text) => ccmSeal(aes, nonce, aad, text, 6),
        (text) => ccmOpen(aes, nonce, aad, text, 6),
      ) && ccmOpen(aes, nonce, aad, changed(sealed), 6) === undefined
    );
  }),
};

export const sm4Tests: Readonly<Record<Sm4TestName, KnownAnswerTest>> = {
  "SM4-GCM": sm4Test("RFC 8998, A.1", (sm4) => gcm(sm4, SM4_GCM)),
  "SM4-CBC": sm4Test("GB/T 32907-2016, A.1; OpenSSL", (sm4) => {
    const zero = new Uint8Array(16);
    // One block from a zero IV is the block cipher itself.
    return (
      same(sm4.cbcEncrypt(zero, fromHex(SM4_KEY)), "681edf34d206965e86b3e94f536e4246") &&
      cbc(sm4, "784626c834ab18614677eb2074f2c5575146022d81cd18fef9bc1a1fd3a64d61")
    );
  }),
  "SM4-CTR": sm4Test("GB/T 32907-2016; OpenSSL", (sm4) =>
    ctr(sm4, "35e35825ac852f2b185d6b9bb4ea6f9d201ec3e66740adc7c540716c2f5a4995"),
  ),
};
