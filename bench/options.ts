/** The command line of `npm run bench`. */

import { Command, InvalidArgumentError, Option } from "commander";
import { LAYERS } from "./contest.ts";
import { SUITES, type Suite } from "./suites.ts";

export interface Options {
  readonly suites: readonly Suite[];
  readonly layer: readonly string[];
  readonly only: readonly string[];
  readonly rounds: number;
  readonly quick: boolean;
  readonly json?: string;
  readonly html?: string;
  readonly record: boolean;
  readonly scale?: number;
  readonly from?: readonly string[];
  readonly compare?: readonly [string, string];
}

const ROUNDS = { whole: 21, quick: 9 };
/** The most objects and keys of the quick form. */
const QUICK_SCALE = 1000;

function count(text: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 1)) throw new InvalidArgumentError("Expected a number from 1 on.");
  return value;
}

function suite(text: string, before: readonly Suite[] = []): readonly Suite[] {
  const found = SUITES.find((name) => name === text);
  if (found === undefined) throw new InvalidArgumentError(`Expected one of ${SUITES.join(", ")}.`);
  return [...before, found];
}

function command(): Command {
  return new Command("npm run bench --")
    .description("Measures the library beside its peers, in turns within one run, and writes a table, JSON and a page.")
    .argument("[suite...]", `of ${SUITES.join(", ")}; without one, all`, suite)
    .addOption(new Option("--layer <layer...>", "contests of these layers").choices(LAYERS))
    .option("--only <part...>", "contests with one of these parts in their name or group")
    .option("--rounds <count>", `rounds of a contest (${ROUNDS.whole}, quick ${ROUNDS.quick})`, count)
    .option("--quick", "some contests in a minute; exit status 1 when a figure is not even near its target", false)
    .option("--scale <count>", "the most objects and keys (100000; to make a million takes minutes)", count)
    .option("--json <file>", "where the results go (bench/results/)")
    .option("--html <file>", "where the page goes (bench/results/)")
    .option("--record", "put the figures of the README into bench/figures.json", false)
    .option("--from <file...>", "runs nothing: the table, page and record of these results, taken together")
    .option(
      "--compare <file...>",
      "runs nothing: what changed from the first results to the second; exit status 1 when slower",
    );
}

/**
 * @param args as typed, without the program
 * @throws CommanderError for `--help` and for what is wrong, when `exits` is false; otherwise the process ends
 */
export function parseOptions(args: readonly string[], exits = true): Options {
  const program = command();
  if (!exits) program.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  program.parse(args, { from: "user" });
  const suites = (program.processedArgs[0] ?? []) as readonly Suite[];
  const { layer = [], only = [], rounds, compare, ...others } = program.opts();
  if (compare !== undefined && compare.length !== 2) program.error("error: option '--compare' expects two files");
  return {
    ...others,
    ...(others["quick"] && { scale: others["scale"] ?? QUICK_SCALE }),
    suites: suites.length > 0 ? suites : SUITES,
    layer,
    only,
    rounds: rounds ?? (others["quick"] ? ROUNDS.quick : ROUNDS.whole),
    ...(compare === undefined ? {} : { compare }),
  } as Options;
}
