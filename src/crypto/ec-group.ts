/**
 * Multiples of points on the curves of ec-curves.ts: over generated fields (field/) where there is one, over
 * `@noble/curves` elsewhere. Points come and go as 04 ‖ x ‖ y (SEC 1, 2.3.3), scalars as bytes of the order's length.
 */

import type { WeierstrassPoint } from "@noble/curves/abstract/weierstrass.js";
import { concat, i2osp, os2ip, wipe } from "../bytes/bytes.ts";
import { curves, pointsOf } from "./ec-curves.ts";
import { isInRange } from "./ec-scalars.ts";
import type { CurveName } from "./engine.ts";
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
import * as p256 from "./field/p256.ts";
import * as p384 from "./field/p384.ts";
import * as p521 from "./field/p521.ts";
import * as secp256k1 from "./field/secp256k1.ts";
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

const groups = new Map<CurveName, Group>();

export function groupOf(curve: CurveName): Group {
  const group = groups.get(curve) ?? makeGroup(curve);
  groups.set(curve, group);
  return group;
}

/** The curves whose fields are generated. */
const fields: Partial<Record<CurveName, Arithmetic>> = {
  "P-256": p256,
  "P-384": p384,
  "P-521": p521,
  secp256k1,
};

function makeGroup(curve: CurveName): Group {
  const field = fields[curve];
  return field === undefined ? nobleGroup(curve) : generatedGroup(curve, field);
}

function generatedGroup(curve: CurveName, field: Arithmetic): Group {
  const { fieldBytes, orderBytes, orderBits } = curves[curve];
  const Points = pointsOf(curve);
  const order = i2osp(Points.Fn.ORDER, orderBytes);
  const windows = windowsFor(orderBits);
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
    isInRange(r, gap) ? [r, i2osp(os2ip(r) + Points.Fn.ORDER, fieldBytes)] : [r];
  /** Whether X/Z = x, without a division. */
  const isX = (x: Float64Array, { X, Z }: Point): boolean => {
    field.mul(x, x, Z);
    for (let i = 0; i < x.length; i++) x[i] -= X[i];
    return isZero(field, x);
  };

  const addBase = (sum: Point, digits: Uint8Array): void => addFromComb(field, sum, base(), digits, true);

  return {
    multiplyBase: (k) => secretly(k, addBase, encode),
    xOfBase: (k) => secretly(k, addBase),
    xOfMultiple: (point, k) => secretly(k, (sum, digits) => multiply(field, sum, decode(point), digits, true)),
    prepare(point) {
      const decoded = decode(point);
      const combOfPoint = whenHot(() => combOf(field, decoded, windows));
      return {
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

function nobleGroup(curve: CurveName): Group {
  const { fieldBytes } = curves[curve];
  const Points = pointsOf(curve);
  const encodeX = (point: WeierstrassPoint<bigint>): Uint8Array => i2osp(point.toAffine().x, fieldBytes);
  return {
    multiplyBase: (k) => Points.BASE.multiply(os2ip(k)).toBytes(false),
    xOfBase: (k) => encodeX(Points.BASE.multiply(os2ip(k))),
    xOfMultiple: (point, k) => encodeX(Points.fromBytes(point).multiply(os2ip(k))),
    prepare(point) {
      const decoded = Points.fromBytes(point);
      return {
        sumHasX(r, u, v) {
          const sum = Points.BASE.multiplyUnsafe(os2ip(u)).add(decoded.multiplyUnsafe(os2ip(v)));
          return !sum.is0() && Points.Fn.create(sum.toAffine().x) === os2ip(r);
        },
      };
    },
  };
}
