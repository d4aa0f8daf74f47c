/** The mappings of a source map (ECMA-426, 9.2): what a place in a generated file comes from. */

export interface Mapping {
  /** In characters from the front of the generated file. */
  readonly at: number;
  /** Source, line, column and name, as far as they are there. */
  readonly fields: readonly number[];
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const lengthsOf = (code: string): readonly number[] => code.split("\n").map((line) => line.length + 1);

/** Base64 VLQ: the sign in the lowest bit, then five bits a digit, the lowest first. */
function decode(text: string): number[] {
  const values: number[] = [];
  for (let i = 0, value = 0, shift = 0; i < text.length; i++) {
    const digit = DIGITS.indexOf(text[i] as string);
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit >= 32) continue;
    values.push(value & 1 ? -(value >> 1) : value >> 1);
    value = shift = 0;
  }
  return values;
}

function encode(value: number): string {
  let text = "";
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  do {
    text += DIGITS[(rest & 31) | (rest > 31 ? 32 : 0)];
    rest >>>= 5;
  } while (rest > 0);
  return text;
}

/** Every field but the column in the generated line counts from the one before it in the whole file. */
export function decodeMappings(mappings: string, code: string): Mapping[] {
  const lengths = lengthsOf(code);
  const fields = [0, 0, 0, 0];
  const found: Mapping[] = [];
  let front = 0;
  for (const [line, segments] of mappings.split(";").entries()) {
    let at = front;
    for (const segment of segments.split(",").filter((one) => one !== "")) {
      const [column = 0, ...changes] = decode(segment);
      at += column;
      for (const [i, change] of changes.entries()) fields[i] = (fields[i] as number) + change;
      found.push({ at, fields: fields.slice(0, changes.length) });
    }
    front += lengths[line] ?? 0;
  }
  return found;
}

/** @param mappings in the order of their places */
export function encodeMappings(mappings: readonly Mapping[], code: string): string {
  const before = [0, 0, 0, 0];
  const lines: string[] = [];
  let [front, next] = [0, 0];
  for (const length of lengthsOf(code)) {
    const segments: string[] = [];
    for (let last = front; next < mappings.length && (mappings[next] as Mapping).at < front + length; next++) {
      const { at, fields } = mappings[next] as Mapping;
      segments.push(encode(at - last) + fields.map((field, i) => encode(field - (before[i] as number))).join(""));
      for (const [i, field] of fields.entries()) before[i] = field;
      last = at;
    }
    lines.push(segments.join(","));
    front += length;
  }
  return lines.join(";");
}
