/** `pocket-hsm serve` in a process of its own, as users start it: `dist` must have been built. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { createInterface } from "node:readline";

export interface LocalServer {
  readonly url: string;
  readonly port: number;
  stop(): void;
}

/** What runs a program on one core, where that can be said. */
const canPin: boolean = cpus().length > 1 && spawnSync("taskset", ["--version"]).status === 0;

/** A program with its arguments, on that core alone where possible. */
export function pinned(core: number, program: string, args: readonly string[]): readonly [string, string[]] {
  return canPin ? ["taskset", ["--cpu-list", String(core), program, ...args]] : [program, [...args]];
}

const SERVE: readonly string[] = ["dist/cli/main.js", "serve", "--port", "0"];
/** `node:http` with a fixed answer. */
export const BARE_HTTP: readonly string[] = ["--import", "tsx", "bench/bare-http.ts"];

/** Starts a server on the first core. */
export async function startServer(command: readonly string[] = SERVE): Promise<LocalServer> {
  const [program, args] = pinned(0, process.execPath, command);
  const server = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const url = await urlOf(server);
  return { url, port: Number(new URL(url).port), stop: () => server.kill() };
}

async function urlOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error("the server has no output");
  for await (const line of createInterface(stdout)) {
    const [url] = line.match(/http:\/\/\S+/) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error("the server ended before it listened");
}
