import { expect, test } from "vitest";
import { CKA } from "../../src/cryptoki/attributes.ts";
import { CKK, CKM, CKO } from "../../src/cryptoki/constants.ts";
import { CkrError, checked, demand } from "../../src/cryptoki/error.ts";
import { handleCounter, type ObjectHandle } from "../../src/cryptoki/handles.ts";
import { CKR } from "../../src/cryptoki/return-values.ts";

test.each([
  ["CKR", Object.values(CKR)],
  ["CKO", Object.values(CKO)],
  ["CKK", Object.values(CKK)],
  ["CKM", Object.values(CKM)],
  ["CKA", Object.values(CKA).map(([code]) => code)],
])("the codes of %s are unique and ascending", (_, codes) => {
  expect(codes).toEqual([...new Set(codes as number[])].sort((a, b) => a - b));
});

test("a CkrError is known by its return value", () => {
  const error = new CkrError("KEY_FUNCTION_NOT_PERMITTED", "CKA_SIGN is false");
  expect(error).toMatchObject({
    ckr: "KEY_FUNCTION_NOT_PERMITTED",
    code: 0x68,
    message: "CKR_KEY_FUNCTION_NOT_PERMITTED: CKA_SIGN is false",
  });
});

test("demand and checked throw CkrErrors", () => {
  expect(() => demand(false, "ARGUMENTS_BAD", "no")).toThrow(CkrError);
  expect(() =>
    checked(() => {
      throw new TypeError("x must be y");
    }),
  ).toThrow("CKR_ARGUMENTS_BAD: x must be y");
  expect(checked(() => 3)).toBe(3);
});

test("handles start at one and never come again", () => {
  const next = handleCounter<ObjectHandle>();
  expect([next(), next(), next()]).toEqual([1, 2, 3]);
});
