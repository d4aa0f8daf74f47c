/** Algorithms of which no ACVP file is committed: prompts in NIST's shape, with Node's cryptography as the oracle. */

import { createCipheriv, createHash, createHmac, hkdfSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { answerAcvp } from "../../../src/conformance/acvp/answer.ts";
import { checkAcvp } from "../../../src/conformance/acvp/check.ts";
import type { JsonObject } from "../../../src/conformance/parsers/json.ts";
import { answersTo, bench, bytes, groupsOf, hex, setOf } from "./prompts.ts";

const KEY = "000102030405060708090A0B0C0D0E0F";
const IV = "A0A1A2A3A4A5A6A7A8A9AAAB";

/** What a run and a check of its own response against results say. */
function checked(prompt: string, expected?: string): ReturnType<typeof checkAcvp> {
  const response = JSON.stringify(answerAcvp(prompt, bench).response);
  return checkAcvp(prompt, response, expected ?? response, bench);
}

const reasonsOf = (prompt: string): readonly string[] =>
  answerAcvp(prompt, bench).unanswered.map(({ reason }) => reason);

describe("AES", () => {
  const ccm = (pt: string, authTagLength: number): string => {
    const cipher = createCipheriv("aes-128-ccm", bytes(KEY), bytes(IV), { authTagLength });
    cipher.setAAD(bytes("AABB"), { plaintextLength: bytes(pt).length });
    return hex(Buffer.concat([cipher.update(bytes(pt)), cipher.final(), cipher.getAuthTag()]));
  };

  test("CCM's ciphertexts end in the tag, and a false one fails", () => {
    const group = { tgId: 1, testType: "AFT", keyLen: 128, ivLen: 96, aadLen: 16, payloadLen: 32, tagLen: 64 };
    const common = { key: KEY, iv: IV, aad: "AABB" };
    const ct = ccm("11223344", 8);
    expect(
      answersTo(
        setOf(["ACVP-AES-CCM", "", "1.0"], {
          ...group,
          direction: "encrypt",
          tests: [{ tcId: 1, pt: "11223344", ...common }],
        }),
      ),
    ).toEqual([{ tcId: 1, ct }]);
    const tests = [
      { tcId: 2, ct, ...common },
      { tcId: 3, ct: ct.replace(/.$/, ct.endsWith("0") ? "1" : "0"), ...common },
    ];
    expect(answersTo(setOf(["ACVP-AES-CCM", "", "1.0"], { ...group, direction: "decrypt", tests }))).toEqual([
      { tcId: 2, pt: "11223344", testPassed: true },
      { tcId: 3, testPassed: false },
    ]);
  });

  test("GMAC is a tag, and a verdict on one", () => {
    const cipher = createCipheriv("aes-128-gcm", bytes(KEY), bytes(IV)).setAAD(bytes("AABB"));
    cipher.final();
    const tag = hex(cipher.getAuthTag().subarray(0, 12));
    const group = { tgId: 1, testType: "AFT", keyLen: 128, ivLen: 96, ivGen: "external", aadLen: 16, tagLen: 96 };
    const common = { key: KEY, iv: IV, aad: "AABB" };
    const name = ["ACVP-AES-GMAC", "", "1.0"] as const;
    expect(answersTo(setOf(name, { ...group, direction: "encrypt", tests: [{ tcId: 1, ...common }] }))).toEqual([
      { tcId: 1, tag },
    ]);
    const tests = [
      { tcId: 2, tag, ...common },
      { tcId: 3, tag: "00".repeat(12), ...common },
    ];
    expect(answersTo(setOf(name, { ...group, direction: "decrypt", tests }))).toEqual([
      { tcId: 2, testPassed: true },
      { tcId: 3, testPassed: false },
    ]);
  });

  test.each(["ACVP-AES-GCM", "ACVP-AES-GMAC"])("%s with the token's own IV is verified by opening it again", (name) => {
    const test = { tcId: 1, key: KEY, aad: "AABB", ...(name.endsWith("GCM") ? { pt: "1122" } : {}) };
    const group = { tgId: 1, testType: "AFT", direction: "encrypt", ivGen: "internal", ivLen: 96, tagLen: 128 };
    const prompt = setOf([name, "", "1.0"], { ...group, tests: [test] });
    expect(checked(prompt)).toMatchObject({ verified: 1, differences: [] });
    const response = JSON.stringify(answerAcvp(prompt, bench).response);
    const flipped = response.replace(/"iv":"(.)/, (_, digit: string) => `"iv":"${digit === "0" ? "1" : "0"}`);
    expect(checkAcvp(prompt, flipped, response, bench).differences).toMatchObject([{ tgId: 1, tcId: 1 }]);
    expect(checkAcvp(prompt, response, flipped, bench).differences).toMatchObject([{ tgId: 1, tcId: 1 }]);
    const long = setOf([name, "", "1.0"], { ...group, ivLen: 120, tests: [test] });
    expect(reasonsOf(long)).toEqual(["gcm-own-iv-length"]);
  });

  test("CTR takes lengths in bits, and makes the IV where the prompt has none", () => {
    const group = { tgId: 1, testType: "AFT", direction: "encrypt", keyLen: 128 };
    // The values are those of NIST's server.
    const given = { key: "15E82BEBA243A77E466BC9A7FC7F58CD", pt: "7A80", payloadLen: 9 };
    const name = ["ACVP-AES-CTR", "", "1.0"] as const;
    const tests = [{ tcId: 1, iv: "70D5931E75C4F63D32C932C200000001", ...given }];
    expect(answersTo(setOf(name, { ...group, tests }))).toEqual([{ tcId: 1, ct: "0400" }]);
    const own = setOf(name, { ...group, tests: [{ tcId: 1, ...given }] });
    expect(answersTo(own)).toEqual([
      { tcId: 1, iv: expect.stringMatching(/^[0-9A-F]{24}00000001$/), ct: expect.stringMatching(/^..[08]0$/) },
    ]);
    expect(checked(own)).toMatchObject({ verified: 1, differences: [] });
    const counting = { ...group, testType: "CTR", overflow: true };
    const wrapping = [{ tcId: 1, key: KEY, iv: "FF".repeat(16), pt: "00".repeat(32) }];
    expect(reasonsOf(setOf(name, { ...counting, tests: wrapping }))).toEqual(["ctr-wraps-around"]);
  });

  test("KW with the inverse cipher, a test type that is new and an IV of 257 bytes are left out", () => {
    const group = { tgId: 1, direction: "encrypt", keyLen: 128 };
    const tests = [{ tcId: 1, key: KEY, iv: IV, pt: "00".repeat(16), aad: "" }];
    const kw = { ...group, testType: "AFT", kwCipher: "inverse", tests };
    expect(reasonsOf(setOf(["ACVP-AES-KW", "", "1.0"], kw))).toEqual(["kw-inverse-cipher"]);
    expect(reasonsOf(setOf(["ACVP-AES-CBC", "", "1.0"], { ...group, testType: "NEW", tests }))).toEqual([
      "acvp-unknown",
    ]);
    const long = tests.map((one) => ({ ...one, iv: "00".repeat(257) }));
    const gcm = { ...group, testType: "AFT", ivGen: "external", tagLen: 128, tests: long };
    expect(reasonsOf(setOf(["ACVP-AES-GCM", "", "1.0"], gcm))).toEqual(["gcm-long-iv"]);
  });
});

describe("hashes and HMAC", () => {
  test.each(["SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512"])("%s is the digest of so many bits", (name) => {
    const tests = [
      { tcId: 1, msg: "00", len: 0 },
      { tcId: 2, msg: "AABBCC", len: 16 },
    ];
    const digest = (text: string) => hex(createHash(name.toLowerCase()).update(bytes(text)).digest());
    expect(answersTo(setOf([name, "", "2.0"], { tgId: 1, testType: "AFT", tests }))).toEqual([
      { tcId: 1, md: digest("") },
      { tcId: 2, md: digest("AABB") },
    ]);
    const odd = [{ tcId: 3, msg: "80", len: 1 }];
    expect(reasonsOf(setOf([name, "", "2.0"], { tgId: 1, testType: "AFT", tests: odd }))).toEqual(["bit-oriented"]);
  });

  test("HMAC has its lengths in the group (1.0) or in the test (2.0)", () => {
    const mac = hex(createHmac("sha3-256", bytes(KEY)).update(bytes("AABB")).digest().subarray(0, 10));
    const lengths = { keyLen: 128, msgLen: 16, macLen: 80 };
    const test = { tcId: 1, key: KEY, msg: "AABB" };
    const old = setOf(["HMAC-SHA3-256", "", "1.0"], { tgId: 1, testType: "AFT", ...lengths, tests: [test] });
    const recent = setOf(["HMAC-SHA3-256", "", "2.0"], { tgId: 1, testType: "AFT", tests: [{ ...test, ...lengths }] });
    expect(answersTo(old)).toEqual([{ tcId: 1, mac }]);
    expect(answersTo(recent)).toEqual([{ tcId: 1, mac }]);
  });
});

/** SP 800-108, 4.1, and SP 800-56C, 4.1, with a counter of 32 bits. */
function counted(byteLength: number, block: (counter: Buffer) => Buffer): string {
  const blocks: Buffer[] = [];
  for (let i = 1; Buffer.concat(blocks).length < byteLength; i++) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(i);
    blocks.push(block(counter));
  }
  return hex(Buffer.concat(blocks).subarray(0, byteLength));
}

describe("SP 800-108", () => {
  const locations = ["before fixed data", "after fixed data", "middle fixed data"];
  const group = { testType: "AFT", kdfMode: "counter", macMode: "HMAC-SHA2-256", counterLength: 32 };
  const keyIn = "AB".repeat(32);
  const groups = locations.map((counterLocation, at) => ({
    tgId: at + 1,
    ...group,
    counterLocation,
    keyOutLength: 413,
    tests: [{ tcId: at + 1, keyIn }],
  }));
  const prompt = setOf(["KDF", "", "1.0"], ...groups);

  test("answers say which fixed data and which place of the counter the token's caller chose", () => {
    for (const { tests } of groupsOf(answerAcvp(prompt, bench).response)) {
      const [{ tcId, fixedData, breakLocation, keyOut }] = tests as readonly [Record<string, JsonObject[string]>];
      const fixed = bytes(String(fixedData));
      const at = [0, fixed.length, Number(breakLocation) / 8][Number(tcId) - 1] as number;
      const whole = counted(52, (counter) =>
        createHmac("sha256", bytes(keyIn))
          .update(Buffer.concat([fixed.subarray(0, at), counter, fixed.subarray(at)]))
          .digest(),
      );
      const last = (Number.parseInt(whole.slice(-2), 16) & 0xf8).toString(16).padStart(2, "0").toUpperCase();
      expect(keyOut).toBe(whole.slice(0, -2) + last);
      expect(breakLocation === undefined).toBe(Number(tcId) !== 3);
    }
  });

  test("answers are verified, and a false one fails on either side", () => {
    expect(checked(prompt)).toMatchObject({ matched: 0, verified: 3, differences: [] });
    const response = JSON.stringify(answerAcvp(prompt, bench).response);
    const flipped = response.replace(
      /"fixedData":"(.)/,
      (_, digit: string) => `"fixedData":"${digit === "0" ? "1" : "0"}`,
    );
    expect(checkAcvp(prompt, flipped, response, bench).differences).toMatchObject([{ tgId: 1, tcId: 1 }]);
    expect(checkAcvp(prompt, response, flipped, bench).differences).toMatchObject([{ tgId: 1, tcId: 1 }]);
  });

  test("results of NIST's server hold, with CMAC and a counter between two bits", () => {
    const middle = { testType: "AFT", kdfMode: "counter", macMode: "CMAC-AES128", counterLength: 8, keyOutLength: 128 };
    const tests = [{ tcId: 17, keyIn: "A1AC46135A8BEA3292DC2E80D6AEA774" }];
    const asked = setOf(["KDF", "", "1.0"], { tgId: 9, ...middle, counterLocation: "middle fixed data", tests });
    const result = {
      tcId: 17,
      fixedData: "948F2DD88628DBF77FD5428F716F535A",
      breakLocation: 127,
      keyOut: "ED338104EFF5CC66D80FC3CC2A0035B5",
    };
    const expected = (keyOut: string) => setOf(["KDF", "", "1.0"], { tgId: 9, tests: [{ ...result, keyOut }] });
    expect(checked(asked, expected(result.keyOut))).toMatchObject({ verified: 1, differences: [] });
    expect(checked(asked, expected("00".repeat(16))).differences).toMatchObject([{ tgId: 9, tcId: 17 }]);
  });

  test("modes and MACs that the token does not have are left out", () => {
    const [before] = groups;
    const feedback = { ...before, kdfMode: "feedback", counterLocation: "after fixed data" };
    const triple = { ...before, tgId: 2, macMode: "CMAC-TDES" };
    const kmac = { ...before, tgId: 3, macMode: "KMAC-128" };
    expect(reasonsOf(setOf(["KDF", "", "1.0"], feedback, triple, kmac))).toEqual(Array(3).fill("no-mechanism"));
  });
});

describe("SP 800-56C", () => {
  const [z, salt] = ["0B".repeat(32), "5A".repeat(64)];
  const parties = {
    fixedInfoPartyU: { partyId: "AAAA", ephemeralData: "01" },
    fixedInfoPartyV: { partyId: "BBBB" },
  };
  const info = bytes("CAFEAAAA01BBBBDD00000200");
  const pattern = "literal[CAFE]||uPartyInfo||vPartyInfo||t||l";
  const asked = (mode: string, configuration: JsonObject, more: JsonObject = {}, testType = "AFT"): string =>
    setOf(["KDA", mode, "Sp800-56Cr2"], {
      tgId: 1,
      testType,
      kdfConfiguration: { l: 512, fixedInfoPattern: pattern, fixedInfoEncoding: "concatenation", ...configuration },
      tests: [{ tcId: 1, kdfParameter: { z, salt, t: "DD", l: 512 }, ...parties, ...more }],
    });
  const hkdf = hex(Buffer.from(hkdfSync("sha512", bytes(z), bytes(salt), info, 64)));

  test("HKDF has its fixed information by the pattern, and judges an output", () => {
    expect(answersTo(asked("HKDF", { hmacAlg: "SHA2-512" }))).toEqual([{ tcId: 1, dkm: hkdf }]);
    expect(answersTo(asked("HKDF", { hmacAlg: "SHA2-512" }, { dkm: hkdf }, "VAL"))).toEqual([
      { tcId: 1, testPassed: true },
    ]);
    expect(answersTo(asked("HKDF", { hmacAlg: "SHA2-512" }, { dkm: "00".repeat(64) }, "VAL"))).toEqual([
      { tcId: 1, testPassed: false },
    ]);
    expect(reasonsOf(asked("HKDF", { hmacAlg: "SHA2-512", fixedInfoPattern: "weather" }))).toEqual(["acvp-unknown"]);
  });

  test("HKDF expands one secret several times", () => {
    const iterationParameters = ["0102", "0304"].map((fixedInfo) => ({ l: 256, fixedInfo }));
    const dkms = iterationParameters.map(({ fixedInfo }) =>
      hex(Buffer.from(hkdfSync("sha256", bytes(z), bytes(salt), bytes(fixedInfo), 32))),
    );
    const prompt = (testType: string, more: JsonObject = {}) =>
      setOf(["KDA", "HKDF", "Sp800-56Cr2"], {
        tgId: 1,
        testType,
        multiExpansion: true,
        kdfMultiExpansionConfiguration: { hmacAlg: "SHA2-256" },
        tests: [{ tcId: 1, kdfMultiExpansionParameter: { z, salt, iterationParameters }, ...more }],
      });
    expect(answersTo(prompt("AFT"))).toEqual([{ tcId: 1, dkms }]);
    expect(answersTo(prompt("VAL", { dkms }))).toEqual([{ tcId: 1, testPassed: true }]);
    expect(answersTo(prompt("VAL", { dkms: dkms.toReversed() }))).toEqual([{ tcId: 1, testPassed: false }]);
  });

  test("the one-step KDF hashes or authenticates counter, secret and information", () => {
    const input = Buffer.concat([bytes(z), info]);
    const hashed = counted(64, (counter) => createHash("sha256").update(counter).update(input).digest());
    const keyed = counted(64, (counter) => createHmac("sha256", bytes(salt)).update(counter).update(input).digest());
    expect(answersTo(asked("OneStep", { auxFunction: "SHA2-256" }))).toEqual([{ tcId: 1, dkm: hashed }]);
    expect(answersTo(asked("OneStep", { auxFunction: "HMAC-SHA2-256" }))).toEqual([{ tcId: 1, dkm: keyed }]);
    expect(reasonsOf(asked("OneStep", { auxFunction: "KMAC-128" }))).toEqual(["no-mechanism"]);
  });

  test("the two steps extract with HMAC and expand in counter mode", () => {
    const inner = createHmac("sha384", bytes(salt)).update(bytes(z)).digest();
    const expanded = (location: string) =>
      counted(64, (counter) =>
        createHmac("sha384", inner)
          .update(Buffer.concat(location.startsWith("before") ? [counter, info] : [info, counter]))
          .digest(),
      );
    const configuration = { kdfMode: "counter", macMode: "HMAC-SHA2-384", counterLen: 32 };
    for (const counterLocation of ["before fixed data", "after fixed data"])
      expect(answersTo(asked("TwoStep", { ...configuration, counterLocation }))).toEqual([
        { tcId: 1, dkm: expanded(counterLocation) },
      ]);
    const feedback = { ...configuration, kdfMode: "feedback", counterLocation: "after fixed data" };
    expect(reasonsOf(asked("TwoStep", feedback))).toEqual(["no-mechanism"]);
    const middle = { ...configuration, counterLocation: "middle fixed data" };
    expect(reasonsOf(asked("TwoStep", middle))).toEqual(["acvp-unknown"]);
  });
});

test("ANSI X9.63 hashes secret, counter and shared information", () => {
  const [z, sharedInfo] = ["0B".repeat(28), "AABB"];
  const keyData = counted(40, (counter) =>
    createHash("sha224").update(bytes(z)).update(counter).update(bytes(sharedInfo)).digest(),
  );
  const group = { tgId: 1, testType: "AFT", hashAlg: "sha2-224", fieldSize: 224, keyDataLength: 320 };
  const tests = [{ tcId: 1, z, sharedInfo }];
  expect(answersTo(setOf(["kdf-components", "ansix9.63", "1.0"], { ...group, tests }))).toEqual([{ tcId: 1, keyData }]);
});

test("CTR_DRBG with another block cipher, or with inputs that are too short, is left out", () => {
  const group = {
    tgId: 1,
    testType: "AFT",
    derFunc: false,
    predResistance: false,
    reSeed: false,
    returnedBitsLen: 512,
  };
  const tests = [{ tcId: 1, entropyInput: "00".repeat(32), nonce: "", persoString: "", otherInput: [] }];
  const name = ["ctrDRBG", "", "1.0"] as const;
  expect(reasonsOf(setOf(name, { ...group, mode: "AES-128", tests }))).toEqual(["no-mechanism"]);
  expect(reasonsOf(setOf(name, { ...group, mode: "AES-256", tests }))).toEqual(["drbg-input-length"]);
});
