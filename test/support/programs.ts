/** Programs that tests talk to. A test that needs one which is not there is skipped with the reason, and counted. */

import { spawnSync } from "node:child_process";
import { describe, type SuiteFactory } from "vitest";

const found = new Map<string, boolean>();

export function hasProgram(name: string): boolean {
  if (!found.has(name)) found.set(name, spawnSync("which", [name], { stdio: "ignore" }).status === 0);
  return found.get(name) as boolean;
}

/** `describe` when the program is there; otherwise a skipped suite whose name says why. */
export function describeWith(program: string, name: string, suite: SuiteFactory): void {
  if (hasProgram(program)) describe(name, suite);
  else describe.skip(`${name} [skipped: the program ${program} is not installed]`, suite);
}
