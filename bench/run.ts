/** `npm run bench`: runs the contests that were asked for, or looks at the results of earlier runs. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { dirname, join, relative } from "node:path";
import { type Message, runBundled } from "./bundled.ts";
import { compare, comparisonText } from "./compare.ts";
import { FIGURES, figuresOf, formatFigures } from "./figures.ts";
import { type Options, parseOptions } from "./options.ts";
import { isContestOutcome, isNear, type Outcome, type Verdict } from "./outcome.ts";
import { pageOf } from "./page/page.ts";
import { startProgress } from "./progress.ts";
import { circumstancesOf, merged, parseResults, type Results, ResultsError, SCHEMA } from "./results.ts";
import { line, summary, verdictText } from "./text.ts";

const ROOT = join(import.meta.dirname, "..");

/** @throws ResultsError that names the file */
function read(file: string): Results {
  try {
    return parseResults(readFileSync(file, "utf8"));
  } catch (error) {
    throw new ResultsError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @param isBrief whether servers are asked once and shortly, while they still compile */
async function measure(options: Options, isBrief: boolean = options.quick): Promise<Results> {
  const { suites, layer, only, rounds, quick, scale } = options;
  // Read by the workers of bench/scale.ts and bench/serve.ts.
  if (scale !== undefined) process.env["SCALE"] = String(scale);
  if (isBrief) process.env["QUICK"] = "yes";
  else delete process.env["QUICK"];
  const began = Date.now();
  const [load = 0] = loadavg();
  const outcomes: Outcome[] = [];
  const failures: { name: string; message: string }[] = [];
  const progress = await startProgress();
  const fail = (name: string, message: string): void => {
    failures.push({ name, message });
    progress.say(`${name} FAILED: ${message}`);
  };
  let group = "";
  for (const suite of suites) {
    let [number, count] = [0, 0];
    progress.at(`${suite}: bundling`);
    const hear = (message: Message): void => {
      if (message.kind === "chosen") count = message.count;
      if (message.kind === "begun") progress.at(`${suite} ${++number} of ${count}: ${message.name}`);
      if (message.kind === "failed") fail(message.name, message.message);
      if (message.kind !== "done") return;
      const { outcome } = message;
      outcomes.push(outcome);
      const title = `${outcome.layer}: ${outcome.group}`;
      if (title !== group) progress.say(`\n${title}`);
      group = title;
      progress.say(line(outcome));
    };
    await runBundled(suite, { rounds, quick, layers: layer, only }, hear).catch((error: Error) =>
      fail(suite, error.message),
    );
  }
  progress.end();
  return { schema: SCHEMA, circumstances: circumstancesOf(began, load, rounds), outcomes, failures };
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`wrote ${relative(process.cwd(), file)}`);
}

function keep(results: Results, { json, html, record, from }: Options): void {
  const { date, commit } = results.circumstances;
  const name = join(ROOT, "bench/results", `${date.slice(0, 16).replace(":", "-")}-${commit.hash}`);
  console.log();
  if (json !== undefined || from === undefined) write(json ?? `${name}.json`, `${JSON.stringify(results)}\n`);
  write(html ?? `${name}.html`, pageOf(results));
  if (record) write(FIGURES, formatFigures(figuresOf(results)));
}

/** What is not even near its target, by the name of its contest. */
const farIn = ({ outcomes }: Results): (readonly [name: string, text: string])[] =>
  outcomes.flatMap((outcome) => {
    const { name, verdicts, margin } = outcome;
    const ratioTo = (rival = ""): number | undefined =>
      isContestOutcome(outcome) ? outcome.ratios[rival]?.middle : undefined;
    const isFar = (verdict: Verdict): boolean => !isNear(verdict, margin, ratioTo(verdict.against));
    return verdicts.filter(isFar).map((verdict) => [name, verdictText(verdict)] as const);
  });

/** Others may use the machine: half of what is wanted is enough, and what is below is measured again, at length. */
async function guard(results: Results, options: Options): Promise<boolean> {
  const first = farIn(results);
  if (first.length === 0) return true;
  const only = [...new Set(first.map(([name]) => name))];
  console.log(`\nfar from the target, measured again: ${only.join("; ")}`);
  const far = farIn(await measure({ ...options, only, rounds: 3 * options.rounds }, false));
  for (const [name, text] of far) console.error(`not even near the target: ${name}: ${text}`);
  return far.length === 0;
}

async function main(options: Options): Promise<boolean> {
  if (options.compare !== undefined) {
    const comparison = compare(read(options.compare[0]), read(options.compare[1]));
    console.log(comparisonText(comparison).join("\n"));
    return comparison.changes.every(({ kind }) => kind !== "slower");
  }
  if (options.from !== undefined) {
    const results = merged(options.from.map(read));
    for (const outcome of results.outcomes) console.log(line(outcome));
    keep(results, options);
    return true;
  }
  const results = await measure(options);
  console.log(`\n${summary(results)}`);
  if (!options.quick || options.json !== undefined || options.html !== undefined) keep(results, options);
  return (
    results.failures.length === 0 && results.outcomes.length > 0 && (!options.quick || (await guard(results, options)))
  );
}

// What is done when the process ends is done then too.
process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));

try {
  process.exitCode = (await main(parseOptions(process.argv.slice(2)))) ? 0 : 1;
} catch (error) {
  if (!(error instanceof ResultsError)) throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}
