/** The process in which the entries of one file run (`bundled.ts`). */

import { pathToFileURL } from "node:url";
import type { Message, Order } from "./bundled.ts";
import type { Entry } from "./contest.ts";
import { isChosen } from "./outcome.ts";
import { LITTLE_PATIENCE, run } from "./rounds.ts";

// Whoever asked is gone.
process.on("disconnect", () => process.exit(1));

const [file = "", text = ""] = process.argv.slice(2);
const order = JSON.parse(text) as Order;
const { contests } = (await import(pathToFileURL(file).href)) as { readonly contests: readonly Entry[] };
const tell = (message: Message): Promise<void> => new Promise((told) => process.send?.(message, () => told()));

const chosen = contests.filter((entry) => isChosen(entry, order));
await tell({ kind: "chosen", count: chosen.length });
for (const entry of chosen) {
  const { name } = entry;
  await tell({ kind: "begun", name });
  try {
    await tell({ kind: "done", outcome: await run(entry, order.rounds, order.quick ? LITTLE_PATIENCE : undefined) });
  } catch (error) {
    await tell({
      kind: "failed",
      name,
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
}
// What a contest left running does not keep the others waiting.
process.exit();
