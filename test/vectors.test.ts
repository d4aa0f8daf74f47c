/** The committed vectors are what vectors/SOURCES.tsv says (npm run vectors:check). */

import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseManifest } from "../src/conformance/parsers/manifest.ts";
import { checkVectors, licencePath, vectorsDirectory } from "../vectors/check.ts";
import { vectorFiles } from "./support/vectors.ts";

describe("the vectors of the repository", () => {
  test("have the hashes and the number of cases that the manifest pins, and no file is unlisted", () => {
    expect(checkVectors()).toEqual({ files: 410, cases: 132_456, problems: [] });
  });

  test("cover Wycheproof in scope, CTR_DRBG with AES-256 and SP 800-108 whole", () => {
    const count = (paths: RegExp): number =>
      vectorFiles.filter(({ path }) => paths.test(path)).reduce((sum, { cases }) => sum + cases, 0);
    expect(count(/^wycheproof\//)).toBe(48_404);
    expect(count(/ctr_drbg_aes256_evprand/)).toBe(1440);
    expect(count(/KBKDF-CTR/)).toBe(4800);
  });
});

describe("the check", () => {
  const [example] = vectorFiles.filter(({ path }) => path.endsWith("/oscca.txt.br"));
  if (example === undefined) throw new Error("the example is gone");
  let directory = "";

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "vectors-"));
    for (const path of ["README.md", "check.ts", "import.ts", "package.json", licencePath(example), example.path])
      cpSync(join(vectorsDirectory, path), join(directory, path));
    list({});
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Writes the manifest with the example's line, changed in some columns. */
  function list(changes: Partial<Record<keyof typeof example, string>>): void {
    const line = { ...example!, cases: String(example!.cases), ...changes };
    const columns = ["path", "package", "version", "licence", "sha256", "original_sha256", "algorithm", "kind"];
    const row = [line.path, line.package, line.version, line.licence, line.sha256, line.originalSha256, line.algorithm];
    const header = [...columns, "format", "cases", "results"].join("\t");
    const text = `${header}\n${[...row, line.kind, line.format, line.cases, line.results].join("\t")}\n`;
    parseManifest(text);
    writeFileSync(join(directory, "SOURCES.tsv"), text);
  }
  const problems = (): readonly string[] => checkVectors(directory).problems;

  test("finds nothing in a folder that is as listed", () => {
    expect(problems()).toEqual([]);
  });

  test("finds a file that is not listed, and one that is listed and not there", () => {
    writeFileSync(join(directory, "pyca/stray.txt"), "");
    expect(problems()).toEqual(["pyca/stray.txt: not listed in SOURCES.tsv"]);
    rmSync(join(directory, "pyca/stray.txt"));
    rmSync(join(directory, example.path));
    expect(problems()).toEqual([`${example.path}: missing`]);
  });

  test("finds a source without its licence", () => {
    rmSync(join(directory, licencePath(example)));
    expect(problems()).toEqual(["licences/pyca.txt: missing"]);
  });

  test("finds a changed file, and a changed original", () => {
    writeFileSync(join(directory, example.path), brotliCompressSync(Buffer.from("Len = 0\nMsg = 00\nMD = 00\n")));
    expect(problems()).toEqual([`${example.path}: its SHA-256 is not the listed one`]);
    cpSync(join(vectorsDirectory, example.path), join(directory, example.path));
    list({ originalSha256: example.sha256 });
    expect(problems()).toEqual([`${example.path}: uncompressed, its SHA-256 is not the listed one`]);
  });

  test("finds another number of cases, and a file that its parser does not take", () => {
    list({ cases: "7" });
    expect(problems()).toEqual([`${example.path}: holds 6 cases, listed are 7`]);
    list({ format: "wycheproof" });
    expect(problems()).toEqual([`${example.path}: line 1: the text is not JSON`]);
  });
});
