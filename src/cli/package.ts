import { readFileSync } from "node:fs";
import { packageFile } from "../node/package-file.ts";

/** What package.json says of this package. */
export function packageManifest(): Readonly<Record<"name" | "version" | "description", string>> {
  return JSON.parse(readFileSync(packageFile("package.json"), "utf8"));
}
