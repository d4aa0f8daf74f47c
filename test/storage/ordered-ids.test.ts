import fc from "fast-check";
import { expect, test } from "vitest";
import { OrderedIds } from "../../src/storage/ordered-ids.ts";

const name = fc.integer({ min: 0, max: 4000 }).map((n) => String(n).padStart(4, "0"));

test("a list in blocks is a sorted list, whatever comes and goes, and its copy goes its own way", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { minLength: 0, maxLength: 2500, size: "max" }),
      fc.array(fc.nat(2499), { maxLength: 2500, size: "max" }),
      name,
      (all, gone, start) => {
        const ids = new OrderedIds();
        for (const id of all) ids.add(id);
        const copy = ids.copy();
        const saved = copy.copy();
        const left = new Set(all);
        for (const i of gone) {
          const id = all[i];
          if (id !== undefined && left.delete(id)) ids.delete(id);
        }
        const sorted = (of: Iterable<string>): string[] => [...of].sort().filter((id) => id >= start);
        expect([...ids.from(start)]).toEqual(sorted(left));
        expect([...copy.from(start)]).toEqual(sorted(all));
        for (const id of all.slice(0, 300)) copy.delete(id);
        copy.add("5000");
        expect([...copy.from(start)]).toEqual(sorted([...all.slice(300), "5000"]));
        expect([...saved.from(start)]).toEqual(sorted(all));
        for (const id of [...left]) ids.delete(id);
        ids.add("x");
        expect([...ids.from("")]).toEqual(["x"]);
      },
    ),
    { numRuns: 60 },
  );
});

test("among 50,000 the first from any place on is found by some comparisons, not by as many as there are", () => {
  let comparisons = 0;
  // Text that is counted wherever it is compared.
  const counted = (n: number): string => {
    const text = String(n).padStart(6, "0");
    const compared = (): string => {
      comparisons++;
      return text;
    };
    return { [Symbol.toPrimitive]: compared } as unknown as string;
  };
  const ids = new OrderedIds();
  for (let n = 0; n < 50_000; n++) ids.add(counted(n));
  for (const start of [0, 1, 255, 256, 24_999, 49_999]) {
    comparisons = 0;
    const [first] = ids.from(String(start).padStart(6, "0"));
    // In the list of blocks and in one of them: powers of two up to 256 and 512.
    expect(comparisons).toBeLessThan(2 * (9 + 10));
    expect(String(first)).toBe(String(start).padStart(6, "0"));
  }
});
