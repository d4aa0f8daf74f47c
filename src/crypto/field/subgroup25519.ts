/**
 * Whether a point of edwards25519 is of the prime order L, for a quarter of what its multiple by L costs (T. Pornin,
 * "Point-halving and subgroup membership in twisted Edwards curves", 2022).
 *
 * The group is that of order L times one of order 8, cyclic: the points of order L are those that are 8 times another,
 * and the neutral one. On curve25519, v² = u³ + Au² + u, a point is 2 times another, Q, when u is a square (the Tate
 * pairing with the point of order 2); and Q is 4 times another when (v_Q − √(A+2) u_Q)² / u_Q is a fourth power (that with
 * the point u = 1, v = √(A+2) of order 4). Either of the two Q, and either sign of them, gives the same answer.
 */

import { COEFFICIENT, ONE, ROOT_OF_A_AND_2, ROOT_OF_MINUS_ONE } from "./curve25519.ts";
import type { Point } from "./edwards.ts";
import { isZero, minus, plus, product, rootOfQuotient, rootPower, scaled } from "./numbers25519.ts";

/** @param point with Z = 1. The neutral point is not of order L. */
export function isInSubgroup({ X: x, Y: y }: Point): boolean {
  if (isZero(x)) return false;
  // u = (1 + y) / (1 − y) = r², and v = cu / x with c = √−(A+2).
  const r = rootOfQuotient(plus(ONE, y), minus(ONE, y));
  if (r === undefined) return false;
  const c = product(ROOT_OF_A_AND_2, ROOT_OF_MINUS_ONE);
  return hasQuarter(x, r, c) ?? hasQuarter(x, r, scaled(c, -1)) ?? false;
}

/**
 * Whether Q is 4 times another. u_Q + 1/u_Q + A is 2u + 2v/r + A for one sign of r, or of c, of which just one is a square:
 * `undefined` for the other. With q its root u_Q = u + v/r + rq, and v_Q = q u_Q.
 */
function hasQuarter(x: Float64Array, r: Float64Array, c: Float64Array): boolean | undefined {
  const square = plus(product(plus(scaled(product(r, r), 2), COEFFICIENT), x), scaled(product(c, r), 2));
  const q = rootOfQuotient(square, x);
  if (q === undefined) return undefined;
  // u_Q = r((r + q)x + c) / x, and dividing by x is multiplying by x³ but for a fourth power.
  const numerator = product(r, plus(product(plus(r, q), x), c));
  const factor = minus(q, ROOT_OF_A_AND_2);
  const power4 = product(product(numerator, product(product(x, x), x)), product(factor, factor));
  return isFourthPower(power4);
}

/** a^((p − 1) / 4) = 1, where (p − 1) / 4 is 2(p − 5) / 8 + 1. */
function isFourthPower(a: Float64Array): boolean {
  const root = rootPower(a);
  return isZero(minus(product(product(root, root), a), ONE));
}
