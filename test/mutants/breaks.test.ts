import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BREAKS } from "./breaks.ts";
import { suitesFor } from "./suites-for.ts";

const ROOT = join(import.meta.dirname, "../..");

test.each(BREAKS.map((one) => [`${one.file}: ${one.from}`, one] as const))(
  "the break of %s stands there once, changes it, and has suites that are to notice it",
  (_, { file, from, to }) => {
    expect(readFileSync(join(ROOT, file), "utf8").split(from)).toHaveLength(2);
    expect(to).not.toBe(from);
    expect(suitesFor(file)).not.toEqual([]);
  },
);
