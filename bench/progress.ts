/** What the user sees of a run: a line for each contest that is done and, on a terminal, one for what is being done. */

export interface Progress {
  /** What is being done. */
  at(text: string): void;
  /** A line to keep. */
  say(line: string): void;
  end(): void;
}

/** A terminal without columns makes nanospinner clear lines without end. */
const isTerminal = (): boolean =>
  process.stdout.isTTY === true &&
  process.stderr.isTTY === true &&
  process.stderr.columns > 0 &&
  !("CI" in process.env) &&
  process.env["TERM"] !== "dumb";

export async function startProgress(): Promise<Progress> {
  if (!isTerminal()) return { at: () => {}, say: (line) => console.log(line), end: () => {} };
  const { createSpinner } = await import("nanospinner");
  const spinner = createSpinner("bundling", { stream: process.stderr, interval: 250 }).start();
  return {
    at: (text) => void spinner.update({ text }),
    say(line) {
      spinner.clear();
      console.log(line);
    },
    end: () => void spinner.stop(),
  };
}
