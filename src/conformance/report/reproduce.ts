import type { Circumstances } from "./model.ts";

const ENGINES: Readonly<Record<string, string>> = { pure: "", hardened: " --hardened" };

/** The line that runs one case again. */
export function reproduceLine(
  { name, module }: Circumstances["engine"],
  suite: string,
  file: string,
  id: string,
): string {
  const engine = ENGINES[name] ?? ` --engine ${name}`;
  const option = module === undefined ? engine : ` --module ${module.path}`;
  return `npx pocket-hsm verify${option} --suite ${suite} --case ${file}#${id}`;
}
