import fc from "fast-check";
import { expect, test } from "vitest";
import { HashTable } from "../../src/objects/hash-table.ts";

interface Entry {
  readonly key: number;
  readonly value: number;
}

const step = fc.record({
  does: fc.constantFrom("set" as const, "set" as const, "delete" as const),
  from: fc.nat(300),
  count: fc.integer({ min: 1, max: 200 }),
});

test.each([
  ["that differ", (key: number) => key],
  ["of which a hundred are the same", (key: number) => key % 5],
  ["that are all the same", () => 0],
])("a table with hashes %s is a Map, whatever is set and deleted", (_, hashOf) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const table = new HashTable<number, Entry>(hashOf, (entry, key) => entry.key === key);
      const plain = new Map<number, Entry>();
      steps.forEach(({ does, from, count }, value) => {
        for (let key = from; key < from + count; key++) {
          if (does === "delete") {
            table.delete(key);
            plain.delete(key);
          } else {
            table.set(key, { key, value });
            plain.set(key, { key, value });
          }
        }
        expect(table.size).toBe(plain.size);
      });
      const keys = Array.from({ length: 501 }, (_, key) => key);
      expect(keys.map((key) => table.get(key))).toEqual(keys.map((key) => plain.get(key)));
    }),
    { numRuns: 50 },
  );
});

test("a table that was large and is almost empty finds what is left", () => {
  const table = new HashTable<number, Entry>(
    (key) => key,
    (entry, key) => entry.key === key,
  );
  for (let key = 0; key < 10_000; key++) table.set(key, { key, value: -key });
  for (let key = 0; key < 9_990; key++) table.delete(key);
  expect(table.size).toBe(10);
  for (let key = 9_980; key < 10_000; key++) expect(table.get(key)?.value).toBe(key < 9_990 ? undefined : -key);
});

test("a table that is emptied again and again still finds", () => {
  const table = new HashTable<number, Entry>(
    (key) => key,
    (entry, key) => entry.key === key,
  );
  for (let turn = 0; turn < 20; turn++) {
    for (let key = 0; key < 3; key++) table.set(key, { key, value: turn });
    for (let key = 0; key < 3; key++) expect(table.get(key)?.value).toBe(turn);
    for (let key = 0; key < 3; key++) table.delete(key);
    expect([table.size, table.get(0)]).toEqual([0, undefined]);
  }
});

test("among 100,000 values a search asks few that are not the one that is looked for", () => {
  let asked = 0;
  const table = new HashTable<number, Entry>(
    (key) => key,
    (entry, key) => {
      asked += 1;
      return entry.key === key;
    },
  );
  for (let key = 0; key < 100_000; key++) table.set(7919 * key, { key: 7919 * key, value: key });
  asked = 0;
  let found = 0;
  for (let key = 0; key < 100_000; key++) if (table.get(7919 * key)?.value === key) found += 1;
  for (let key = 0; key < 100_000; key++) if (table.get(-1 - key) !== undefined) found += 1;
  expect(found).toBe(100_000);
  expect(asked).toBeLessThan(100_100);
});
