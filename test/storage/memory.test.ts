import { describe, expect, test, vi } from "vitest";
import { memoryStore } from "../../src/storage/memory.ts";
import { OrderedIds } from "../../src/storage/ordered-ids.ts";
import { storeSuite } from "./store-suite.ts";

describe("memoryStore", () => {
  storeSuite(async () => memoryStore());

  test("a listing of a few among 50,000 records does not look at all of them", async () => {
    const store = memoryStore();
    const count = 50_000;
    const changes = Array.from({ length: count }, (_, i) => ({
      table: "t",
      id: `k${String(i).padStart(6, "0")}`,
      value: { i },
      expect: 0,
    }));
    await store.commit(changes);
    let looks = 0;
    const { from } = OrderedIds.prototype;
    const ids = vi.spyOn(OrderedIds.prototype, "from").mockImplementation(function* (this: OrderedIds, start) {
      for (const id of from.call(this, start)) {
        looks++;
        yield id;
      }
    });
    for (let i = 0; i < 100; i++) {
      const after = `k${String((i * 47) % count).padStart(6, "0")}`;
      expect(await store.list("t", { prefix: "k", after, limit: 2 })).toHaveLength(2);
    }
    expect(ids).toHaveBeenCalledTimes(100);
    ids.mockRestore();
    // The one after which a listing begins, and the two that it shows.
    expect(looks).toBe(300);
  });
});

test("a saved state stays as it is, whatever is committed to its store or to one that has loaded it", async () => {
  const store = memoryStore();
  const put = (target: typeof store, id: string, value: object | undefined, expect: number): Promise<void> =>
    target.commit([{ table: "t", id, value, expect }]);
  await put(store, "a", { n: 1 }, 0);
  const saved = store.save();
  const other = memoryStore();
  other.load(saved);
  await put(store, "a", { n: 2 }, 1);
  await put(store, "b", { n: 3 }, 0);
  await put(other, "a", undefined, 1);
  const ids = async (target: typeof store): Promise<unknown[]> =>
    (await target.list("t", { prefix: "" })).map(({ id, version, value }) => [id, version, value]);
  expect(await ids(store)).toEqual([
    ["a", 2, { n: 2 }],
    ["b", 1, { n: 3 }],
  ]);
  expect(await ids(other)).toEqual([]);
  for (const target of [store, other]) {
    target.load(saved);
    expect(await ids(target)).toEqual([["a", 1, { n: 1 }]]);
  }
});

test("of a large table each saved state, and each store that has loaded one, stays what it is", async () => {
  const id = (i: number): string => String(i).padStart(5, "0");
  const store = memoryStore();
  await store.commit(Array.from({ length: 5000 }, (_, i) => ({ table: "t", id: id(i), value: { n: i }, expect: 0 })));
  const [early, other] = [store.save(), memoryStore()];
  other.load(early);
  await store.commit([{ table: "t", id: id(777), value: { n: -1 }, expect: 1 }]);
  const late = store.save();
  await other.commit(Array.from({ length: 4000 }, (_, i) => ({ table: "t", id: id(i), value: undefined, expect: 1 })));
  await store.commit([{ table: "t", id: id(777), value: undefined, expect: 2 }]);
  const seen = async (): Promise<unknown[]> => {
    const all = await store.list<{ n: number }>("t", { prefix: "" });
    return [all.length, (await store.get<{ n: number }>("t", id(777)))?.value, all[3]?.value];
  };
  expect(await seen()).toEqual([4999, undefined, { n: 3 }]);
  expect((await other.list("t", { prefix: "" })).map((record) => record.id)).toEqual(
    Array.from({ length: 1000 }, (_, i) => id(4000 + i)),
  );
  store.load(early);
  expect(await seen()).toEqual([5000, { n: 777 }, { n: 3 }]);
  store.load(late);
  expect(await seen()).toEqual([5000, { n: -1 }, { n: 3 }]);
});
