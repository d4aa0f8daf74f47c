/** The prime-order group of edwards25519 (RFC 8032, 5.1): what Ed25519 needs of it, and public keys of X25519. */

import { fromHex, wipe } from "../bytes/bytes.ts";
import { double, wipe as wipeField } from "./field/curve25519.ts";
import {
  addFromComb,
  addPoint,
  combOf,
  isNeutral,
  multiply,
  negated,
  newPoint,
  type Point,
  wipePoint,
} from "./field/edwards.ts";
import { decodePoint } from "./field/edwards-encoding.ts";
import { bytesOf, type Scalar } from "./field/scalars25519.ts";
import { isInSubgroup } from "./field/subgroup25519.ts";
import { windowsFor, windowsOf } from "./field/windows.ts";
import { whenHot } from "./hot-combs.ts";

/** L, big-endian. */
const order: Uint8Array = fromHex("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");
const WINDOWS: number = windowsFor(253);

let baseComb: Int32Array | undefined;

/** The comb of B, made when it is first needed. */
function base(): Int32Array {
  baseComb ??= combOf(decodePoint(new Uint8Array(32).fill(0x66).fill(0x58, 0, 1)) as Point, WINDOWS);
  return baseComb;
}

/** The windows of a scalar. */
function windowed(k: Scalar): Uint8Array {
  const bytes = bytesOf(k);
  const windows = windowsOf(bytes, order, WINDOWS);
  wipe(bytes);
  return windows;
}

/** What `read` makes of k·B for a secret k, of which nothing else is left. */
export function multiplyBase(k: Scalar, read: (point: Point) => Uint8Array): Uint8Array {
  const windows = windowed(k);
  const sum = newPoint();
  addFromComb(sum, base(), windows, true);
  const result = read(sum);
  wipe(windows);
  wipePoint(sum);
  wipeField();
  return result;
}

/** A point of order L, prepared for many verifications. */
export interface PreparedPoint {
  /** Whether 8S·B = 8R + 8k·A for this point A, all of it public. */
  verifies(S: Scalar, R: Point, k: Scalar): boolean;
}

/** `undefined` for a point that is not of order L. Takes the point. */
export function preparePoint(point: Point): PreparedPoint | undefined {
  if (!isInSubgroup(point)) return undefined;
  const negative = negated(point);
  const comb = whenHot(() => combOf(negative, WINDOWS));
  return {
    verifies(S, R, k) {
      const windows = windowed(k);
      const ownComb = comb();
      const sum = ownComb === undefined ? multiply(negative, windows) : newPoint();
      if (ownComb !== undefined) addFromComb(sum, ownComb, windows, false);
      addFromComb(sum, base(), windowed(S), false);
      addPoint(sum, negated(R));
      for (let i = 0; i < 3; i++) double(sum, sum);
      return isNeutral(sum);
    },
  };
}
