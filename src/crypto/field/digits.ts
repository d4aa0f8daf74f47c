/** Numbers as the limbs of generator.ts. */

export const BITS = 24;
const BASE = 2n ** 24n;

/** How many limbs a prime takes: 7 bits of room above it. */
export function limbsOf(prime: bigint): number {
  return Math.ceil((prime.toString(2).length + 7) / BITS);
}

/** Balanced digits to the base 2²⁴, the least first. */
export function digits(value: bigint, limbs: number): number[] {
  const result: number[] = [];
  let rest = value;
  for (let i = 0; i < limbs - 1; i++) {
    const digit = BigInt.asIntN(BITS, rest);
    result.push(Number(digit));
    rest = (rest - digit) / BASE;
  }
  return [...result, Number(rest)];
}
