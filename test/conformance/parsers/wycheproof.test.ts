import { describe, expect, test } from "vitest";
import { parseWycheproof } from "../../../src/conformance/parsers/wycheproof.ts";
import { readVectors } from "../../support/vectors.ts";

const file = {
  algorithm: "AES-WRAP",
  schema: "keywrap_test_schema_v1.json",
  numberOfTests: 2,
  notes: { ShortKey: { bugType: "LEGACY", description: "d", cves: ["CVE-1"] } },
  testGroups: [
    {
      type: "KeywrapTest",
      keySize: 128,
      tests: [
        { tcId: 1, comment: "c", flags: ["ShortKey"], key: "00", result: "acceptable" },
        { tcId: 2, key: "01", result: "invalid" },
      ],
    },
  ],
};
const parse = (changes: object) => parseWycheproof(JSON.stringify({ ...file, ...changes }));

describe("a Wycheproof file", () => {
  test("gives groups, cases and what its flags mean", () => {
    const parsed = parse({});
    expect(parsed).toMatchObject({ algorithm: "AES-WRAP", schema: "keywrap_test_schema_v1.json" });
    expect(parsed.notes.get("ShortKey")).toEqual({ bugType: "LEGACY", description: "d", effect: "", cves: ["CVE-1"] });
    expect(parsed.groups[0]?.fields).toEqual({ type: "KeywrapTest", keySize: 128 });
    expect(parsed.cases).toMatchObject([
      { id: "1", tcId: 1, comment: "c", flags: ["ShortKey"], result: "acceptable", fields: { key: "00" } },
      { id: "2", tcId: 2, comment: "", flags: [], result: "invalid", fields: { key: "01" } },
    ]);
    expect(parsed.groups.flatMap((group) => group.tests)).toEqual(parsed.cases);
  });

  test("has the verdicts that others have counted", () => {
    const { cases } = parseWycheproof(readVectors("aes_gcm_test.json"));
    const count = (result: string) => cases.filter((one) => one.result === result).length;
    expect([count("valid"), count("invalid"), count("acceptable")]).toEqual([229, 87, 0]);
  });

  test.each([
    ["another number of cases", { numberOfTests: 3 }, /numberOfTests: expected 2.*found 3/],
    ["no case", { numberOfTests: 0, testGroups: [] }, /no test case/],
    ["groups that are no list", { testGroups: {} }, /testGroups: expected a list/],
    [
      "a result of another name",
      { testGroups: [{ type: "t", tests: [{ tcId: 1, result: "ok" }] }] },
      /result: expected/,
    ],
    [
      "a tcId that comes twice",
      { testGroups: [{ type: "t", tests: [1, 1].map((tcId) => ({ tcId, result: "valid" })) }] },
      /tcId 1: expected it to come once/,
    ],
    ["no algorithm", { algorithm: undefined }, /algorithm: expected a string/],
  ])("%s is refused", (_, changes, message) => {
    expect(() => parse(changes)).toThrow(message);
  });

  test("text that is not JSON is refused with its line", () => {
    expect(() => parseWycheproof('{\n\n"algorithm" "AES"}')).toThrow(expect.objectContaining({ line: 3 }));
  });
});
