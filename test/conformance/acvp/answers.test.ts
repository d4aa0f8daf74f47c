import { expect, test } from "vitest";
import { answers } from "../../../src/conformance/acvp/answers.ts";
import { Unanswered } from "../../../src/conformance/acvp/handler.ts";
import { outcomes } from "./outcomes.ts";

const double = (value: number) => {
  if (value === 2) throw new Unanswered("no-curve", "two");
  if (value === 0) throw new RangeError("zero");
  return { double: 2 * value };
};

test("a test without an answer is followed by the answer to the next one", () => {
  const found = [...outcomes(answers([1, 2, 3], double))];
  expect(found).toEqual([{ double: 2 }, expect.any(Unanswered), { double: 6 }]);
});

test("an answer is computed when it is read, and what the group holds is released once, also when the reader stops", () => {
  const computed: number[] = [];
  let released = 0;
  const compute = (value: number) => {
    computed.push(value);
    return { value };
  };
  const release = () => {
    released++;
  };
  for (const answer of outcomes(answers([1, 2, 3], compute, release))) if (!(answer instanceof Unanswered)) break;
  expect([computed, released]).toEqual([[1], 1]);
  expect([...answers([1, 2], compute, release)]).toHaveLength(2);
  expect(released).toBe(2);
});

test("any other error ends the reading and still releases", () => {
  let released = 0;
  const read = () => [
    ...outcomes(
      answers([1, 0, 3], double, () => {
        released++;
      }),
    ),
  ];
  expect(read).toThrow(RangeError);
  expect(released).toBe(1);
});
