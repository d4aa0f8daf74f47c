/**
 * Benches run as users run the library: bundled, where the constants of a module are constants to V8 (docs/decisions.md,
 * "Start-up"), each file of them in a process of its own, so that none finds the code warmed up or worn by another.
 */

import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import type { Choice, Outcome } from "./outcome.ts";

const ROOT: string = join(import.meta.dirname, "..");

/** What a worker is asked to do. */
export interface Order extends Choice {
  readonly rounds: number;
}

/** What a worker tells. */
export type Message =
  | { readonly kind: "chosen"; readonly count: number }
  | { readonly kind: "begun"; readonly name: string }
  | { readonly kind: "done"; readonly outcome: Outcome }
  | { readonly kind: "failed"; readonly name: string; readonly message: string };

/** Runs the entries of `bench/SUITE.ts`; what the worker tells goes to `hear`. */
export async function runBundled(suite: string, order: Order, hear: (message: Message) => void): Promise<void> {
  // Inside the package, so that what stays outside is found, and the package itself: not in node_modules, where it is not.
  const parent = join(ROOT, "bench", "results");
  mkdirSync(parent, { recursive: true });
  const dir = mkdtempSync(join(parent, ".bundle-"));
  const remove = (): void => rmSync(dir, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    const bundle = await rolldown({
      cwd: ROOT,
      input: { worker: "bench/worker.ts", suite: `bench/${suite}.ts` },
      platform: "neutral",
      external: [/^node:/, /^@noble\/ciphers/, /^@aws-sdk/, /^@smithy/, "tinybench"],
    });
    await bundle.write({ dir, format: "esm", minify: { compress: true, mangle: false } });
    const worker = fork(join(dir, "worker.js"), [join(dir, "suite.js"), JSON.stringify(order)], {
      cwd: ROOT,
      execArgv: ["--expose-gc", "--enable-source-maps"],
      env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    });
    worker.on("message", (message) => hear(message as Message));
    await ended(worker, suite);
  } finally {
    remove();
    process.off("exit", remove);
  }
}

function ended(worker: ChildProcess, suite: string): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on("error", reject);
    worker.on("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`the worker of bench/${suite}.ts ended with ${signal ?? `status ${code}`}`));
    });
  });
}
