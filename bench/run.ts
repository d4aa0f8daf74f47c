/** `npm run bench`: runs the contests of `suites.ts` and tells what was found. */

import { Command } from "commander";
import { runBundled } from "./bundled.ts";
import { SUITES } from "./suites.ts";
import { line } from "./text.ts";

const program = new Command("bench")
  .argument("[suite...]", `of ${SUITES.join(", ")}; all when none is named`)
  .option("--only <part...>", "parts of names, groups or layers")
  .option("--rounds <count>", "rounds of each contest", Number, 21)
  .parse();
const { only = [], rounds } = program.opts<{ only?: string[]; rounds: number }>();
const asked = program.args;
for (const suite of asked.length > 0 ? asked : SUITES) {
  await runBundled(suite, { rounds, quick: false, only }, (message) => {
    if (message.kind === "done") console.log(line(message.outcome));
    if (message.kind === "failed") console.error(`${message.name} failed: ${message.message}`);
  });
}
