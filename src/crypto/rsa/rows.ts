/** Long multiplication, 11 rows at a time. Written by rows-generator.ts; not to be edited by hand. */

// biome-ignore-all format: generated

/** Rows that are taken at once. */
export const ROWS_AT_ONCE = 11;

// Constants of the module, so that V8 knows where they are. Nothing here gives way to other code.
/** The sums of a product on its way. */
export const COLUMNS: Float64Array = new Float64Array(400);
/** Limbs of one factor, and then, for the other factor, the limbs b[from − 10] to b[from − 1]. */
export const ROWS: Float64Array = new Float64Array(21);

/** By width: 2^−width, which makes a multiple of 2^width a carry. */
export const UNITS: Float64Array = Float64Array.from({ length: 25 }, (_, width) => 2 ** -width);
/** By width: what rounds to a multiple of 2^width when it is added and taken away again. */
export const ROUNDERS: Float64Array = Float64Array.from({ length: 25 }, (_, width) => 3 * 2 ** (51 + width));

/** Adds the rows times b[from..limbs), and what is still due of the limbs before, to the columns from `to + from` on. */
export function addRows(b: Float64Array, from: number, limbs: number, to: number): void {
  const a0 = ROWS[0];
  const a1 = ROWS[1];
  const a2 = ROWS[2];
  const a3 = ROWS[3];
  const a4 = ROWS[4];
  const a5 = ROWS[5];
  const a6 = ROWS[6];
  const a7 = ROWS[7];
  const a8 = ROWS[8];
  const a9 = ROWS[9];
  const a10 = ROWS[10];
  let o1 = ROWS[11];
  let o2 = ROWS[12];
  let o3 = ROWS[13];
  let o4 = ROWS[14];
  let o5 = ROWS[15];
  let o6 = ROWS[16];
  let o7 = ROWS[17];
  let o8 = ROWS[18];
  let o9 = ROWS[19];
  let o10 = ROWS[20];
  let k = to + from;
  for (let j = from; j < limbs; j += 11, k += 11) {
    const b0 = b[j + 0];
    const b1 = b[j + 1];
    const b2 = b[j + 2];
    const b3 = b[j + 3];
    const b4 = b[j + 4];
    const b5 = b[j + 5];
    const b6 = b[j + 6];
    const b7 = b[j + 7];
    const b8 = b[j + 8];
    const b9 = b[j + 9];
    const b10 = b[j + 10];
    COLUMNS[k + 0] += a0 * b0 + a1 * o10 + a2 * o9 + a3 * o8 + a4 * o7 + a5 * o6 + a6 * o5 + a7 * o4 + a8 * o3 + a9 * o2 + a10 * o1;
    COLUMNS[k + 1] += a0 * b1 + a1 * b0 + a2 * o10 + a3 * o9 + a4 * o8 + a5 * o7 + a6 * o6 + a7 * o5 + a8 * o4 + a9 * o3 + a10 * o2;
    COLUMNS[k + 2] += a0 * b2 + a1 * b1 + a2 * b0 + a3 * o10 + a4 * o9 + a5 * o8 + a6 * o7 + a7 * o6 + a8 * o5 + a9 * o4 + a10 * o3;
    COLUMNS[k + 3] += a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + a4 * o10 + a5 * o9 + a6 * o8 + a7 * o7 + a8 * o6 + a9 * o5 + a10 * o4;
    COLUMNS[k + 4] += a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 + a5 * o10 + a6 * o9 + a7 * o8 + a8 * o7 + a9 * o6 + a10 * o5;
    COLUMNS[k + 5] += a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0 + a6 * o10 + a7 * o9 + a8 * o8 + a9 * o7 + a10 * o6;
    COLUMNS[k + 6] += a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1 + a6 * b0 + a7 * o10 + a8 * o9 + a9 * o8 + a10 * o7;
    COLUMNS[k + 7] += a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2 + a6 * b1 + a7 * b0 + a8 * o10 + a9 * o9 + a10 * o8;
    COLUMNS[k + 8] += a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3 + a6 * b2 + a7 * b1 + a8 * b0 + a9 * o10 + a10 * o9;
    COLUMNS[k + 9] += a0 * b9 + a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5 + a5 * b4 + a6 * b3 + a7 * b2 + a8 * b1 + a9 * b0 + a10 * o10;
    COLUMNS[k + 10] += a0 * b10 + a1 * b9 + a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5 + a6 * b4 + a7 * b3 + a8 * b2 + a9 * b1 + a10 * b0;
    o1 = b1;
    o2 = b2;
    o3 = b3;
    o4 = b4;
    o5 = b5;
    o6 = b6;
    o7 = b7;
    o8 = b8;
    o9 = b9;
    o10 = b10;
  }
  COLUMNS[k + 0] += a1 * o10 + a2 * o9 + a3 * o8 + a4 * o7 + a5 * o6 + a6 * o5 + a7 * o4 + a8 * o3 + a9 * o2 + a10 * o1;
  COLUMNS[k + 1] += a2 * o10 + a3 * o9 + a4 * o8 + a5 * o7 + a6 * o6 + a7 * o5 + a8 * o4 + a9 * o3 + a10 * o2;
  COLUMNS[k + 2] += a3 * o10 + a4 * o9 + a5 * o8 + a6 * o7 + a7 * o6 + a8 * o5 + a9 * o4 + a10 * o3;
  COLUMNS[k + 3] += a4 * o10 + a5 * o9 + a6 * o8 + a7 * o7 + a8 * o6 + a9 * o5 + a10 * o4;
  COLUMNS[k + 4] += a5 * o10 + a6 * o9 + a7 * o8 + a8 * o7 + a9 * o6 + a10 * o5;
  COLUMNS[k + 5] += a6 * o10 + a7 * o9 + a8 * o8 + a9 * o7 + a10 * o6;
  COLUMNS[k + 6] += a7 * o10 + a8 * o9 + a9 * o8 + a10 * o7;
  COLUMNS[k + 7] += a8 * o10 + a9 * o9 + a10 * o8;
  COLUMNS[k + 8] += a9 * o10 + a10 * o9;
  COLUMNS[k + 9] += a10 * o10;
}

/** Adds the square of 11 limbs to the columns from 2·at on, and makes rows of their doubles. */
export function squareLimbs(a: Float64Array, at: number): void {
  const a0 = a[at + 0];
  const a1 = a[at + 1];
  const a2 = a[at + 2];
  const a3 = a[at + 3];
  const a4 = a[at + 4];
  const a5 = a[at + 5];
  const a6 = a[at + 6];
  const a7 = a[at + 7];
  const a8 = a[at + 8];
  const a9 = a[at + 9];
  const a10 = a[at + 10];
  const d0 = 2 * a0;
  const d1 = 2 * a1;
  const d2 = 2 * a2;
  const d3 = 2 * a3;
  const d4 = 2 * a4;
  const d5 = 2 * a5;
  const d6 = 2 * a6;
  const d7 = 2 * a7;
  const d8 = 2 * a8;
  const d9 = 2 * a9;
  const d10 = 2 * a10;
  const k = 2 * at;
  COLUMNS[k + 0] += a0 * a0;
  COLUMNS[k + 1] += d0 * a1;
  COLUMNS[k + 2] += d0 * a2 + a1 * a1;
  COLUMNS[k + 3] += d0 * a3 + d1 * a2;
  COLUMNS[k + 4] += d0 * a4 + d1 * a3 + a2 * a2;
  COLUMNS[k + 5] += d0 * a5 + d1 * a4 + d2 * a3;
  COLUMNS[k + 6] += d0 * a6 + d1 * a5 + d2 * a4 + a3 * a3;
  COLUMNS[k + 7] += d0 * a7 + d1 * a6 + d2 * a5 + d3 * a4;
  COLUMNS[k + 8] += d0 * a8 + d1 * a7 + d2 * a6 + d3 * a5 + a4 * a4;
  COLUMNS[k + 9] += d0 * a9 + d1 * a8 + d2 * a7 + d3 * a6 + d4 * a5;
  COLUMNS[k + 10] += d0 * a10 + d1 * a9 + d2 * a8 + d3 * a7 + d4 * a6 + a5 * a5;
  COLUMNS[k + 11] += d1 * a10 + d2 * a9 + d3 * a8 + d4 * a7 + d5 * a6;
  COLUMNS[k + 12] += d2 * a10 + d3 * a9 + d4 * a8 + d5 * a7 + a6 * a6;
  COLUMNS[k + 13] += d3 * a10 + d4 * a9 + d5 * a8 + d6 * a7;
  COLUMNS[k + 14] += d4 * a10 + d5 * a9 + d6 * a8 + a7 * a7;
  COLUMNS[k + 15] += d5 * a10 + d6 * a9 + d7 * a8;
  COLUMNS[k + 16] += d6 * a10 + d7 * a9 + a8 * a8;
  COLUMNS[k + 17] += d7 * a10 + d8 * a9;
  COLUMNS[k + 18] += d8 * a10 + a9 * a9;
  COLUMNS[k + 19] += d9 * a10;
  COLUMNS[k + 20] += a10 * a10;
  ROWS[0] = d0;
  ROWS[1] = d1;
  ROWS[2] = d2;
  ROWS[3] = d3;
  ROWS[4] = d4;
  ROWS[5] = d5;
  ROWS[6] = d6;
  ROWS[7] = d7;
  ROWS[8] = d8;
  ROWS[9] = d9;
  ROWS[10] = d10;
}

/**
 * A step of Montgomery's method: makes rows of the low bits of 11 columns, each with the carry and with the multiples of
 * m due to the ones before; the carry goes on to the next column. Takes an m that is −1 modulo 2^width.
 */
export function takeLowBits(m: Float64Array, at: number, width: number): void {
  const unit = UNITS[width];
  const rounder = ROUNDERS[width];
  const m1 = m[1];
  const m2 = m[2];
  const m3 = m[3];
  const m4 = m[4];
  const m5 = m[5];
  const m6 = m[6];
  const m7 = m[7];
  const m8 = m[8];
  const m9 = m[9];
  const m10 = m[10];
  let column = COLUMNS[at];
  let high = column + rounder - rounder;
  const u0 = column - high;
  column = COLUMNS[at + 1] + high * unit + u0 * m1;
  high = column + rounder - rounder;
  const u1 = column - high;
  column = COLUMNS[at + 2] + u0 * m2 + high * unit + u1 * m1;
  high = column + rounder - rounder;
  const u2 = column - high;
  column = COLUMNS[at + 3] + u0 * m3 + u1 * m2 + high * unit + u2 * m1;
  high = column + rounder - rounder;
  const u3 = column - high;
  column = COLUMNS[at + 4] + u0 * m4 + u1 * m3 + u2 * m2 + high * unit + u3 * m1;
  high = column + rounder - rounder;
  const u4 = column - high;
  column = COLUMNS[at + 5] + u0 * m5 + u1 * m4 + u2 * m3 + u3 * m2 + high * unit + u4 * m1;
  high = column + rounder - rounder;
  const u5 = column - high;
  column = COLUMNS[at + 6] + u0 * m6 + u1 * m5 + u2 * m4 + u3 * m3 + u4 * m2 + high * unit + u5 * m1;
  high = column + rounder - rounder;
  const u6 = column - high;
  column = COLUMNS[at + 7] + u0 * m7 + u1 * m6 + u2 * m5 + u3 * m4 + u4 * m3 + u5 * m2 + high * unit + u6 * m1;
  high = column + rounder - rounder;
  const u7 = column - high;
  column = COLUMNS[at + 8] + u0 * m8 + u1 * m7 + u2 * m6 + u3 * m5 + u4 * m4 + u5 * m3 + u6 * m2 + high * unit + u7 * m1;
  high = column + rounder - rounder;
  const u8 = column - high;
  column = COLUMNS[at + 9] + u0 * m9 + u1 * m8 + u2 * m7 + u3 * m6 + u4 * m5 + u5 * m4 + u6 * m3 + u7 * m2 + high * unit + u8 * m1;
  high = column + rounder - rounder;
  const u9 = column - high;
  column = COLUMNS[at + 10] + u0 * m10 + u1 * m9 + u2 * m8 + u3 * m7 + u4 * m6 + u5 * m5 + u6 * m4 + u7 * m3 + u8 * m2 + high * unit + u9 * m1;
  high = column + rounder - rounder;
  const u10 = column - high;
  COLUMNS[at + 11] += high * unit;
  ROWS[0] = u0;
  ROWS[1] = u1;
  ROWS[2] = u2;
  ROWS[3] = u3;
  ROWS[4] = u4;
  ROWS[5] = u5;
  ROWS[6] = u6;
  ROWS[7] = u7;
  ROWS[8] = u8;
  ROWS[9] = u9;
  ROWS[10] = u10;
}
