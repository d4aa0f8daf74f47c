/**
 * Proves that the folder holds what `SOURCES.tsv` says: every listed file with both of its hashes and its number of
 * cases, counted by the parsers of the conformance run, and nothing that is not listed.
 */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import { joinAcvp, parseAcvp } from "../src/conformance/parsers/acvp.ts";
import { caseIds } from "../src/conformance/parsers/formats.ts";
import { parseManifest, type VectorFile } from "../src/conformance/parsers/manifest.ts";

export const vectorsDirectory: string = fileURLToPath(new URL(".", import.meta.url));

/** The files of the folder that are no vectors. */
const OWN_FILES: readonly string[] = ["README.md", "SOURCES.tsv", "check.ts", "import.ts", "package.json"];

export interface Checked {
  readonly files: number;
  /** Cases in all files; results of ACVP sets are none of their own. */
  readonly cases: number;
  readonly problems: readonly string[];
}

/**
 * Checks the folder against its manifest.
 * @throws VectorFormatError when the manifest itself is malformed.
 */
export function checkVectors(directory: string = vectorsDirectory): Checked {
  const files = parseManifest(readFileSync(`${directory}/SOURCES.tsv`, "utf8"));
  const texts = new Map<string, string>();
  const problems = files.flatMap((file) => problemsOf(directory, file, texts));
  for (const file of files) {
    const [prompt, results] = [texts.get(file.path), texts.get(file.results)];
    if (prompt === undefined || results === undefined) continue;
    problems.push(...problemOf(file.path, () => joinAcvp(parseAcvp(prompt), parseAcvp(results))));
  }
  const listed = new Set([...OWN_FILES, ...files.map((file) => file.path), ...files.map(licencePath)]);
  const present = filesIn(directory);
  problems.push(...present.filter((path) => !listed.has(path)).map((path) => `${path}: not listed in SOURCES.tsv`));
  problems.push(...[...listed].filter((path) => !present.includes(path)).map((path) => `${path}: missing`));
  const counted = files.filter((file) => file.format !== "acvp-expected");
  return { files: files.length, cases: counted.reduce((sum, file) => sum + file.cases, 0), problems };
}

/** The licence text of a file's source. */
export function licencePath(file: VectorFile): string {
  return `licences/${file.path.split("/")[0]}.txt`;
}

function problemsOf(directory: string, file: VectorFile, texts: Map<string, string>): string[] {
  const path = `${directory}/${file.path}`;
  if (!existsSync(path)) return [];
  const packed = readFileSync(path);
  if (sha256(packed) !== file.sha256) return [`${file.path}: its SHA-256 is not the listed one`];
  return problemOf(file.path, () => {
    const original = brotliDecompressSync(packed);
    if (sha256(original) !== file.originalSha256) throw new Error("uncompressed, its SHA-256 is not the listed one");
    const text = original.toString("utf8");
    if (file.format.startsWith("acvp")) texts.set(file.path, text);
    const count = caseIds(file.format, text).length;
    if (count !== file.cases) throw new Error(`holds ${count} cases, listed are ${file.cases}`);
  });
}

function problemOf(path: string, run: () => void): string[] {
  try {
    run();
    return [];
  } catch (error) {
    return [`${path}: ${(error as Error).message}`];
  }
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(directory.replace(/\/$/, "").length + 1))
    .map((path) => path.replaceAll("\\", "/").replace(/^\/+/, ""))
    .filter((path) => !path.startsWith("node_modules/"));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { files, cases, problems } = checkVectors();
  for (const problem of problems) console.error(problem);
  console.log(`${files} files, ${cases} cases, ${problems.length} problems`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
