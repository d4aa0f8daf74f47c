/**
 * Scalars in windows.
 *
 * A scalar k is made odd (k or k + n) and written in windows of 5 bits whose digits are odd, from −31 to 31 and never 0:
 * of k' = k | 2^ℓ with ℓ = 5·windows, window i is the bits 5i + 1 to 5i + 5, and its digit is twice that less 31. Every
 * scalar takes the same steps. With a secret one every entry of a table is read and one is kept.
 */

export const WINDOW_BITS: number = 5;
/** Odd multiples in a table, 1 to 31. */
export const ENTRIES: number = 1 << (WINDOW_BITS - 1);
const LARGEST = 2 * ENTRIES - 1;

/** Windows of a scalar below an order of so many bits; k + n has one bit more. */
export function windowsFor(orderBits: number): number {
  return Math.ceil((orderBits + 1) / WINDOW_BITS);
}

/**
 * The windows of a scalar, the least first.
 * @param scalar and @param order are big-endian and of equal length; the order is odd.
 */
export function windowsOf(scalar: Uint8Array, order: Uint8Array, windows: number): Uint8Array {
  // Little-endian k or k + n, chosen by a mask; one byte more for the carry, two for reading past the end.
  const odd = new Uint8Array(Math.max(scalar.length + 1, Math.ceil((WINDOW_BITS * windows) / 8)) + 2);
  const mask = (scalar[scalar.length - 1] & 1) - 1;
  let carry = 0;
  for (let i = 0; i < scalar.length; i++) {
    const at = scalar.length - 1 - i;
    carry += scalar[at] + (order[at] & mask);
    odd[i] = carry;
    carry >>>= 8;
  }
  odd[scalar.length] = carry;
  const top = WINDOW_BITS * windows;
  odd[top >> 3] |= 1 << (top & 7);
  const result = new Uint8Array(windows);
  for (let i = 0; i < windows; i++) {
    const bit = WINDOW_BITS * i + 1;
    result[i] = ((odd[bit >> 3] | (odd[(bit >> 3) + 1] << 8)) >>> (bit & 7)) & (2 * ENTRIES - 1);
  }
  odd.fill(0);
  return result;
}

/** The entry and the sign of a window's digit, 2 · window − 31. */
export function digit(window: number): { index: number; sign: number } {
  const value = 2 * window - LARGEST;
  const negative = value >> 31;
  return { index: ((value ^ negative) - negative) >> 1, sign: 1 + 2 * negative };
}

/** Copies one of the entries from `start` on; of a secret index, by reading them all. */
export function select(to: Int32Array, table: Int32Array, start: number, index: number, isSecret: boolean): void {
  const size = to.length;
  if (!isSecret) {
    const from = start + size * index;
    for (let i = 0; i < size; i++) to[i] = table[from + i];
    return;
  }
  to.fill(0);
  // Four at a time: fewer loads and stores of the result.
  for (let entry = 0, from = start; entry < ENTRIES; entry += 4, from += 4 * size) {
    const m0 = ((entry ^ index) - 1) >> 31;
    const m1 = (((entry + 1) ^ index) - 1) >> 31;
    const m2 = (((entry + 2) ^ index) - 1) >> 31;
    const m3 = (((entry + 3) ^ index) - 1) >> 31;
    for (let i = 0, at = from; i < size; i++, at++) {
      to[i] |= (table[at] & m0) | (table[at + size] & m1) | (table[at + 2 * size] & m2) | (table[at + 3 * size] & m3);
    }
  }
}
