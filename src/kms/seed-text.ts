/** The text of a seed file: JSON, or YAML. */

import { SeedError } from "./seed-reader.ts";

/**
 * What the text says. In YAML every value is text, so that a secret of decimal digits is no number. The reader of YAML
 * is loaded when there is some.
 * @throws SeedError that says where it cannot be read
 */
export async function parseSeedText(text: string): Promise<unknown> {
  if (/^\s*\{/.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // A flow mapping of YAML begins with a brace too.
    }
  }
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text, { schema: "failsafe", strict: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = error.linePos?.[0] ?? { line: 1, col: 1 };
    throw new SeedError(`neither JSON nor YAML: line ${line}, column ${col} (${error.code})`);
  }
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    throw new SeedError("neither JSON nor YAML: an alias has no anchor, or there are very many");
  }
}
