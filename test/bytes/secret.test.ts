import { inspect } from "node:util";
import { expect, test } from "vitest";
import { toHex } from "../../src/bytes/bytes.ts";
import { Secret } from "../../src/bytes/secret.ts";

const KEY = "c0ffee00c0ffee11c0ffee22c0ffee33";
const secret = (): Secret => new Secret(Uint8Array.from(Buffer.from(KEY, "hex")));
const shows = (text: string): boolean => /c0ffee|192, ?255, ?238/i.test(text);

test("a secret shows in no inspection, JSON, spread, clone or listing of its properties", () => {
  const it = secret();
  const views = [
    inspect(it, { showHidden: true, depth: 9, getters: true }),
    JSON.stringify(it),
    JSON.stringify({ ...it }),
    String(it),
    inspect(Object.getOwnPropertyDescriptors(it)),
    inspect(structuredClone({ ...it })),
    inspect(Object.entries(it)),
  ];
  for (const view of views) expect(shows(view), view).toBe(false);
});

test("a secret is lent to a function", () => {
  expect(secret().use(toHex)).toBe(KEY);
  expect(secret().length).toBe(16);
});

test("destroy overwrites the bytes, and those of no clone", () => {
  const it = secret();
  const clone = it.clone();
  it.destroy();
  expect(it.use(toHex)).toBe("00".repeat(16));
  expect(clone.use(toHex)).toBe(KEY);
});
