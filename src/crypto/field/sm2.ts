/** SM2 (GB/T 32918.5, annex A). Written by generator.ts; not to be edited by hand. */

// biome-ignore-all format: generated
// biome-ignore-all lint/style/useConst: generated

import type { Point } from "./multiples.ts";

/** Limbs of a number. */
export const LIMBS = 11;
/** Bits of the prime. */
export const BITS = 256;

const M = 3 * 2 ** 75;
const I = 2 ** -24;

/** The prime, in limbs. */
export const PRIME: Float64Array = Float64Array.of(-1, 0, 65536, 0, -1, 0, 0, 0, 0, -256, 65536);
/** A product with it brings a number into the form that it is kept in: R² mod the prime, where numbers are kept times R. */
export const RR: Float64Array = Float64Array.of(196608, 0, 2, -256, 196608, 0, 1, 256, 131072, 0, 4);
export const B0: Float64Array = Float64Array.of(-2276828, 6499265, 7131696, -4900949, 3644174, 3961295, 6202652, 7962960, -1914798, -7807455, 4066);
export const ONE: Float64Array = Float64Array.of(256, 0, 0, -1, 256, 0, 0, 0, 0, 65536, 0);

/** r = a · b. The result may be an operand. */
export function mul(r: Float64Array, a: Float64Array, b: Float64Array): void {
  const a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3], a4 = a[4], a5 = a[5], a6 = a[6], a7 = a[7], a8 = a[8], a9 = a[9], a10 = a[10];
  const b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3], b4 = b[4], b5 = b[5], b6 = b[6], b7 = b[7], b8 = b[8], b9 = b[9], b10 = b[10];
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
  let z11 = a1 * b10 + a2 * b9 + a3 * b8 + a4 * b7 + a5 * b6 + a6 * b5 + a7 * b4 + a8 * b3 + a9 * b2 + a10 * b1;
  let z12 = a2 * b10 + a3 * b9 + a4 * b8 + a5 * b7 + a6 * b6 + a7 * b5 + a8 * b4 + a9 * b3 + a10 * b2;
  let z13 = a3 * b10 + a4 * b9 + a5 * b8 + a6 * b7 + a7 * b6 + a8 * b5 + a9 * b4 + a10 * b3;
  let z14 = a4 * b10 + a5 * b9 + a6 * b8 + a7 * b7 + a8 * b6 + a9 * b5 + a10 * b4;
  let z15 = a5 * b10 + a6 * b9 + a7 * b8 + a8 * b7 + a9 * b6 + a10 * b5;
  let z16 = a6 * b10 + a7 * b9 + a8 * b8 + a9 * b7 + a10 * b6;
  let z17 = a7 * b10 + a8 * b9 + a9 * b8 + a10 * b7;
  let z18 = a8 * b10 + a9 * b9 + a10 * b8;
  let z19 = a9 * b10 + a10 * b9;
  let z20 = a10 * b10;
  let h: number;
  let m: number;
  h = z0 + M - M;
  m = z0 - h;
  z1 += h * I;
  z2 += m * 65536;
  z4 -= m;
  z9 -= m * 256;
  z10 += m * 65536;
  h = z1 + M - M;
  m = z1 - h;
  z2 += h * I;
  z3 += m * 65536;
  z5 -= m;
  z10 -= m * 256;
  z11 += m * 65536;
  h = z2 + M - M;
  m = z2 - h;
  z3 += h * I;
  z4 += m * 65536;
  z6 -= m;
  z11 -= m * 256;
  z12 += m * 65536;
  h = z3 + M - M;
  m = z3 - h;
  z4 += h * I;
  z5 += m * 65536;
  z7 -= m;
  z12 -= m * 256;
  z13 += m * 65536;
  h = z4 + M - M;
  m = z4 - h;
  z5 += h * I;
  z6 += m * 65536;
  z8 -= m;
  z13 -= m * 256;
  z14 += m * 65536;
  h = z5 + M - M;
  m = z5 - h;
  z6 += h * I;
  z7 += m * 65536;
  z9 -= m;
  z14 -= m * 256;
  z15 += m * 65536;
  h = z6 + M - M;
  m = z6 - h;
  z7 += h * I;
  z8 += m * 65536;
  z10 -= m;
  z15 -= m * 256;
  z16 += m * 65536;
  h = z7 + M - M;
  m = z7 - h;
  z8 += h * I;
  z9 += m * 65536;
  z11 -= m;
  z16 -= m * 256;
  z17 += m * 65536;
  h = z8 + M - M;
  m = z8 - h;
  z9 += h * I;
  z10 += m * 65536;
  z12 -= m;
  z17 -= m * 256;
  z18 += m * 65536;
  h = z9 + M - M;
  m = z9 - h;
  z10 += h * I;
  z11 += m * 65536;
  z13 -= m;
  z18 -= m * 256;
  z19 += m * 65536;
  h = z10 + M - M;
  m = z10 - h;
  z11 += h * I;
  z12 += m * 65536;
  z14 -= m;
  z19 -= m * 256;
  z20 += m * 65536;
  const h0 = z11 + M - M;
  const e0 = z11 - h0;
  const h1 = z12 + M - M;
  const e1 = z12 - h1 + h0 * I;
  const h2 = z13 + M - M;
  const e2 = z13 - h2 + h1 * I;
  const h3 = z14 + M - M;
  const e3 = z14 - h3 + h2 * I;
  const h4 = z15 + M - M;
  const e4 = z15 - h4 + h3 * I;
  const h5 = z16 + M - M;
  const e5 = z16 - h5 + h4 * I;
  const h6 = z17 + M - M;
  const e6 = z17 - h6 + h5 * I;
  const h7 = z18 + M - M;
  const e7 = z18 - h7 + h6 * I;
  const h8 = z19 + M - M;
  const e8 = z19 - h8 + h7 * I;
  const h9 = z20 + M - M;
  const e9 = z20 - h9 + h8 * I;
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
  r[10] = (h9 + g9) * I;
}

/** r = a². The result may be an operand. */
export function sqr(r: Float64Array, a: Float64Array): void {
  mul(r, a, a);
}


const temporaries = Array.from({ length: 20 }, () => new Float64Array(11));
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
  for (let i = 0; i < 11; i++) A[i] = PRODUCT1[i] + PRODUCT2[i];
  mul(PRODUCT1, pY, qZ);
  mul(PRODUCT2, qY, pZ);
  for (let i = 0; i < 11; i++) B[i] = PRODUCT1[i] + PRODUCT2[i];
  mul(PRODUCT1, pX, qZ);
  mul(PRODUCT2, qX, pZ);
  for (let i = 0; i < 11; i++) C[i] = PRODUCT1[i] + PRODUCT2[i];
  mul(D, B0, T2);
  mul(E, B0, C);
  for (let i = 0, carry = 0; i < 11; i++) {
    const v = T1[i] + 3 * C[i] - 3 * D[i];
    const h = i < 10 ? v + M - M : 0;
    F[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0, carry = 0; i < 11; i++) {
    const v = T1[i] - 3 * C[i] + 3 * D[i];
    const h = i < 10 ? v + M - M : 0;
    G[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0, carry = 0; i < 11; i++) {
    const v = 3 * E[i] - 9 * T2[i] - 3 * T0[i];
    const h = i < 10 ? v + M - M : 0;
    H[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0, carry = 0; i < 11; i++) {
    const v = 3 * T0[i] - 3 * T2[i];
    const h = i < 10 ? v + M - M : 0;
    K[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0; i < 11; i++) NB[i] = -B[i];
  mul(PRODUCT1, A, F);
  mul(PRODUCT2, NB, H);
  for (let i = 0, carry = 0; i < 11; i++) {
    const v = PRODUCT1[i] + PRODUCT2[i];
    const h = i < 10 ? v + M - M : 0;
    rX[i] = v - h + carry;
    carry = h * I;
  }
  center(rX);
  mul(PRODUCT1, F, G);
  mul(PRODUCT2, K, H);
  for (let i = 0, carry = 0; i < 11; i++) {
    const v = PRODUCT1[i] + PRODUCT2[i];
    const h = i < 10 ? v + M - M : 0;
    rY[i] = v - h + carry;
    carry = h * I;
  }
  center(rY);
  mul(PRODUCT1, B, G);
  mul(PRODUCT2, A, K);
  for (let i = 0, carry = 0; i < 11; i++) {
    const v = PRODUCT1[i] + PRODUCT2[i];
    const h = i < 10 ? v + M - M : 0;
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
  for (let i = 0; i < 11; i++) A[i] = PRODUCT1[i] + PRODUCT2[i];
  mul(YZ, y, pZ);
  mul(XZ, x, pZ);
  for (let i = 0; i < 11; i++) B[i] = YZ[i] + pY[i];
  for (let i = 0; i < 11; i++) C[i] = XZ[i] + pX[i];
  mul(D, B0, pZ);
  mul(E, B0, C);
  for (let i = 0, carry = 0; i < 11; i++) {
    const v = T1[i] + 3 * C[i] - 3 * D[i];
    const h = i < 10 ? v + M - M : 0;
    F[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0, carry = 0; i < 11; i++) {
    const v = T1[i] - 3 * C[i] + 3 * D[i];
    const h = i < 10 ? v + M - M : 0;
    G[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0, carry = 0; i < 11; i++) {
    const v = 3 * E[i] - 9 * pZ[i] - 3 * T0[i];
    const h = i < 10 ? v + M - M : 0;
    H[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0, carry = 0; i < 11; i++) {
    const v = 3 * T0[i] - 3 * pZ[i];
    const h = i < 10 ? v + M - M : 0;
    K[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0; i < 11; i++) NB[i] = -B[i];
  mul(PRODUCT1, A, F);
  mul(PRODUCT2, NB, H);
  for (let i = 0, carry = 0; i < 11; i++) {
    const v = PRODUCT1[i] + PRODUCT2[i];
    const h = i < 10 ? v + M - M : 0;
    rX[i] = v - h + carry;
    carry = h * I;
  }
  center(rX);
  mul(PRODUCT1, F, G);
  mul(PRODUCT2, K, H);
  for (let i = 0, carry = 0; i < 11; i++) {
    const v = PRODUCT1[i] + PRODUCT2[i];
    const h = i < 10 ? v + M - M : 0;
    rY[i] = v - h + carry;
    carry = h * I;
  }
  center(rY);
  mul(PRODUCT1, B, G);
  mul(PRODUCT2, A, K);
  for (let i = 0, carry = 0; i < 11; i++) {
    const v = PRODUCT1[i] + PRODUCT2[i];
    const h = i < 10 ? v + M - M : 0;
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
  for (let i = 0, carry = 0; i < 11; i++) {
    const v = T1[i] - 3 * D[i] + 6 * C[i];
    const h = i < 10 ? v + M - M : 0;
    F[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0; i < 11; i++) G[i] = T1[i] + 3 * D[i] - 6 * C[i];
  for (let i = 0, carry = 0; i < 11; i++) {
    const v = 6 * E[i] - 9 * T2[i] - 3 * T0[i];
    const h = i < 10 ? v + M - M : 0;
    H[i] = v - h + carry;
    carry = h * I;
  }
  for (let i = 0; i < 11; i++) K[i] = 3 * T0[i] - 3 * T2[i];
  for (let i = 0; i < 11; i++) A2[i] = 2 * A[i];
  for (let i = 0; i < 11; i++) B2[i] = -2 * B[i];
  for (let i = 0; i < 11; i++) T8[i] = -4 * T1[i];
  mul(PRODUCT1, F, A2);
  mul(PRODUCT2, B2, H);
  for (let i = 0, carry = 0; i < 11; i++) {
    const v = PRODUCT1[i] + PRODUCT2[i];
    const h = i < 10 ? v + M - M : 0;
    rX[i] = v - h + carry;
    carry = h * I;
  }
  center(rX);
  mul(PRODUCT1, F, G);
  mul(PRODUCT2, K, H);
  for (let i = 0, carry = 0; i < 11; i++) {
    const v = PRODUCT1[i] + PRODUCT2[i];
    const h = i < 10 ? v + M - M : 0;
    rY[i] = v - h + carry;
    carry = h * I;
  }
  center(rY);
  mul(rZ, B2, T8);
}

/** Takes the prime from r as often as it is in the highest limb, rounded: about half of it is left at most. */
function center(r: Float64Array): void {
  const s = r[10] + 3 * 2 ** 67 - 3 * 2 ** 67;
  const over = s * 0.0000152587890625;
  r[0] += over;
  r[2] -= over * 65536;
  r[4] += over;
  r[9] += over * 256;
  r[10] -= s;
}

/** Forgets what the last calls left behind. */
export function wipe(): void {
  for (const temporary of temporaries) temporary.fill(0);
}
