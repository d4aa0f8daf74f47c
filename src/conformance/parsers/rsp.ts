/**
 * NIST CAVP response files (`.rsp`, `.fax`, and the `.txt` files written in their manner).
 *
 * A case is opened by its `COUNT` line where the file has such lines (blank lines inside a case are then allowed);
 * in the other files a case is a block of lines without a blank one that holds an answer, such as `MD` or `Result`
 * (two blocks when its fields begin again after the answer).
 * Fields outside a case (a modulus, a seed) are shared by the cases that follow, until the next header.
 */

import { atLeastOne, type Fields, fieldOf, linesOf, VectorFormatError } from "./text.ts";

export interface RspCase {
  /** The position of the case in its file, from "1". */
  readonly id: string;
  readonly line: number;
  /** The bare headers before the case: `[P-256,SHA-256]` is "P-256,SHA-256". */
  readonly sections: readonly string[];
  /** The headers with a value, `[Keylen = 128]`, and the fields that several cases share. */
  readonly shared: Fields;
  /** The case's own fields; a line `FAIL` is the key "FAIL" with the value "". */
  readonly fields: Fields;
}

const ANSWERS: readonly string[] = ["MD", "Output", "Result", "S", "Qx"];

/**
 * The cases of a CAVP file, in their order.
 *
 * Indented lines are left out: in the KDF files they hold intermediate values.
 * @throws VectorFormatError on a line that is no field, a field that comes twice in a case, and a file without a case.
 */
export function parseRsp(text: string): readonly RspCase[] {
  const lines = linesOf(text);
  const counted = lines.some((line) => isCount(line.split("=")[0]?.trim() ?? ""));
  const reader = new RspReader(counted);
  for (const [index, raw] of lines.entries()) {
    const line = index + 1;
    const content = raw.trim();
    const header = /^\[([^\]]*)\]?$/.exec(content)?.[1];
    // "!!" is what one generation of CAVS printed in place of a blank line.
    if (content === "" || content === "!!") reader.blank();
    else if (content.startsWith("#")) reader.comment();
    else if (header !== undefined) reader.header(header.trim());
    else if (content === "FAIL") reader.field("FAIL", "", line);
    else if (!/^\s/.test(raw)) reader.field(...fieldOf(content, line), line);
  }
  reader.end();
  return atLeastOne(reader.cases, lines.length);
}

class RspReader {
  readonly cases: RspCase[] = [];
  readonly #counted: boolean;
  #afterHeader = false;
  #sections: string[] = [];
  #parameters: Record<string, string> = {};
  #context: Record<string, string> = {};
  #fields: Record<string, string> = {};
  #line = 0;

  constructor(counted: boolean) {
    this.#counted = counted;
  }

  blank(): void {
    if (!this.#counted) this.end();
  }

  /** A comment parts the list of what was configured, which looks like headers, from the first real header. */
  comment(): void {
    this.#afterHeader = false;
  }

  /** Headers without a field or comment between them belong together; the first one after that starts anew. */
  header(text: string): void {
    this.end();
    if (!this.#afterHeader) {
      this.#sections = [];
      this.#parameters = {};
      this.#context = {};
    }
    this.#afterHeader = true;
    const [, key, value] = /^([^=:]*)[=:](.*)$/.exec(text) ?? [];
    if (key === undefined || value === undefined) this.#sections.push(text);
    else this.#parameters = { ...this.#parameters, [key.trim()]: value.trim() };
  }

  field(key: string, value: string, line: number): void {
    if (this.#counted ? isCount(key) : Object.hasOwn(this.#fields, key) && isAnswered(this.#fields)) this.end();
    this.#afterHeader = false;
    if (Object.hasOwn(this.#fields, key)) throw new VectorFormatError(line, `a second ${key} in one case`);
    if (Object.keys(this.#fields).length === 0) this.#line = line;
    this.#fields[key] = value;
  }

  /** The block ends: it was a case when it holds what makes a case, and is context of the next cases otherwise. */
  end(): void {
    const fields = this.#fields;
    const keys = Object.keys(fields);
    if (keys.length === 0) return;
    this.#fields = {};
    const isCase = this.#counted ? isCount(keys[0] ?? "") : isAnswered(fields);
    if (!isCase) {
      this.#context = { ...this.#context, ...fields };
      return;
    }
    this.cases.push({
      id: String(this.cases.length + 1),
      line: this.#line,
      sections: [...this.#sections],
      shared: { ...this.#parameters, ...this.#context },
      fields,
    });
  }
}

function isAnswered(fields: Fields): boolean {
  return ANSWERS.some((answer) => Object.hasOwn(fields, answer));
}

function isCount(key: string): boolean {
  return key.toUpperCase() === "COUNT";
}
