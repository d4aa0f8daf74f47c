import { describe, expect, test } from "vitest";
import { caseIds } from "../../../src/conformance/parsers/formats.ts";
import { formatManifest, parseManifest } from "../../../src/conformance/parsers/manifest.ts";
import { readVectors, vectorFiles } from "../../support/vectors.ts";

const text = formatManifest(vectorFiles);
const [header = "", first = ""] = text.split("\n");

describe("the manifest", () => {
  test("is read back as it was written", () => {
    expect(parseManifest(text)).toEqual(vectorFiles);
  });

  test.each([
    ["another header", `file\n${first}\n`, 1, /expected the columns path, package/],
    ["a column too few", `${header}\n${first.replace(/\t[^\t]*$/, "")}\n`, 2, /expected 11 columns/],
    ["a path out of the folder", `${header}\n${first.replace(/^[^\t]*/, "../x.br")}\n`, 2, /no path of a \.br file/],
    ["a hash of another form", `${header}\n${first.replace(/[0-9a-f]{64}/, "00")}\n`, 2, /no SHA-256/],
    ["no case", `${header}\n${first.replace(/\t\d+\t([^\t]*)$/, "\t0\t$1")}\n`, 2, /a number of cases, found 0/],
    ["a path listed twice", `${header}\n${first}\n${first}\n`, 3, /listed twice/],
  ])("%s is refused with its line", (_, changed, line, message) => {
    expect(() => parseManifest(changed)).toThrow(message);
    expect(() => parseManifest(changed)).toThrow(expect.objectContaining({ line }));
  });

  test("results that are not listed, or that belong to no ACVP prompt, are refused", () => {
    const prompt = formatManifest(vectorFiles.filter((file) => file.format === "acvp").slice(0, 1));
    expect(() => parseManifest(prompt)).toThrow(/is not listed as acvp-expected/);
    expect(() => parseManifest(prompt.replace("\tacvp\tacvp\t", "\tacvp\tevp\t"))).toThrow(
      /belongs to the format acvp/,
    );
    expect(() => parseManifest(prompt.replace("\tacvp\tacvp\t", "\tacvp\tpem\t"))).toThrow(/unknown format pem/);
  });
});

test("the ids of a file's cases are stable and each comes once", () => {
  expect(caseIds("rsp", readVectors("oscca.txt"))).toEqual(["1", "2", "3", "4", "5", "6"]);
});
