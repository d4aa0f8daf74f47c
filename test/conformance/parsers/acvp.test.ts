import { describe, expect, test } from "vitest";
import { joinAcvp, parseAcvp } from "../../../src/conformance/parsers/acvp.ts";
import { readVectors, vectorFiles } from "../../support/vectors.ts";

const prompt = {
  vsId: 42,
  algorithm: "ECDSA",
  mode: "keyVer",
  revision: "FIPS186-5",
  testGroups: [
    {
      tgId: 1,
      curve: "P-256",
      tests: [
        { tcId: 1, qx: "00" },
        { tcId: 2, qx: "01" },
      ],
    },
    { tgId: 2, curve: "P-384", tests: [{ tcId: 3, qx: "02" }] },
  ],
};
const results = {
  vsId: 42,
  algorithm: "ECDSA",
  testGroups: [
    { tgId: 2, tests: [{ tcId: 3, testPassed: true }] },
    {
      tgId: 1,
      tests: [
        { tcId: 2, testPassed: false },
        { tcId: 1, testPassed: true },
      ],
    },
  ],
};
const parse = (value: unknown) => parseAcvp(JSON.stringify(value));

describe("an ACVP file", () => {
  test("is read as a bare object and as the server's list, with the same result", () => {
    const bare = parse(prompt);
    expect(parse([{ acvVersion: "1.0" }, prompt])).toEqual(bare);
    expect(bare.sets).toMatchObject([{ vsId: 42, algorithm: "ECDSA", mode: "keyVer", revision: "FIPS186-5" }]);
    expect(bare.cases.map(({ id, group, test: one }) => [id, group["curve"], one["qx"]])).toEqual([
      ["1.1", "P-256", "00"],
      ["1.2", "P-256", "01"],
      ["2.3", "P-384", "02"],
    ]);
  });

  test("joins results by their ids, in whatever order they come", () => {
    const joined = joinAcvp(parse(prompt), parse(results));
    expect(joined.map(({ id, expected }) => [id, expected["testPassed"]])).toEqual([
      ["1.1", true],
      ["1.2", false],
      ["2.3", true],
    ]);
  });

  test("keeps the cases of several sets apart, whose groups have the same ids", () => {
    const other = { ...prompt, vsId: 43, mode: "sigVer" };
    const file = parse([{ acvVersion: "1.0" }, prompt, other]);
    expect(file.sets.map((set) => set.mode)).toEqual(["keyVer", "sigVer"]);
    expect(file.cases.map(({ id }) => id).slice(2, 4)).toEqual(["42/2.3", "43/1.1"]);
    expect(joinAcvp(file, parse([{}, { ...results, vsId: 43 }, results]))).toHaveLength(6);
  });

  test("takes the result that a merged case carries", () => {
    const merged = { ...prompt, testGroups: [{ tgId: "1", tests: [{ tcId: "7", expected: { pk: "00" } }] }] };
    expect(joinAcvp(parse(merged))[0]).toMatchObject({ id: "1.7", expected: { pk: "00" } });
    expect(() => joinAcvp(parse(prompt))).toThrow(/1\.1\.expected: expected an object/);
  });

  test("has a result for every case of every committed prompt", () => {
    const prompts = vectorFiles.filter((file) => file.format === "acvp");
    expect(prompts.length).toBeGreaterThan(25);
    for (const { path, results: answers, cases } of prompts) {
      const text = (name: string) => readVectors(name.slice(name.indexOf("/") + 1, -".br".length));
      expect(joinAcvp(parseAcvp(text(path)), parseAcvp(text(answers))), path).toHaveLength(cases);
    }
  });

  test.each([
    ["text that is not JSON", '{\n"vsId": 1,\n}', 3, /not JSON/],
    ["text that breaks off", '{\n"vsId": 1', 2, /not JSON/],
    ["no groups", '{"algorithm":"A"}', 1, /testGroups: expected a list/],
    ["a list without a set", '[{"acvVersion":"1.0"}]', 1, /no test case/],
    ["a case without tcId", '{"algorithm":"A","testGroups":[{"tgId":1,"tests":[{}]}]}', 1, /tests\[0\]\.tcId/],
    [
      "an id that comes twice",
      '{"algorithm":"A","testGroups":[{"tgId":1,"tests":[{"tcId":1},{"tcId":1}]}]}',
      1,
      /1\.1: expected this tgId and tcId to come once/,
    ],
  ])("%s is refused with its line", (_, text, line, message) => {
    expect(() => parseAcvp(text)).toThrow(message);
    expect(() => parseAcvp(text)).toThrow(expect.objectContaining({ line }));
  });

  test("a case without a result, a result without a case and results of another algorithm are refused", () => {
    const fewer = { ...results, testGroups: results.testGroups.slice(1) };
    const more = { ...prompt, testGroups: prompt.testGroups.slice(1) };
    expect(() => joinAcvp(parse(prompt), parse(fewer))).toThrow("2.3: expected a result for this case");
    expect(() => joinAcvp(parse(more), parse(results))).toThrow("1.2: expected a case for this result");
    expect(() => joinAcvp(parse(prompt), parse({ ...results, algorithm: "RSA" }))).toThrow(/a result of ECDSA/);
  });
});
