/** The layers of the house (docs/architecture.md): what each folder of `src/` may import, as a table. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const SRC = resolve(import.meta.dirname, "../src");

// biome-ignore format: a table
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  bytes:       [],
  crypto:      ["bytes"],
  der:         ["bytes"],
  cbor:        ["bytes"],
  cryptoki:    ["bytes"],
  objects:     ["bytes", "cryptoki"],
  mechanisms:  ["bytes", "crypto", "der", "cbor", "cryptoki", "objects"],
  selftest:    ["bytes", "crypto"],
  storage:     ["bytes", "crypto", "cryptoki", "objects"],
  token:       ["bytes", "crypto", "der", "cryptoki", "objects", "mechanisms", "selftest", "storage"],
  kms:         ["bytes", "der", "cbor", "cryptoki", "storage", "token"],
  bridges:     ["bytes", "cryptoki", "token"],
  node:        ["bytes", "crypto", "der"],
  server:      ["bytes", "cbor", "storage", "kms"],
  conformance: ["bytes", "crypto", "der", "cryptoki", "objects", "mechanisms", "selftest", "storage", "token", "node"],
};

/** The command line and the front doors (`src/*.ts`) may import everything. */
const FREE = new Set(["cli", ""]);

/**
 * Where Node's own modules and globals may be named. Everything else runs in a browser. The bytes of the pkcs11js bridge
 * go out as Node's Buffers where there are any, because that is what its callers expect.
 */
const NODE_ONLY = [/^node\//, /^cli\//, /^server\/listener\.ts$/, /^bridges\/pkcs11js\/bytes\.ts$/];

const files = (readdirSync(SRC, { recursive: true }) as string[]).filter((file) => file.endsWith(".ts"));
const layerOf = (file: string): string => (file.includes("/") ? (file.split("/")[0] as string) : "");
const imports = (file: string): string[] =>
  [
    ...readFileSync(join(SRC, file), "utf8").matchAll(
      /(?:^|\n)(?:import|export)\s[^;]*?from\s+"([^"]+)"|import\(\s*"([^"]+)"\s*\)|(?:^|\n)import\s+"([^"]+)"/g,
    ),
  ].map((match) => (match[1] ?? match[2] ?? match[3]) as string);

test("every folder of src is in the table of layers", () => {
  expect(files.length).toBeGreaterThan(30);
  expect([...new Set(files.map(layerOf))].filter((layer) => !FREE.has(layer) && !(layer in MAY_IMPORT))).toEqual([]);
});

test("a folder imports only what its row of the table allows", () => {
  const violations = files.flatMap((file) => {
    const layer = layerOf(file);
    if (FREE.has(layer)) return [];
    return imports(file)
      .filter((path) => path.startsWith("."))
      .map((path) => relative(SRC, resolve(dirname(join(SRC, file)), path)))
      .filter((target) => layerOf(target) !== layer && !MAY_IMPORT[layer]?.includes(layerOf(target)))
      .map((target) => `${file} -> ${target}`);
  });
  expect(violations).toEqual([]);
});

test("only the places made for it name Node's modules and globals", () => {
  const violations = files
    .filter((file) => !NODE_ONLY.some((place) => place.test(file)))
    .flatMap((file) => {
      const code = readFileSync(join(SRC, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      const named = [...code.matchAll(/"node:[a-z/]+"|\bBuffer\b(?!")|\bprocess\./g)].map((match) => match[0]);
      return named.map((name) => `${file}: ${name}`);
    });
  expect(violations).toEqual([]);
});

test("no file but the mechanisms' asks which mechanism it has", () => {
  const violations = files
    .filter((file) => /^(token|objects)\//.test(file))
    .filter((file) => /switch \(\s*mechanism|mechanism(\.name)? === "/.test(readFileSync(join(SRC, file), "utf8")));
  expect(violations).toEqual([]);
});
