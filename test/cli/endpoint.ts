/** Runs the built command line, as a user does. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

const MAIN = resolve(import.meta.dirname, "../../dist/cli/main.js");

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, in a working directory of its own where one is given. */
export async function run(args: readonly string[], env: Record<string, string> = {}, cwd?: string): Promise<Ended> {
  const { child, ended } = start(args, env, cwd);
  child.stdin?.end();
  return ended;
}

function start(
  args: readonly string[],
  env: Record<string, string> = {},
  cwd?: string,
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, ...env }, cwd });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([status]) => ({ status: status as number | null, stdout, stderr }));
  return { child, ended };
}

export interface Server {
  /** The endpoint as printed. */
  readonly url: string;
  /** Sends the signal, and resolves when the process has ended. */
  stop(signal?: "SIGTERM" | "SIGINT" | "SIGKILL"): Promise<Ended>;
}

/** `pocket-hsm serve` on a free port; resolves when it says that it accepts connections. */
export function startServer(...args: readonly string[]): Promise<Server> {
  return startPrinting(/^pocket-hsm KMS endpoint (\S+)\n$/, ["serve", "--port", "0", ...args]);
}

/** `pocket-hsm p11`; `url` is what P11_KIT_SERVER_ADDRESS is to be. */
export function startP11(args: readonly string[], env: Record<string, string> = {}): Promise<Server> {
  return startPrinting(/^pocket-hsm PKCS #11 server P11_KIT_SERVER_ADDRESS=(\S+)\n$/, ["p11", ...args], env);
}

async function startPrinting(
  expected: RegExp,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Server> {
  const { child, ended } = start(args, env);
  const url = await new Promise<string>((accept, reject) => {
    let printed = "";
    child.stdout?.on("data", (text: string) => {
      printed += text;
      const line = expected.exec(printed);
      if (line !== null) accept(line[1] as string);
    });
    ended.then(({ status, stderr }) => reject(new Error(`${args[0]} ended with ${status}: ${stderr}`)), reject);
  });
  return {
    url,
    stop(signal = "SIGTERM") {
      child.kill(signal);
      return ended;
    },
  };
}
