/** edwards25519 and curve25519 (RFC 7748, 4.1). Written by generator.ts; not to be edited by hand. */

// biome-ignore-all format: generated
// biome-ignore-all lint/style/useConst: generated

import type { Point, Rung } from "./edwards.ts";

/** Limbs of a number. */
export const LIMBS = 11;
/** Bits of the prime. */
export const BITS = 255;

const M = 3 * 2 ** 75;
const I = 2 ** -24;

/** The prime, in limbs. */
export const PRIME: Float64Array = Float64Array.of(-19, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32768);
/** A product with it brings a number into the form that it is kept in: R² mod the prime, where numbers are kept times R. */
export const RR: Float64Array = Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
export const DOUBLE_D: Float64Array = Float64Array.of(-5050023, -6581209, 5696471, -8223823, -2091877, -3067903, -856332, 1674881, -2097945, -2499497, 9223);
export const ROOT_OF_MINUS_ONE: Float64Array = Float64Array.of(958640, 1779530, 7914734, -5427228, 4397063, -2644177, -6734340, 2837761, -4071669, 2392144, 11139);
export const COEFFICIENT: Float64Array = Float64Array.of(486662, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
export const A24: Float64Array = Float64Array.of(121665, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
export const ROOT_OF_A_AND_2: Float64Array = Float64Array.of(-7846891, 4779933, 6547874, 2640531, 5902791, -5836957, 8050677, -4055129, -5651792, -747526, 27621);
export const ONE: Float64Array = Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

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
  const h0 = z11 + M - M;
  let e0 = z11 - h0;
  const h1 = z12 + M - M;
  let e1 = z12 - h1 + h0 * I;
  const h2 = z13 + M - M;
  let e2 = z13 - h2 + h1 * I;
  const h3 = z14 + M - M;
  let e3 = z14 - h3 + h2 * I;
  const h4 = z15 + M - M;
  let e4 = z15 - h4 + h3 * I;
  const h5 = z16 + M - M;
  let e5 = z16 - h5 + h4 * I;
  const h6 = z17 + M - M;
  let e6 = z17 - h6 + h5 * I;
  const h7 = z18 + M - M;
  let e7 = z18 - h7 + h6 * I;
  const h8 = z19 + M - M;
  let e8 = z19 - h8 + h7 * I;
  const h9 = z20 + M - M;
  let e9 = z20 - h9 + h8 * I;
  const top = h9 * I;
  z10 += top * 9728;
  z0 += e0 * 9728;
  z1 += e1 * 9728;
  z2 += e2 * 9728;
  z3 += e3 * 9728;
  z4 += e4 * 9728;
  z5 += e5 * 9728;
  z6 += e6 * 9728;
  z7 += e7 * 9728;
  z8 += e8 * 9728;
  z9 += e9 * 9728;
  const v0 = z0 + M - M;
  let p0 = z0 - v0;
  const v1 = z1 + M - M;
  let p1 = z1 - v1 + v0 * I;
  const v2 = z2 + M - M;
  let p2 = z2 - v2 + v1 * I;
  const v3 = z3 + M - M;
  let p3 = z3 - v3 + v2 * I;
  const v4 = z4 + M - M;
  let p4 = z4 - v4 + v3 * I;
  const v5 = z5 + M - M;
  let p5 = z5 - v5 + v4 * I;
  const v6 = z6 + M - M;
  let p6 = z6 - v6 + v5 * I;
  const v7 = z7 + M - M;
  let p7 = z7 - v7 + v6 * I;
  const v8 = z8 + M - M;
  let p8 = z8 - v8 + v7 * I;
  const v9 = z9 + M - M;
  let p9 = z9 - v9 + v8 * I;
  const v10 = z10 + M - M;
  let p10 = z10 - v10 + v9 * I;
  const out = v10 * I;
  p0 += out * 9728;
  const s = p10 + 3 * 2 ** 66 - 3 * 2 ** 66;
  const over = s * 0.000030517578125;
  p0 += over * 19;
  const w0 = p0 + M - M;
  let q0 = p0 - w0;
  const w1 = p1 + M - M;
  let q1 = p1 - w1 + w0 * I;
  const w2 = p2 + M - M;
  let q2 = p2 - w2 + w1 * I;
  const w3 = p3 + M - M;
  let q3 = p3 - w3 + w2 * I;
  const w4 = p4 + M - M;
  let q4 = p4 - w4 + w3 * I;
  const w5 = p5 + M - M;
  let q5 = p5 - w5 + w4 * I;
  const w6 = p6 + M - M;
  let q6 = p6 - w6 + w5 * I;
  const w7 = p7 + M - M;
  let q7 = p7 - w7 + w6 * I;
  const w8 = p8 + M - M;
  let q8 = p8 - w8 + w7 * I;
  const w9 = p9 + M - M;
  let q9 = p9 - w9 + w8 * I;
  const u1 = q1 + M - M;
  q1 -= u1;
  q2 += u1 * I;
  r[0] = q0;
  r[1] = q1;
  r[2] = q2;
  r[3] = q3;
  r[4] = q4;
  r[5] = q5;
  r[6] = q6;
  r[7] = q7;
  r[8] = q8;
  r[9] = q9;
  r[10] = p10 - s + w9 * I;
}

/** r = a². The result may be an operand. */
export function sqr(r: Float64Array, a: Float64Array): void {
  const a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3], a4 = a[4], a5 = a[5], a6 = a[6], a7 = a[7], a8 = a[8], a9 = a[9], a10 = a[10];
  let z0 = a0 * a0;
  let z1 = 2 * a0 * a1;
  let z2 = 2 * a0 * a2 + a1 * a1;
  let z3 = 2 * a0 * a3 + 2 * a1 * a2;
  let z4 = 2 * a0 * a4 + 2 * a1 * a3 + a2 * a2;
  let z5 = 2 * a0 * a5 + 2 * a1 * a4 + 2 * a2 * a3;
  let z6 = 2 * a0 * a6 + 2 * a1 * a5 + 2 * a2 * a4 + a3 * a3;
  let z7 = 2 * a0 * a7 + 2 * a1 * a6 + 2 * a2 * a5 + 2 * a3 * a4;
  let z8 = 2 * a0 * a8 + 2 * a1 * a7 + 2 * a2 * a6 + 2 * a3 * a5 + a4 * a4;
  let z9 = 2 * a0 * a9 + 2 * a1 * a8 + 2 * a2 * a7 + 2 * a3 * a6 + 2 * a4 * a5;
  let z10 = 2 * a0 * a10 + 2 * a1 * a9 + 2 * a2 * a8 + 2 * a3 * a7 + 2 * a4 * a6 + a5 * a5;
  let z11 = 2 * a1 * a10 + 2 * a2 * a9 + 2 * a3 * a8 + 2 * a4 * a7 + 2 * a5 * a6;
  let z12 = 2 * a2 * a10 + 2 * a3 * a9 + 2 * a4 * a8 + 2 * a5 * a7 + a6 * a6;
  let z13 = 2 * a3 * a10 + 2 * a4 * a9 + 2 * a5 * a8 + 2 * a6 * a7;
  let z14 = 2 * a4 * a10 + 2 * a5 * a9 + 2 * a6 * a8 + a7 * a7;
  let z15 = 2 * a5 * a10 + 2 * a6 * a9 + 2 * a7 * a8;
  let z16 = 2 * a6 * a10 + 2 * a7 * a9 + a8 * a8;
  let z17 = 2 * a7 * a10 + 2 * a8 * a9;
  let z18 = 2 * a8 * a10 + a9 * a9;
  let z19 = 2 * a9 * a10;
  let z20 = a10 * a10;
  const h0 = z11 + M - M;
  let e0 = z11 - h0;
  const h1 = z12 + M - M;
  let e1 = z12 - h1 + h0 * I;
  const h2 = z13 + M - M;
  let e2 = z13 - h2 + h1 * I;
  const h3 = z14 + M - M;
  let e3 = z14 - h3 + h2 * I;
  const h4 = z15 + M - M;
  let e4 = z15 - h4 + h3 * I;
  const h5 = z16 + M - M;
  let e5 = z16 - h5 + h4 * I;
  const h6 = z17 + M - M;
  let e6 = z17 - h6 + h5 * I;
  const h7 = z18 + M - M;
  let e7 = z18 - h7 + h6 * I;
  const h8 = z19 + M - M;
  let e8 = z19 - h8 + h7 * I;
  const h9 = z20 + M - M;
  let e9 = z20 - h9 + h8 * I;
  const top = h9 * I;
  z10 += top * 9728;
  z0 += e0 * 9728;
  z1 += e1 * 9728;
  z2 += e2 * 9728;
  z3 += e3 * 9728;
  z4 += e4 * 9728;
  z5 += e5 * 9728;
  z6 += e6 * 9728;
  z7 += e7 * 9728;
  z8 += e8 * 9728;
  z9 += e9 * 9728;
  const v0 = z0 + M - M;
  let p0 = z0 - v0;
  const v1 = z1 + M - M;
  let p1 = z1 - v1 + v0 * I;
  const v2 = z2 + M - M;
  let p2 = z2 - v2 + v1 * I;
  const v3 = z3 + M - M;
  let p3 = z3 - v3 + v2 * I;
  const v4 = z4 + M - M;
  let p4 = z4 - v4 + v3 * I;
  const v5 = z5 + M - M;
  let p5 = z5 - v5 + v4 * I;
  const v6 = z6 + M - M;
  let p6 = z6 - v6 + v5 * I;
  const v7 = z7 + M - M;
  let p7 = z7 - v7 + v6 * I;
  const v8 = z8 + M - M;
  let p8 = z8 - v8 + v7 * I;
  const v9 = z9 + M - M;
  let p9 = z9 - v9 + v8 * I;
  const v10 = z10 + M - M;
  let p10 = z10 - v10 + v9 * I;
  const out = v10 * I;
  p0 += out * 9728;
  const s = p10 + 3 * 2 ** 66 - 3 * 2 ** 66;
  const over = s * 0.000030517578125;
  p0 += over * 19;
  const w0 = p0 + M - M;
  let q0 = p0 - w0;
  const w1 = p1 + M - M;
  let q1 = p1 - w1 + w0 * I;
  const w2 = p2 + M - M;
  let q2 = p2 - w2 + w1 * I;
  const w3 = p3 + M - M;
  let q3 = p3 - w3 + w2 * I;
  const w4 = p4 + M - M;
  let q4 = p4 - w4 + w3 * I;
  const w5 = p5 + M - M;
  let q5 = p5 - w5 + w4 * I;
  const w6 = p6 + M - M;
  let q6 = p6 - w6 + w5 * I;
  const w7 = p7 + M - M;
  let q7 = p7 - w7 + w6 * I;
  const w8 = p8 + M - M;
  let q8 = p8 - w8 + w7 * I;
  const w9 = p9 + M - M;
  let q9 = p9 - w9 + w8 * I;
  const u1 = q1 + M - M;
  q1 -= u1;
  q2 += u1 * I;
  r[0] = q0;
  r[1] = q1;
  r[2] = q2;
  r[3] = q3;
  r[4] = q4;
  r[5] = q5;
  r[6] = q6;
  r[7] = q7;
  r[8] = q8;
  r[9] = q9;
  r[10] = p10 - s + w9 * I;
}


const temporaries = Array.from({ length: 20 }, () => new Float64Array(11));
const [A, AA, B, BB, C, CB, D, DA, E, F, G, H, K, KK, N, P, Q, S, XY, ZZ] = temporaries;

/** r = p + q, where q.T is times 2d. The result may be an operand. */
export function add(r: Point, p: Point, q: Point): void {
  const rT = r.T;
  const rX = r.X;
  const rY = r.Y;
  const rZ = r.Z;
  const pX = p.X;
  const pY = p.Y;
  const pZ = p.Z;
  const pT = p.T;
  const qX = q.X;
  const qY = q.Y;
  const qZ = q.Z;
  const qT = q.T;
  for (let i = 0; i < 11; i++) S[i] = pY[i] - pX[i];
  for (let i = 0; i < 11; i++) P[i] = pY[i] + pX[i];
  for (let i = 0; i < 11; i++) N[i] = qY[i] - qX[i];
  for (let i = 0; i < 11; i++) Q[i] = qY[i] + qX[i];
  mul(A, S, N);
  mul(B, P, Q);
  mul(C, pT, qT);
  mul(ZZ, pZ, qZ);
  for (let i = 0; i < 11; i++) E[i] = B[i] - A[i];
  for (let i = 0; i < 11; i++) F[i] = 2 * ZZ[i] - C[i];
  for (let i = 0; i < 11; i++) G[i] = 2 * ZZ[i] + C[i];
  for (let i = 0; i < 11; i++) H[i] = B[i] + A[i];
  mul(rX, E, F);
  mul(rY, G, H);
  mul(rZ, F, G);
  mul(rT, E, H);
}

/** r = p + (x, y), where t = 2dxy. The result may be an operand. */
export function addAffine(r: Point, p: Point, x: Float64Array, y: Float64Array, t: Float64Array): void {
  const rT = r.T;
  const rX = r.X;
  const rY = r.Y;
  const rZ = r.Z;
  const pX = p.X;
  const pY = p.Y;
  const pZ = p.Z;
  const pT = p.T;
  for (let i = 0; i < 11; i++) S[i] = pY[i] - pX[i];
  for (let i = 0; i < 11; i++) P[i] = pY[i] + pX[i];
  for (let i = 0; i < 11; i++) N[i] = y[i] - x[i];
  for (let i = 0; i < 11; i++) Q[i] = y[i] + x[i];
  mul(A, S, N);
  mul(B, P, Q);
  mul(C, pT, t);
  for (let i = 0; i < 11; i++) E[i] = B[i] - A[i];
  for (let i = 0; i < 11; i++) F[i] = 2 * pZ[i] - C[i];
  for (let i = 0; i < 11; i++) G[i] = 2 * pZ[i] + C[i];
  for (let i = 0; i < 11; i++) H[i] = B[i] + A[i];
  mul(rX, E, F);
  mul(rY, G, H);
  mul(rZ, F, G);
  mul(rT, E, H);
}

/** r = 2p. The result may be an operand. */
export function double(r: Point, p: Point): void {
  const rT = r.T;
  const rX = r.X;
  const rY = r.Y;
  const rZ = r.Z;
  const pX = p.X;
  const pY = p.Y;
  const pZ = p.Z;
  sqr(A, pX);
  sqr(B, pY);
  sqr(C, pZ);
  mul(XY, pX, pY);
  for (let i = 0; i < 11; i++) E[i] = 2 * XY[i];
  for (let i = 0; i < 11; i++) F[i] = B[i] - A[i] - 2 * C[i];
  for (let i = 0; i < 11; i++) G[i] = B[i] - A[i];
  for (let i = 0; i < 11; i++) H[i] = -A[i] - B[i];
  mul(rX, E, F);
  mul(rY, G, H);
  mul(rZ, F, G);
  mul(rT, E, H);
}

/** r = 2p, without its T, which only sums need. The result may be an operand. */
export function doubleOnly(r: Point, p: Point): void {
  const rX = r.X;
  const rY = r.Y;
  const rZ = r.Z;
  const pX = p.X;
  const pY = p.Y;
  const pZ = p.Z;
  sqr(A, pX);
  sqr(B, pY);
  sqr(C, pZ);
  mul(XY, pX, pY);
  for (let i = 0; i < 11; i++) E[i] = 2 * XY[i];
  for (let i = 0; i < 11; i++) F[i] = B[i] - A[i] - 2 * C[i];
  for (let i = 0; i < 11; i++) G[i] = B[i] - A[i];
  for (let i = 0; i < 11; i++) H[i] = -A[i] - B[i];
  mul(rX, E, F);
  mul(rY, G, H);
  mul(rZ, F, G);
}

/** From u-coordinates X : Z and U : W, whose difference is u, to X : Z doubled, and the sum. The result may be an operand. */
export function climb(r: Rung, p: Rung, u: Float64Array): void {
  const rU = r.U;
  const rW = r.W;
  const rX = r.X;
  const rZ = r.Z;
  const pX = p.X;
  const pZ = p.Z;
  const pU = p.U;
  const pW = p.W;
  for (let i = 0; i < 11; i++) A[i] = pX[i] + pZ[i];
  for (let i = 0; i < 11; i++) B[i] = pX[i] - pZ[i];
  for (let i = 0; i < 11; i++) C[i] = pU[i] + pW[i];
  for (let i = 0; i < 11; i++) D[i] = pU[i] - pW[i];
  sqr(AA, A);
  sqr(BB, B);
  mul(DA, D, A);
  mul(CB, C, B);
  for (let i = 0; i < 11; i++) E[i] = AA[i] - BB[i];
  mul(F, A24, E);
  for (let i = 0; i < 11; i++) G[i] = AA[i] + F[i];
  for (let i = 0; i < 11; i++) H[i] = DA[i] + CB[i];
  for (let i = 0; i < 11; i++) K[i] = DA[i] - CB[i];
  sqr(KK, K);
  mul(rX, AA, BB);
  mul(rZ, E, G);
  sqr(rU, H);
  mul(rW, u, KK);
}

/** Forgets what the last calls left behind. */
export function wipe(): void {
  for (const temporary of temporaries) temporary.fill(0);
}
