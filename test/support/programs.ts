/** Programs that tests talk to. A test that needs one which is not there is skipped with the reason, and counted. */

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { describe, type SuiteFactory, test } from "vitest";

const found = new Map<string, boolean>();

/** A program on the path, or a file by its path. */
export function hasProgram(name: string): boolean {
  const isThere = (): boolean =>
    name.includes("/") ? existsSync(name) : spawnSync("which", [name], { stdio: "ignore" }).status === 0;
  if (!found.has(name)) found.set(name, isThere());
  return found.get(name) as boolean;
}

/** `describe` when the program is there, or all of them; otherwise a skipped suite whose name says why. */
export function describeWith(programs: string | readonly string[], name: string, suite: SuiteFactory): void {
  const missing = [programs].flat().filter((program) => !hasProgram(program));
  if (missing.length === 0) describe(name, suite);
  else describe.skip(`${name} [skipped: the program ${missing.join(" and ")} is not installed]`, suite);
}

/** A shared library below /usr/lib, where Debian puts it for each architecture; the name alone when it is not there. */
export function libraryPath(name: string): string {
  const folders = readdirSync("/usr/lib", { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const paths = folders.map((folder) => join("/usr/lib", folder.name, name));
  return paths.find((path) => existsSync(path)) ?? name;
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
