import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Entry } from "../../bench/contest.ts";
import { idOf } from "../../bench/outcome.ts";
import { SUITES } from "../../bench/suites.ts";

const BENCH = join(import.meta.dirname, "../../bench");
const entries: readonly (readonly [string, Entry])[] = (
  await Promise.all(
    SUITES.map(async (suite) => {
      const { contests } = (await import(`../../bench/${suite}.ts`)) as { readonly contests: readonly Entry[] };
      return contests.map((entry) => [suite, entry] as const);
    }),
  )
).flat();

test("every file of contests is in the list, and has some", () => {
  const files = readdirSync(BENCH).filter((name) => name.endsWith(".ts"));
  const exporting = files.filter((name) => /^export const contests\b/m.test(readFileSync(join(BENCH, name), "utf8")));
  expect(exporting.map((name) => name.replace(/\.ts$/, "")).sort()).toEqual([...SUITES].sort());
  for (const suite of SUITES) expect(entries.some(([name]) => name === suite)).toBe(true);
});

test("no two entries have one name in a layer", () => {
  const ids = entries.map(([, entry]) => idOf(entry));
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});
