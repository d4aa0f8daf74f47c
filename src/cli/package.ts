/** This package's own files, found by its name: the build moves code between files, so that none may count folders. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const MANIFEST = createRequire(import.meta.url).resolve("pocket-hsm/package.json");

/** The path of a file of this package, given from its root. */
export function packageFile(path: string): string {
  return join(dirname(MANIFEST), path);
}

/** What package.json says of this package. */
export function packageManifest(): Readonly<Record<"name" | "version" | "description", string>> {
  return JSON.parse(readFileSync(MANIFEST, "utf8"));
}
