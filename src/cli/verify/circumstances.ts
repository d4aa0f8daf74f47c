/** What a run stands on, for its report. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Circumstances, ModuleCircumstances } from "../../conformance/report/model.ts";
import { packageManifest } from "../package.ts";
import type { EngineName } from "./pool.ts";
import type { Vectors } from "./vectors.ts";

/** The packages whose versions decide what a vector comes to. */
const CRYPTOGRAPHY = ["@noble/ciphers", "@noble/curves", "@noble/hashes", "@noble/post-quantum"];

export async function circumstancesOf(
  ran: EngineName | ModuleCircumstances,
  vectors: Vectors,
  run: { readonly seconds: number; readonly jobs: number },
): Promise<Circumstances> {
  const { name, version } = packageManifest();
  return {
    package: { name, version },
    engine: await engineOf(ran),
    runtime: { node: process.versions.node, openssl: process.versions.openssl, v8: process.versions.v8 },
    dependencies: Object.fromEntries(CRYPTOGRAPHY.map((dependency) => [dependency, versionOf(dependency)])),
    vectors: { package: vectors.package, version: vectors.version, manifestSha256: vectors.manifestSha256 },
    ...run,
  };
}

/** Another module stands where one of our engines does. */
async function engineOf(ran: EngineName | ModuleCircumstances): Promise<Circumstances["engine"]> {
  if (typeof ran !== "string") return { name: `${ran.manufacturer} ${ran.libraryVersion}`, module: ran };
  return { name: ran, ...(ran === "node" && { fallbacks: (await import("../../node.ts")).fallbacks }) };
}

/** The version in a package's own package.json, which not every package exports. */
function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  for (const directory of require.resolve.paths(name) ?? []) {
    try {
      const text = readFileSync(`${directory}/${name}/package.json`, "utf8");
      return (JSON.parse(text) as { readonly version: string }).version;
    } catch {
      // The next folder up may have it.
    }
  }
  return "unknown";
}
