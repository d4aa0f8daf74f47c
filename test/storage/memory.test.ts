import { describe, expect, test } from "vitest";
import { memoryStore } from "../../src/storage/memory.ts";
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
    const start = performance.now();
    for (let i = 0; i < 1000; i++) {
      const after = `k${String((i * 47) % count).padStart(6, "0")}`;
      expect(await store.list("t", { prefix: "k", after, limit: 2 })).toHaveLength(2);
    }
    // A scan would take 50,000 comparisons for each of the 1,000 listings.
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
