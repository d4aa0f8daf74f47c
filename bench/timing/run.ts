/**
 * `npm run timing`: looks for inputs that can be told apart by the time that they take (docs/security.md, "Timing"). It runs
 * bundled, as users run the library, in a process of its own.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { rolldown } from "rolldown";
import type { Settings } from "./worker.ts";

const ROOT: string = join(import.meta.dirname, "../..");
/** A minute less what it takes to bundle and to start. */
const QUICK_SECONDS = 55;

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("Expected a number above 0.");
  return value;
}

function seed(text: string): string {
  if (!/^([0-9a-f]{2}){16,64}$/.test(text)) throw new InvalidArgumentError("Expected 32 to 128 hexadecimal digits.");
  return text;
}

const given = new Command("timing")
  .option("--seconds <n>", "for all rows together", positive, 600)
  .option("--quick", "all of it within a minute")
  .option("--measurements <n>", "of a row at most", positive, 200_000)
  .option("--only <part...>", "rows whose group or name has one of these parts in it; the controls always run")
  .option("--seed <hex>", "where every input comes from; a random one by default", seed)
  .option("--json <file>", "write the figures as JSON")
  .parse()
  .opts<Settings & { readonly quick?: true }>();

const { quick, json, ...others } = given;
const settings: Settings = {
  ...others,
  seconds: quick ? QUICK_SECONDS : others.seconds,
  ...(json !== undefined && { json: resolve(json) }),
};

// Beside the packages, so that what stays outside is found.
const dir = mkdtempSync(join(ROOT, "node_modules", ".timing-"));
try {
  const bundle = await rolldown({
    cwd: ROOT,
    input: "bench/timing/worker.ts",
    platform: "neutral",
    external: [/^node:/],
  });
  await bundle.write({ dir, format: "esm", minify: { compress: true, mangle: false } });
  const args = [join(dir, "worker.js"), JSON.stringify(settings)];
  process.exitCode = spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" }).status ?? 1;
} finally {
  rmSync(dir, { recursive: true });
}
