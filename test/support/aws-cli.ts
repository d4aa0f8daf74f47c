/** The AWS command line, version 1 or 2, in any packaging. */

import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const execute = promisify(execFile);

export interface AwsCli {
  /** What the command prints. Rejects with its message when it fails. */
  run(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string): Promise<string>;
  close(): void;
}

/** What the program itself needs of the environment. */
function inherited(): Record<string, string> {
  const { PATH = "", PYENV_ROOT = "", PYENV_VERSION = "" } = process.env;
  return { PATH, ...(PYENV_ROOT && { PYENV_ROOT }), ...(PYENV_VERSION && { PYENV_VERSION }) };
}

/** The program as it is on the path: half a second and more a command. */
export const awsProgram: AwsCli = {
  run: async (args, env, cwd) => (await execute("aws", args, { cwd, env: { ...inherited(), ...env } })).stdout,
  close() {},
};

interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The same program, its modules imported once for all commands (aws-forks.py), where `python3` has the modules of the
 * program on the path; otherwise the program.
 */
export async function startAwsCli(): Promise<AwsCli> {
  const python = spawn("python3", [join(import.meta.dirname, "aws-forks.py")], { stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    return done === true ? undefined : JSON.parse(value as string);
  };
  python.on("error", () => {});
  const [first, { stdout }] = await Promise.all([next(), execute("aws", ["--version"])]);
  const { version } = (first ?? {}) as { readonly version?: string };
  if (version === undefined || !stdout.startsWith(`aws-cli/${version} `)) {
    python.kill();
    return awsProgram;
  }
  let last: Promise<unknown> = Promise.resolve();
  const ask = async (asked: object): Promise<Answer> => {
    python.stdin.write(`${JSON.stringify(asked)}\n`);
    const answer = (await next()) as Answer | undefined;
    if (answer === undefined) throw new Error("aws-forks.py ended before it answered");
    return answer;
  };
  return {
    async run(args, env, directory) {
      const asked = { arguments: args, environment: { ...inherited(), ...env }, directory };
      const answer = last.then(() => ask(asked));
      last = answer.catch(() => {});
      const { status, stdout: printed, stderr } = await answer;
      if (status !== 0) throw new Error(`aws ${args.join(" ")} ended with ${status}: ${stderr}`);
      return printed;
    },
    close: () => void python.stdin.end(),
  };
}
