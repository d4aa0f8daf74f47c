/** What makes the start short (docs/decisions.md, "Start-up"), seen in the files of `dist/` and without a clock. */

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { parseSync, Visitor } from "rolldown/utils";
import { describe, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");

interface Graph {
  /** The files of `dist/` that are loaded before the entry point's first line runs. */
  readonly files: readonly string[];
  /** The modules of ours and of others that went into them, as `src/…` and `node_modules/…`. */
  readonly modules: readonly string[];
  /** What they import that is not in `dist/`. */
  readonly outside: readonly string[];
}

/** All that an entry point imports statically. */
function graphOf(entry: string): Graph {
  const files = new Set<string>();
  const outside = new Set<string>();
  const walk = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const [, from] of readFileSync(file, "utf8").matchAll(/(?:^|[;}\s])(?:import|from)\s?"([^"\n]+)"/g)) {
      if (from?.startsWith(".")) walk(resolve(dirname(file), from));
      else outside.add(from as string);
    }
  };
  walk(join(DIST, entry));
  return { files: [...files], modules: [...files].flatMap(modulesOf), outside: [...outside] };
}

/** The modules that went into a file of `dist/`; one of nothing but exports has no map. */
function modulesOf(file: string): readonly string[] {
  if (!existsSync(`${file}.map`)) return [];
  const { sources } = JSON.parse(readFileSync(`${file}.map`, "utf8")) as { readonly sources: readonly string[] };
  return sources.map((source) => relative(ROOT, resolve(dirname(file), source)));
}

describe("The front door", () => {
  const { files, modules, outside } = graphOf("index.js");

  test("is there with all that it needs", () => {
    expect(modules).toEqual(
      expect.arrayContaining([
        "src/token/hsm.ts",
        "src/crypto/pure-engine.ts",
        "src/crypto/aes-cipher.ts",
        "src/der/asn1.ts",
      ]),
    );
  });

  test("loads four files, for each costs half a millisecond: itself, the token, what light entry points share with it, rolldown's helper", () => {
    expect(files.length).toBeLessThanOrEqual(4);
  });

  test("is ASCII, for V8 scans a file with any other character slower", () => {
    expect(files.filter((file) => readFileSync(file).some((byte) => byte > 0x7f))).toEqual([]);
  });

  test("loads less than 570 kB, a seventh of it generated fields of curves, for compiling is half of the start", () => {
    expect(files.map((file) => statSync(file).size).reduce((sum, size) => sum + size)).toBeLessThan(570_000);
  });

  test("has shorter names for variables alone: traces and profiles name functions, classes and private methods as the source does", () => {
    const code = files.map((file) => readFileSync(file, "utf8")).join("");
    for (const name of ["function createHsm(", "CkrError=class ", "CtrDrbg=class", "#pinOf(", "#digestState("]) {
      expect(code).toContain(name);
    }
    expect(code).not.toMatch(/\blet (plaintext|ciphertext|attributes|template)\b/);
  });

  test("does not run Ed448 and the post-quantum modules until one of them is used: their tables are 8 ms", () => {
    const code = files.map((file) => readFileSync(file, "utf8")).join("");
    for (const name of ["ed448", "x448", "ml_dsa44", "ml_kem512", "slh_dsa_sha2_128s"]) {
      expect(code).toMatch(new RegExp(`lazy(\\$\\d)?\\("${name}"\\)`));
    }
  });

  test("has strings between quotation marks: a template is read character by character", () => {
    const templates: string[] = [];
    for (const code of files.map((file) => readFileSync(file, "utf8"))) {
      new Visitor({
        TemplateLiteral: ({ start, end, expressions }) =>
          void (expressions.length === 0 && templates.push(code.slice(start, end))),
      }).visit(parseSync("dist.js", code).program);
    }
    expect(templates.filter((text) => !/["\\\n]/.test(text))).toEqual([]);
  });

  test("has what runs at the start between parentheses, so that it is compiled while the file is read", () => {
    const code = files.map((file) => readFileSync(file, "utf8")).join("");
    for (const name of ["createHsm", "hmacKey", "counterKdf"]) {
      expect(code).toMatch(new RegExp(`const ${name}(\\$\\d+)?=\\(function ${name}`));
    }
    expect(code).not.toMatch(/=\(function rsaGenerate/);
  });

  test("has maps that say where a function was written", () => {
    for (const file of files.filter((one) => existsSync(`${one}.map`))) {
      const map = JSON.parse(readFileSync(`${file}.map`, "utf8")) as SourceMapPayload;
      const lines = readFileSync(file, "utf8").split("\n");
      const places = lines.flatMap((text, line) =>
        [...text.matchAll(/\bfunction ([a-z]\w{5,})\(/gi)].map(({ index, 1: name }) => ({
          ...{ line, column: index + "function ".length, name: name as string },
        })),
      );
      const sources = new SourceMap(map);
      const wrong = places.filter(({ line, column, name }) => {
        const entry = sources.findEntry(line, column);
        if (!("originalSource" in entry)) return true;
        // The modules that run at first use have been put together anew.
        if (entry.originalSource.includes("node_modules/")) return false;
        const at = map.sources.findIndex((source) => entry.originalSource.endsWith(source.replace(/^(\.\.\/)+/, "")));
        return !map.sourcesContent[at]?.split("\n")[entry.originalLine]?.slice(entry.originalColumn).startsWith(name);
      });
      expect(places.length).toBeGreaterThan(10);
      expect(wrong.map(({ name }) => name)).toEqual([]);
    }
  });

  test("needs nothing from outside of dist, and so no look-up of packages", () => {
    expect(outside).toEqual([]);
  });

  test("loads nothing of the KMS, the server, the command line, Node's engine and the conformance suites", () => {
    const foreign = modules.filter((module) => /^src\/(kms|server|cli|node|conformance|storage)\//.test(module));
    // Two constants, which are in the file that the light entry points share.
    expect(foreign).toEqual(["src/server/wire-service.ts"]);
  });

  test("has its own AES, whose tables are made with the first key: the library's take 10 ms of loading", () => {
    expect(modules.filter((module) => module.includes("@noble/ciphers"))).toEqual([]);
  });

  test("leaves out what the curves have beside signatures and agreement", () => {
    expect(modules.filter((module) => /abstract\/(bls|frost|hash-to-curve|oprf|poseidon)\.js$/.test(module))).toEqual(
      [],
    );
  });
});

const ENTRIES = ["index.js", "kms.js", "node.js", "server.js", "pkcs11.js", "conformance.js", "cli/main.js"];

test("No module is in two files: there is one class Secret, one CkrError and one key table, whoever asks", () => {
  const graphs = ENTRIES.map(graphOf);
  const owners = new Map<string, Set<string>>();
  for (const file of new Set(graphs.flatMap(({ files }) => files))) {
    for (const module of modulesOf(file)) owners.set(module, (owners.get(module) ?? new Set()).add(file));
  }
  expect(owners.size).toBeGreaterThan(300);
  expect([...owners].filter(([, files]) => files.size > 1)).toEqual([]);
});

test("The KMS loads one file more than the front door, and its entry point, and Node's modules do not come with it", () => {
  const { files, modules, outside } = graphOf("kms.js");
  expect(files.length).toBeLessThanOrEqual(5);
  expect(modules).toContain("src/kms/service.ts");
  expect(modules.filter((module) => /^src\/(cli|node|conformance)\//.test(module))).toEqual([]);
  expect(outside).toEqual([]);
});

test("The command line reads its arguments before it loads the token, the KMS or a suite", () => {
  const { modules } = graphOf("cli/main.js");
  expect(modules).toContain("src/cli/options.ts");
  expect(modules.filter((module) => /^src\/(token|mechanisms|kms|conformance)\//.test(module))).toEqual([]);
});

test("The licence of every package that went in is beside it", () => {
  const licenses = readFileSync(join(DIST, "THIRD-PARTY-LICENSES.txt"), "utf8");
  const files = readdirSync(DIST, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"));
  const packages = new Set(
    files.flatMap((file) =>
      modulesOf(join(DIST, file)).flatMap((module) => module.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []),
    ),
  );
  expect([...packages].sort()).toEqual([
    "@noble/curves",
    "@noble/hashes",
    "@noble/post-quantum",
    "@scure/base",
    "yaml",
  ]);
  expect([...packages].filter((name) => !new RegExp(`^${name} [0-9.]+$`, "m").test(licenses))).toEqual([]);
});
