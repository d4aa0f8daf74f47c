import { describe, expect, test } from "vitest";
import { answerAcvp } from "../../../src/conformance/acvp/answer.ts";
import { answers } from "../../../src/conformance/acvp/answers.ts";
import { type AcvpHandler, Unanswered } from "../../../src/conformance/acvp/handler.ts";
import type { JsonObject } from "../../../src/conformance/parsers/json.ts";
import { noBench } from "../fake.ts";
import { groupsOf, setOf } from "./prompts.ts";

const echo: AcvpHandler = {
  algorithm: "ECHO-1/2",
  mode: "",
  revisions: ["2.0", "1.0"],
  capabilities: {},
  answer: (group, tests) => ({
    ...(group["key"] === undefined ? {} : { group: { key: group["key"] } }),
    tests: answers(tests, ({ say }) => {
      if (say === "no") throw new Unanswered("no-mechanism", "it says no");
      if (say === "boom") throw new TypeError("boom");
      return { said: say ?? "" };
    }),
  }),
};

const groups: readonly JsonObject[] = [
  {
    tgId: 7,
    key: "AB",
    tests: [
      { tcId: 3, say: "c" },
      { tcId: 1, say: "no" },
      { tcId: 2, say: "b" },
    ],
  },
  { tgId: 9, tests: [{ tcId: 4, say: "no" }] },
];
const run = (text: string) => answerAcvp(text, noBench, [echo]);

describe("the answer to a prompt", () => {
  test("has the prompt's ids and what the handler says of the group, and leaves out what is not answered", () => {
    const { response, answered, unanswered, faults } = run(setOf(["ECHO-1/2", "", "1.0"], ...groups));
    expect(response).toEqual({
      vsId: 42,
      algorithm: "ECHO-1/2",
      revision: "1.0",
      testGroups: [
        {
          tgId: 7,
          key: "AB",
          tests: [
            { tcId: 3, said: "c" },
            { tcId: 2, said: "b" },
          ],
        },
      ],
    });
    expect({ answered, faults }).toEqual({ answered: 2, faults: [] });
    expect(unanswered).toEqual([
      { vsId: 42, tgId: 7, tcId: 1, reason: "no-mechanism", message: "it says no" },
      { vsId: 42, tgId: 9, tcId: 4, reason: "no-mechanism", message: "it says no" },
    ]);
  });

  test("is a list with the header where the prompt is one, and has NIST's header where it has none", () => {
    const set = setOf(["ECHO-1/2", "", "2.0"], ...groups);
    const other = set.replace('"vsId":42', '"vsId":43');
    expect(run(`[{"acvVersion":"1.0"},${set}]`).response).toMatchObject([{ acvVersion: "1.0" }, { vsId: 42 }]);
    expect(run(`[${set},${other}]`).response).toMatchObject([{ acvVersion: "1.0" }, { vsId: 42 }, { vsId: 43 }]);
  });

  test("goes on after an error that is no refusal, which is told", () => {
    const text = setOf(["ECHO-1/2", "", "1.0"], {
      tgId: 1,
      tests: [
        { tcId: 1, say: "boom" },
        { tcId: 2, say: "b" },
      ],
    });
    const { response, faults } = run(text);
    expect(groupsOf(response)).toEqual([{ tgId: 1, tests: [{ tcId: 2, said: "b" }] }]);
    expect(faults).toEqual([{ vsId: 42, tgId: 1, tcId: 1, message: "boom" }]);
  });

  test.each([
    ["either form of a name", ["echo-1-2", "", "1.0"], 2],
    ["a prompt without a revision", ["ECHO-1/2", "", ""], 2],
    ["another algorithm", ["ECHO-1", "", "1.0"], "no-mechanism"],
    ["another mode", ["ECHO-1/2", "loud", "1.0"], "no-mechanism"],
    ["another revision", ["ECHO-1/2", "", "3.0"], "acvp-unknown"],
  ] as const)("finds the handler: %s", (_, name, outcome) => {
    const { answered, unanswered } = run(setOf(name, ...groups));
    if (typeof outcome === "number") expect(answered).toBe(outcome);
    else expect(unanswered.map(({ reason }) => reason)).toEqual([outcome, outcome, outcome, outcome]);
  });

  test("is missing where a handler gives fewer answers than there are tests", () => {
    const lazy: AcvpHandler = { ...echo, answer: () => ({ tests: [{ said: "c" }] }) };
    const { answered, faults } = answerAcvp(setOf(["ECHO-1/2", "", "1.0"], ...groups.slice(0, 1)), noBench, [lazy]);
    expect(answered).toBe(1);
    expect(faults.map(({ tcId }) => tcId)).toEqual([1, 2]);
  });
});
