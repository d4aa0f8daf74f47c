import { describe, expect, test } from "vitest";
import { parseSignInput } from "../../../src/conformance/parsers/sign-input.ts";
import { readVectors } from "../../support/vectors.ts";

const [seed, publicKey, signature] = ["11".repeat(32), "22".repeat(32), "33".repeat(64)];
const line = `${seed}${publicKey}:${publicKey}:abcd:${signature}abcd:`;

describe("the sign.input file", () => {
  test("gives seed, public key, message and signature of each line", () => {
    expect(parseSignInput(`${line}\n`)).toEqual([{ id: "1", line: 1, seed, publicKey, message: "abcd", signature }]);
    const cases = parseSignInput(readVectors("sign.input"));
    expect(cases).toHaveLength(1024);
    expect(cases[1023]?.message).toHaveLength(2 * 1023);
  });

  test.each([
    ["a field too few", `${line}\n${line.slice(0, -1)}`, 2, /expected "seed\+key:key:message:signature\+message:"/],
    ["two public keys", line.replace(`:${publicKey}`, `:${seed}`), 1, /public keys differ/],
    ["two messages", line.replace(":abcd:", ":abce:"), 1, /messages differ/],
    ["no line", "\n", 2, /no test case/],
  ])("%s is refused with its line", (_, text, at, message) => {
    expect(() => parseSignInput(text)).toThrow(message);
    expect(() => parseSignInput(text)).toThrow(expect.objectContaining({ line: at }));
  });
});
