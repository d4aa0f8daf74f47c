/** How many bits of two numbers decide several quotients of Euclid's algorithm at once. */
const LEADING_BITS = 51;

/**
 * The inverse of `a`, from 1 to `modulus` − 1, modulo a prime, by Lehmer's form of Euclid's algorithm (Knuth, The Art of
 * Computer Programming, 4.5.2, algorithm L): the leading bits give quotients in floating point for as long as no others
 * are possible, and what they come to is applied to the whole numbers once. It takes a time that depends on `a`.
 */
export function inverse(a: bigint, modulus: bigint): bigint {
  let [r, s] = [modulus, a];
  let [t, u] = [0n, 1n];
  while (s !== 0n) {
    const shift = BigInt(Math.max(0, Math.floor(Math.log2(Number(r))) - LEADING_BITS));
    let [x, y] = [Number(r >> shift), Number(s >> shift)];
    let [A, B, C, D] = [1, 0, 0, 1];
    while (y + C !== 0 && y + D !== 0) {
      const quotient = Math.floor((x + A) / (y + C));
      if (quotient !== Math.floor((x + B) / (y + D))) break;
      [A, C] = [C, A - quotient * C];
      [B, D] = [D, B - quotient * D];
      [x, y] = [y, x - quotient * y];
    }
    if (B === 0) {
      const quotient = r / s;
      [r, s] = [s, r - quotient * s];
      [t, u] = [u, t - quotient * u];
    } else {
      const [a, b, c, d] = [BigInt(A), BigInt(B), BigInt(C), BigInt(D)];
      [r, s] = [a * r + b * s, c * r + d * s];
      [t, u] = [a * t + b * u, c * t + d * u];
    }
  }
  return t < 0n ? t + modulus : t;
}
