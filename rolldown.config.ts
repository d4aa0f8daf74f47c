/**
 * Writes `dist/**.js`: one file for each entry point of package.json, and what they share in `dist/chunks`, with the
 * packages they stand on inside (docs/decisions.md, "Start-up"). Declarations and type checks are `tsc`'s.
 */

import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CodeSplittingGroup, type Plugin, rolldown } from "rolldown";
import { parseAst } from "rolldown/parseAst";

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

/** The context that rolldown gives to a group's `name`. */
type Modules = Parameters<Exclude<CodeSplittingGroup["name"], string>>[1];

/** All that a source file imports statically, itself included. */
function importsOf(file: string, modules: Modules): ReadonlySet<string> {
  const found = new Set([join(ROOT, file)]);
  for (const id of found) for (const imported of modules.getModuleInfo(id)?.importedIds ?? []) found.add(imported);
  return found;
}

/** The front door is one file, for each costs half a millisecond, and a second that the light entry points need too. */
let front: { readonly token: ReadonlySet<string>; readonly shared: ReadonlySet<string> } | undefined;
function chunkOf(id: string, modules: Modules): string | null {
  front ??= {
    token: importsOf("src/index.ts", modules),
    shared: new Set(WITHOUT_TOKEN.flatMap((file) => [...importsOf(file, modules)])),
  };
  if (!front.token.has(id)) return null;
  return front.shared.has(id) ? "shared" : "token";
}

/** Modules that run when one of their objects is first used: tables of 5 ms that few need. */
const AT_FIRST_USE = /@noble\/post-quantum\/(ml-dsa|ml-kem|slh-dsa)\.js$/;

/**
 * The module as a function, called for the first property that anyone reads of an exported object. The engine is
 * synchronous, so the code itself must be there.
 */
function atFirstUse(code: string): string {
  const outside: string[] = [];
  const inside: string[] = [];
  const names: string[] = [];
  for (const node of parseAst(code).body) {
    const declaration = node.type === "ExportNamedDeclaration" ? node.declaration : null;
    const text = code.slice(declaration?.start ?? node.start, node.end);
    (node.type === "ImportDeclaration" ? outside : inside).push(text);
    const [name] = (declaration !== null && text.match(/(?<=^const )\w+/)) || [];
    if (name !== undefined) names.push(name);
  }
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
  transform: (code, id) => (AT_FIRST_USE.test(id) ? { code: atFirstUse(code), map: null } : null),
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
  plugins: [lazyModules],
});
for (const file of readdirSync(join(ROOT, "dist"), { recursive: true, encoding: "utf8" })) {
  if (/\.js(\.map)?$/.test(file)) rmSync(join(ROOT, "dist", file));
}
const { output } = await bundle.write({
  dir: "dist",
  format: "esm",
  chunkFileNames: "chunks/[name]-[hash].js",
  codeSplitting: { groups: [{ debugName: "front door", name: chunkOf }] },
  // One character beyond Latin-1 makes V8 hold and scan the whole file as UTF-16.
  charset: "ascii",
  sourcemap: true,
  // Nothing is renamed: traces, error classes and profiles read as the source does.
  minify: { compress: true, mangle: false, codegen: true },
});
writeFileSync(
  join(ROOT, LICENSES),
  licensesOf(output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []))),
);
