/** `vectors/SOURCES.tsv`: where each vector file is from, what it must hash to and how many cases it must hold. */

import { isVectorFormat, type VectorFormat } from "./formats.ts";
import { linesOf, VectorFormatError } from "./text.ts";

export interface VectorFile {
  /** Path under `vectors/`, with the `.br` of its compression; its first folder is the source. */
  readonly path: string;
  /** The Debian package the file was taken from. */
  readonly package: string;
  readonly version: string;
  /** An SPDX expression; the text is `licences/<source>.txt`. */
  readonly licence: string;
  /** SHA-256 of the file as committed, in hex. */
  readonly sha256: string;
  /** SHA-256 of the file as its package has it, uncompressed. */
  readonly originalSha256: string;
  readonly algorithm: string;
  /** Who wrote the cases: "wycheproof", "cavp", "acvp", "openssl" and so on. */
  readonly kind: string;
  readonly format: VectorFormat;
  /** For `acvp-expected` the number of results; they are no cases of their own. */
  readonly cases: number;
  /** For `acvp` the path of the file with the expected results, otherwise "-". */
  readonly results: string;
}

/** The columns in their order, by the header's names. */
const COLUMNS = [
  "path",
  "package",
  "version",
  "licence",
  "sha256",
  "original_sha256",
  "algorithm",
  "kind",
  "format",
  "cases",
  "results",
] as const;

/**
 * The lines of a manifest.
 * @throws VectorFormatError on another header, a line with a missing or malformed column, a path listed twice, or
 *   results that are not listed.
 */
export function parseManifest(text: string): readonly VectorFile[] {
  const [header, ...lines] = linesOf(text.replace(/\n$/, ""));
  if (header !== COLUMNS.join("\t")) throw new VectorFormatError(1, `expected the columns ${COLUMNS.join(", ")}`);
  const files = new Map<string, VectorFile>();
  for (const [index, content] of lines.entries()) {
    const file = fileOf(content, index + 2);
    if (files.has(file.path)) throw new VectorFormatError(index + 2, `${file.path} is listed twice`);
    files.set(file.path, file);
  }
  for (const { path, results } of files.values())
    if (results !== "-" && files.get(results)?.format !== "acvp-expected")
      throw new VectorFormatError(1, `${path}: ${results} is not listed as acvp-expected`);
  return [...files.values()];
}

/** The text that `parseManifest` reads back. */
export function formatManifest(files: readonly VectorFile[]): string {
  const rows = files.map((file) =>
    [
      file.path,
      file.package,
      file.version,
      file.licence,
      file.sha256,
      file.originalSha256,
      file.algorithm,
      file.kind,
      file.format,
      String(file.cases),
      file.results,
    ].join("\t"),
  );
  return `${[COLUMNS.join("\t"), ...rows].join("\n")}\n`;
}

function fileOf(content: string, line: number): VectorFile {
  const columns = content.split("\t");
  const [path, name, version, licence, sha256, originalSha256, algorithm, kind, format, cases, results] = columns;
  if (columns.length !== COLUMNS.length || columns.includes(""))
    throw new VectorFormatError(line, `expected ${COLUMNS.length} columns, none of them empty`);
  if (!/^[\w-]+(\/[\w.-]+)+\.br$/.test(path!)) throw new VectorFormatError(line, `${path} is no path of a .br file`);
  for (const hash of [sha256!, originalSha256!])
    if (!/^[0-9a-f]{64}$/.test(hash)) throw new VectorFormatError(line, `${hash} is no SHA-256 in lower-case hex`);
  if (!isVectorFormat(format!)) throw new VectorFormatError(line, `unknown format ${format}`);
  if (!/^[1-9]\d*$/.test(cases!)) throw new VectorFormatError(line, `expected a number of cases, found ${cases}`);
  if ((format === "acvp") !== (results !== "-"))
    throw new VectorFormatError(line, "a file of results belongs to the format acvp, and to no other");
  return {
    path: path!,
    package: name!,
    version: version!,
    licence: licence!,
    sha256: sha256!,
    originalSha256: originalSha256!,
    algorithm: algorithm!,
    kind: kind!,
    format,
    cases: Number(cases),
    results: results!,
  };
}
