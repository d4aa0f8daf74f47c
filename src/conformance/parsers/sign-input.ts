/** The `sign.input` file of the Ed25519 reference software: one case a line, four hex fields with a colon after each. */

import { atLeastOne, linesOf, VectorFormatError } from "./text.ts";

export interface SignInputCase {
  /** The line of the case, from "1". */
  readonly id: string;
  readonly line: number;
  /** The 32-byte seed, as hex; like the other fields. */
  readonly seed: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
}

/**
 * The cases of a `sign.input` file. The first field is seed and public key, the last one signature and message.
 * @throws VectorFormatError when a line does not hold the four fields, when its two public keys or two messages
 *   differ, and when there is no line.
 */
export function parseSignInput(text: string): readonly SignInputCase[] {
  const cases: SignInputCase[] = [];
  const lines = linesOf(text);
  for (const [index, content] of lines.entries()) {
    if (content === "") continue;
    const line = index + 1;
    const [, seed, again, publicKey, message, signature, rest] =
      /^([0-9a-f]{64})([0-9a-f]{64}):([0-9a-f]{64}):([0-9a-f]*):([0-9a-f]{128})([0-9a-f]*):$/.exec(content) ?? [];
    if (seed === undefined || publicKey === undefined || message === undefined || signature === undefined)
      throw new VectorFormatError(line, `expected "seed+key:key:message:signature+message:" in hexadecimal`);
    if (again !== publicKey) throw new VectorFormatError(line, "the two public keys differ");
    if (rest !== message) throw new VectorFormatError(line, "the two messages differ");
    cases.push({ id: String(line), line, seed, publicKey, message, signature });
  }
  return atLeastOne(cases, lines.length);
}
