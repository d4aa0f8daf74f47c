/** Programs that tests talk to. A test that needs one which is not there is skipped with the reason, and counted. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { describe, type SuiteFactory, test } from "vitest";

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

/**
 * `describe` when the npm packages of a folder of `test/peers` are installed, with a function that loads them;
 * otherwise a skipped suite whose name says why.
 */
export function describeWithPackages(folder: string, name: string, suite: (load: NodeJS.Require) => void): void {
  const place = resolve(import.meta.dirname, "../peers", folder);
  const why = `[skipped: not installed: npm ci --prefix test/peers/${folder}]`;
  if (existsSync(resolve(place, "node_modules"))) describe(name, () => suite(createRequire(`${place}/package.json`)));
  else describe.skip(`${name} ${why}`, () => test("needs its packages", () => undefined));
}
