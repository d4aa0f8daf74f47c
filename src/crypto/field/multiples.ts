/** Multiples of points on y² = x³ + ax + b over a generated field (generator.ts), by the windows of windows.ts. */

import { invert, type PrimeField } from "./numbers.ts";
import { digit, ENTRIES, select, WINDOW_BITS } from "./windows.ts";

/** What a generated module has. A point is X : Y : Z, homogeneous, in limbs. */
export interface Arithmetic extends PrimeField {
  add(r: Point, p: Point, q: Point): void;
  addAffine(r: Point, p: Point, x: Float64Array, y: Float64Array): void;
  double(r: Point, p: Point): void;
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

export function newPoint({ LIMBS, ONE }: Arithmetic): Point {
  return { X: new Float64Array(LIMBS), Y: Float64Array.from(ONE), Z: new Float64Array(LIMBS) };
}

function setPoint(to: Point, from: Point): void {
  to.X.set(from.X);
  to.Y.set(from.Y);
  to.Z.set(from.Z);
}

export function wipePoint({ X, Y, Z }: Point): void {
  for (const part of [X, Y, Z]) part.fill(0);
}

/** x and y of a point that is not the neutral one; `undefined` for that. */
export function toAffine(field: Arithmetic, point: Point): { x: Float64Array; y: Float64Array } | undefined {
  const { LIMBS, mul } = field;
  const inverse = new Float64Array(LIMBS);
  invert(field, inverse, point.Z);
  // Only 0 has no inverse, and 0 has one form.
  let all = 0;
  for (let i = 0; i < LIMBS; i++) all |= inverse[i];
  if (all === 0) return undefined;
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
