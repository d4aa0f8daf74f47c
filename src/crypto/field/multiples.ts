/**
 * Multiples of points over a generated field (generator.ts).
 *
 * A scalar k is made odd (k or k + n) and written in windows of 5 bits whose digits are odd, from −31 to 31 and never 0:
 * of k' = k | 2^ℓ with ℓ = 5·windows, window i is the bits 5i + 1 to 5i + 5, and its digit is twice that less 31. Every
 * scalar takes the same steps. With a secret one every entry of a table is read and one is kept.
 */

/** What a generated module has. A point is X : Y : Z, homogeneous, in limbs. */
export interface Arithmetic {
  readonly LIMBS: number;
  /** Bits of the prime. */
  readonly BITS: number;
  readonly PRIME: Float64Array;
  readonly RR: Float64Array;
  readonly INVERSE: Uint8Array;
  readonly ONE: Float64Array;
  mul(r: Float64Array, a: Float64Array, b: Float64Array): void;
  sqr(r: Float64Array, a: Float64Array): void;
  add(r: Point, p: Point, q: Point): void;
  addAffine(r: Point, p: Point, x: Float64Array, y: Float64Array): void;
  double(r: Point, p: Point): void;
  wipe(): void;
}

export interface Point {
  readonly X: Float64Array;
  readonly Y: Float64Array;
  readonly Z: Float64Array;
}

/** Odd multiples of a point, 1 to 31 times 32^row, as x and y in limbs that fit 32 bits. */
export interface Comb {
  readonly rows: number;
  readonly entries: Int32Array;
}

const WINDOW_BITS = 5;
const ENTRIES = 1 << (WINDOW_BITS - 1);
const LARGEST = 2 * ENTRIES - 1;
const RADIX = 1 << 24;

/** Windows of a scalar below an order of so many bits; k + n has one bit more. */
export function windowsFor(orderBits: number): number {
  return Math.ceil((orderBits + 1) / WINDOW_BITS);
}

/**
 * The windows of a scalar, the least first.
 * @param scalar and @param order are big-endian and of equal length; the order is odd.
 */
export function windowsOf(scalar: Uint8Array, order: Uint8Array, windows: number): Uint8Array {
  // Little-endian k or k + n, chosen by a mask; one byte more for the carry, two for reading past the end.
  const odd = new Uint8Array(Math.max(scalar.length + 1, Math.ceil((WINDOW_BITS * windows) / 8)) + 2);
  const mask = (scalar[scalar.length - 1] & 1) - 1;
  let carry = 0;
  for (let i = 0; i < scalar.length; i++) {
    const at = scalar.length - 1 - i;
    carry += scalar[at] + (order[at] & mask);
    odd[i] = carry;
    carry >>>= 8;
  }
  odd[scalar.length] = carry;
  const top = WINDOW_BITS * windows;
  odd[top >> 3] |= 1 << (top & 7);
  const result = new Uint8Array(windows);
  for (let i = 0; i < windows; i++) {
    const bit = WINDOW_BITS * i + 1;
    result[i] = ((odd[bit >> 3] | (odd[(bit >> 3) + 1] << 8)) >>> (bit & 7)) & (2 * ENTRIES - 1);
  }
  odd.fill(0);
  return result;
}

export function newPoint({ LIMBS, ONE }: Arithmetic): Point {
  return { X: new Float64Array(LIMBS), Y: Float64Array.from(ONE), Z: new Float64Array(LIMBS) };
}

export function setPoint(to: Point, from: Point): void {
  to.X.set(from.X);
  to.Y.set(from.Y);
  to.Z.set(from.Z);
}

export function wipePoint({ X, Y, Z }: Point): void {
  for (const part of [X, Y, Z]) part.fill(0);
}

/** A number below the prime from big-endian bytes, in Montgomery form. */
export function toField({ LIMBS, RR, mul }: Arithmetic, bytes: Uint8Array): Float64Array {
  const limbs = new Float64Array(LIMBS);
  for (let i = 0; i < bytes.length; i++) {
    const at = bytes.length - 1 - i;
    limbs[Math.floor(i / 3)] += bytes[at] * 2 ** (8 * (i % 3));
  }
  mul(limbs, limbs, RR);
  return limbs;
}

/** The canonical number below the prime, as big-endian bytes. */
export function fromField({ LIMBS, BITS, PRIME, mul }: Arithmetic, a: Float64Array, length: number): Uint8Array {
  const limbs = new Float64Array(LIMBS);
  limbs[0] = 1;
  mul(limbs, a, limbs);
  settle(limbs);
  // Less what is above the prime's bits, times the prime; then it is above or below by little, if at all.
  const above = Math.floor(limbs[LIMBS - 1] / 2 ** (BITS - 24 * (LIMBS - 1)));
  addPrime(limbs, PRIME, -above);
  addPrime(limbs, PRIME, isNegative(limbs));
  const less = Float64Array.from(limbs);
  addPrime(less, PRIME, -1);
  const keep = 1 - isNegative(less);
  for (let i = 0; i < LIMBS; i++) limbs[i] += keep * (less[i] - limbs[i]);
  less.fill(0);
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[length - 1 - i] = limbs[Math.floor(i / 3)] / 2 ** (8 * (i % 3));
  limbs.fill(0);
  return bytes;
}

/** 1 for a negative number, 0 for any other; every limb but the last is settled. */
function isNegative(limbs: Float64Array): number {
  return -(limbs[limbs.length - 1] >> 31);
}

function addPrime(limbs: Float64Array, prime: Float64Array, times: number): void {
  for (let i = 0; i < limbs.length; i++) limbs[i] += times * prime[i];
  settle(limbs);
}

/** Carries, so that every limb but the last is from 0 to 2²⁴ − 1. */
function settle(limbs: Float64Array): void {
  for (let i = 0; i < limbs.length - 1; i++) {
    const carry = Math.floor(limbs[i] / RADIX);
    limbs[i] -= carry * RADIX;
    limbs[i + 1] += carry;
  }
}

/** r = 1 / a by Fermat, a^(p − 2), digit by digit of the exponent, which is public. 0 for 0. */
export function invert({ LIMBS, ONE, INVERSE, mul, sqr }: Arithmetic, r: Float64Array, a: Float64Array): void {
  const powers = [ONE, Float64Array.from(a)];
  for (let i = 2; i < 16; i++) {
    const power = new Float64Array(LIMBS);
    mul(power, powers[i - 1], a);
    powers.push(power);
  }
  const result = Float64Array.from(powers[INVERSE[0]]);
  for (let i = 1; i < INVERSE.length; i++) {
    for (let j = 0; j < 4; j++) sqr(result, result);
    if (INVERSE[i] !== 0) mul(result, result, powers[INVERSE[i]]);
  }
  r.set(result);
  for (const power of powers.slice(1)) power.fill(0);
  result.fill(0);
}

/** x and y of a point that is not the neutral one; `undefined` for that. */
export function toAffine(field: Arithmetic, point: Point): { x: Float64Array; y: Float64Array } | undefined {
  const { LIMBS, mul } = field;
  const inverse = new Float64Array(LIMBS);
  invert(field, inverse, point.Z);
  // Only 0 has no inverse, and 0 has one form.
  if (inverse.every((limb) => limb === 0)) return undefined;
  const x = new Float64Array(LIMBS);
  const y = new Float64Array(LIMBS);
  mul(x, point.X, inverse);
  mul(y, point.Y, inverse);
  inverse.fill(0);
  return { x, y };
}

/** The odd multiples 1 to 31 of a point. */
function oddMultiples(field: Arithmetic, point: Point): Point[] {
  const twice = newPoint(field);
  field.double(twice, point);
  const multiples = [newPoint(field)];
  setPoint(multiples[0], point);
  for (let i = 1; i < ENTRIES; i++) {
    const next = newPoint(field);
    field.add(next, multiples[i - 1], twice);
    multiples.push(next);
  }
  return multiples;
}

/** The comb of a point of the group's order, for scalars of so many windows. */
export function combOf(field: Arithmetic, point: Point, windows: number): Comb {
  const { LIMBS, mul } = field;
  const base = newPoint(field);
  setPoint(base, point);
  const points: Point[] = [];
  for (let row = 0; row < windows; row++) {
    points.push(...oddMultiples(field, base));
    for (let i = 0; i < WINDOW_BITS; i++) field.double(base, base);
  }
  // One inversion for all (Montgomery's trick): products[i] is Z₀ · … · Zᵢ.
  const products: Float64Array[] = [];
  for (const { Z } of points) {
    const next = Float64Array.from(Z);
    const last = products.at(-1);
    if (last !== undefined) mul(next, last, Z);
    products.push(next);
  }
  const inverse = new Float64Array(LIMBS);
  invert(field, inverse, products[products.length - 1]);
  const entries = new Int32Array(2 * LIMBS * points.length);
  const part = new Float64Array(LIMBS);
  for (let i = points.length - 1; i >= 0; i--) {
    const { X, Y, Z } = points[i];
    if (i > 0) mul(part, inverse, products[i - 1]);
    else part.set(inverse);
    mul(inverse, inverse, Z);
    mul(X, X, part);
    mul(Y, Y, part);
    entries.set(X, 2 * LIMBS * i);
    entries.set(Y, 2 * LIMBS * i + LIMBS);
  }
  return { rows: windows, entries };
}

/** sum += k · P over the comb of P; no doubling. */
export function addFromComb(field: Arithmetic, sum: Point, comb: Comb, windows: Uint8Array, isSecret: boolean): void {
  const { LIMBS } = field;
  const entry = new Int32Array(2 * LIMBS);
  const x = new Float64Array(LIMBS);
  const y = new Float64Array(LIMBS);
  for (let row = 0; row < comb.rows; row++) {
    const { index, sign } = digit(windows[row]);
    const start = 2 * LIMBS * ENTRIES * row;
    select(entry, comb.entries, start, index, isSecret);
    for (let i = 0; i < LIMBS; i++) {
      x[i] = entry[i];
      y[i] = sign * entry[LIMBS + i];
    }
    field.addAffine(sum, sum, x, y);
  }
  entry.fill(0);
  x.fill(0);
  y.fill(0);
}

/** sum = k · P. */
export function multiply(field: Arithmetic, sum: Point, point: Point, windows: Uint8Array, isSecret: boolean): void {
  const { LIMBS } = field;
  const table = new Int32Array(3 * LIMBS * ENTRIES);
  oddMultiples(field, point).forEach(({ X, Y, Z }, i) => {
    table.set(X, 3 * LIMBS * i);
    table.set(Y, 3 * LIMBS * i + LIMBS);
    table.set(Z, 3 * LIMBS * i + 2 * LIMBS);
  });
  const entry = new Int32Array(3 * LIMBS);
  const term = newPoint(field);
  setPoint(sum, newPoint(field));
  for (let window = windows.length - 1; window >= 0; window--) {
    for (let i = 0; i < WINDOW_BITS; i++) field.double(sum, sum);
    const { index, sign } = digit(windows[window]);
    select(entry, table, 0, index, isSecret);
    for (let i = 0; i < LIMBS; i++) {
      term.X[i] = entry[i];
      term.Y[i] = sign * entry[LIMBS + i];
      term.Z[i] = entry[2 * LIMBS + i];
    }
    field.add(sum, sum, term);
  }
  wipePoint(term);
  entry.fill(0);
}

/** The entry and the sign of a window's digit, 2 · window − 31. */
function digit(window: number): { index: number; sign: number } {
  const value = 2 * window - LARGEST;
  const negative = value >> 31;
  return { index: ((value ^ negative) - negative) >> 1, sign: 1 + 2 * negative };
}

/** Copies one of the entries from `start` on; of a secret index, by reading them all. */
function select(to: Int32Array, table: Int32Array, start: number, index: number, isSecret: boolean): void {
  const size = to.length;
  if (!isSecret) {
    const from = start + size * index;
    for (let i = 0; i < size; i++) to[i] = table[from + i];
    return;
  }
  to.fill(0);
  // Four at a time: fewer loads and stores of the result.
  for (let entry = 0, from = start; entry < ENTRIES; entry += 4, from += 4 * size) {
    const m0 = ((entry ^ index) - 1) >> 31;
    const m1 = (((entry + 1) ^ index) - 1) >> 31;
    const m2 = (((entry + 2) ^ index) - 1) >> 31;
    const m3 = (((entry + 3) ^ index) - 1) >> 31;
    for (let i = 0, at = from; i < size; i++, at++) {
      to[i] |= (table[at] & m0) | (table[at + size] & m1) | (table[at + 2 * size] & m2) | (table[at + 3 * size] & m3);
    }
  }
}
