/**
 * Two blocks of AES as eight words, one for each bit of a byte, and what the rounds do to all 32 bytes at once (FIPS 197,
 * 5.1 and 5.3). Nothing here looks anything up or decides anything by what the bytes are.
 *
 * Byte (row r, column c) of block b is bit 8·(3 − r) + 2·c + b of each word, and bit i of it is in word i: rows are bytes
 * of a word, from the top, as they are in a column.
 */

/** The slices at hand; one for all keys, and a constant of its module. Whoever is done wipes it. */
export const Q: Int32Array = new Int32Array(8);

/**
 * From columns to slices and back: word 2·c + b is column c of block b. The bits of the eight words in the place of one byte are
 * a square of eight by eight that is turned over: its quarters, theirs, and theirs.
 */
export function transpose(): void {
  const a0 = low(Q[0], Q[4], 4, 0x0f0f0f0f);
  const a1 = low(Q[1], Q[5], 4, 0x0f0f0f0f);
  const a2 = low(Q[2], Q[6], 4, 0x0f0f0f0f);
  const a3 = low(Q[3], Q[7], 4, 0x0f0f0f0f);
  const a4 = high(Q[0], Q[4], 4, 0x0f0f0f0f);
  const a5 = high(Q[1], Q[5], 4, 0x0f0f0f0f);
  const a6 = high(Q[2], Q[6], 4, 0x0f0f0f0f);
  const a7 = high(Q[3], Q[7], 4, 0x0f0f0f0f);
  const b0 = low(a0, a2, 2, 0x33333333);
  const b1 = low(a1, a3, 2, 0x33333333);
  const b2 = high(a0, a2, 2, 0x33333333);
  const b3 = high(a1, a3, 2, 0x33333333);
  const b4 = low(a4, a6, 2, 0x33333333);
  const b5 = low(a5, a7, 2, 0x33333333);
  const b6 = high(a4, a6, 2, 0x33333333);
  const b7 = high(a5, a7, 2, 0x33333333);
  Q[0] = low(b0, b1, 1, 0x55555555);
  Q[1] = high(b0, b1, 1, 0x55555555);
  Q[2] = low(b2, b3, 1, 0x55555555);
  Q[3] = high(b2, b3, 1, 0x55555555);
  Q[4] = low(b4, b5, 1, 0x55555555);
  Q[5] = high(b4, b5, 1, 0x55555555);
  Q[6] = low(b6, b7, 1, 0x55555555);
  Q[7] = high(b6, b7, 1, 0x55555555);
}

/** One slice after the bits above the mask in it have changed places with those under the mask in a higher one … */
function low(q: number, higher: number, shift: number, mask: number): number {
  return (q & mask) | ((higher & mask) << shift);
}

/** … and the higher one. */
function high(lower: number, q: number, shift: number, mask: number): number {
  return ((lower >>> shift) & mask) | (q & ~mask);
}

/** ADDROUNDKEY (5.1.4): eight words of `rk` from `at` on. */
export function addRoundKey(rk: Int32Array, at: number): void {
  for (let i = 0; i < 8; i++) Q[i] ^= rk[at + i];
}

/** SHIFTROWS and ADDROUNDKEY. */
export function lastRound(rk: Int32Array, at: number): void {
  for (let i = 0; i < 8; i++) Q[i] = shifted(Q[i]) ^ rk[at + i];
}

/** SHIFTROWS, MIXCOLUMNS and ADDROUNDKEY. */
export function round(rk: Int32Array, at: number): void {
  mix(
    shifted(Q[0]),
    shifted(Q[1]),
    shifted(Q[2]),
    shifted(Q[3]),
    shifted(Q[4]),
    shifted(Q[5]),
    shifted(Q[6]),
    shifted(Q[7]),
  );
  addRoundKey(rk, at);
}

/** SHIFTROWS (5.1.2): row r moves by r columns, which are two bits each. */
function shifted(q: number): number {
  // Rows 1 and 3 by one column, then rows 2 and 3 by two.
  const once = (q & 0xff00ff00) | ((q >>> 2) & 0x003f003f) | ((q << 6) & 0x00c000c0);
  const difference = (once ^ (once >>> 4)) & 0x00000f0f;
  return once ^ difference ^ (difference << 4);
}

/** INVSHIFTROWS (5.3.1). */
export function inverseShiftRows(): void {
  for (let i = 0; i < 8; i++) {
    const q = Q[i];
    const once = (q & 0xff00ff00) | ((q << 2) & 0x00fc00fc) | ((q >>> 6) & 0x00030003);
    const difference = (once ^ (once >>> 4)) & 0x00000f0f;
    Q[i] = once ^ difference ^ (difference << 4);
  }
}

/**
 * MIXCOLUMNS (5.1.3): with t(r) = q(r) + q(r + 1), row r becomes 2·t(r) + q(r + 1) + t(r + 2).
 */
function mix(q0: number, q1: number, q2: number, q3: number, q4: number, q5: number, q6: number, q7: number): void {
  const n0 = next(q0);
  const t0 = q0 ^ n0;
  const n1 = next(q1);
  const t1 = q1 ^ n1;
  const n2 = next(q2);
  const t2 = q2 ^ n2;
  const n3 = next(q3);
  const t3 = q3 ^ n3;
  const n4 = next(q4);
  const t4 = q4 ^ n4;
  const n5 = next(q5);
  const t5 = q5 ^ n5;
  const n6 = next(q6);
  const t6 = q6 ^ n6;
  const n7 = next(q7);
  const t7 = q7 ^ n7;
  // Doubling moves bits up, and x^8 is x^4 + x^3 + x + 1 (4.2).
  Q[0] = t7 ^ n0 ^ afterNext(t0);
  Q[1] = t0 ^ t7 ^ n1 ^ afterNext(t1);
  Q[2] = t1 ^ n2 ^ afterNext(t2);
  Q[3] = t2 ^ t7 ^ n3 ^ afterNext(t3);
  Q[4] = t3 ^ t7 ^ n4 ^ afterNext(t4);
  Q[5] = t4 ^ n5 ^ afterNext(t5);
  Q[6] = t5 ^ n6 ^ afterNext(t6);
  Q[7] = t6 ^ n7 ^ afterNext(t7);
}

/**
 * INVMIXCOLUMNS (5.3.3): MIXCOLUMNS of q(r) + 4·(q(r) + q(r + 2)), as (0e, 0b, 0d, 09) is (02, 03, 01, 01) times
 * (05, 00, 04, 00).
 */
export function inverseMixColumns(): void {
  const t0 = Q[0] ^ afterNext(Q[0]);
  const t1 = Q[1] ^ afterNext(Q[1]);
  const t2 = Q[2] ^ afterNext(Q[2]);
  const t3 = Q[3] ^ afterNext(Q[3]);
  const t4 = Q[4] ^ afterNext(Q[4]);
  const t5 = Q[5] ^ afterNext(Q[5]);
  const t6 = Q[6] ^ afterNext(Q[6]);
  const t7 = Q[7] ^ afterNext(Q[7]);
  // Four times: bits move up by two.
  mix(
    Q[0] ^ t6,
    Q[1] ^ t6 ^ t7,
    Q[2] ^ t0 ^ t7,
    Q[3] ^ t1 ^ t6,
    Q[4] ^ t2 ^ t6 ^ t7,
    Q[5] ^ t3 ^ t7,
    Q[6] ^ t4,
    Q[7] ^ t5,
  );
}

/** The bytes of the next row in the place of each row. */
function next(q: number): number {
  return (q << 8) | (q >>> 24);
}

function afterNext(q: number): number {
  return (q << 16) | (q >>> 16);
}
