import { expect, test } from "vitest";
import type { ObjectHandle } from "../../src/cryptoki/handles.ts";
import { HandleCache } from "../../src/kms/handle-cache.ts";

function open(capacity: number) {
  const destroyed: number[] = [];
  const cache = new HandleCache(capacity, (handle) => destroyed.push(handle));
  let made = 0;
  const get = (name: string): number =>
    cache.get(name, () => {
      made += 1;
      return made as ObjectHandle;
    });
  return { cache, get, destroyed };
}

test("a handle is made once and given again", () => {
  const { get, destroyed } = open(2);
  expect([get("a"), get("b"), get("a"), get("b")]).toEqual([1, 2, 1, 2]);
  expect(destroyed).toEqual([]);
});

test("beyond the capacity the least recently used handle is destroyed", () => {
  const { cache, get, destroyed } = open(2);
  get("a");
  get("b");
  get("a");
  expect(get("c")).toBe(3);
  expect(destroyed).toEqual([2]);
  expect([get("a"), get("b")]).toEqual([1, 4]);
  expect(destroyed).toEqual([2, 3]);
  expect(cache.size).toBe(2);
});

test("a dropped or replaced handle is destroyed once", () => {
  const { cache, get, destroyed } = open(2);
  get("a");
  cache.drop("a");
  cache.drop("a");
  cache.drop("unknown");
  expect(destroyed).toEqual([1]);
  get("b");
  cache.put("b", 9 as ObjectHandle);
  expect(destroyed).toEqual([1, 2]);
  expect(get("b")).toBe(9);
});

test("a failure to make a handle is not remembered", () => {
  const { cache, get } = open(1);
  expect(() =>
    cache.get("a", () => {
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(get("a")).toBe(1);
});

test.each([0, -1, 1.5, Number.NaN])("a capacity of %d is refused", (capacity) => {
  expect(() => open(capacity)).toThrow(RangeError);
});
