import { expect, test } from "vitest";
import { type Store, StoreConflict } from "../../src/storage/store.ts";

const put = (id: string, value: object | undefined, expect = 0, table = "t") => ({ table, id, value, expect });

/** What every store must do. `open` makes an empty one. */
export function storeSuite(open: () => Promise<Store>): void {
  const ids = async (store: Store, options: { prefix: string; after?: string; limit?: number }): Promise<string[]> =>
    (await store.list("t", options)).map(({ id }) => id);

  test("a committed record is read back with version 1, and each commit counts it up", async () => {
    const store = await open();
    const value = { text: "ä", bytes: Uint8Array.of(1, 2), list: [1, { deep: true }], nothing: null };
    await store.commit([put("a", value)]);
    expect(await store.get("t", "a")).toEqual({ id: "a", version: 1, value });
    await store.commit([put("a", { text: "b" }, 1)]);
    expect(await store.get("t", "a")).toEqual({ id: "a", version: 2, value: { text: "b" } });
    expect(await store.get("t", "b")).toBeUndefined();
    expect(await store.get("u", "a")).toBeUndefined();
    await store.close();
  });

  test("what the caller does to its value after a commit, or to a value it read, does not change the record", async () => {
    const store = await open();
    const value = { bytes: Uint8Array.of(1), list: ["x"], inner: { member: 1 } };
    await store.commit([put("a", value)]);
    value.bytes[0] = 9;
    value.list.push("y");
    value.inner.member = 2;
    const read = await store.get<typeof value>("t", "a");
    expect(() => read?.value.list.push("z")).toThrow(TypeError);
    expect(() => Object.assign(read?.value.inner ?? {}, { member: 3 })).toThrow(TypeError);
    expect(await store.get("t", "a")).toEqual({
      id: "a",
      version: 1,
      value: { bytes: Uint8Array.of(1), list: ["x"], inner: { member: 1 } },
    });
    await store.close();
  });

  test("a commit that finds another version than it expects is a StoreConflict and changes nothing", async () => {
    const store = await open();
    await store.commit([put("a", { n: 1 })]);
    for (const wrong of [put("a", { n: 2 }), put("a", { n: 2 }, 2), put("x", { n: 2 }, 1), put("x", undefined, 1)]) {
      await expect(store.commit([put("b", { n: 1 }), wrong])).rejects.toThrow(StoreConflict);
    }
    expect(await store.get("t", "b")).toBeUndefined();
    expect(await store.get("t", "a")).toEqual({ id: "a", version: 1, value: { n: 1 } });
    await store.close();
  });

  test("of two commits over the same version one wins", async () => {
    const store = await open();
    await store.commit([put("a", { n: 0 })]);
    const results = await Promise.allSettled([
      store.commit([put("a", { n: 1 }, 1)]),
      store.commit([put("a", { n: 2 }, 1)]),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((await store.get("t", "a"))?.version).toBe(2);
    await store.close();
  });

  test("a commit cannot change one record twice", async () => {
    const store = await open();
    await expect(store.commit([put("a", { n: 1 }), put("a", { n: 2 }, 1)])).rejects.toThrow(TypeError);
    expect(await store.get("t", "a")).toBeUndefined();
    await store.close();
  });

  test("a deleted record is gone and may be made anew from version 1", async () => {
    const store = await open();
    await store.commit([put("a", { n: 1 })]);
    await store.commit([put("a", undefined, 1)]);
    expect(await store.get("t", "a")).toBeUndefined();
    expect(await ids(store, { prefix: "" })).toEqual([]);
    await store.commit([put("a", { n: 2 })]);
    expect((await store.get("t", "a"))?.version).toBe(1);
    await store.close();
  });

  test("a listing has the ids with the prefix in ascending order, from after an id, up to a limit", async () => {
    const store = await open();
    for (const id of ["p/c", "p/a", "q/a", "p/b", "o/z", "p", "p/ab"]) await store.commit([put(id, { id })]);
    await store.commit([put("p/x", { id: "other" }, 0, "u")]);
    expect(await ids(store, { prefix: "p/" })).toEqual(["p/a", "p/ab", "p/b", "p/c"]);
    expect(await ids(store, { prefix: "p/", limit: 2 })).toEqual(["p/a", "p/ab"]);
    expect(await ids(store, { prefix: "p/", after: "p/ab" })).toEqual(["p/b", "p/c"]);
    expect(await ids(store, { prefix: "p/", after: "p/aa", limit: 1 })).toEqual(["p/ab"]);
    expect(await ids(store, { prefix: "p/", after: "o" })).toEqual(["p/a", "p/ab", "p/b", "p/c"]);
    expect(await ids(store, { prefix: "p/", after: "p/c" })).toEqual([]);
    expect(await ids(store, { prefix: "none" })).toEqual([]);
    await store.close();
  });

  test("a record holds plain data only", async () => {
    const store = await open();
    for (const value of [{ date: new Date(0) }, { call: () => 1 }, { big: 1n }, { map: new Map() }]) {
      await expect(store.commit([put("a", value)])).rejects.toThrow(TypeError);
    }
    expect(await store.get("t", "a")).toBeUndefined();
    await store.close();
  });

  test("a closed store refuses to be used", async () => {
    const store = await open();
    await store.close();
    await expect(store.get("t", "a")).rejects.toThrow("closed");
    await expect(store.commit([put("a", {})])).rejects.toThrow("closed");
  });
}
