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
  const reader = new Pkcs1Reader();
  const first = lines.findIndex((line) => /^# Example/.test(line));
  for (let index = first; index >= 0 && index < lines.length; index++) {
    const content = (lines[index] as string).trim();
    const comment = /^#\s*(.*?):?$/.exec(content)?.[1];
    if (comment !== undefined) reader.comment(comment, index + 1);
    else if (content !== "" && !/^=+$/.test(content)) reader.hexadecimal(content, index + 1);
  }
  reader.end();
  return atLeastOne(reader.cases, lines.length);
}

type Parts = Record<string, string>;

class Pkcs1Reader {
  readonly cases: Pkcs1Case[] = [];
  #key: Parts = {};
  #example: { readonly line: number; readonly title: string; readonly fields: Parts } | undefined;
  /** What is being read, of the key or of the example. */
  #part: Parts | undefined;
  #label = "";

  comment(text: string, line: number): void {
    if (/^Example\b/.test(text)) {
      this.end();
      this.#key = {};
    } else if (/^\S.* Example [\d.]+/.test(text)) {
      this.end();
      this.#example = { line, title: text, fields: {} };
    } else if (CASE_PARTS.has(text) || KEY_PARTS.has(text)) this.#begin(text, line);
  }

  #begin(label: string, line: number): void {
    // The first example after a key has no title line in some files.
    if (label.startsWith("Message")) this.#example ??= { line, title: "", fields: {} };
    this.#part = KEY_PARTS.has(label) ? this.#key : this.#example?.fields;
    if (this.#part === undefined) throw new VectorFormatError(line, `${label} outside an example`);
    this.#label = label;
    this.#part[label] = "";
  }

  hexadecimal(content: string, line: number): void {
    if (!/^[0-9a-fA-F ]+$/.test(content) || this.#part === undefined)
      throw new VectorFormatError(line, "expected a comment or hexadecimal digits under a label");
    this.#part[this.#label] += content.replaceAll(" ", "");
  }

  /** Of an example, when there is one. */
  end(): void {
    this.#part = undefined;
    if (this.#example === undefined) return;
    const { line, title, fields } = this.#example;
    if (!ANSWERS.some((answer) => fields[answer])) throw new VectorFormatError(line, `${title}: no answer`);
    for (const name of KEY_PARTS) {
      if (!this.#key[name]) throw new VectorFormatError(line, `${title}: the key has no ${name}`);
    }
    this.cases.push({ id: String(this.cases.length + 1), line, title, key: this.#key, fields });
    this.#example = undefined;
  }
}
