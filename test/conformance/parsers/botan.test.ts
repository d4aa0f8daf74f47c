import { describe, expect, test } from "vitest";
import { parseBotan } from "../../../src/conformance/parsers/botan.ts";
import { readVectors } from "../../support/vectors.ts";

describe("a Botan file", () => {
  test("gives a case at each answer, with the fields since the last one", () => {
    const text =
      "#test cpuid\n[KDF(SHA-1)]\nSalt = 00\nSecret = 01\nOutput = 02\n\n[KDF(SHA-256)]\nSecret = 03\nOutput = 04\n";
    expect(parseBotan(text, false)).toEqual([
      { id: "1", line: 5, section: "KDF(SHA-1)", fields: { Salt: "00", Secret: "01", Output: "02" } },
      { id: "2", line: 9, section: "KDF(SHA-256)", fields: { Secret: "03", Output: "04" } },
    ]);
  });

  test("lets the cases of a public-key file inherit what they do not set anew", () => {
    const text = "P = 7\n\nHash = SM3\nMsg = 00\nSignature = 01\n\nHash = SHA-256\nSignature = 02";
    expect(parseBotan(text, true).map(({ fields }) => fields)).toEqual([
      { P: "7", Hash: "SM3", Msg: "00", Signature: "01" },
      { P: "7", Hash: "SHA-256", Msg: "00", Signature: "02" },
    ]);
  });

  test("every SM2 signature has its curve, key and nonce", () => {
    const cases = parseBotan(readVectors("sm2_sig.vec"), true);
    expect(cases).toHaveLength(7);
    for (const { fields } of cases)
      for (const name of ["P", "A", "B", "xG", "yG", "Order", "Ident", "Msg", "x", "Nonce"])
        expect(fields).toHaveProperty(name);
  });

  test.each([
    ["a line that is no field", "Msg = 00\nSignature", 2, /expected "key = value"/],
    ["fields without an answer", "Out = 00\n\nKey = 01\nIn = 02\n", 3, /no answer follows/],
    ["a file without a case", "# nothing\n", 2, /no test case/],
  ])("%s is refused with its line", (_, text, line, message) => {
    expect(() => parseBotan(text, false)).toThrow(message);
    expect(() => parseBotan(text, false)).toThrow(expect.objectContaining({ line }));
  });
});
