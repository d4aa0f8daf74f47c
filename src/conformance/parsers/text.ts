/** What the parsers of line-oriented vector files share. */

/** A vector file that does not have the form its parser expects; `line` counts from 1. */
export class VectorFormatError extends Error {
  override readonly name: string = "VectorFormatError";
  readonly line: number;

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

/** The `key = value` fields of a case; values are as in the file, without the space around them. */
export type Fields = Readonly<Record<string, string>>;

/** The lines of a text with either line ending: CAVP files come with both. */
export function linesOf(text: string): string[] {
  return text.split(/\r?\n/);
}

/**
 * One `key = value` line.
 * @throws VectorFormatError when there is no key before an equals sign.
 */
export function fieldOf(text: string, line: number): [key: string, value: string] {
  const at = text.indexOf("=");
  const key = text.slice(0, Math.max(at, 0)).trim();
  if (key === "") throw new VectorFormatError(line, `expected "key = value", found ${JSON.stringify(excerpt(text))}`);
  return [key, text.slice(at + 1).trim()];
}

/**
 * The cases of a file.
 * @throws VectorFormatError when there is none, because a file that yields nothing proves nothing.
 */
export function atLeastOne<Case>(cases: readonly Case[], line: number): readonly Case[] {
  if (cases.length === 0) throw new VectorFormatError(line, "the file holds no test case");
  return cases;
}

function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
