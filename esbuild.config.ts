/**
 * Writes `dist/**.js`: one file for each entry point of package.json, and what they share in `dist/chunks`, with the
 * packages they stand on inside (docs/decisions.md, "Start-up"). Declarations and type checks are `tsc`'s.
 */

import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";

const ROOT: string = import.meta.dirname;
const LICENSES = "dist/THIRD-PARTY-LICENSES.txt";

interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
}

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/** Not named in package.json: what starts as a thread of its own. */
const WORKERS = ["./dist/cli/verify/worker.js"];

const { bin, exports } = manifestOf(ROOT);
const entryPoints = [
  ...Object.values(exports).flatMap((entry) => (typeof entry === "string" ? [] : [entry.default])),
  ...Object.values(bin),
  ...WORKERS,
].map((path) => path.replace("./dist/", "src/").replace(/\.js$/, ".ts"));

/** The licence of every package of which a part went in. */
function licensesOf({ inputs }: Metafile): string {
  const folders = Object.keys(inputs).flatMap((file) => file.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const name = folder.replace(/^.*node_modules\//, "");
    return `${name} ${manifestOf(join(ROOT, folder)).version}\n\n${readFileSync(join(ROOT, folder, "LICENSE"), "utf8").trim()}\n`;
  });
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

/** `import * as x from "./deferred/….ts"`: the module runs when `x` is first used, as ECMAScript's `import defer` will. */
const deferred: Plugin = {
  name: "deferred",
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/crypto\/.*\.ts$/ }, ({ path }) => ({
      loader: "ts",
      contents: readFileSync(path, "utf8").replace(
        /^import \* as (\w+) from ("\.\/deferred\/.*");$/gm,
        "const $1 = new Proxy({}, { get: (at, name) => (at.it ??= require($2))[name] });",
      ),
    }));
  },
};

for (const file of readdirSync(join(ROOT, "dist"), { recursive: true, encoding: "utf8" })) {
  if (/\.js(\.map)?$/.test(file)) rmSync(join(ROOT, "dist", file));
}

const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints,
  outbase: "src",
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "neutral",
  target: "node20",
  // The command line's packages are CommonJS, and load when a command runs.
  external: ["node:*", "commander", "nanospinner"],
  plugins: [deferred],
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: "warning",
});
writeFileSync(join(ROOT, LICENSES), licensesOf(metafile));
