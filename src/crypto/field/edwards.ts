/** Multiples of points of edwards25519 (RFC 7748, 4.1; RFC 8032, 5.1), by the windows of windows.ts. */

import { add, addAffine, DOUBLE_D, double, doubleOnly, LIMBS, mul, ONE } from "./curve25519.ts";
import { INVERSE, isZero, minus, number, power, scaled } from "./numbers25519.ts";
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

/** The neutral point. */
export function newPoint(): Point {
  return { X: number(), Y: number(ONE), Z: number(ONE), T: number() };
}

export function copyOf({ X, Y, Z, T }: Point): Point {
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

/** The odd multiples 1 to 31 of a point. */
function oddMultiples(point: Point): Point[] {
  const twice = newPoint();
  double(twice, point);
  const multiples = [copyOf(point)];
  for (let i = 1; i < ENTRIES; i++) {
    const next = copyOf(multiples[i - 1]);
    addPoint(next, twice);
    multiples.push(next);
  }
  return multiples;
}

/**
 * The comb of a point for scalars of so many windows: its odd multiples, 1 to 31 times 32^row, as x, y and 2dxy in limbs
 * that fit 32 bits.
 */
export function combOf(point: Point, windows: number): Int32Array {
  const base = copyOf(point);
  const points: Point[] = [];
  for (let row = 0; row < windows; row++) {
    points.push(...oddMultiples(base));
    for (let i = 0; i < WINDOW_BITS; i++) double(base, base);
  }
  // One inversion for all (Montgomery's trick): products[i] is Z₀ · … · Zᵢ.
  const products: Float64Array[] = [];
  for (const { Z } of points) {
    const next = number(Z);
    const last = products.at(-1);
    if (last !== undefined) mul(next, last, Z);
    products.push(next);
  }
  const inverse = power(products[products.length - 1], INVERSE);
  const entries = new Int32Array(3 * LIMBS * points.length);
  const part = number(ONE);
  for (let i = points.length - 1; i >= 0; i--) {
    const { X, Y, Z, T } = points[i];
    mul(part, inverse, i > 0 ? products[i - 1] : ONE);
    mul(inverse, inverse, Z);
    mul(X, X, part);
    mul(Y, Y, part);
    mul(T, X, Y);
    mul(T, T, DOUBLE_D);
    entries.set(X, 3 * LIMBS * i);
    entries.set(Y, 3 * LIMBS * i + LIMBS);
    entries.set(T, 3 * LIMBS * i + 2 * LIMBS);
  }
  return entries;
}

/** sum += k · P over the comb of P; no doubling. */
export function addFromComb(sum: Point, comb: Int32Array, windows: Uint8Array, isSecret: boolean): void {
  const entry = new Int32Array(3 * LIMBS);
  const [x, y, t] = [number(), number(), number()];
  for (let row = 0; row < windows.length; row++) {
    const { index, sign } = digit(windows[row]);
    select(entry, comb, 3 * LIMBS * ENTRIES * row, index, isSecret);
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
  const table = oddMultiples(point);
  for (const { T } of table) mul(T, T, DOUBLE_D);
  const sum = newPoint();
  const term = newPoint();
  for (let window = windows.length - 1; window >= 0; window--) {
    for (let i = 1; i < WINDOW_BITS; i++) doubleOnly(sum, sum);
    double(sum, sum);
    const { index, sign } = digit(windows[window]);
    const { X, Y, Z, T } = table[index];
    for (let i = 0; i < LIMBS; i++) {
      term.X[i] = sign * X[i];
      term.Y[i] = Y[i];
      term.Z[i] = Z[i];
      term.T[i] = sign * T[i];
    }
    add(sum, sum, term);
  }
  return sum;
}
