import { describe, expect, test } from "vitest";
import { parsePkcs1 } from "../../../src/conformance/parsers/pkcs1.ts";
import { readVectors } from "../../support/vectors.ts";

const parts = ["Modulus", "Public exponent", "Exponent", "Prime 1", "Prime 2"];
const key = [...parts, "Prime exponent 1", "Prime exponent 2", "Coefficient"].map((part) => `# ${part}:\n0a 0b\n`);
const text = `Test vectors
============
# Example 1: A 16-bit RSA key pair
# -------
${key.join("")}# Signature Example 1.1
# Message to be signed:
00 11
22
# Signature:
33
`;

describe("a PKCS #1 example file", () => {
  test("gives each example with its key, and joins hex over lines", () => {
    const [one, ...rest] = parsePkcs1(text);
    expect(rest).toEqual([]);
    expect(one).toMatchObject({ id: "1", title: "Signature Example 1.1" });
    expect(one?.fields).toEqual({ "Message to be signed": "001122", Signature: "33" });
    expect(one?.key).toMatchObject({ Modulus: "0a0b", Coefficient: "0a0b" });
  });

  test.each([
    ["pkcs1v15crypt-vectors.txt", 300, 15, ["Message", "Seed", "Encryption"]],
    ["pkcs1v15sign-vectors.txt", 300, 15, ["Message to be signed", "Signature"]],
    ["oaep-vect.txt", 60, 10, ["Message", "Seed", "Encryption"]],
    ["pss-vect.txt", 60, 10, ["Message to be signed", "Salt", "Signature"]],
    ["oaep-sha256-sha1.txt", 60, 10, ["Message", "Encryption"]],
  ])("%s holds %i examples with %i keys, whole", (name, count, keys, fields) => {
    const cases = parsePkcs1(readVectors(name));
    expect(cases).toHaveLength(count);
    expect(new Set(cases.map((one) => one.key["Modulus"])).size).toBe(keys);
    for (const one of cases) expect(Object.keys(one.fields)).toEqual(fields);
  });

  test.each([
    ["a line that is no hex", text.replace("33", "3x"), /hexadecimal digits under a label/],
    ["an example without an answer", text.replace("# Signature:\n33\n", ""), /no answer/],
    ["a key without a part", text.replace("# Prime 2:\n0a 0b\n", ""), /the key has no Prime 2/],
    ["a text without an example", "Test vectors\n", /no test case/],
  ])("%s is refused with its line", (_, changed, message) => {
    expect(() => parsePkcs1(changed)).toThrow(message);
    expect(() => parsePkcs1(changed)).toThrow(/^line \d+: /);
  });
});
