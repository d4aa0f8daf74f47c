/** The table of pinned verdicts as a source file of the repository. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Pins } from "../../conformance/pins.ts";
import { packageFile } from "../../node/package-file.ts";
import { CommandError } from "../command-error.ts";

const FILE = packageFile("src/conformance/pins.ts");
const TABLE = /(export const PINS: Pins = \{\n)[\s\S]*?(\};\n)$/;

/** @throws CommandError outside of a checkout of the repository */
export function requirePinsFile(): void {
  if (!existsSync(FILE)) throw new CommandError("--update-pins works in a checkout of the repository only");
}

/** Writes the table anew; it counts from the next build. */
export function writePins(pins: Pins): string {
  const lines = Object.entries(pins).map(([file, pin]) => `  ${JSON.stringify(file)}: ${JSON.stringify(pin)},\n`);
  const text = readFileSync(FILE, "utf8");
  writeFileSync(
    FILE,
    text.replace(TABLE, (_, open: string, close: string) => `${open}${lines.join("")}${close}`),
  );
  return FILE;
}
