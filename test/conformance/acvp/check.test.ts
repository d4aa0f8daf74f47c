import { describe, expect, test } from "vitest";
import { checkAcvp } from "../../../src/conformance/acvp/check.ts";
import { differenceOf, groupDifferenceOf } from "../../../src/conformance/acvp/compare.ts";
import type { AcvpHandler } from "../../../src/conformance/acvp/handler.ts";
import type { JsonObject } from "../../../src/conformance/parsers/json.ts";
import { noBench } from "../fake.ts";
import { setOf } from "./prompts.ts";

const NAME = ["CHECKED", "", "1.0"] as const;

const prompt = setOf(
  NAME,
  { tgId: 1, tests: [{ tcId: 1 }, { tcId: 2, key: "AA" }] },
  { tgId: 2, tests: [{ tcId: 3 }] },
);
const answersOf = (one: string, two: string, three: string, permuted = false): string => {
  const tests = [
    { tcId: 1, ct: one },
    { tcId: 2, ct: two },
  ];
  const groups = [
    { tgId: 1, tests: permuted ? tests.toReversed() : tests },
    { tgId: 2, tests: [{ tcId: 3, ct: three }] },
  ];
  return setOf(NAME, ...(permuted ? groups.toReversed() : groups));
};

const check = (response: string, expected: string, handlers: readonly AcvpHandler[] = []) =>
  checkAcvp(prompt, response, expected, noBench, handlers);

describe("the check of a response", () => {
  const right = answersOf("ab", "cd", "ef");

  test("joins by tgId and tcId: any order of groups and tests is the same", () => {
    expect(check(right, answersOf("AB", "CD", "EF", true))).toEqual({
      matched: 3,
      verified: 0,
      unanswered: 0,
      differences: [],
    });
  });

  test("names the test of each difference, with what was expected", () => {
    expect(check(right, answersOf("ab", "ce", "ef", true))).toEqual({
      matched: 2,
      verified: 0,
      unanswered: 0,
      differences: [{ vsId: 42, tgId: 1, tcId: 2, message: 'ct: expected "ce", found "cd"' }],
    });
  });

  test("counts what is not answered, and fails what was not asked and what is not expected", () => {
    const less = setOf(NAME, { tgId: 2, tests: [{ tcId: 3, ct: "ef" }] });
    expect(check(less, right)).toMatchObject({ matched: 1, unanswered: 2, differences: [] });
    expect(check(right, less).differences.map(({ tcId }) => tcId)).toEqual([1, 2]);
    const more = setOf(NAME, { tgId: 5, tests: [{ tcId: 3, ct: "ef" }] });
    expect(check(more, right).differences).toMatchObject([{ tgId: 5, tcId: 3 }]);
    expect(check(right, more).differences.at(-1)).toMatchObject({ tgId: 5, tcId: 3 });
  });

  test("verifies what an implementation chooses, in the answer and in what is expected", () => {
    const chooser: AcvpHandler = {
      algorithm: "CHECKED",
      mode: "",
      revisions: ["1.0"],
      capabilities: {},
      answer: () => ({ tests: [] }),
      check: (_asked, { test: answered }) =>
        String(answered["ct"]).endsWith("1") ? undefined : "it does not end in 1",
    };
    const chosen = answersOf("01", "11", "21");
    expect(check(chosen, answersOf("31", "41", "51"), [chooser])).toMatchObject({
      matched: 0,
      verified: 3,
      differences: [],
    });
    expect(check(answersOf("01", "10", "21"), chosen, [chooser]).differences).toMatchObject([
      { tcId: 2, message: "it does not end in 1" },
    ]);
    expect(check(chosen, answersOf("31", "41", "50"), [chooser]).differences).toMatchObject([
      { tcId: 3, message: "the expected answer does not hold: it does not end in 1" },
    ]);
    const comparing: AcvpHandler = { ...chooser, check: () => "compare" };
    expect(check(chosen, answersOf("01", "11", "20"), [comparing])).toMatchObject({
      matched: 2,
      differences: [{ tcId: 3 }],
    });
    const broken: AcvpHandler = {
      ...chooser,
      check: () => {
        throw new TypeError("the answer has no signature");
      },
    };
    expect(check(chosen, chosen, [broken]).differences).toHaveLength(3);
  });
});

describe("two answers", () => {
  test.each<[string, JsonObject, JsonObject, string | undefined]>([
    ["are equal whatever the case of their digits", { ct: "aB0" }, { ct: "Ab0" }, undefined],
    ["differ in the case of a text", { name: "SHA-x" }, { name: "SHA-X" }, "name"],
    ["may have more members than are expected", { ct: "ab" }, { ct: "ab", testPassed: true }, undefined],
    ["have all that is expected", { ct: "ab", tag: "cd" }, { ct: "ab" }, "tag"],
    ["need not repeat the prompt", { ct: "ab", key: "AA" }, { ct: "ab" }, undefined],
    ["do not pass by repeating the prompt", { key: "AA" }, { ct: "ab" }, "the answer has nothing"],
    ["have passed when there is an output", { pt: "ab", testPassed: true }, { pt: "ab" }, undefined],
    ["need an output or a verdict", { testPassed: true }, {}, "the answer has nothing"],
    ["fail alike", { pt: "ab", testPassed: false }, { testPassed: false }, undefined],
    ["do not fail alike", { testPassed: false }, { pt: "ab" }, "testPassed"],
    ["do not pass alike", { testPassed: true, pt: "ab" }, { testPassed: false }, "testPassed"],
    ["are compared entry by entry", { dkms: ["ab", "cd"] }, { dkms: ["ab", "ce"] }, "dkms[1]"],
    [
      "are compared within entries",
      { resultsArray: [{ md: "ab" }] },
      { resultsArray: [{ md: "ac" }] },
      "resultsArray[0].md",
    ],
    ["have as many entries", { dkms: ["ab"] }, { dkms: ["ab", "cd"] }, "dkms: expected 1 entries, found 2"],
    ["are of one type", { outLen: 8 }, { outLen: "8" }, "outLen"],
  ])("%s", (_, expected, answered, difference) => {
    const found = differenceOf({ tcId: 1, ...expected }, { tcId: 1, ...answered }, { key: "aa" });
    if (difference === undefined) expect(found).toBeUndefined();
    else expect(found?.startsWith(difference), found).toBe(true);
  });

  test("are compared by what the answer has where the server's own file repeats the prompt", () => {
    const projection = { tcId: 1, key: "AA", deferred: false, salted: true, ct: "ab" };
    expect(differenceOf(projection, { ct: "ab" }, { tcId: 1, key: "aa" })).toBeUndefined();
    expect(differenceOf(projection, { ct: "ac" }, { tcId: 1, key: "aa" })).toMatch(/^ct: expected/);
    expect(differenceOf(projection, {}, { tcId: 1, key: "aa" })).toMatch(/^the answer has nothing/);
    expect(differenceOf(projection, { ct: "ab" }, { tcId: 1, key: "aa", iv: "bb" })).toMatch(/^salted: expected/);
  });

  test("have groups that agree in what both say", () => {
    expect(groupDifferenceOf({ tgId: 1, tests: [] }, { tgId: 2 })).toBeUndefined();
    expect(groupDifferenceOf({ tgId: 1, q: "01" }, { tgId: 1, q: "01" })).toBeUndefined();
    expect(groupDifferenceOf({ tgId: 1, q: "01", keyLen: 128 }, { tgId: 1 })).toBeUndefined();
    expect(groupDifferenceOf({ tgId: 1, q: "01" }, { tgId: 1, q: "02" })).toMatch(/^q: expected/);
  });
});
