/** P-521 (SP 800-186, 3.2.1.5). Written by generator.ts; not to be edited by hand. */

// biome-ignore-all format: generated
// biome-ignore-all lint/style/useConst: generated

import type { Point } from "./multiples.ts";

/** Limbs of a number. */
export const LIMBS = 22;
/** Bits of the prime. */
export const BITS = 521;

const M = 3 * 2 ** 75;
const I = 2 ** -24;

/** The prime, in limbs. */
export const PRIME: Float64Array = Float64Array.of(-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 131072);
/** A product with it brings a number into the form that it is kept in: R² mod the prime, where numbers are kept times R. */
export const RR: Float64Array = Float64Array.of(16384, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
export const B0: Float64Array = Float64Array.of(2064404, -1428056, -548208, -6940039, -1063905, -8152390, -6432544, 2711647, 4832651, -5704129, -5567331, 7898353, 4507847, -402342, -3352181, 7158062, -6260911, -3122365, -3584751, 937232, 6074567, 51871);
export const ONE: Float64Array = Float64Array.of(128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

/** r = a · b. The result may be an operand. */
export function mul(r: Float64Array, a: Float64Array, b: Float64Array): void {
  const a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3], a4 = a[4], a5 = a[5], a6 = a[6], a7 = a[7], a8 = a[8], a9 = a[9], a10 = a[10], a11 = a[11], a12 = a[12], a13 = a[13], a14 = a[14], a15 = a[15], a16 = a[16], a17 = a[17], a18 = a[18], a19 = a[19], a20 = a[20], a21 = a[21];
  const b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3], b4 = b[4], b5 = b[5], b6 = b[6], b7 = b[7], b8 = b[8], b9 = b[9], b10 = b[10], b11 = b[11], b12 = b[12], b13 = b[13], b14 = b[14], b15 = b[15], b16 = b[16], b17 = b[17], b18 = b[18], b19 = b[19], b20 = b[20], b21 = b[21];
  let z0 = a0 * b0;
  let z1 = a0 * b1 + a1 * b0;
  let z2 = a0 * b2 + a1 * b1 + a2 * b0;
  let z3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0;
  let z4 = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0;
  let z5 = a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0;
  let z6 = a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1 + a6 * b0;
  let z7 = a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2 + a6 * b1 + a7 * b0;
  let z8 = a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3 + a6 * b2 + a7 * b1 + a8 * b0;
  let z9 = a0 * b9 + a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5 + a5 * b4 + a6 * b3 + a7 * b2 + a8 * b1 + a9 * b0;
  let z10 = a0 * b10 + a1 * b9 + a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5 + a6 * b4 + a7 * b3 + a8 * b2 + a9 * b1 + a10 * b0;
  let z11 = a0 * b11 + a1 * b10 + a2 * b9 + a3 * b8 + a4 * b7 + a5 * b6 + a6 * b5 + a7 * b4 + a8 * b3 + a9 * b2 + a10 * b1 + a11 * b0;
  let z12 = a0 * b12 + a1 * b11 + a2 * b10 + a3 * b9 + a4 * b8 + a5 * b7 + a6 * b6 + a7 * b5 + a8 * b4 + a9 * b3 + a10 * b2 + a11 * b1 + a12 * b0;
  let z13 = a0 * b13 + a1 * b12 + a2 * b11 + a3 * b10 + a4 * b9 + a5 * b8 + a6 * b7 + a7 * b6 + a8 * b5 + a9 * b4 + a10 * b3 + a11 * b2 + a12 * b1 + a13 * b0;
  let z14 = a0 * b14 + a1 * b13 + a2 * b12 + a3 * b11 + a4 * b10 + a5 * b9 + a6 * b8 + a7 * b7 + a8 * b6 + a9 * b5 + a10 * b4 + a11 * b3 + a12 * b2 + a13 * b1 + a14 * b0;
  let z15 = a0 * b15 + a1 * b14 + a2 * b13 + a3 * b12 + a4 * b11 + a5 * b10 + a6 * b9 + a7 * b8 + a8 * b7 + a9 * b6 + a10 * b5 + a11 * b4 + a12 * b3 + a13 * b2 + a14 * b1 + a15 * b0;
  let z16 = a0 * b16 + a1 * b15 + a2 * b14 + a3 * b13 + a4 * b12 + a5 * b11 + a6 * b10 + a7 * b9 + a8 * b8 + a9 * b7 + a10 * b6 + a11 * b5 + a12 * b4 + a13 * b3 + a14 * b2 + a15 * b1 + a16 * b0;
  let z17 = a0 * b17 + a1 * b16 + a2 * b15 + a3 * b14 + a4 * b13 + a5 * b12 + a6 * b11 + a7 * b10 + a8 * b9 + a9 * b8 + a10 * b7 + a11 * b6 + a12 * b5 + a13 * b4 + a14 * b3 + a15 * b2 + a16 * b1 + a17 * b0;
  let z18 = a0 * b18 + a1 * b17 + a2 * b16 + a3 * b15 + a4 * b14 + a5 * b13 + a6 * b12 + a7 * b11 + a8 * b10 + a9 * b9 + a10 * b8 + a11 * b7 + a12 * b6 + a13 * b5 + a14 * b4 + a15 * b3 + a16 * b2 + a17 * b1 + a18 * b0;
  let z19 = a0 * b19 + a1 * b18 + a2 * b17 + a3 * b16 + a4 * b15 + a5 * b14 + a6 * b13 + a7 * b12 + a8 * b11 + a9 * b10 + a10 * b9 + a11 * b8 + a12 * b7 + a13 * b6 + a14 * b5 + a15 * b4 + a16 * b3 + a17 * b2 + a18 * b1 + a19 * b0;
  let z20 = a0 * b20 + a1 * b19 + a2 * b18 + a3 * b17 + a4 * b16 + a5 * b15 + a6 * b14 + a7 * b13 + a8 * b12 + a9 * b11 + a10 * b10 + a11 * b9 + a12 * b8 + a13 * b7 + a14 * b6 + a15 * b5 + a16 * b4 + a17 * b3 + a18 * b2 + a19 * b1 + a20 * b0;
  let z21 = a0 * b21 + a1 * b20 + a2 * b19 + a3 * b18 + a4 * b17 + a5 * b16 + a6 * b15 + a7 * b14 + a8 * b13 + a9 * b12 + a10 * b11 + a11 * b10 + a12 * b9 + a13 * b8 + a14 * b7 + a15 * b6 + a16 * b5 + a17 * b4 + a18 * b3 + a19 * b2 + a20 * b1 + a21 * b0;
  let z22 = a1 * b21 + a2 * b20 + a3 * b19 + a4 * b18 + a5 * b17 + a6 * b16 + a7 * b15 + a8 * b14 + a9 * b13 + a10 * b12 + a11 * b11 + a12 * b10 + a13 * b9 + a14 * b8 + a15 * b7 + a16 * b6 + a17 * b5 + a18 * b4 + a19 * b3 + a20 * b2 + a21 * b1;
  let z23 = a2 * b21 + a3 * b20 + a4 * b19 + a5 * b18 + a6 * b17 + a7 * b16 + a8 * b15 + a9 * b14 + a10 * b13 + a11 * b12 + a12 * b11 + a13 * b10 + a14 * b9 + a15 * b8 + a16 * b7 + a17 * b6 + a18 * b5 + a19 * b4 + a20 * b3 + a21 * b2;
  let z24 = a3 * b21 + a4 * b20 + a5 * b19 + a6 * b18 + a7 * b17 + a8 * b16 + a9 * b15 + a10 * b14 + a11 * b13 + a12 * b12 + a13 * b11 + a14 * b10 + a15 * b9 + a16 * b8 + a17 * b7 + a18 * b6 + a19 * b5 + a20 * b4 + a21 * b3;
  let z25 = a4 * b21 + a5 * b20 + a6 * b19 + a7 * b18 + a8 * b17 + a9 * b16 + a10 * b15 + a11 * b14 + a12 * b13 + a13 * b12 + a14 * b11 + a15 * b10 + a16 * b9 + a17 * b8 + a18 * b7 + a19 * b6 + a20 * b5 + a21 * b4;
  let z26 = a5 * b21 + a6 * b20 + a7 * b19 + a8 * b18 + a9 * b17 + a10 * b16 + a11 * b15 + a12 * b14 + a13 * b13 + a14 * b12 + a15 * b11 + a16 * b10 + a17 * b9 + a18 * b8 + a19 * b7 + a20 * b6 + a21 * b5;
  let z27 = a6 * b21 + a7 * b20 + a8 * b19 + a9 * b18 + a10 * b17 + a11 * b16 + a12 * b15 + a13 * b14 + a14 * b13 + a15 * b12 + a16 * b11 + a17 * b10 + a18 * b9 + a19 * b8 + a20 * b7 + a21 * b6;
  let z28 = a7 * b21 + a8 * b20 + a9 * b19 + a10 * b18 + a11 * b17 + a12 * b16 + a13 * b15 + a14 * b14 + a15 * b13 + a16 * b12 + a17 * b11 + a18 * b10 + a19 * b9 + a20 * b8 + a21 * b7;
  let z29 = a8 * b21 + a9 * b20 + a10 * b19 + a11 * b18 + a12 * b17 + a13 * b16 + a14 * b15 + a15 * b14 + a16 * b13 + a17 * b12 + a18 * b11 + a19 * b10 + a20 * b9 + a21 * b8;
  let z30 = a9 * b21 + a10 * b20 + a11 * b19 + a12 * b18 + a13 * b17 + a14 * b16 + a15 * b15 + a16 * b14 + a17 * b13 + a18 * b12 + a19 * b11 + a20 * b10 + a21 * b9;
  let z31 = a10 * b21 + a11 * b20 + a12 * b19 + a13 * b18 + a14 * b17 + a15 * b16 + a16 * b15 + a17 * b14 + a18 * b13 + a19 * b12 + a20 * b11 + a21 * b10;
  let z32 = a11 * b21 + a12 * b20 + a13 * b19 + a14 * b18 + a15 * b17 + a16 * b16 + a17 * b15 + a18 * b14 + a19 * b13 + a20 * b12 + a21 * b11;
  let z33 = a12 * b21 + a13 * b20 + a14 * b19 + a15 * b18 + a16 * b17 + a17 * b16 + a18 * b15 + a19 * b14 + a20 * b13 + a21 * b12;
  let z34 = a13 * b21 + a14 * b20 + a15 * b19 + a16 * b18 + a17 * b17 + a18 * b16 + a19 * b15 + a20 * b14 + a21 * b13;
  let z35 = a14 * b21 + a15 * b20 + a16 * b19 + a17 * b18 + a18 * b17 + a19 * b16 + a20 * b15 + a21 * b14;
  let z36 = a15 * b21 + a16 * b20 + a17 * b19 + a18 * b18 + a19 * b17 + a20 * b16 + a21 * b15;
  let z37 = a16 * b21 + a17 * b20 + a18 * b19 + a19 * b18 + a20 * b17 + a21 * b16;
  let z38 = a17 * b21 + a18 * b20 + a19 * b19 + a20 * b18 + a21 * b17;
  let z39 = a18 * b21 + a19 * b20 + a20 * b19 + a21 * b18;
  let z40 = a19 * b21 + a20 * b20 + a21 * b19;
  let z41 = a20 * b21 + a21 * b20;
  let z42 = a21 * b21;
  let h: number;
  let m: number;
  h = z0 + M - M;
  m = z0 - h;
  z1 += h * I;
  z21 += m * 131072;
  h = z1 + M - M;
  m = z1 - h;
  z2 += h * I;
  z22 += m * 131072;
  h = z2 + M - M;
  m = z2 - h;
  z3 += h * I;
  z23 += m * 131072;
  h = z3 + M - M;
  m = z3 - h;
  z4 += h * I;
  z24 += m * 131072;
  h = z4 + M - M;
  m = z4 - h;
  z5 += h * I;
  z25 += m * 131072;
  h = z5 + M - M;
  m = z5 - h;
  z6 += h * I;
  z26 += m * 131072;
  h = z6 + M - M;
  m = z6 - h;
  z7 += h * I;
  z27 += m * 131072;
  h = z7 + M - M;
  m = z7 - h;
  z8 += h * I;
  z28 += m * 131072;
  h = z8 + M - M;
  m = z8 - h;
  z9 += h * I;
  z29 += m * 131072;
  h = z9 + M - M;
  m = z9 - h;
  z10 += h * I;
  z30 += m * 131072;
  h = z10 + M - M;
  m = z10 - h;
  z11 += h * I;
  z31 += m * 131072;
  h = z11 + M - M;
  m = z11 - h;
  z12 += h * I;
  z32 += m * 131072;
  h = z12 + M - M;
  m = z12 - h;
  z13 += h * I;
  z33 += m * 131072;
  h = z13 + M - M;
  m = z13 - h;
  z14 += h * I;
  z34 += m * 131072;
  h = z14 + M - M;
  m = z14 - h;
  z15 += h * I;
  z35 += m * 131072;
  h = z15 + M - M;
  m = z15 - h;
  z16 += h * I;
  z36 += m * 131072;
  h = z16 + M - M;
  m = z16 - h;
  z17 += h * I;
  z37 += m * 131072;
  h = z17 + M - M;
  m = z17 - h;
  z18 += h * I;
  z38 += m * 131072;
  h = z18 + M - M;
  m = z18 - h;
  z19 += h * I;
  z39 += m * 131072;
  h = z19 + M - M;
  m = z19 - h;
  z20 += h * I;
  z40 += m * 131072;
  h = z20 + M - M;
  m = z20 - h;
  z21 += h * I;
  z41 += m * 131072;
  h = z21 + M - M;
  m = z21 - h;
  z22 += h * I;
  z42 += m * 131072;
  const h0 = z22 + M - M;
  const e0 = z22 - h0;
  const h1 = z23 + M - M;
  const e1 = z23 - h1 + h0 * I;
  const h2 = z24 + M - M;
  const e2 = z24 - h2 + h1 * I;
  const h3 = z25 + M - M;
  const e3 = z25 - h3 + h2 * I;
  const h4 = z26 + M - M;
  const e4 = z26 - h4 + h3 * I;
  const h5 = z27 + M - M;
  const e5 = z27 - h5 + h4 * I;
  const h6 = z28 + M - M;
  const e6 = z28 - h6 + h5 * I;
  const h7 = z29 + M - M;
  const e7 = z29 - h7 + h6 * I;
  const h8 = z30 + M - M;
  const e8 = z30 - h8 + h7 * I;
  const h9 = z31 + M - M;
  const e9 = z31 - h9 + h8 * I;
  const h10 = z32 + M - M;
  const e10 = z32 - h10 + h9 * I;
  const h11 = z33 + M - M;
  const e11 = z33 - h11 + h10 * I;
  const h12 = z34 + M - M;
  const e12 = z34 - h12 + h11 * I;
  const h13 = z35 + M - M;
  const e13 = z35 - h13 + h12 * I;
  const h14 = z36 + M - M;
  const e14 = z36 - h14 + h13 * I;
  const h15 = z37 + M - M;
  const e15 = z37 - h15 + h14 * I;
  const h16 = z38 + M - M;
  const e16 = z38 - h16 + h15 * I;
  const h17 = z39 + M - M;
  const e17 = z39 - h17 + h16 * I;
  const h18 = z40 + M - M;
  const e18 = z40 - h18 + h17 * I;
  const h19 = z41 + M - M;
  const e19 = z41 - h19 + h18 * I;
  const h20 = z42 + M - M;
  const e20 = z42 - h20 + h19 * I;
  const g0 = e0 + M - M;
  r[0] = e0 - g0;
  const g1 = e1 + M - M;
  r[1] = e1 - g1 + g0 * I;
  const g2 = e2 + M - M;
  r[2] = e2 - g2 + g1 * I;
  const g3 = e3 + M - M;
  r[3] = e3 - g3 + g2 * I;
  const g4 = e4 + M - M;
  r[4] = e4 - g4 + g3 * I;
  const g5 = e5 + M - M;
  r[5] = e5 - g5 + g4 * I;
  const g6 = e6 + M - M;
  r[6] = e6 - g6 + g5 * I;
  const g7 = e7 + M - M;
  r[7] = e7 - g7 + g6 * I;
  const g8 = e8 + M - M;
  r[8] = e8 - g8 + g7 * I;
  const g9 = e9 + M - M;
  r[9] = e9 - g9 + g8 * I;
  const g10 = e10 + M - M;
  r[10] = e10 - g10 + g9 * I;
  const g11 = e11 + M - M;
  r[11] = e11 - g11 + g10 * I;
  const g12 = e12 + M - M;
  r[12] = e12 - g12 + g11 * I;
  const g13 = e13 + M - M;
  r[13] = e13 - g13 + g12 * I;
  const g14 = e14 + M - M;
  r[14] = e14 - g14 + g13 * I;
  const g15 = e15 + M - M;
  r[15] = e15 - g15 + g14 * I;
  const g16 = e16 + M - M;
  r[16] = e16 - g16 + g15 * I;
  const g17 = e17 + M - M;
  r[17] = e17 - g17 + g16 * I;
  const g18 = e18 + M - M;
  r[18] = e18 - g18 + g17 * I;
  const g19 = e19 + M - M;
  r[19] = e19 - g19 + g18 * I;
  const g20 = e20 + M - M;
  r[20] = e20 - g20 + g19 * I;
  r[21] = (h20 + g20) * I;
}

/** r = a². The result may be an operand. */
export function sqr(r: Float64Array, a: Float64Array): void {
  mul(r, a, a);
}


const temporaries = Array.from({ length: 20 }, () => new Float64Array(22));
const [A, A2, B, B2, C, D, E, F, G, H, K, NB, PRODUCT1, PRODUCT2, T0, T1, T2, T8, XZ, YZ] = temporaries;

/** r = p + q. The result may be an operand. */
export function add(r: Point, p: Point, q: Point): void {
  const rX = r.X;
  const rY = r.Y;
  const rZ = r.Z;
  const pX = p.X;
  const pY = p.Y;
  const pZ = p.Z;
  const qX = q.X;
  const qY = q.Y;
  const qZ = q.Z;
  mul(T0, pX, qX);
  mul(T1, pY, qY);
  mul(T2, pZ, qZ);
  mul(PRODUCT1, pX, qY);
  mul(PRODUCT2, qX, pY);
  for (let i = 0; i < 22; i++) A[i] = PRODUCT1[i] + PRODUCT2[i];
  mul(PRODUCT1, pY, qZ);
  mul(PRODUCT2, qY, pZ);
  for (let i = 0; i < 22; i++) B[i] = PRODUCT1[i] + PRODUCT2[i];
  mul(PRODUCT1, pX, qZ);
  mul(PRODUCT2, qX, pZ);
  for (let i = 0; i < 22; i++) C[i] = PRODUCT1[i] + PRODUCT2[i];
  mul(D, B0, T2);
  mul(E, B0, C);
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = T1[i] + 3 * C[i] - 3 * D[i];
    const h = i < 21 ? v + M - M : 0;
    F[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = T1[i] - 3 * C[i] + 3 * D[i];
    const h = i < 21 ? v + M - M : 0;
    G[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = 3 * E[i] - 9 * T2[i] - 3 * T0[i];
    const h = i < 21 ? v + M - M : 0;
    H[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = 3 * T0[i] - 3 * T2[i];
    const h = i < 21 ? v + M - M : 0;
    K[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0; i < 22; i++) NB[i] = -B[i];
  mul(PRODUCT1, A, F);
  mul(PRODUCT2, NB, H);
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = PRODUCT1[i] + PRODUCT2[i];
    const h = i < 21 ? v + M - M : 0;
    rX[i] = v - h + carry;
    carry = h * I;
  }
  center(rX);
  mul(PRODUCT1, F, G);
  mul(PRODUCT2, K, H);
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = PRODUCT1[i] + PRODUCT2[i];
    const h = i < 21 ? v + M - M : 0;
    rY[i] = v - h + carry;
    carry = h * I;
  }
  center(rY);
  mul(PRODUCT1, B, G);
  mul(PRODUCT2, A, K);
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = PRODUCT1[i] + PRODUCT2[i];
    const h = i < 21 ? v + M - M : 0;
    rZ[i] = v - h + carry;
    carry = h * I;
  }
  center(rZ);
}

/** r = p + (x, y), which is not the neutral point. The result may be an operand. */
export function addAffine(r: Point, p: Point, x: Float64Array, y: Float64Array): void {
  const rX = r.X;
  const rY = r.Y;
  const rZ = r.Z;
  const pX = p.X;
  const pY = p.Y;
  const pZ = p.Z;
  mul(T0, pX, x);
  mul(T1, pY, y);
  mul(PRODUCT1, pX, y);
  mul(PRODUCT2, x, pY);
  for (let i = 0; i < 22; i++) A[i] = PRODUCT1[i] + PRODUCT2[i];
  mul(YZ, y, pZ);
  mul(XZ, x, pZ);
  for (let i = 0; i < 22; i++) B[i] = YZ[i] + pY[i];
  for (let i = 0; i < 22; i++) C[i] = XZ[i] + pX[i];
  mul(D, B0, pZ);
  mul(E, B0, C);
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = T1[i] + 3 * C[i] - 3 * D[i];
    const h = i < 21 ? v + M - M : 0;
    F[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = T1[i] - 3 * C[i] + 3 * D[i];
    const h = i < 21 ? v + M - M : 0;
    G[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = 3 * E[i] - 9 * pZ[i] - 3 * T0[i];
    const h = i < 21 ? v + M - M : 0;
    H[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = 3 * T0[i] - 3 * pZ[i];
    const h = i < 21 ? v + M - M : 0;
    K[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0; i < 22; i++) NB[i] = -B[i];
  mul(PRODUCT1, A, F);
  mul(PRODUCT2, NB, H);
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = PRODUCT1[i] + PRODUCT2[i];
    const h = i < 21 ? v + M - M : 0;
    rX[i] = v - h + carry;
    carry = h * I;
  }
  center(rX);
  mul(PRODUCT1, F, G);
  mul(PRODUCT2, K, H);
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = PRODUCT1[i] + PRODUCT2[i];
    const h = i < 21 ? v + M - M : 0;
    rY[i] = v - h + carry;
    carry = h * I;
  }
  center(rY);
  mul(PRODUCT1, B, G);
  mul(PRODUCT2, A, K);
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = PRODUCT1[i] + PRODUCT2[i];
    const h = i < 21 ? v + M - M : 0;
    rZ[i] = v - h + carry;
    carry = h * I;
  }
  center(rZ);
}

/** r = 2p. The result may be an operand. */
export function double(r: Point, p: Point): void {
  const rX = r.X;
  const rY = r.Y;
  const rZ = r.Z;
  const pX = p.X;
  const pY = p.Y;
  const pZ = p.Z;
  sqr(T0, pX);
  sqr(T1, pY);
  sqr(T2, pZ);
  mul(A, pX, pY);
  mul(B, pY, pZ);
  mul(C, pX, pZ);
  mul(D, B0, T2);
  mul(E, B0, C);
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = T1[i] - 3 * D[i] + 6 * C[i];
    const h = i < 21 ? v + M - M : 0;
    F[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = T1[i] + 3 * D[i] - 6 * C[i];
    const h = i < 21 ? v + M - M : 0;
    G[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = 6 * E[i] - 9 * T2[i] - 3 * T0[i];
    const h = i < 21 ? v + M - M : 0;
    H[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = 3 * T0[i] - 3 * T2[i];
    const h = i < 21 ? v + M - M : 0;
    K[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0; i < 22; i++) A2[i] = 2 * A[i];
  for (let i = 0; i < 22; i++) B2[i] = -2 * B[i];
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = -4 * T1[i];
    const h = i < 21 ? v + M - M : 0;
    T8[i] = v - h + carry;
    carry = h * I;
  }
  mul(PRODUCT1, F, A2);
  mul(PRODUCT2, B2, H);
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = PRODUCT1[i] + PRODUCT2[i];
    const h = i < 21 ? v + M - M : 0;
    rX[i] = v - h + carry;
    carry = h * I;
  }
  center(rX);
  mul(PRODUCT1, F, G);
  mul(PRODUCT2, K, H);
  for (let i = 0, carry = 0; i < 22; i++) {
    const v = PRODUCT1[i] + PRODUCT2[i];
    const h = i < 21 ? v + M - M : 0;
    rY[i] = v - h + carry;
    carry = h * I;
  }
  center(rY);
  mul(rZ, B2, T8);
}

/** Takes the prime from r as often as it is in the highest limb, rounded: about half of it is left at most. */
function center(r: Float64Array): void {
  const s = r[21] + 3 * 2 ** 68 - 3 * 2 ** 68;
  const over = s * 0.00000762939453125;
  r[0] += over;
  r[21] -= s;
}

/** Forgets what the last calls left behind. */
export function wipe(): void {
  for (const temporary of temporaries) temporary.fill(0);
}
