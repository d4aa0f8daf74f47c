/**
 * Writes rows.ts: long multiplication in Float64 limbs, eleven rows at a time and unrolled. With so many rows a column is
 * read and written once for eleven products; more of them, or fewer, were slower. Eleven limbs of 24 bits are a quarter of
 * a prime of 1024 bits with its room, a sixth of one of 1536 and an eighth of one of 2048.
 */

const rows = 11;
const indices: readonly number[] = Array.from({ length: rows }, (_, i) => i);

/** The module. */
export function rowsModule(): string {
  return `/** Long multiplication, ${rows} rows at a time. Written by rows-generator.ts; not to be edited by hand. */

// biome-ignore-all format: generated

/** Rows that are taken at once. */
export const ROWS_AT_ONCE = ${rows};

// Constants of the module, so that V8 knows where they are. Nothing here gives way to other code.
/** The sums of a product on its way. */
export const COLUMNS: Float64Array = new Float64Array(400);
/** Limbs of one factor, and then, for the other factor, the limbs b[from − ${rows - 1}] to b[from − 1]. */
export const ROWS: Float64Array = new Float64Array(${2 * rows - 1});

/** By width: 2^−width, which makes a multiple of 2^width a carry. */
export const UNITS: Float64Array = Float64Array.from({ length: 25 }, (_, width) => 2 ** -width);
/** By width: what rounds to a multiple of 2^width when it is added and taken away again. */
export const ROUNDERS: Float64Array = Float64Array.from({ length: 25 }, (_, width) => 3 * 2 ** (51 + width));

/** Adds the rows times b[from..limbs), and what is still due of the limbs before, to the columns from \`to + from\` on. */
export function addRows(b: Float64Array, from: number, limbs: number, to: number): void {
${declared("const", "a", (i) => `ROWS[${i}]`, indices)}
${declared("let", "o", (i) => `ROWS[${rows - 1 + i}]`, indices.slice(1))}
  let k = to + from;
  for (let j = from; j < limbs; j += ${rows}, k += ${rows}) {
${declared("  const", "b", (i) => `b[j + ${i}]`, indices)}
${indices.map((column) => `    COLUMNS[k + ${column}] += ${products(indices, column)};`).join("\n")}
${indices
  .slice(1)
  .map((i) => `    o${i} = b${i};`)
  .join("\n")}
  }
${indices
  .slice(0, -1)
  .map((column) => `  COLUMNS[k + ${column}] += ${products(indices.slice(column + 1), column)};`)
  .join("\n")}
}

/** Adds the square of ${rows} limbs to the columns from 2·at on, and makes rows of their doubles. */
export function squareLimbs(a: Float64Array, at: number): void {
${declared("const", "a", (i) => `a[at + ${i}]`, indices)}
${indices.map((i) => `  const d${i} = 2 * a${i};`).join("\n")}
  const k = 2 * at;
${Array.from({ length: 2 * rows - 1 }, (_, column) => `  COLUMNS[k + ${column}] += ${squares(column)};`).join("\n")}
${indices.map((i) => `  ROWS[${i}] = d${i};`).join("\n")}
}

/**
 * A step of Montgomery's method: makes rows of the low bits of ${rows} columns, each with the carry and with the multiples of
 * m due to the ones before; the carry goes on to the next column. Takes an m that is −1 modulo 2^width.
 */
export function takeLowBits(m: Float64Array, at: number, width: number): void {
  const unit = UNITS[width];
  const rounder = ROUNDERS[width];
${declared("const", "m", (i) => `m[${i}]`, indices.slice(1))}
  let column = COLUMNS[at];
  let high = column + rounder - rounder;
  const u0 = column - high;
${indices.slice(1).map(lowBits).join("\n")}
  COLUMNS[at + ${rows}] += high * unit;
${indices.map((i) => `  ROWS[${i}] = u${i};`).join("\n")}
}
`;
}

function declared(keyword: string, name: string, value: (i: number) => string, of: readonly number[]): string {
  return of.map((i) => `  ${keyword} ${name}${i} = ${value(i)};`).join("\n");
}

/** What the given rows add to a column: limbs of this turn, and before them those of the turn before. */
function products(of: readonly number[], column: number): string {
  return of
    .map((row) => (row <= column ? `a${row} * b${column - row}` : `a${row} * o${rows + column - row}`))
    .join(" + ");
}

function squares(column: number): string {
  const pairs = indices.filter((i) => 2 * i < column && column - i < rows).map((i) => `d${i} * a${column - i}`);
  return (column % 2 === 0 ? [...pairs, `a${column / 2} * a${column / 2}`] : pairs).join(" + ");
}

/** What is known last is added last: the columns wait for one another. */
function lowBits(i: number): string {
  const due = indices.slice(0, i).map((row) => `u${row} * m${i - row}`);
  const terms = [...due.slice(0, -1), "high * unit", ...due.slice(-1)];
  return `  column = COLUMNS[at + ${i}] + ${terms.join(" + ")};
  high = column + rounder - rounder;
  const u${i} = column - high;`;
}
