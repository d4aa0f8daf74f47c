import { afterEach, expect, test } from "vitest";
import { Bare } from "../../src/cryptoki/bare.ts";

afterEach(() => {
  Reflect.deleteProperty(Object.prototype, "polluted");
});

test("a bare object has no member but its own, whatever all others inherit", () => {
  const made = Object.assign(new Bare(), { own: 1 }) as Record<string, unknown>;
  Reflect.set(Object.prototype, "polluted", true);
  expect({}).toHaveProperty("polluted");
  expect("polluted" in made).toBe(false);
  for (const inherited of ["constructor", "toString", "__proto__", "hasOwnProperty"])
    expect(inherited in made).toBe(false);
  expect(Reflect.ownKeys(made)).toEqual(["own"]);
});

test("nobody gives all bare objects a member", () => {
  const prototype = Object.getPrototypeOf(new Bare()) as object;
  expect(Reflect.set(prototype, "polluted", true)).toBe(false);
  expect(Object.getPrototypeOf(prototype)).toBeNull();
});
