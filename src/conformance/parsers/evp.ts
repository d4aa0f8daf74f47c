/** OpenSSL's `evp_test` files (`test/recipes/30-test_evp_data`): stanzas that a blank line ends. */

import { atLeastOne, type Fields, fieldOf, linesOf, VectorFormatError } from "./text.ts";

/** A named key that the file defines before the cases that use it. */
export interface EvpKey {
  readonly name: string;
  readonly line: number;
  /** A PEM block, or for the raw kinds `algorithm:hex`. */
  readonly kind: "PrivateKey" | "PublicKey" | "PrivateKeyRaw" | "PublicKeyRaw";
  readonly text: string;
}

export interface EvpCase {
  /** The position of the stanza among the cases, from "1"; in RAND stanzas with the index of the run, "3.14". */
  readonly id: string;
  readonly line: number;
  readonly title: string;
  /** What is tested: "Cipher", "KDF", "MAC", "Digest", "Sign", "Verify", "Derive", "RAND" and so on. */
  readonly operation: string;
  /** The value of the operation's line: an algorithm's or a key's name. */
  readonly target: string;
  /** All fields of the stanza but its title; the values of one that comes more than once, such as Ctrl, are joined by line feeds. */
  readonly fields: Fields;
}

export interface EvpFile {
  /** The keys by kind and name, `PublicKey:P-256`, since a pair shares its name across kinds in some files. */
  readonly keys: ReadonlyMap<string, EvpKey>;
  readonly cases: readonly EvpCase[];
}

/** Fields that say when a case runs, not what it does; they may stand before the operation. */
const CONDITIONS: ReadonlySet<string> = new Set([
  "Availablein",
  "Extended-Test",
  "FIPSversion",
  "Securitycheck",
  "Security-Category",
  "Unapproved",
]);

interface Stanza {
  readonly line: number;
  readonly entries: readonly (readonly [key: string, value: string])[];
  readonly pem: string;
}

/**
 * The keys and cases of an `evp_test` file.
 * @throws VectorFormatError on a line that is no field, a PEM block without an end, a stanza without an operation,
 *   a key defined twice, and a file without a case.
 */
export function parseEvp(text: string): EvpFile {
  const keys = new Map<string, EvpKey>();
  const cases: EvpCase[] = [];
  let title = "";
  let count = 0;
  for (const stanza of stanzasOf(text)) {
    title = stanza.entries.find(([key]) => key === "Title")?.[1] ?? title;
    const entries = stanza.entries.filter(([key]) => key !== "Title");
    if (entries.length === 0) continue;
    const [operation, target] = entries.find(([key]) => !CONDITIONS.has(key)) ?? [];
    if (operation === undefined || target === undefined) throw new VectorFormatError(stanza.line, "no operation");
    if (isKeyKind(operation)) {
      const key = keyOf(operation, target, stanza);
      const name = `${operation}:${key.name}`;
      if (keys.has(name)) throw new VectorFormatError(stanza.line, `a second key ${name}`);
      keys.set(name, key);
    } else {
      count += 1;
      const base = { line: stanza.line, title, operation, target };
      const single = { ...stanza, entries };
      for (const { suffix, fields } of operation === "RAND" ? runsOf(single) : [{ suffix: "", fields: joined(single) }])
        cases.push({ id: `${count}${suffix}`, ...base, fields });
    }
  }
  return { keys, cases: atLeastOne(cases, linesOf(text).length) };
}

function stanzasOf(text: string): Stanza[] {
  const stanzas: Stanza[] = [];
  const lines = linesOf(text);
  let entries: [string, string][] = [];
  let pem: string[] = [];
  let inPem = false;
  let start = 0;
  for (const [index, raw] of [...lines, ""].entries()) {
    const line = index + 1;
    const content = raw.trim();
    if (inPem) {
      if (content === "") throw new VectorFormatError(line, "a PEM block without its END line");
      pem.push(content);
      inPem = !content.startsWith("-----END ");
    } else if (content === "") {
      if (entries.length > 0) stanzas.push({ line: start, entries, pem: pem.join("\n") });
      entries = [];
      pem = [];
    } else if (content.startsWith("-----BEGIN ")) {
      pem.push(content);
      inPem = true;
    } else if (!content.startsWith("#")) {
      if (entries.length === 0) start = line;
      entries.push(fieldOf(content, line));
    }
  }
  return stanzas;
}

function isKeyKind(operation: string): operation is EvpKey["kind"] {
  return /^(Private|Public)Key(Raw)?$/.test(operation);
}

function keyOf(kind: EvpKey["kind"], target: string, stanza: Stanza): EvpKey {
  if (!kind.endsWith("Raw")) {
    if (stanza.pem === "") throw new VectorFormatError(stanza.line, `no PEM block after ${kind} ${target}`);
    return { kind, name: target, line: stanza.line, text: stanza.pem };
  }
  const [name, algorithm, hex] = target.split(":");
  if (name === undefined || algorithm === undefined || hex === undefined)
    throw new VectorFormatError(stanza.line, `expected "name:algorithm:hex" after ${kind}`);
  return { kind, name, line: stanza.line, text: `${algorithm}:${hex}` };
}

function joined(stanza: Stanza): Fields {
  const fields: Record<string, string> = {};
  for (const [key, value] of stanza.entries)
    fields[key] = Object.hasOwn(fields, key) ? `${fields[key]}\n${value}` : value;
  return fields;
}

/** The runs of a RAND stanza: `Entropy.3` is the field Entropy of run 3; what has no index holds for all runs. */
function runsOf(stanza: Stanza): { suffix: string; fields: Fields }[] {
  const common: Record<string, string> = {};
  const runs = new Map<string, Record<string, string>>();
  for (const [key, value] of stanza.entries) {
    const [, name, index] = /^(.*)\.(\d+)$/.exec(key) ?? [];
    if (name === undefined || index === undefined) {
      common[key] = value;
    } else {
      const run = runs.get(index) ?? {};
      if (Object.hasOwn(run, name)) throw new VectorFormatError(stanza.line, `a second ${key} in one stanza`);
      run[name] = value;
      runs.set(index, run);
    }
  }
  if (runs.size === 0) throw new VectorFormatError(stanza.line, "a RAND stanza without a run");
  return [...runs].map(([index, run]) => ({ suffix: `.${index}`, fields: { ...common, ...run } }));
}
