/** Multiples of points of edwards25519 (RFC 7748, 4.1; RFC 8032, 5.1), by the windows of windows.ts. */

import { add, addAffine, DOUBLE_D, double, doubleOnly, LIMBS, mul, ONE } from "./curve25519.ts";
import { inverseOf, isZero, minus, number, scaled } from "./numbers25519.ts";
import { digit, ENTRIES, select, WINDOW_BITS } from "./windows.ts";

/** Extended coordinates: x = X/Z, y = Y/Z, xy = T/Z. */
export interface Point {
  readonly X: Float64Array;
  readonly Y: Float64Array;
  readonly Z: Float64Array;
  readonly T: Float64Array;
}

/** Two u-coordinates of the Montgomery ladder: X : Z and U : W. */
export interface Rung {
  readonly X: Float64Array;
  readonly Z: Float64Array;
  readonly U: Float64Array;
  readonly W: Float64Array;
}

/** Limbs of a point, and of the entry of a comb. */
const POINT: number = 4 * LIMBS;
const ENTRY: number = 3 * LIMBS;

/** The neutral point. */
export function newPoint(): Point {
  return { X: number(), Y: number(ONE), Z: number(ONE), T: number() };
}

function copyOf({ X, Y, Z, T }: Point): Point {
  return { X: number(X), Y: number(Y), Z: number(Z), T: number(T) };
}

export function wipePoint({ X, Y, Z, T }: Point): void {
  for (const part of [X, Y, Z, T]) part.fill(0);
}

/** −P. */
export function negated({ X, Y, Z, T }: Point): Point {
  return { X: scaled(X, -1), Y: number(Y), Z: number(Z), T: scaled(T, -1) };
}

/** sum += P. */
export function addPoint(sum: Point, point: Point): void {
  const term = copyOf(point);
  mul(term.T, term.T, DOUBLE_D);
  add(sum, sum, term);
}

/** Whether x = 0 and y = 1. */
export function isNeutral({ X, Y, Z }: Point): boolean {
  return isZero(X) && isZero(minus(Y, Z));
}

/** Writes the odd multiples 1 to 31 of a point, each as X, Y, Z and T. */
function putOddMultiples(table: Float64Array, start: number, point: Point): void {
  const twice = newPoint();
  double(twice, point);
  mul(twice.T, twice.T, DOUBLE_D);
  const multiple = copyOf(point);
  for (let i = 0, at = start; i < ENTRIES; i++, at += POINT) {
    if (i > 0) add(multiple, multiple, twice);
    table.set(multiple.X, at);
    table.set(multiple.Y, at + LIMBS);
    table.set(multiple.Z, at + 2 * LIMBS);
    table.set(multiple.T, at + 3 * LIMBS);
  }
}

function read(to: Float64Array, table: Float64Array, at: number): void {
  for (let i = 0; i < LIMBS; i++) to[i] = table[at + i];
}

/**
 * The comb of a point for scalars of so many windows: its odd multiples, 1 to 31 times 32^row, as x, y and 2dxy in limbs
 * that fit 32 bits.
 */
export function combOf(point: Point, windows: number): Int32Array {
  const count = ENTRIES * windows;
  const points = new Float64Array(POINT * count);
  const base = copyOf(point);
  for (let row = 0; row < windows; row++) {
    putOddMultiples(points, POINT * ENTRIES * row, base);
    for (let i = 0; i < WINDOW_BITS; i++) double(base, base);
  }
  // One inversion for all (Montgomery's trick): product i is Z₀ · … · Zᵢ₋₁.
  const products = new Float64Array(LIMBS * count);
  const [all, X, Y, Z, part] = [number(ONE), number(), number(), number(), number()];
  for (let i = 0; i < count; i++) {
    products.set(all, LIMBS * i);
    read(Z, points, POINT * i + 2 * LIMBS);
    mul(all, all, Z);
  }
  const inverse = inverseOf(all);
  const entries = new Int32Array(ENTRY * count);
  for (let i = count - 1; i >= 0; i--) {
    read(part, products, LIMBS * i);
    read(X, points, POINT * i);
    read(Y, points, POINT * i + LIMBS);
    read(Z, points, POINT * i + 2 * LIMBS);
    mul(part, part, inverse);
    mul(inverse, inverse, Z);
    mul(X, X, part);
    mul(Y, Y, part);
    entries.set(X, ENTRY * i);
    entries.set(Y, ENTRY * i + LIMBS);
    mul(X, X, Y);
    mul(X, X, DOUBLE_D);
    entries.set(X, ENTRY * i + 2 * LIMBS);
  }
  return entries;
}

/** sum += k · P over the comb of P; no doubling. */
export function addFromComb(sum: Point, comb: Int32Array, windows: Uint8Array, isSecret: boolean): void {
  const entry = new Int32Array(ENTRY);
  const [x, y, t] = [number(), number(), number()];
  for (let row = 0; row < windows.length; row++) {
    const { index, sign } = digit(windows[row]);
    select(entry, comb, ENTRY * ENTRIES * row, index, isSecret);
    for (let i = 0; i < LIMBS; i++) {
      x[i] = sign * entry[i];
      y[i] = entry[LIMBS + i];
      t[i] = sign * entry[2 * LIMBS + i];
    }
    addAffine(sum, sum, x, y, t);
  }
  for (const part of [entry, x, y, t]) part.fill(0);
}

/** k · P, nothing of it secret. */
export function multiply(point: Point, windows: Uint8Array): Point {
  const table = new Float64Array(POINT * ENTRIES);
  putOddMultiples(table, 0, point);
  const sum = newPoint();
  const term = newPoint();
  for (let window = windows.length - 1; window >= 0; window--) {
    for (let i = 1; i < WINDOW_BITS; i++) doubleOnly(sum, sum);
    double(sum, sum);
    const { index, sign } = digit(windows[window]);
    const at = POINT * index;
    for (let i = 0; i < LIMBS; i++) {
      term.X[i] = sign * table[at + i];
      term.Y[i] = table[at + LIMBS + i];
      term.Z[i] = table[at + 2 * LIMBS + i];
      term.T[i] = sign * table[at + 3 * LIMBS + i];
    }
    mul(term.T, term.T, DOUBLE_D);
    add(sum, sum, term);
  }
  return sum;
}
