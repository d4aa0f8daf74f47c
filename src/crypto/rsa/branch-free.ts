/** Comparisons of small numbers, 0 to 2^31 − 1, that give 1 or 0 without a branch; `-result` is a mask. */

export function isZero(value: number): number {
  return (value - 1) >>> 31;
}

/** Whether a < b. */
export function isLess(a: number, b: number): number {
  return (a - b) >>> 31;
}
