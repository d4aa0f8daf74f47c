import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Entry, isContest, LAYERS } from "../../bench/contest.ts";
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

test("what the quick form runs says something of every layer but the start, and guards figures", () => {
  const quick = entries.map(([, entry]) => entry).filter((entry) => entry.quick === true);
  expect(new Set(quick.map(({ layer }) => layer))).toEqual(new Set(LAYERS.filter((layer) => layer !== "start")));
  const guards = (entry: Entry): boolean =>
    isContest(entry) ? (entry.least ?? entry.over) !== undefined : (entry.atLeast ?? entry.atMost) !== undefined;
  for (const entry of quick) expect(guards(entry), idOf(entry)).toBe(true);
});
