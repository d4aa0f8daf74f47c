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
  return curve === "P-256" ? { ...p256Order, order: i2osp(ORDER, curves[curve].orderBytes) } : scalarsModulo(ORDER);
}

/** Scalars of any order, a prime. */
export function scalarsModulo(order: bigint): Scalars {
  const products = modulus(order);
  return { ...products, order: i2osp(order, Math.ceil(products.BITS / 8)) };
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

/** Whether a number in bytes, nothing of it secret, is below another of the same length. */
export function isBelow(bytes: Uint8Array, end: Uint8Array): boolean {
  const at = bytes.findIndex((byte, i) => byte !== end[i]);
  return at >= 0 && bytes[at] < end[at];
}

/** A number modulo the order, of the order's length; nothing of it secret. */
export function reduced(scalars: Scalars, bytes: Uint8Array): Uint8Array {
  const { order } = scalars;
  const isBelow = bytes.length === order.length && isInRange(bytes, order);
  return isBelow ? bytes : fromField(scalars, toField(scalars, bytes), order.length);
}

/** The leftmost bits of a byte string, as many as the order has, as a number (FIPS 186-5, 6.4.1, step 2; RFC 6979, 2.3.2). */
export function bits2int({ order, BITS }: Scalars, bytes: Uint8Array): Uint8Array {
  const number = bytes.slice(0, order.length);
  const excess = 8 * number.length - BITS;
  if (excess <= 0) return number;
  for (let i = number.length - 1; i > 0; i--) number[i] = (number[i] >> excess) | (number[i - 1] << (8 - excess));
  number[0] >>= excess;
  return number;
}
