/** Reads the test vectors under `vectors/`: every file is compressed with Brotli and listed in vectors/SOURCES.tsv. */

import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { parseManifest, type VectorFile } from "../../src/conformance/parsers/manifest.ts";

const directory = new URL("../../vectors/", import.meta.url);

/** The lines of the manifest. */
export const vectorFiles: readonly VectorFile[] = parseManifest(
  readFileSync(new URL("SOURCES.tsv", directory), "utf8"),
);

/**
 * The text of a vector file, by its upstream name with as many folders before it as make it the only one.
 * @throws Error when no listed file has that name, or more than one.
 */
export function readVectors(name: string): string {
  const found = vectorFiles.filter(({ path }) => path.endsWith(`/${name}.br`));
  if (found.length !== 1) throw new Error(`${found.length} vector files are called ${name}`);
  return brotliDecompressSync(readFileSync(new URL(found[0]!.path, directory))).toString("utf8");
}

/**
 * One block of `key = value` lines. A line without `=` (such as `FAIL`) is a key with the value ""; the values of a
 * key that comes more than once are joined by line feeds.
 */
export type Stanza = Readonly<Record<string, string>>;

/**
 * The blocks of a CAVP `.rsp` or OpenSSL `evp` text, which blank lines separate.
 *
 * A header in brackets holds for all blocks after it, until the same header comes with another value: `[RLEN=8_BITS]`
 * becomes the key `RLEN`, and a bare one such as `[SHA-1]` the key `section`.
 * @throws Error when there is no block at all.
 */
export function stanzas(text: string): Stanza[] {
  const found: Stanza[] = [];
  const headers: Record<string, string> = {};
  for (const block of text.split(/(?:\r?\n[ \t]*)+\r?\n/)) {
    const fields: Record<string, string> = {};
    for (const line of block.split(/\r?\n/).map((raw) => raw.trim())) {
      const header = /^\[(.*)\]$/.exec(line)?.[1];
      if (header !== undefined) {
        const [key, value] = header.includes("=") ? field(header) : ["section", header];
        headers[key] = value;
      } else if (line !== "" && !line.startsWith("#")) {
        const [key, value] = field(line);
        fields[key] = key in fields ? `${fields[key]}\n${value}` : value;
      }
    }
    if (Object.keys(fields).length > 0) found.push({ ...headers, ...fields });
  }
  if (found.length === 0) throw new Error("no test case in the vector text");
  return found;
}

function field(line: string): [key: string, value: string] {
  const [key = "", ...value] = line.split("=");
  return [key.trim(), value.join("=").trim()];
}

export interface WycheproofCase {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: "valid" | "invalid" | "acceptable";
}

export interface WycheproofFile<Group, Case> {
  readonly algorithm: string;
  /** Number of cases in all groups. */
  readonly count: number;
  readonly groups: readonly (Group & { readonly tests: readonly (Case & WycheproofCase)[] })[];
}

/**
 * A Wycheproof file, with the fields of its groups and cases as the caller says they are (all strings are hex).
 * @throws Error when it does not hold the number of cases that it says.
 */
export function wycheproof<Group, Case>(name: string): WycheproofFile<Group, Case> {
  const file = JSON.parse(readVectors(name));
  const groups: WycheproofFile<Group, Case>["groups"] = file.testGroups;
  const count = groups.reduce((sum, group) => sum + group.tests.length, 0);
  if (count === 0 || count !== file.numberOfTests) throw new Error(`${name}: ${count} of ${file.numberOfTests} cases`);
  return { algorithm: file.algorithm, count, groups };
}

/** The bytes of a hexadecimal field; a field that is missing is an error, never an empty string. */
export function hex(text: string | undefined): Uint8Array {
  if (text === undefined || text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) {
    throw new Error(`not hexadecimal: ${text}`);
  }
  return Uint8Array.from(Buffer.from(text, "hex"));
}
