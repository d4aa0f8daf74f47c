/** Botan's `.vec` files: `key = value` lines, of which the line with the answer closes a case. */

import { atLeastOne, type Fields, fieldOf, linesOf, VectorFormatError } from "./text.ts";

export interface BotanCase {
  /** The position of the case in its file, from "1". */
  readonly id: string;
  readonly line: number;
  /** The header before the case, `[KW]` is "KW"; "" where there is none. */
  readonly section: string;
  readonly fields: Fields;
}

const ANSWERS: ReadonlySet<string> = new Set(["Ciphertext", "Ctext", "Out", "Output", "Signature", "X"]);

/**
 * The cases of a `.vec` file.
 *
 * @param inherit what Botan's own test of the file does: with true a case has all fields of the cases before it that
 *   it does not set anew (public-key files), with false only those since the last answer (hashes, KDFs).
 * @throws VectorFormatError on a line that is no field, on fields that no answer follows, and on a file without a case.
 */
export function parseBotan(text: string, inherit: boolean): readonly BotanCase[] {
  const cases: BotanCase[] = [];
  const lines = linesOf(text);
  let section = "";
  let fields: Record<string, string> = {};
  let open = 0;
  for (const [index, raw] of lines.entries()) {
    const line = index + 1;
    const content = raw.trim();
    const header = /^\[(.*)\]$/.exec(content)?.[1];
    if (content === "" || content.startsWith("#")) continue;
    if (header !== undefined) {
      section = header.trim();
      continue;
    }
    const [key, value] = fieldOf(content, line);
    if (open === 0) open = line;
    fields[key] = value;
    if (!ANSWERS.has(key)) continue;
    cases.push({ id: String(cases.length + 1), line, section, fields: { ...fields } });
    if (!inherit) fields = {};
    open = 0;
  }
  if (open !== 0) throw new VectorFormatError(open, "fields that no answer follows");
  return atLeastOne(cases, lines.length);
}
