import { constants, createPrivateKey, createPublicKey, verify as nodeVerify } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import type { AcvpHandler } from "../../../src/conformance/acvp/handler.ts";
import { rsaKeyGen } from "../../../src/conformance/acvp/handlers/rsa-key-gen.ts";
import {
  rsaDecryptionPrimitive,
  rsaSignaturePrimitive,
} from "../../../src/conformance/acvp/handlers/rsa-primitives.ts";
import { rsaSigGen, rsaSigVer } from "../../../src/conformance/acvp/handlers/rsa-signatures.ts";
import type { JsonObject } from "../../../src/conformance/parsers/json.ts";
import { mechanisms } from "../../../src/mechanisms/registry.ts";
import { nodeRsaKey } from "../../support/rsa-fixture.ts";
import { type Answered, answered, broken, checks, compared, reasonOf, vector } from "./harness.ts";

const message = "00112233445566778899AABBCCDDEEFF";
const base64url = (hex: unknown) => Buffer.from(String(hex), "hex").toString("base64url");
const number = (hex: unknown) => BigInt(`0x${hex}`);

/** A key of Node's, its numbers under ACVP's names. */
function nodeKey(modulusLength: number): JsonObject {
  const { privateKey } = nodeRsaKey(modulusLength);
  const jwk = privateKey.export({ format: "jwk" }) as Record<string, string>;
  const part = (name: string) =>
    Buffer.from(jwk[name] ?? "", "base64url")
      .toString("hex")
      .toUpperCase();
  const [n, e, d, p, q] = ["n", "e", "d", "p", "q"].map(part) as [string, string, string, string, string];
  return { n, e, d, p, q };
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return result;
}

const saysWrong = (handler: AcvpHandler, group: JsonObject, asked: JsonObject, found: Answered) =>
  checks(handler, group, [asked], found)[0];

describe("keyGen", () => {
  const standard = { modulo: 2048, testType: "GDT", keyFormat: "standard", randPQ: "probable", pubExp: "random" };
  const crt = { ...standard, keyFormat: "crt", randPQ: "B.3.3", pubExp: "fixed", fixedPubExp: "0100000001" };

  test("a key in the standard format is one for Node, and a broken one fails the check", () => {
    const found = answered(rsaKeyGen, standard, [{ tcId: 1, deferred: true }]);
    const [key = {}] = found.tests;
    expect(Object.keys(key).sort()).toEqual(["d", "e", "n", "p", "q"]);
    expect(saysWrong(rsaKeyGen, standard, {}, found)).toBeUndefined();
    expect(power(power(5n, number(key["e"]), number(key["n"])), number(key["d"]), number(key["n"]))).toBe(5n);
    for (const name of Object.keys(key)) {
      const tests = [{ ...key, [name]: broken(key[name]) }];
      expect(saysWrong(rsaKeyGen, standard, {}, { group: {}, tests }), name).toBeTypeOf("string");
    }
    const larger = { ...standard, modulo: 3072 };
    expect(saysWrong(rsaKeyGen, larger, {}, found)).toMatch(/2048 bits, not 3072/);
  });

  test("a key in the CRT format has the exponent asked for, and Node takes all of it", () => {
    const found = answered(rsaKeyGen, crt, [{ tcId: 1 }]);
    const [key = {}] = found.tests;
    const { n, e, p, q, dmp1, dmq1, iqmp } = key;
    expect(String(e).toUpperCase()).toBe("0100000001");
    const lcm = (number(p) - 1n) * (number(q) - 1n);
    const d = modularInverse(number(e), lcm).toString(16);
    const jwk = { kty: "RSA", n: base64url(n), e: base64url(e), d: base64url(d.padStart(512, "0")) };
    const rest = { p: base64url(p), q: base64url(q), dp: base64url(dmp1), dq: base64url(dmq1), qi: base64url(iqmp) };
    expect(createPrivateKey({ key: { ...jwk, ...rest }, format: "jwk" }).asymmetricKeyDetails?.modulusLength).toBe(
      2048,
    );
    expect(saysWrong(rsaKeyGen, crt, {}, found)).toBeUndefined();
    expect(saysWrong(rsaKeyGen, { ...crt, fixedPubExp: "010001" }, {}, found)).toMatch(/asked for/);
    for (const name of ["dmp1", "dmq1", "iqmp"]) {
      const tests = [{ ...key, [name]: broken(key[name]) }];
      expect(saysWrong(rsaKeyGen, crt, {}, { group: {}, tests }), name).toBeTypeOf("string");
    }
  });

  test("a known-answer test passes with two good primes alone, under either name of theirs", () => {
    const { p = "", q = "", e = "" } = nodeKey(2048);
    const group = { ...crt, testType: "KAT" };
    // Of the odd numbers p, p + 2 and p + 4, one is a multiple of 3, and p is none.
    const composite = (number(p) + (number(p) % 3n === 1n ? 2n : 4n)).toString(16).toUpperCase();
    const short = (number(p) >> 1n).toString(16).toUpperCase();
    const tests = [
      { e, p, q },
      { e, pRand: p, qRand: q },
      { e, p: composite, q },
      { e, p, q: "" },
      { e, p: short, q },
      { e, p, q: p },
    ];
    expect(answered(rsaKeyGen, group, tests).tests.map(({ testPassed }) => testPassed)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(reasonOf(rsaKeyGen, group, { e, p })).toBe("acvp-input-missing");
    expect(saysWrong(rsaKeyGen, group, {}, { group: {}, tests: [{}] })).toBe("compare");
  });

  test("what the server's numbers determine is compared, and an own key of another method is not", () => {
    const provable = { ...standard, randPQ: "provable" };
    const found = answered(rsaKeyGen, standard, [{}]);
    expect(saysWrong(rsaKeyGen, { ...provable, infoGeneratedByServer: true }, {}, found)).toBe("compare");
    expect(saysWrong(rsaKeyGen, { ...provable, infoGeneratedByServer: false }, {}, found)).toBeUndefined();
  });

  test("other methods, moduli, residues and exponents are not answered, for a reason", () => {
    for (const randPQ of ["provable", "B.3.2", "probableWithProbableAux", "B.3.6"])
      expect(reasonOf(rsaKeyGen, { ...standard, randPQ })).toBe("key-generation-method");
    expect(reasonOf(rsaKeyGen, { ...standard, qMod8: 3 })).toBe("key-generation-method");
    expect(reasonOf(rsaKeyGen, { ...standard, modulo: 8192 })).toBe("rsa-modulus-length");
    expect(reasonOf(rsaKeyGen, { ...crt, fixedPubExp: "03" })).toBe("rsa-public-exponent");
  });
});

function modularInverse(a: bigint, modulus: bigint): bigint {
  let [r, next, x, nextX] = [modulus, a % modulus, 0n, 1n];
  while (next !== 0n) {
    const quotient = r / next;
    [r, next] = [next, r - quotient * next];
    [x, nextX] = [nextX, x - quotient * nextX];
  }
  return ((x % modulus) + modulus) % modulus;
}

describe("signatures", () => {
  test("the cases of the vector file that the token takes have the expected verdicts", () => {
    const tally = compared([rsaSigVer], vector("boringssl/acvp/vectors/RSA"), vector("boringssl/acvp/expected/RSA"));
    expect(tally).toEqual({
      equal: expect.any(Number),
      different: [],
      unanswered: expect.objectContaining({ "rsa-modulus-length": expect.any(Number) }),
    });
    expect(tally.equal).toBeGreaterThan(20);
  });

  const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING };
  test.each([
    ["pkcs1v1.5", "SHA2-256", "sha256", {}],
    ["pkcs1v1.5", "SHA2-512/256", "sha512-256", {}],
    ["pkcs1v1.5", "SHA3-256", "sha3-256", {}],
    ["pss", "SHA2-384", "sha384", { ...PSS, saltLength: 20 }],
  ] as const)(
    "%s with %s verifies in Node, and a broken signature fails the check",
    (sigType, hashAlg, nodeHash, options) => {
      const group = {
        sigType,
        hashAlg,
        modulo: 2048,
        saltLen: 20,
        maskFunction: sigType === "pss" ? "mgf1" : "none",
        testType: "GDT",
      };
      const tests = [
        { tcId: 1, message },
        { tcId: 2, message: "01" },
      ];
      const found = answered(rsaSigGen, group, tests);
      const jwk = { kty: "RSA", n: base64url(found.group["n"]), e: base64url(found.group["e"]) };
      const key = { key: createPublicKey({ key: jwk, format: "jwk" }), ...options };
      const signature = Buffer.from(String(found.tests[0]?.["signature"]), "hex");
      expect(nodeVerify(nodeHash, Buffer.from(message, "hex"), key, signature)).toBe(true);
      expect(checks(rsaSigGen, group, tests, found)).toEqual([undefined, undefined]);
      const wrong = { ...found, tests: [{ signature: broken(signature.toString("hex")) }, { signature: "01" }] };
      expect(checks(rsaSigGen, group, tests, wrong)).toEqual([expect.any(String), expect.any(String)]);
      const asked = found.tests.map(({ signature: own = "" }) => ({ message, signature: own }));
      const verified = answered(rsaSigVer, { ...group, ...found.group }, asked).tests;
      expect(verified).toEqual([{ testPassed: true }, { testPassed: false }]);
    },
  );

  test("what the token does not do is not answered, for a reason", () => {
    const group = { sigType: "pss", hashAlg: "SHA2-256", modulo: 2048, saltLen: 20 };
    expect(reasonOf(rsaSigGen, { ...group, modulo: 1024 }, { message })).toBe("rsa-modulus-length");
    expect(reasonOf(rsaSigGen, { ...group, sigType: "ansx9.31" }, { message })).toBe("no-mechanism");
    expect(reasonOf(rsaSigGen, { ...group, conformance: "SP800-106" }, { message })).toBe("acvp-conformance");
    expect(reasonOf(rsaSigGen, { ...group, maskFunction: "shake-999" }, { message })).toBe("no-mechanism");
    expect(reasonOf(rsaSigVer, { ...group, n: "FF".repeat(128), e: "010001" }, { message })).toBe("rsa-modulus-length");
    expect(reasonOf(rsaSigVer, { ...group, n: "FF".repeat(256), e: "03" }, { message })).toBe("rsa-public-exponent");
  });
});

const hasRaw = mechanisms.has("RSA_X_509" as never);

if (hasRaw) {
  describe("primitives through CKM_RSA_X_509", () => {
    let key: JsonObject = {};
    beforeAll(() => {
      key = nodeKey(2048);
    });
    const block = (value: bigint) => value.toString(16).toUpperCase().padStart(512, "0");

    test("a signature is m to the d, with primes in the prompt and without; m is below n", () => {
      const { n = "", e = "", d = "" } = key;
      const m = "7F".repeat(255);
      const signature = block(power(number(m), number(d), number(n)));
      const tests = [
        { ...key, message: m },
        { n, e, d, message: m },
        { ...key, message: n },
      ];
      expect(answered(rsaSignaturePrimitive, { modulo: 2048 }, tests).tests).toEqual([
        { testPassed: true, signature },
        { testPassed: true, signature },
        { testPassed: false },
      ]);
    });

    test("a plaintext is c to the d for 1 < c < n − 1", () => {
      const n = number(key["n"]);
      const pt = block(power(5n, number(key["d"]), n));
      const tests = [5n, 1n, n - 1n, n].map((c) => ({ ...key, ct: block(c) }));
      expect(answered(rsaDecryptionPrimitive, { modulo: 2048 }, tests).tests).toEqual([
        { testPassed: true, pt },
        { testPassed: false },
        { testPassed: false },
        { testPassed: false },
      ]);
    });
  });
} else {
  test("without CKM_RSA_X_509 the primitives are not answered", () => {
    const test = { ...nodeKey(2048), message, ct: message };
    expect(reasonOf(rsaSignaturePrimitive, { modulo: 2048 }, test)).toBe("no-mechanism");
    expect(reasonOf(rsaDecryptionPrimitive, { modulo: 2048 }, test)).toBe("no-mechanism");
  });
}
