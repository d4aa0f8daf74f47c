import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { parseManifest } from "../../../src/conformance/parsers/manifest.ts";
import { listWycheproof } from "../../../src/conformance/parsers/wycheproof-listing.ts";

const VECTORS = resolve(import.meta.dirname, "../../../vectors");
const files = parseManifest(readFileSync(join(VECTORS, "SOURCES.tsv"), "utf8"));

test("A Wycheproof file without a manifest gets the algorithm and cases that the manifest has for it", () => {
  const own = files.filter(({ format }) => format === "wycheproof");
  expect(own.length).toBeGreaterThan(100);
  const found = own.map(({ path, originalSha256 }) => {
    const text = brotliDecompressSync(readFileSync(join(VECTORS, path))).toString();
    const { algorithm, cases } = listWycheproof("x.json", text, originalSha256);
    return { path, algorithm, cases };
  });
  expect(found).toEqual(own.map(({ path, algorithm, cases }) => ({ path, algorithm, cases })));
});
