/**
 * Writes `dist/**.js`: one file for each entry point of package.json, and what they share in `dist/chunks`, with the
 * packages they stand on inside (docs/decisions.md, "Start-up"). Declarations and type checks are `tsc`'s.
 */

import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CodeSplittingGroup, type Plugin, rolldown } from "rolldown";
import { parseAst } from "rolldown/parseAst";
import { parseSync, Visitor } from "rolldown/utils";
import { compileEagerly } from "./rolldown.eager.ts";
import type { Place } from "./rolldown.pieces.ts";
import { restorePrivateNames } from "./rolldown.private-names.ts";

const ROOT: string = import.meta.dirname;
const LICENSES = "dist/THIRD-PARTY-LICENSES.txt";

interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
}

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/** Not named in package.json: what starts as a thread or a process of its own. */
const WORKERS = ["./dist/thread.js", "./dist/cli/verify/worker.js", "./dist/cli/verify/module/child.js"];

const { bin, exports } = manifestOf(ROOT);
const entryPoints = [
  ...Object.values(exports).flatMap((entry) => (typeof entry === "string" ? [] : [entry.default])),
  ...Object.values(bin),
  ...WORKERS,
].map((path) => path.replace("./dist/", "").replace(/\.js$/, ""));

/** These entry points answer without the token: what they share with it stays in a small file of its own. */
const WITHOUT_TOKEN = ["src/server.ts", "src/cli/main.ts"];

/** The front door, and what the KMS shares with the conformance suites. */
const TOKEN = ["src/index.ts", "src/der/ecdsa-signature.ts"];

/** The context that rolldown gives to a group's `name`. */
type Modules = Parameters<Exclude<CodeSplittingGroup["name"], string>>[1];

/** All that a source file imports statically, itself included. */
function importsOf(file: string, modules: Modules): ReadonlySet<string> {
  const found = new Set([join(ROOT, file)]);
  for (const id of found) for (const imported of modules.getModuleInfo(id)?.importedIds ?? []) found.add(imported);
  return found;
}

/** What it takes to begin is few files, for each costs half a millisecond: what is in the first of these is in no other. */
const CHUNKS = ["shared", "token", "kms"] as const;
type Chunk = (typeof CHUNKS)[number];

let graphs: Readonly<Record<Chunk, ReadonlySet<string>>> | undefined;
function isIn(chunk: Chunk, id: string, modules: Modules): boolean {
  const all = (files: readonly string[]): Set<string> =>
    new Set(files.flatMap((file) => [...importsOf(file, modules)]));
  graphs ??= { shared: all(WITHOUT_TOKEN), token: all(TOKEN), kms: all(["src/kms.ts"]) };
  return graphs[chunk].has(id) && (chunk !== "shared" || graphs.token.has(id) || graphs.kms.has(id));
}

const groups = CHUNKS.map((chunk, i) => ({
  debugName: chunk,
  name: (id: string, modules: Modules) => (isIn(chunk, id, modules) ? chunk : null),
  priority: CHUNKS.length - i,
}));

/** Modules that run when one of their objects is first used, for few need their tables; and the objects that are used. */
// biome-ignore format: a table
const AT_FIRST_USE: Readonly<Record<string, RegExp>> = {
  "@noble/curves/ed448.js":         /^(ed|x)448$/,
  "@noble/post-quantum/ml-dsa.js":  /^ml_dsa/,
  "@noble/post-quantum/ml-kem.js":  /^ml_kem/,
  "@noble/post-quantum/slh-dsa.js": /^slh_dsa/,
};

/** A top-level statement: the names that it declares, and all that it mentions. */
interface Statement {
  readonly text: string;
  readonly declares: readonly string[];
  readonly mentions: ReadonlySet<string>;
}

type Node = ReturnType<typeof parseAst>["body"][number];

function statementOf(code: string, node: Node): Statement {
  const text = code.slice(node.start, node.end);
  const declared = node.type === "VariableDeclaration" ? node.declarations : [node];
  const declares = declared.flatMap((one) => ("id" in one && one.id?.type === "Identifier" ? [one.id.name] : []));
  return { text, declares, mentions: new Set(text.match(/[\w$]+/g)) };
}

/**
 * The module as a function, called for the first property that anyone reads of an exported object. The engine is
 * synchronous, so the code itself must be there; but only what these exports need, as a bundler does not look into it.
 */
function atFirstUse(code: string, wanted: RegExp): string {
  const outside: string[] = [];
  const statements: Statement[] = [];
  for (const node of parseAst(code).body) {
    if (node.type === "ImportDeclaration") outside.push(code.slice(node.start, node.end));
    else statements.push(statementOf(code, (node.type === "ExportNamedDeclaration" && node.declaration) || node));
  }
  const names = statements.flatMap(({ declares }) => declares.filter((name) => wanted.test(name)));
  const needed = new Set(names);
  const isNeeded = ({ declares }: Statement): boolean =>
    declares.length === 0 || declares.some((name) => needed.has(name));
  for (let before = 0; before !== needed.size; ) {
    before = needed.size;
    for (const { mentions } of statements.filter(isNeeded)) for (const name of mentions) needed.add(name);
  }
  const inside = statements.filter(isNeeded).map(({ text }) => text);
  return [
    ...outside,
    "let made;",
    `function module() { return made ??= run(); }`,
    `function run() { ${inside.join("\n")}; return { ${names.join(", ")} }; }`,
    "const lazy = (name) => new Proxy({}, { get: (_, key) => module()[name][key] });",
    ...names.map((name) => `export const ${name} = /* @__PURE__ */ lazy("${name}");`),
  ].join("\n");
}

const lazyModules: Plugin = {
  name: "modules that run at first use",
  transform(code, id) {
    const wanted = AT_FIRST_USE[id.replace(/.*node_modules\//, "")];
    return wanted === undefined ? null : { code: atFirstUse(code, wanted), map: null };
  },
};

/** The templates that could be strings of the same characters. */
function plainTemplates(code: string): readonly Place[] {
  const plain = new Set<Place>();
  new Visitor({
    TemplateLiteral(node) {
      if (node.expressions.length === 0 && !/["\\\n]/.test(code.slice(node.start, node.end))) plain.add(node);
    },
    "TaggedTemplateExpression:exit": ({ quasi }) => void plain.delete(quasi),
  }).visit(parseSync("chunk.js", code).program);
  return [...plain];
}

/** The minifier writes every string as a template, which V8 reads character by character, and keeps twice. */
const strings: Plugin = {
  name: "strings between quotation marks",
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== "chunk") continue;
      const characters = chunk.code.split("");
      for (const { start, end } of plainTemplates(chunk.code)) characters[start] = characters[end - 1] = '"';
      chunk.code = characters.join("");
    }
  },
};

/** The licence of every package of which a module went in. */
function licensesOf(modules: readonly string[]): string {
  const folders = modules.flatMap((file) => file.match(/node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const name = folder.replace("node_modules/", "");
    return `${name} ${manifestOf(join(ROOT, folder)).version}\n\n${readFileSync(join(ROOT, folder, "LICENSE"), "utf8").trim()}\n`;
  });
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

const bundle = await rolldown({
  cwd: ROOT,
  input: Object.fromEntries(entryPoints.map((name) => [name, `src/${name}.ts`])),
  platform: "neutral",
  // The command line's packages are CommonJS, and load when a command runs.
  external: [/^node:/, "commander", "nanospinner"],
  plugins: [lazyModules, strings],
});
for (const file of readdirSync(join(ROOT, "dist"), { recursive: true, encoding: "utf8" })) {
  if (/\.js(\.map)?$/.test(file)) rmSync(join(ROOT, "dist", file));
}
const { output } = await bundle.write({
  dir: "dist",
  format: "esm",
  chunkFileNames: "chunks/[name]-[hash].js",
  codeSplitting: { groups },
  // One character beyond Latin-1 makes V8 hold and scan the whole file as UTF-16.
  charset: "ascii",
  sourcemap: true,
  // Functions and classes keep their names: traces, error classes and profiles read as the source does.
  minify: { compress: true, mangle: { keepNames: true }, codegen: true },
});
for (const file of output)
  if (file.type === "chunk" && file.map) restorePrivateNames(join(ROOT, "dist", file.fileName));
compileEagerly(join(ROOT, "dist"));
// npx makes a package's program executable once; the one that is built after that is a new file.
chmodSync(join(ROOT, "dist/cli/main.js"), 0o755);
writeFileSync(
  join(ROOT, LICENSES),
  licensesOf(output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []))),
);
