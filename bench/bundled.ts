/**
 * Runs a bench as users run the library: bundled, where the constants of a module are constants to V8 (docs/decisions.md,
 * "Start-up"). `npx tsx bench/bundled.ts bench/symmetric.ts`
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { rolldown } from "rolldown";

const ROOT: string = join(import.meta.dirname, "..");
const [file = "", ...args] = process.argv.slice(2);

// Beside the packages, so that what stays outside is found.
const dir = mkdtempSync(join(ROOT, "node_modules", ".bench-"));
try {
  const bundle = await rolldown({ input: file, platform: "neutral", external: [/^node:/, /^@noble\/ciphers/] });
  await bundle.write({ dir, format: "esm", minify: { compress: true, mangle: false } });
  const bundled = join(dir, basename(file).replace(/\.ts$/, ".js"));
  process.exitCode = spawnSync(process.execPath, [bundled, ...args], { cwd: ROOT, stdio: "inherit" }).status ?? 1;
} finally {
  rmSync(dir, { recursive: true });
}
