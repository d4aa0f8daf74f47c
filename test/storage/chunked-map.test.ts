import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { ChunkedMap } from "../../src/storage/chunked-map.ts";

/** What is done to one of two maps: a value set, an entry deleted, or the other one made a copy of it. */
const step = fc.record({
  on: fc.nat(1),
  does: fc.constantFrom("set" as const, "set" as const, "delete" as const, "copy" as const),
  at: fc.nat(2000),
  count: fc.integer({ min: 1, max: 1000 }),
});
const NAMES = Array.from({ length: 3000 }, (_, i) => `111122223333/us-east-1/${i}`);

test("a map in chunks is a Map, whatever is set, deleted and copied, and a copy stays as it was", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30, size: "max" }), (steps) => {
      const maps = [new ChunkedMap<number>(), new ChunkedMap<number>()];
      const plain = [new Map<string, number>(), new Map<string, number>()];
      steps.forEach(({ on, does, at, count }, value) => {
        if (does === "copy") {
          maps[1 - on] = (maps[on] as ChunkedMap<number>).copy();
          plain[1 - on] = new Map(plain[on]);
          return;
        }
        for (const id of NAMES.slice(at, at + count)) {
          if (does === "set") maps[on]?.set(id, value);
          if (does === "set") plain[on]?.set(id, value);
          else expect(maps[on]?.delete(id)).toBe(plain[on]?.delete(id));
        }
      });
      for (const on of [0, 1]) {
        expect(NAMES.map((id) => maps[on]?.get(id))).toEqual(NAMES.map((id) => plain[on]?.get(id)));
      }
    }),
    { numRuns: 25 },
  );
});

test("a change after a copy looks at one chunk of 100,000 entries, not at all of them", () => {
  const map = new ChunkedMap<number>();
  for (let i = 0; i < 100_000; i++) map.set(`id ${i}`, i);
  const copied = vi.spyOn(Map.prototype, "set");
  const copy = map.copy();
  copy.set("id 7", -7);
  const steps = copied.mock.calls.length;
  copied.mockRestore();
  expect(steps).toBeLessThan(1000);
  expect([map.get("id 7"), copy.get("id 7"), copy.get("id 8")]).toEqual([7, -7, 8]);
});

/** FNV-1a, which the chunks go by. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const letter of id) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return hash;
}

test("more entries than a chunk holds, with hashes that end in the same 14 bits, are all kept", () => {
  const alike: string[] = [];
  for (let i = 0; alike.length < 400; i++) if ((hashOf(`${i}`) & 0x3fff) === 0) alike.push(`${i}`);
  const map = new ChunkedMap<string>();
  for (const id of alike) map.set(id, `of ${id}`);
  expect(alike.map((id) => map.get(id))).toEqual(alike.map((id) => `of ${id}`));
  expect(map.get("another")).toBeUndefined();
});
