import { expect, test } from "vitest";
import { parseOptions } from "../../bench/options.ts";
import { SUITES } from "../../bench/suites.ts";

const parse = (line: string) => parseOptions(line.split(" ").filter(Boolean), false);

test("without arguments everything runs; a quick run has fewer rounds", () => {
  expect(parse("")).toEqual({ suites: SUITES, layer: [], only: [], rounds: 21, quick: false, record: false });
  expect(parse("--quick")).toMatchObject({ quick: true, rounds: 9, scale: 1000 });
  expect(parse("--quick --scale 100000")).toMatchObject({ scale: 100_000 });
  expect(parse("--quick --rounds 5")).toMatchObject({ rounds: 5 });
});

test("suites, layers and parts of names are lists", () => {
  expect(parse("symmetric elliptic --layer engine kms --only sign ECDH --json a.json")).toMatchObject({
    suites: ["symmetric", "elliptic"],
    layer: ["engine", "kms"],
    only: ["sign", "ECDH"],
    json: "a.json",
  });
});

test("two files are compared, any number taken together", () => {
  expect(parse("--compare a.json b.json").compare).toEqual(["a.json", "b.json"]);
  expect(parse("--from a.json b.json c.json --record")).toMatchObject({
    from: ["a.json", "b.json", "c.json"],
    record: true,
  });
});

test("what is typed wrongly is refused", () => {
  for (const line of ["nosuch", "--layer nosuch", "--rounds 0", "--rounds x", "--compare a.json", "--nosuch"]) {
    expect(() => parse(line), line).toThrow("error:");
  }
});
