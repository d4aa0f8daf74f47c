/**
 * Multiples of points on a curve of cofactor 1 over a generated field (field/). Points come and go as 04 ‖ x ‖ y (SEC 1,
 * 2.3.3), scalars as bytes of the order's length.
 */

import type { WeierstrassPointCons } from "@noble/curves/abstract/weierstrass.js";
import { concat, i2osp, os2ip, wipe } from "../bytes/bytes.ts";
import { isBelow } from "./ec-scalars.ts";
import {
  type Arithmetic,
  addFromComb,
  type Comb,
  combOf,
  multiply,
  newPoint,
  type Point,
  toAffine,
  wipePoint,
} from "./field/multiples.ts";
import { fromField, isZero, toField } from "./field/numbers.ts";
import { windowsFor, windowsOf } from "./field/windows.ts";
import { whenHot } from "./hot-combs.ts";

export interface Group {
  /** k·G of a secret k in [1, n − 1]. */
  multiplyBase(k: Uint8Array): Uint8Array;
  /** The x-coordinate of it. */
  xOfBase(k: Uint8Array): Uint8Array;
  /** The x-coordinate of k·P, of a secret k in [1, n − 1] and a valid point. */
  xOfMultiple(point: Uint8Array, k: Uint8Array): Uint8Array;
  /** A valid point P, prepared for many sums. */
  prepare(point: Uint8Array): PreparedPoint;
}

export interface PreparedPoint {
  /** Whether u·G + v·P, nothing of it secret, is a point whose x-coordinate is r modulo the order; r is below that. */
  sumHasX(r: Uint8Array, u: Uint8Array, v: Uint8Array): boolean;
}

/** A group over a generated field, whose points know more than the others'. */
export interface GeneratedGroup extends Group {
  /** k·P of a secret k in [1, n − 1] and a valid point. */
  multiple(point: Uint8Array, k: Uint8Array): Uint8Array;
  prepare(point: Uint8Array): PreparedPoint & {
    /** k·P of a secret k in [1, n − 1]. */
    multiple(k: Uint8Array): Uint8Array;
  };
}

/** @param Points where the curve's constants come from */
export function generatedGroup(field: Arithmetic, Points: WeierstrassPointCons<bigint>): GeneratedGroup {
  const fieldBytes = Points.Fp.BYTES;
  const order = i2osp(Points.Fn.ORDER, Points.Fn.BYTES);
  const windows = windowsFor(Points.Fn.BITS);
  let baseComb: Comb | undefined;

  const windowed = (k: Uint8Array): Uint8Array => windowsOf(k, order, windows);
  const decode = (point: Uint8Array): Point => ({
    X: toField(field, point.subarray(1, 1 + fieldBytes)),
    Y: toField(field, point.subarray(1 + fieldBytes)),
    Z: Float64Array.from(field.ONE),
  });
  const base = (): Comb => {
    baseComb ??= combOf(field, decode(Points.BASE.toBytes(false)), windows);
    return baseComb;
  };
  type Encode = (affine: { readonly x: Float64Array; readonly y: Float64Array }) => Uint8Array;
  const encodeX: Encode = ({ x }) => fromField(field, x, fieldBytes);
  const encode: Encode = (affine) => {
    const y = fromField(field, affine.y, fieldBytes);
    const encoded = concat(Uint8Array.of(4), encodeX(affine), y);
    wipe(y);
    return encoded;
  };
  /** Of the point that `add` makes of the neutral one with a secret scalar nothing else is left. */
  const secretly = (
    k: Uint8Array,
    add: (sum: Point, windows: Uint8Array) => void,
    encoding: Encode = encodeX,
  ): Uint8Array => {
    const sum = newPoint(field);
    const digits = windowed(k);
    add(sum, digits);
    const affine = toAffine(field, sum);
    if (affine === undefined) throw new Error("the neutral point has no coordinates");
    const encoded = encoding(affine);
    wipe(digits);
    wipePoint(sum);
    affine.x.fill(0);
    affine.y.fill(0);
    field.wipe();
    return encoded;
  };

  /** What is r modulo the order and below the prime, which is less than twice the order. */
  const gap = i2osp(Points.Fp.ORDER - Points.Fn.ORDER, fieldBytes);
  const candidates = (r: Uint8Array): Uint8Array[] =>
    isBelow(r, gap) ? [r, i2osp(os2ip(r) + Points.Fn.ORDER, fieldBytes)] : [r];
  /** Whether X/Z = x, without a division. */
  const isX = (x: Float64Array, { X, Z }: Point): boolean => {
    field.mul(x, x, Z);
    for (let i = 0; i < x.length; i++) x[i] -= X[i];
    return isZero(field, x);
  };

  const addBase = (sum: Point, digits: Uint8Array): void => addFromComb(field, sum, base(), digits, true);
  const addMultiple = (point: Point, comb?: Comb) => (sum: Point, digits: Uint8Array) => {
    if (comb === undefined) multiply(field, sum, point, digits, true);
    else addFromComb(field, sum, comb, digits, true);
  };

  return {
    multiplyBase: (k) => secretly(k, addBase, encode),
    xOfBase: (k) => secretly(k, addBase),
    xOfMultiple: (point, k) => secretly(k, addMultiple(decode(point))),
    multiple: (point, k) => secretly(k, addMultiple(decode(point)), encode),
    prepare(point) {
      const decoded = decode(point);
      const combOfPoint = whenHot(() => combOf(field, decoded, windows));
      return {
        multiple: (k) => secretly(k, addMultiple(decoded, combOfPoint()), encode),
        sumHasX(r, u, v) {
          const sum = newPoint(field);
          const comb = combOfPoint();
          if (comb === undefined) multiply(field, sum, decoded, windowed(v), false);
          else addFromComb(field, sum, comb, windowed(v), false);
          addFromComb(field, sum, base(), windowed(u), false);
          return !isZero(field, sum.Z) && candidates(r).some((x) => isX(toField(field, x), sum));
        },
      };
    },
  };
}
