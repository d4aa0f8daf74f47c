/**
 * What it costs to begin: each entry point imported, and put to its first use, in a process of its own. Node's own start
 * is not in it. The processor's time stands beside the clock's, because it says the same on a busy machine.
 * `npm run bench:startup -- 31` takes 31 samples of each.
 */

import { spawnSync } from "node:child_process";
import { loadavg } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const samples = Number(process.argv[2] ?? 15);

/** The code between the two readings of the clock. */
// biome-ignore format: a table
const TASKS: Readonly<Record<string, string>> = {
  "nothing":                       `await import("data:text/javascript,")`,
  "pocket-hsm, a session open":    `(await import("pocket-hsm")).createHsm().openSession()`,
  "pocket-hsm/kms, a KMS made":    `(await import("pocket-hsm/kms")).createKms()`,
  "pocket-hsm/server":             `await import("pocket-hsm/server")`,
  "pocket-hsm/node":               `await import("pocket-hsm/node")`,
  "pocket-hsm/conformance":        `await import("pocket-hsm/conformance")`,
  "pocket-hsm --version":          `process.argv[2] = "--version"; process.stdout.write = () => true;
                                    await import("./dist/cli/main.js"); delete process.stdout.write`,
};

interface Sample {
  readonly clock: number;
  readonly processor: number;
}

function sampleOf(code: string): Sample {
  const timed = `
    const cpu = process.cpuUsage(), start = performance.now();
    ${code};
    const clock = performance.now() - start, { user, system } = process.cpuUsage(cpu);
    console.log(JSON.stringify({ clock, processor: (user + system) / 1000 }));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", timed, ""], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Sample;
}

const taken: Record<string, Sample[]> = Object.fromEntries(Object.keys(TASKS).map((name) => [name, []]));
for (let round = 0; round < samples; round++) {
  for (const [name, code] of Object.entries(TASKS)) taken[name]?.push(sampleOf(code));
}

const commit = spawnSync("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT, encoding: "utf8" }).stdout?.trim();
const sorted = (values: readonly number[]): readonly number[] => values.toSorted((a, b) => a - b);
const rows = Object.entries(taken).map(([name, all]) => {
  const clock = sorted(all.map((sample) => sample.clock));
  const processor = sorted(all.map((sample) => sample.processor));
  const middle = samples >> 1;
  return { name, p50: clock[middle] ?? 0, min: clock[0] ?? 0, processor: processor[middle] ?? 0 };
});

console.log(`${"entry point".padEnd(32)}${"p50 ms".padStart(10)}${"min ms".padStart(10)}${"CPU p50 ms".padStart(12)}`);
for (const { name, p50, min, processor } of rows) {
  const cells = [p50.toFixed(1).padStart(10), min.toFixed(1).padStart(10), processor.toFixed(1).padStart(12)];
  console.log(name.padEnd(32) + cells.join(""));
}
console.log(`\n${samples} samples, load average ${loadavg()[0]?.toFixed(1)}\n`);
for (const row of rows) console.log(JSON.stringify({ ...row, node: process.version, commit }));
