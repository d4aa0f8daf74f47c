/** The example files of PKCS #1 (`oaep-vect.txt`, `pss-vect.txt` and others in their manner): labelled runs of hex. */

import { atLeastOne, type Fields, linesOf, VectorFormatError } from "./text.ts";

export interface Pkcs1Case {
  /** The position of the case in its file, from "1". */
  readonly id: string;
  readonly line: number;
  /** The example's title, which in some files names the hashes: "OAEP Example 1 alg=sha256 mgf1=sha1". */
  readonly title: string;
  /**
   * The private key as hex: "Modulus", "Public exponent", "Exponent" (the private one), "Prime 1", "Prime 2",
   * "Prime exponent 1", "Prime exponent 2", "Coefficient".
   */
  readonly key: Fields;
  /** The case as hex: "Message" or "Message to be signed", "Seed" or "Salt", "Encryption" or "Signature". */
  readonly fields: Fields;
}

const KEY_PARTS: ReadonlySet<string> = new Set([
  "Coefficient",
  "Exponent",
  "Modulus",
  "Prime 1",
  "Prime 2",
  "Prime exponent 1",
  "Prime exponent 2",
  "Public exponent",
]);
const CASE_PARTS: ReadonlySet<string> = new Set([
  "Encryption",
  "Message",
  "Message to be signed",
  "Salt",
  "Seed",
  "Signature",
]);
const ANSWERS: readonly string[] = ["Encryption", "Signature"];

/**
 * The cases of a PKCS #1 example file.
 * @throws VectorFormatError on a line that is neither comment nor hex, an example without an answer or a whole private
 *   key, and a file without a case.
 */
export function parsePkcs1(text: string): readonly Pkcs1Case[] {
  const lines = linesOf(text);
  const cases: Pkcs1Case[] = [];
  let key: Record<string, string> = {};
  let part: Record<string, string> | undefined;
  let label = "";
  let example: { line: number; title: string; fields: Record<string, string> } | undefined;

  const close = (): void => {
    if (example === undefined) return;
    const { line, title, fields } = example;
    if (!ANSWERS.some((answer) => fields[answer])) throw new VectorFormatError(line, `${title}: no answer`);
    for (const name of KEY_PARTS) if (!key[name]) throw new VectorFormatError(line, `${title}: the key has no ${name}`);
    cases.push({ id: String(cases.length + 1), line, title, key, fields });
    example = undefined;
  };

  const first = lines.findIndex((line) => /^# Example/.test(line));
  for (const [index, raw] of lines.entries()) {
    if (first < 0 || index < first) continue;
    const line = index + 1;
    const content = raw.trim();
    const comment = /^#\s*(.*?):?$/.exec(content)?.[1];
    if (comment === undefined) {
      if (content === "" || /^=+$/.test(content)) continue;
      if (!/^[0-9a-fA-F ]+$/.test(content) || part === undefined)
        throw new VectorFormatError(line, "expected a comment or hexadecimal digits under a label");
      part[label] += content.replaceAll(" ", "");
    } else if (/^Example\b/.test(comment)) {
      close();
      key = {};
      part = undefined;
    } else if (/^\S.* Example [\d.]+/.test(comment)) {
      close();
      part = undefined;
      example = { line, title: comment, fields: {} };
    } else if (CASE_PARTS.has(comment) || KEY_PARTS.has(comment)) {
      // The first example after a key has no title line in some files.
      if (comment.startsWith("Message") && example === undefined) example = { line, title: "", fields: {} };
      part = KEY_PARTS.has(comment) ? key : example?.fields;
      if (part === undefined) throw new VectorFormatError(line, `${comment} outside an example`);
      label = comment;
      part[label] = "";
    }
  }
  close();
  return atLeastOne(cases, lines.length);
}
