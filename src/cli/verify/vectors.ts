/** Where vectors lie on this machine: the manifest, and the files that it lists. */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { formatManifest, parseManifest, type VectorFile } from "../../conformance/parsers/manifest.ts";
import { VectorFormatError } from "../../conformance/parsers/text.ts";
import { listWycheproof } from "../../conformance/parsers/wycheproof-listing.ts";
import { CommandError } from "../command-error.ts";

const PACKAGE = "pocket-hsm-vectors";
const HOW_TO_GET = `get them with npm i -D ${PACKAGE}, or name a folder with --vectors DIR`;

export interface Vectors {
  readonly directory: string;
  readonly files: readonly VectorFile[];
  /** False where the folder has no manifest, and the list was made from what lies there. */
  readonly isListed: boolean;
  readonly manifestSha256: string;
  readonly package: string;
  readonly version: string;
}

/**
 * The vectors of a folder, by default those of the installed package. A folder without a manifest may hold files
 * straight from Wycheproof.
 * @throws CommandError when they are not there or the manifest is malformed
 */
export function openVectors(directory: string = installed()): Vectors {
  const path = resolve(directory);
  const manifest = join(path, "SOURCES.tsv");
  if (!existsSync(manifest)) return openWycheproof(path);
  const bytes = readFileSync(manifest);
  return { directory: path, files: filesOf(bytes), isListed: true, manifestSha256: sha256(bytes), ...packageOf(path) };
}

/**
 * Reads the files and compares their hashes with the manifest's.
 * @throws CommandError when one is missing or is not what the manifest says
 */
export function requireIntact({ directory, isListed }: Vectors, files: readonly VectorFile[]): void {
  if (!isListed) return;
  for (const file of files) {
    const path = join(directory, file.path);
    if (!existsSync(path)) throw new CommandError(`the vectors are not complete: ${path} is missing; ${HOW_TO_GET}`);
    if (sha256(readFileSync(path)) !== file.sha256)
      throw new CommandError(`the vectors are corrupt: ${path} has not the hash that SOURCES.tsv lists; ${HOW_TO_GET}`);
  }
}

/** The text of a file by its path in the manifest; without one it lies in the folder itself, as it is. */
export function readText(directory: string, path: string): string {
  const packed = join(directory, path);
  if (existsSync(packed)) return brotliDecompressSync(readFileSync(packed)).toString("utf8");
  return readFileSync(join(directory, basename(path, ".br")), "utf8");
}

/** @throws CommandError */
function openWycheproof(path: string): Vectors {
  const names = existsSync(path)
    ? readdirSync(path).filter((name) => name.endsWith(".json") && name !== "package.json")
    : [];
  if (names.length === 0) throw new CommandError(`no vectors in ${path} (SOURCES.tsv is missing): ${HOW_TO_GET}`);
  const files = names.sort().map((name) => {
    const bytes = readFileSync(join(path, name));
    try {
      return listWycheproof(name, bytes.toString("utf8"), sha256(bytes));
    } catch (error) {
      if (!(error instanceof VectorFormatError)) throw error;
      throw new CommandError(
        `${join(path, name)} is no file of Wycheproof, and there is no SOURCES.tsv: ${error.message}`,
      );
    }
  });
  const manifestSha256 = sha256(Buffer.from(formatManifest(files)));
  return { directory: path, files, isListed: false, manifestSha256, package: basename(path), version: "" };
}

function installed(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
  } catch {
    throw new CommandError(`the package ${PACKAGE} is not installed: ${HOW_TO_GET}`);
  }
}

/** @throws CommandError */
function filesOf(manifest: Uint8Array): readonly VectorFile[] {
  try {
    return parseManifest(new TextDecoder().decode(manifest));
  } catch (error) {
    if (!(error instanceof VectorFormatError)) throw error;
    throw new CommandError(`the vectors are corrupt: SOURCES.tsv, ${error.message}; ${HOW_TO_GET}`);
  }
}

function packageOf(directory: string): Pick<Vectors, "package" | "version"> {
  const path = join(directory, "package.json");
  if (!existsSync(path)) return { package: directory, version: "" };
  const { name, version } = JSON.parse(readFileSync(path, "utf8")) as { name?: string; version?: string };
  return { package: name ?? directory, version: version ?? "" };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
