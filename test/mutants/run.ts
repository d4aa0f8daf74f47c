/**
 * Breaks the engine in one place after the other, and sees whether `pocket-hsm verify` fails and names a file.
 *
 *     npx tsx test/mutants/run.ts [--file src/crypto/ec.ts …] [--sample N] [--of K] [--jobs N] [--engine pure|node]
 *
 * `--breaks` takes the ones chosen by hand (breaks.ts), and all cases of their suites where the sample notices nothing; `--of K`
 * each K-th of those made from the source. What survives is printed: either a case is missing, or the change changes nothing.
 */

import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import ts from "typescript";
import { BREAKS } from "./breaks.ts";
import { type Mutation, mutationsOf } from "./mutations.ts";
import { suitesFor } from "./suites-for.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const { values } = parseArgs({
  options: {
    file: { type: "string", multiple: true },
    sample: { type: "string", default: "8" },
    of: { type: "string", default: "1" },
    jobs: { type: "string", default: "2" },
    engine: { type: "string", default: "pure" },
    breaks: { type: "boolean", default: false },
  },
});

/** A mutant that does not end is one that is noticed; a busy machine may make one of any, so these are named. */
const PATIENCE = 240_000;

interface Mutant extends Mutation {
  readonly file: string;
  readonly engine: string;
}

/** How `verify` ended: without a status when it had to be ended. */
interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

const COMPILER: ts.CompilerOptions = {
  module: ts.ModuleKind.ESNext,
  target: ts.ScriptTarget.ES2023,
  rewriteRelativeImportExtensions: true,
};

/** The program as a file for each source file, of which one is replaced at a time. */
class Workshop {
  readonly #place: string;

  constructor(name: string) {
    this.#place = join(ROOT, "node_modules/.mutants", name);
    rmSync(this.#place, { recursive: true, force: true });
    mkdirSync(this.#place, { recursive: true });
    for (const file of readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }))
      if (file.endsWith(".ts")) this.#write(`src/${file}`, readFileSync(join(ROOT, "src", file), "utf8"));
    cpSync(join(ROOT, "package.json"), join(this.#place, "package.json"));
  }

  async run({ file, text, engine }: Mutant): Promise<Outcome> {
    const whose = engine === "hardened" ? ["--hardened"] : ["--engine", engine];
    const selection = ["--suite", ...suitesFor(file), ...whose];
    this.#write(file, text);
    try {
      const outcome = await this.#verify([...selection, "--sample", values.sample]);
      return values.breaks && outcome.status === 0 ? await this.#verify(selection) : outcome;
    } finally {
      this.#write(file, readFileSync(join(ROOT, file), "utf8"));
    }
  }

  #write(file: string, text: string): void {
    const path = join(this.#place, file.replace(/^src/, "dist").replace(/\.ts$/, ".js"));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, ts.transpileModule(text, { compilerOptions: COMPILER }).outputText);
  }

  #verify(selection: readonly string[]): Promise<Outcome> {
    const settings = ["--jobs", "1", "--fail-fast"];
    return new Promise((done) => {
      const child = spawn(process.execPath, [
        join(this.#place, "dist/cli/main.js"),
        "verify",
        ...selection,
        ...settings,
      ]);
      const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
      let output = "";
      child.stdout.on("data", (text) => (output += text));
      child.stderr.on("data", (text) => (output += text));
      child.on("close", (status) => {
        clearTimeout(timer);
        done({ status, output });
      });
    });
  }
}

/** The engine that has a file. */
function engineFor(file: string): string {
  return file.includes("/hardened/") ? "hardened" : values.engine;
}

const all = (readdirSync(join(ROOT, "src/crypto"), { recursive: true }) as string[]).map(
  (file) => `src/crypto/${file}`,
);
const files = (values.file ?? all).filter((file) => file.endsWith(".ts") && suitesFor(file).length > 0);
const breaks = BREAKS.filter(({ file }) => values.file?.includes(file) ?? true);
const chosen = breaks.map(({ file, from, to, engine = values.engine }): Mutant => {
  const source = readFileSync(join(ROOT, file), "utf8");
  const [before = "", ...after] = source.split(from);
  if (after.length !== 1) throw new Error(`${file}: this is to stand there once: ${from}`);
  const text = before + to + after[0];
  return { file, line: before.split("\n").length, what: `${from} -> ${to}`, text, engine };
});
const made = files
  .flatMap((file) =>
    mutationsOf(readFileSync(join(ROOT, file), "utf8")).map((one) => ({ ...one, file, engine: engineFor(file) })),
  )
  .filter((_, index) => index % Number(values.of) === 0);
const mutants: readonly Mutant[] = values.breaks ? chosen : made;
const queue = [...mutants];
const survivors: string[] = [];
let noticed = 0;
let endless = 0;

async function work(name: string): Promise<void> {
  const workshop = new Workshop(name);
  for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
    const { status, output } = await workshop.run(mutant);
    const what = `${mutant.file}:${mutant.line} ${mutant.what}`;
    if (values.breaks)
      console.log(`${mutant.what}\n    ${/^ {2}\S+(#\S+|:) .*$/m.exec(output)?.[0].trim() ?? "no file named"}`);
    if (status === 0) {
      survivors.push(what);
      console.log(`survives: ${what}`);
    } else {
      noticed++;
      if (status === null) {
        endless++;
        console.log(`does not end: ${what}`);
      }
    }
    process.stderr.write(`\r${noticed + survivors.length} of ${mutants.length}, ${survivors.length} survive `);
  }
}
await Promise.all(Array.from({ length: Number(values.jobs) }, (_, index) => work(String(index))));
console.log(
  `\n${noticed} of ${mutants.length} mutants are noticed (${endless} do not end), ${survivors.length} survive`,
);
