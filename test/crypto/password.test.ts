import { scryptSync } from "node:crypto";
import { expect, test } from "vitest";
import { hashPassword, isPassword, PASSWORD_COST } from "../../src/crypto/password.ts";
import { seededRng } from "../support/seeded-rng.ts";

const CHEAP = { N: 4, r: 2, p: 1 } as const;
const pin = new TextEncoder().encode("user-1234");

test("a password is known again, and another is not", () => {
  const stored = hashPassword(pin, seededRng("1"), CHEAP);
  expect(isPassword(pin, stored)).toBe(true);
  expect(isPassword(pin.subarray(1), stored)).toBe(false);
  expect(hashPassword(pin, seededRng("2"), CHEAP).hash).not.toEqual(stored.hash);
});

test("the hash is Node's scrypt over the parameters and the salt", () => {
  const { salt, hash } = hashPassword(pin, seededRng("1"), CHEAP);
  const bound = Buffer.concat([Buffer.from("scrypt"), Buffer.from([0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 1]), salt]);
  expect(Buffer.from(hash)).toEqual(scryptSync(pin, bound, 32, CHEAP));
});

test("parameters cannot be exchanged in a stored record", () => {
  const stored = hashPassword(pin, seededRng("1"), CHEAP);
  for (const change of [{ N: 2 }, { N: 8 }, { r: 1 }, { p: 2 }])
    expect(isPassword(pin, { ...stored, cost: { ...CHEAP, ...change } })).toBe(false);
});

test("a guess at a production record takes 32 MiB", () => {
  const { N, r, p } = PASSWORD_COST;
  expect(128 * N * r).toBe(32 * 2 ** 20);
  expect(N * r * p).toBe(2 ** 18);
});
