/**
 * Writes the tables of the documents from the tables of the code, between `<!-- generated:NAME -->` and
 * `<!-- /generated -->`. With `--check` it writes nothing and fails when a table is not what the code says.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { acvpHandlers } from "../src/conformance/acvp/all.ts";
import { CKM } from "../src/cryptoki/constants.ts";
import { CONDITION_KEYS } from "../src/kms/condition-keys.ts";
import { KEY_SPECS } from "../src/kms/key-specs.ts";
import { OPERATIONS } from "../src/kms/operations.ts";
import { mechanismInfo, mechanisms } from "../src/mechanisms/registry.ts";
import { strictRules } from "../src/objects/policy.ts";
import { knownAnswerTests } from "../src/selftest/all.ts";
import { pairwiseTests } from "../src/selftest/pairwise.ts";
import { conformanceNote, conformanceTable } from "./conformance-table.ts";
import { FUNCTIONS } from "./functions.ts";
import { speedTable } from "./speed-table.ts";
import { timingNote, timingRows } from "./timing-table.ts";

const ROOT = join(import.meta.dirname, "..");
const FILES = ["README.md", "docs/pkcs11.md", "docs/kms.md", "docs/security.md", "docs/conformance.md"];

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");

const TABLES: Readonly<Record<string, () => string>> = {
  mechanisms: () =>
    table(
      ["mechanism", "code", "operations", "source"],
      [...mechanisms.values()].map(({ name, source }) => [
        `\`${name}\``,
        `0x${CKM[name].toString(16)}`,
        mechanismInfo(name)
          .flags.filter((flag) => flag !== "messageSign" && flag !== "messageVerify")
          .join(", "),
        source,
      ]),
    ),
  "mechanism-count": () =>
    `${mechanisms.size} mechanisms; which operations each has: [docs/pkcs11.md](docs/pkcs11.md).`,
  acvp: () =>
    table(
      ["ACVP algorithm", "mode", "revisions"],
      acvpHandlers.map(({ algorithm, mode, revisions }) => [`\`${algorithm}\``, mode, revisions.join(", ")]),
    ),
  "kms-operations": () =>
    `${Object.keys(OPERATIONS).length} operations: ${Object.keys(OPERATIONS)
      .map((name) => `\`${name}\``)
      .join(" ")}`,
  "kms-key-specs": () =>
    table(
      ["key spec", "usages"],
      Object.entries(KEY_SPECS).map(([spec, { usages }]) => [`\`${spec}\``, Object.keys(usages).join(", ")]),
    ),
  "kms-condition-keys": () => CONDITION_KEYS.map((key) => `\`${key}\``).join(" "),
  conformance: () => {
    const { head, rows } = conformanceTable();
    return `${table(head, rows)}\n\n${conformanceNote()}`;
  },
  speed: () => {
    const { head, rows, note } = speedTable();
    return `${table(head, rows)}\n\n${note}`;
  },
  functions: () =>
    table(
      ["function", "here"],
      Object.entries(FUNCTIONS).map(([name, here]) => [
        `\`${name}\``,
        here.replace(/\b(?:hsm|session)\.\w+|createHsm/g, "`$&`"),
      ]),
    ),
  "self-tests": () => {
    const tests = Object.entries(knownAnswerTests);
    const namesOf = (wanted: string): string[] =>
      tests.filter(([, { source }]) => source === wanted).map(([name]) => `\`${name}\``);
    const sources = [...new Set(tests.map(([, { source }]) => source))];
    return table(
      ["known-answer tests", "specification and answer"],
      sources.map((source) => [namesOf(source).join(", "), source]),
    );
  },
  "pairwise-tests": () =>
    table(
      ["pairwise test", "of each new private key for that use"],
      Object.entries(pairwiseTests).map(([name, what]) => [`\`${name}\``, what]),
    ),
  timing: () => {
    const head = ["operation", "classes", "a call", "measurements", "\\|t\\|", "found"];
    return `${table(head, timingRows())}\n\n${timingNote()}`;
  },
  policy: () =>
    table(
      ["rule", "because otherwise"],
      strictRules.map(({ name, why }) => [name, why]),
    ),
};

function generate(text: string): string {
  return text.replace(
    /(<!-- generated:([a-z-]+) -->\n)[\s\S]*?(\n<!-- \/generated -->)/g,
    (_, open: string, name: string, close: string) => {
      const make = TABLES[name];
      if (make === undefined) throw new Error(`no generated table is called ${name}`);
      return `${open}${make()}${close}`;
    },
  );
}

const stale: string[] = [];
for (const file of FILES) {
  const path = join(ROOT, file);
  const text = readFileSync(path, "utf8");
  const fresh = generate(text);
  if (fresh === text) continue;
  stale.push(file);
  if (!process.argv.includes("--check")) writeFileSync(path, fresh);
}
if (process.argv.includes("--check") && stale.length > 0) {
  console.error(`out of date, run "npm run docs": ${stale.join(", ")}`);
  process.exitCode = 1;
}
