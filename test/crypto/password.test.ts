import { scryptSync } from "node:crypto";
import { expect, test } from "vitest";
import { hashPassword, isPassword, PASSWORD_COST } from "../../src/crypto/password.ts";
import { scrypt } from "../../src/crypto/scrypt.ts";
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

test("scrypt gives the vectors of RFC 7914, 12, and what Node gives", () => {
  const text = (value: string) => new TextEncoder().encode(value);
  const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  expect(hexOf(scrypt(text(""), text(""), { N: 16, r: 1, p: 1 }, 64))).toBe(
    "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442" +
      "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906",
  );
  expect(hexOf(scrypt(text("password"), text("NaCl"), { N: 1024, r: 8, p: 16 }, 64))).toBe(
    "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162" +
      "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
  );
  for (const [N, r, p, length] of [
    [2, 1, 1, 1],
    [8, 3, 2, 33],
    [64, 8, 1, 100],
  ] as const) {
    expect(hexOf(scrypt(pin, text("salt"), { N, r, p }, length))).toBe(
      scryptSync(pin, "salt", length, { N, r, p }).toString("hex"),
    );
  }
});

test.each([
  [{ N: 1, r: 1, p: 1 }],
  [{ N: 3, r: 1, p: 1 }],
  [{ N: 0, r: 1, p: 1 }],
  [{ N: 4, r: 0, p: 1 }],
  [{ N: 4, r: 1.5, p: 1 }],
  [{ N: 2 ** 24, r: 8, p: 1 }],
])("scrypt refuses %o", (cost) => {
  expect(() => scrypt(pin, pin, cost, 32)).toThrow(RangeError);
});
