import { describe, expect, test } from "vitest";
import { caught, ended, type Soon } from "../../src/storage/soon.ts";

/** The same value or failure, at once and later. */
const given = (value: number): [string, () => Soon<number>][] => [
  ["at once", () => value],
  ["later", () => Promise.resolve(value)],
];
const failing = (error: Error): [string, () => Soon<number>][] => [
  [
    "at once",
    () => {
      throw error;
    },
  ],
  ["later", () => Promise.reject(error)],
];
const FAILURE = new Error("the attempt has failed");

describe("caught", () => {
  test.each(given(7))("passes on what comes %s", async (_, attempt) => {
    expect(await caught(attempt, () => 0)).toBe(7);
  });

  test.each(failing(FAILURE))("gives what becomes of a failure that comes %s", async (_, attempt) => {
    expect(await caught(attempt, (error) => [error])).toEqual([FAILURE]);
  });

  test.each(failing(FAILURE))("fails with what is thrown about a failure that comes %s", async (_, attempt) => {
    const other = new Error("another");
    const raise = (): never => {
      throw other;
    };
    await expect((async () => caught(attempt, raise))()).rejects.toBe(other);
  });
});

describe("ended", () => {
  test.each([...given(7), ...failing(FAILURE)])("finishes once, after the end that comes %s", async (_, attempt) => {
    const steps: string[] = [];
    const run = async (): Promise<number> =>
      ended(
        async () => {
          try {
            return await attempt();
          } finally {
            steps.push("attempt");
          }
        },
        () => steps.push("finish"),
      );
    await run().catch((error) => expect(error).toBe(FAILURE));
    expect(steps).toEqual(["attempt", "finish"]);
  });

  test("has finished when a value that is there is given, and when a failure at once is thrown", () => {
    let finished = 0;
    const finish = (): void => void finished++;
    expect(ended(() => 7, finish)).toBe(7);
    expect(finished).toBe(1);
    expect(() => ended(failing(FAILURE)[0]?.[1] as () => number, finish)).toThrow(FAILURE);
    expect(finished).toBe(2);
  });
});
