import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * The path of a file of this package, given from its root. The package is found by its name: the build moves code between
 * files, so that none may count folders.
 */
export function packageFile(path: string): string {
  return join(dirname(createRequire(import.meta.url).resolve("pocket-hsm/package.json")), path);
}
