import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arnComponents, globCodes, globComponents, globMatches, globOf } from "../../../src/kms/policy/wildcard.ts";

const matches = (pattern: string, text: string): boolean => globMatches(globOf(globCodes(pattern, true)), text);

describe("a pattern", () => {
  test.each([
    ["", "", true],
    ["", "a", false],
    ["*", "", true],
    ["?", "", false],
    ["**", "abc", true],
    ["a*", "a", true],
    ["*a", "ba", true],
    ["*a", "ab", false],
    ["a*c", "abcbc", true],
    ["a*c", "abcb", false],
    ["*?", "", false],
    ["?*", "a", true],
    ["*b?d*", "abcbxde", true],
    ["a.c", "abc", false],
    ["[a]", "a", false],
    ["*\\d", "1", false],
    ["a\n*", "a\n\u2028b", true],
  ])("%j against %j is %s", (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  test("agrees with a regular expression", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 10 });
    fc.assert(
      fc.property(letters, text, (pattern, value) => {
        const source = pattern.replaceAll("?", "[^]").replaceAll("*", "[^]*");
        expect(matches(pattern, value)).toBe(new RegExp(`^${source}$`).test(value));
      }),
      { numRuns: 2000 },
    );
  });

  // A matcher that tries every way would not end.
  test("is matched in a bounded number of steps whatever it is", () => {
    const text = "a".repeat(8192);
    expect(matches(`${"*a".repeat(4000)}b`, text)).toBe(false);
    expect(matches(`*${"a".repeat(4096)}b`, text)).toBe(false);
    expect(matches(`*${"a".repeat(2048)}b${"a".repeat(2048)}*`, text)).toBe(false);
    expect(matches(`${"*?a".repeat(2000)}*b`, text)).toBe(false);
    expect(matches(`*?${"a".repeat(4095)}b*`, text)).toBe(false);
  });
});

describe("the components of an ARN", () => {
  test.each([
    ["a:b", ["a", "b"]],
    ["arn:aws:kms:r:1:key/x", ["arn", "aws", "kms", "r", "1", "key/x"]],
    ["arn:aws:kms:r:1:key:x:y", ["arn", "aws", "kms", "r", "1", "key:x:y"]],
    ["arn:::::", ["arn", "", "", "", "", ""]],
  ])("%s", (arn, expected) => {
    expect(arnComponents(arn)).toEqual(expected);
    expect(globComponents(globOf(globCodes(arn, true))).map(({ literal }) => literal)).toEqual(expected);
  });
});
