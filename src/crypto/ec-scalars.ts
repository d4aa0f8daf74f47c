/** Scalars: numbers modulo the order of a curve of ec-curves.ts. */

import { i2osp } from "../bytes/bytes.ts";
import { curves, pointsOf } from "./ec-curves.ts";
import type { CurveName } from "./engine.ts";
import { modulus } from "./field/modulus.ts";
import { fromField, type Products, toField } from "./field/numbers.ts";
import * as p256Order from "./field/p256-order.ts";

export interface Scalars extends Products {
  /** The order, big-endian. */
  readonly order: Uint8Array;
}

const made = new Map<CurveName, Scalars>();

/** Made at the first use of a curve. */
export function scalarsOf(curve: CurveName): Scalars {
  const scalars = made.get(curve) ?? makeScalars(curve);
  made.set(curve, scalars);
  return scalars;
}

function makeScalars(curve: CurveName): Scalars {
  const { ORDER } = pointsOf(curve).Fn;
  return { ...(curve === "P-256" ? p256Order : modulus(ORDER)), order: i2osp(ORDER, curves[curve].orderBytes) };
}

/** Whether a number in bytes is from 1 to one less than another of the same length, by the same steps for all. */
export function isInRange(bytes: Uint8Array, end: Uint8Array): boolean {
  let all = 0;
  let borrow = 0;
  for (let i = bytes.length - 1; i >= 0; i--) {
    all |= bytes[i];
    borrow = (bytes[i] - end[i] + borrow) >> 31;
  }
  return (borrow & -all) < 0;
}

/** A number modulo the order, of the order's length; nothing of it secret. */
export function reduced(scalars: Scalars, bytes: Uint8Array): Uint8Array {
  const { order } = scalars;
  const isBelow = bytes.length === order.length && isInRange(bytes, order);
  return isBelow ? bytes : fromField(scalars, toField(scalars, bytes), order.length);
}

/** The leftmost bits of a byte string, as many as the order has, as a number (FIPS 186-5, 6.4.1, step 2; RFC 6979, 2.3.2). */
export function bits2int(curve: CurveName, bytes: Uint8Array): Uint8Array {
  const { orderBytes, orderBits } = curves[curve];
  const number = bytes.slice(0, orderBytes);
  const excess = 8 * number.length - orderBits;
  if (excess <= 0) return number;
  for (let i = number.length - 1; i > 0; i--) number[i] = (number[i] >> excess) | (number[i - 1] << (8 - excess));
  number[0] >>= excess;
  return number;
}
