/**
 * Writes `dist/**.js`: one file for each entry point of package.json, and what they share in `dist/chunks`, with the
 * packages they stand on inside (docs/decisions.md, "Start-up"). Declarations and type checks are `tsc`'s.
 */

import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";

const ROOT: string = import.meta.dirname;
const LICENSES = "dist/THIRD-PARTY-LICENSES.txt";

interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
}

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/** Not named in package.json: what starts as a thread or a process of its own. */
const WORKERS = ["./dist/cli/verify/worker.js", "./dist/cli/verify/module/child.js"];

const { bin, exports } = manifestOf(ROOT);
const entryPoints = [
  ...Object.values(exports).flatMap((entry) => (typeof entry === "string" ? [] : [entry.default])),
  ...Object.values(bin),
  ...WORKERS,
].map((path) => path.replace("./dist/", "").replace(/\.js$/, ""));

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
});
for (const file of readdirSync(join(ROOT, "dist"), { recursive: true, encoding: "utf8" })) {
  if (/\.js(\.map)?$/.test(file)) rmSync(join(ROOT, "dist", file));
}
const { output } = await bundle.write({
  dir: "dist",
  format: "esm",
  chunkFileNames: "chunks/[name]-[hash].js",
  sourcemap: true,
  // Nothing is renamed: traces, error classes and profiles read as the source does.
  minify: { compress: true, mangle: false, codegen: true },
});
writeFileSync(
  join(ROOT, LICENSES),
  licensesOf(output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []))),
);
