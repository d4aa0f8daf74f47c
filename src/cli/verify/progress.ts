/** How far a run is: one line that changes on a terminal, a plain line now and then elsewhere. */

import { grouped } from "../../conformance/report/summary.ts";

export interface Progress {
  /** More cases are done; `label` names what was worked on. */
  add(cases: number, faults: number, label: string): void;
  end(): void;
}

/** Elsewhere than on a terminal a line is written so often. */
const SECONDS_BETWEEN_LINES = 15;

export async function startProgress(total: number): Promise<Progress> {
  const begun = performance.now();
  let [done, failed] = [0, 0];
  const text = (): string =>
    `${grouped(done)} of ${grouped(total)} cases, ${grouped(failed)} failed, ${Math.round((performance.now() - begun) / 1000)} s`;
  const show = isTerminal() ? await onTerminal() : inLines(begun);
  return {
    add(cases, faults, label) {
      done += cases;
      failed += faults;
      show.update(() => text(), label);
    },
    end: () => show.end(),
  };
}

/**
 * The library asks for standard output, this file for the one that it writes to. A terminal that says it has no
 * columns makes the library clear lines without end.
 */
function isTerminal(): boolean {
  return (
    process.stdout.isTTY === true &&
    process.stderr.isTTY === true &&
    process.stderr.columns > 0 &&
    !("CI" in process.env) &&
    process.env["TERM"] !== "dumb"
  );
}

interface Display {
  update(text: () => string, label: string): void;
  end(): void;
}

async function onTerminal(): Promise<Display> {
  const { createSpinner } = await import("nanospinner");
  const spinner = createSpinner("starting", { stream: process.stderr }).start();
  let last = "";
  return {
    update(text, label) {
      last = text();
      spinner.update({ text: `${last}  ${label}` });
    },
    end: () => void spinner.stop({ text: last }),
  };
}

function inLines(begun: number): Display {
  let due = begun + SECONDS_BETWEEN_LINES * 1000;
  return {
    update(text) {
      if (performance.now() < due) return;
      due += SECONDS_BETWEEN_LINES * 1000;
      process.stderr.write(`pocket-hsm verify: ${text()}\n`);
    },
    end: () => {},
  };
}
