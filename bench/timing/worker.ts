/** What `run.ts` starts: measures the rows, and tells how it went. */

import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fromHex, toHex } from "../../src/bytes/bytes.ts";
import { CtrDrbg } from "../../src/crypto/drbg.ts";
import type { Rng } from "../../src/crypto/engine.ts";
import { seededEntropy } from "../../src/crypto/entropy.ts";
import { shares } from "./budget.ts";
import { measure, needOf, type Outcome } from "./measure.ts";
import { duration, heading, line } from "./report.ts";
import { rows } from "./rows/all.ts";

/** The options as `run.ts` reads them. */
export interface Settings {
  readonly seconds: number;
  readonly measurements: number;
  readonly seed?: string;
  readonly json?: string;
  readonly only?: readonly string[];
}

/** What is written with `--json`. */
export interface Report {
  readonly date: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string; readonly v8: string };
  readonly commit: string;
  readonly seed: string;
  readonly outcomes: readonly Outcome[];
}

/** The time of a row, with what goes before its measurements and the tests after them, in multiples of theirs. */
const WITH_ALL = 1.35;

const STOCK_BYTES = 2 ** 16;

/** A stream fixed by its seed, made ahead, so that drawing is the same little work each time. */
function streamOf(seed: Uint8Array): Rng {
  const drbg = new CtrDrbg({ entropy: seededEntropy(seed) });
  let stock = new Uint8Array(0);
  let used = 0;
  return (length) => {
    if (length > STOCK_BYTES) throw new RangeError(`expected at most ${STOCK_BYTES} bytes at once, not ${length}`);
    if (used + length > stock.length) {
      stock = Uint8Array.from(drbg.generate(STOCK_BYTES));
      used = 0;
    }
    used += length;
    return stock.subarray(used - length, used);
  };
}

function run({ seconds, measurements, seed = toHex(randomBytes(32)), json, only = [] }: Settings): boolean {
  const chosen = rows.filter(
    ({ group, name, must }) => must || only.length === 0 || only.some((part) => `${group} ${name}`.includes(part)),
  );
  const rng = streamOf(fromHex(seed));
  const end = performance.now() + 1000 * seconds;
  console.log(heading(chosen.length, seed));
  const needs = chosen.map((row) => needOf(row, rng));
  const outcomes: Outcome[] = [];
  for (const [index, row] of chosen.entries()) {
    const left = (end - performance.now()) / WITH_ALL;
    const [milliseconds] = shares(needs.slice(index), left);
    if (milliseconds === undefined) {
      console.log(`${"left out".padStart(8)}  ${row.name}: it takes some ${duration(1e6 * (needs[index] as number))}`);
      continue;
    }
    const outcome = measure(row, rng, { milliseconds, measurements });
    outcomes.push(outcome);
    console.log(line(outcome));
  }
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(reportOf(seed, outcomes), null, 2)}\n`);
  const unseen = outcomes.filter(({ must, finding }) => must !== undefined && finding !== must);
  for (const { name } of unseen) console.error(`the control "${name}" is not as it must be: this run says nothing`);
  return unseen.length === 0;
}

function reportOf(seed: string, outcomes: readonly Outcome[]): Report {
  const git = spawnSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" });
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: {
      cpu: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
      node: process.versions.node,
      v8: process.versions.v8,
    },
    commit: git.stdout?.trim() ?? "",
    seed,
    outcomes,
  };
}

process.exitCode = run(JSON.parse(process.argv[2] ?? "{}") as Settings) ? 0 : 1;
