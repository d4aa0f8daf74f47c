/** A PKCS #11 module in a process of its own, as the run sees it. */

import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ModuleInfo } from "../../../conformance/module/open.ts";
import type { PartResult } from "../../../conformance/runner.ts";
import { packageFile } from "../../../node/package-file.ts";
import { CommandError } from "../../command-error.ts";
import { CaseCrash, type Job, type Lane } from "../pool.ts";

const CHILD = packageFile("dist/cli/verify/module/child.js");

/** A module has so long to close its session and itself. */
const MS_TO_CLOSE = 5000;

export interface ModuleOptions {
  readonly path: string;
  readonly slot?: string | undefined;
  readonly pin?: string | undefined;
  readonly directory: string;
  readonly failFast: boolean;
  /** A file that the process writes the id of each case into before it runs it. */
  readonly noteFile: string;
}

export type ChildRequest = { readonly open: ModuleOptions } | { readonly job: Job };
export type ChildAnswer =
  | { readonly info: ModuleInfo }
  | { readonly refused: string }
  | { readonly result: PartResult };

/**
 * Opens the module once to see that it can be used, and says what it is.
 * @throws CommandError when it cannot
 */
export async function moduleInfo(options: Omit<ModuleOptions, "noteFile">): Promise<ModuleInfo> {
  const opened = new ModuleProcess(options);
  try {
    return await opened.info;
  } finally {
    await opened.end();
  }
}

export function moduleLane(options: Omit<ModuleOptions, "noteFile">): Lane {
  return new ModuleProcess(options);
}

class ModuleProcess implements Lane {
  readonly info: Promise<ModuleInfo>;
  readonly #child: ChildProcess;
  readonly #folder: string;

  constructor(options: Omit<ModuleOptions, "noteFile">) {
    this.#folder = mkdtempSync(join(tmpdir(), "pocket-hsm-module-"));
    writeFileSync(this.#noteFile, "");
    // What a module prints is no part of the summary.
    this.#child = fork(CHILD, { serialization: "advanced", stdio: ["ignore", 2, 2, "ipc"] });
    this.info = this.#ask({ open: { ...options, noteFile: this.#noteFile } }).then((answer) => {
      if ("info" in answer) return answer.info;
      throw new CommandError("refused" in answer ? answer.refused : "the module's process answered something else");
    });
    // Who asks for an answer gets the reason there.
    this.info.catch(() => {});
  }

  async answer(job: Job): Promise<PartResult> {
    await this.info;
    const answer = await this.#ask({ job });
    if (!("result" in answer)) throw new Error("the module's process answered something else");
    return answer.result;
  }

  /** A module may crash or hang as it is closed too; by then everything has been said. */
  async end(): Promise<void> {
    if (!this.#hasEnded) {
      const ended = new Promise((resolve) => this.#child.once("exit", resolve));
      const impatience = setTimeout(() => this.#child.kill("SIGKILL"), MS_TO_CLOSE);
      if (this.#child.connected) this.#child.disconnect();
      await ended;
      clearTimeout(impatience);
    }
    rmSync(this.#folder, { recursive: true });
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get #noteFile(): string {
    return join(this.#folder, "case");
  }

  #ask(request: ChildRequest): Promise<ChildAnswer> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null, signal: string | null): void => reject(this.#crash(signal ?? code));
      if (this.#hasEnded) ended(this.#child.exitCode, this.#child.signalCode);
      this.#child.once("exit", ended);
      this.#child.once("message", (answer: ChildAnswer) => {
        this.#child.off("exit", ended);
        resolve(answer);
      });
      if (this.#child.connected) this.#child.send(request);
    });
  }

  #crash(how: string | number | null): Error {
    const [caseId = ""] = readFileSync(this.#noteFile, "utf8").split("\n");
    const message = `the module ended its process (${how})`;
    return caseId === "" ? new CommandError(message, 1) : new CaseCrash(caseId, message);
  }
}
