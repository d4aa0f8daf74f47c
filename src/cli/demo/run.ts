/** `pocket-hsm demo`: the walkthroughs in this process, with the real OpenSSL as the other party. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Command, createKms, type Kms } from "../../kms.ts";
import { CommandError } from "../command-error.ts";
import { createTerminal, type Terminal } from "./terminal.ts";
import { WALKTHROUGHS } from "./walkthroughs.ts";
import { type Answer, type As, type Walkthrough, World } from "./world.ts";

const PROGRAMS = [
  ["openssl", "version"],
  ["tar", "--version"],
] as const;

const INTRODUCTION = `pocket-hsm demo: walkthroughs of AWS KMS, run in this process through kms.client().
Each line after $ is what you would type; the other party is your own OpenSSL.
To type the aws lines yourself, run "pocket-hsm serve" and add --endpoint-url http://127.0.0.1:4599
`;

/**
 * Runs all walkthroughs, or the one of that name, and prints them.
 * @returns the exit status: 1 when something was not as it should be.
 * @throws CommandError when a program that they need is not there.
 */
export async function demo(name: string | undefined): Promise<number> {
  for (const [program, argument] of PROGRAMS) {
    if (spawnSync(program, [argument], { stdio: "ignore" }).error === undefined) continue;
    throw new CommandError(`the demo needs the program ${program}, which cannot be run here`, 1);
  }
  const { stdout, env } = process;
  process.once("SIGINT", () => process.exit(130));
  const terminal = createTerminal({
    write: (text) => stdout.write(text),
    color: stdout.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb",
  });
  stdout.write(INTRODUCTION);
  const outcomes: Outcome[] = [];
  for (const walkthrough of WALKTHROUGHS.filter((one) => name === undefined || one.name === name)) {
    outcomes.push(await perform(walkthrough, terminal));
  }
  terminal.title("Summary");
  for (const outcome of outcomes) stdout.write(`${summaryLine(outcome)}\n`);
  const failures = outcomes.filter(({ passed }) => !passed).length;
  const total = outcomes.reduce((sum, { checks }) => sum + checks, 0);
  stdout.write(failures === 0 ? `\nAll ${total} checks passed.\n` : `\n${failures} of ${outcomes.length} failed.\n`);
  return failures === 0 ? 0 : 1;
}

interface Outcome {
  readonly walkthrough: Walkthrough;
  readonly passed: boolean;
  readonly checks: number;
  readonly seconds: number;
}

/** One walkthrough, with a KMS and a directory of its own, which goes however the process ends. */
async function perform(walkthrough: Walkthrough, terminal: Terminal): Promise<Outcome> {
  const start = performance.now();
  const kms = createKms();
  const directory = mkdtempSync(join(tmpdir(), "pocket-hsm-demo-"));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  process.once("exit", remove);
  terminal.title(walkthrough.title);
  let passed = false;
  try {
    await walkthrough.run(new World({ as: asOf(kms), directory, account: kms.account, witness: terminal }));
    passed = true;
  } catch (error) {
    terminal.failed(error instanceof Error ? error.message : String(error));
  } finally {
    process.off("exit", remove);
    remove();
    await kms.close();
  }
  return { walkthrough, passed, checks: terminal.checks(), seconds: (performance.now() - start) / 1000 };
}

function summaryLine({ walkthrough, passed, checks, seconds }: Outcome): string {
  const verdict = passed ? "ok    " : "FAILED";
  return `${walkthrough.name.padEnd(17)}  ${verdict}  ${String(checks).padStart(2)} checks  ${seconds.toFixed(1)} s`;
}

/** The KMS through `kms.client()`: no SDK, no wire. */
export function asOf(kms: Kms): As {
  return (principalArn) => {
    const client = (principalArn === undefined ? kms : kms.as(principalArn)).client();
    return { call: (operation, input) => client.send(command(operation, input)) };
  };
}

/** What the SDK has a class for: a command's input, with the operation in its constructor's name. */
function command(operation: string, input: object): Command<object, Answer> {
  return Object.create({ constructor: { name: `${operation}Command` } }, { input: { value: input } });
}
