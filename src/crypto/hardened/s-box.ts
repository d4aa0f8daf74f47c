/**
 * The S-box of AES (FIPS 197, 5.1.1) as a circuit of 32 ANDs and 79 XORs on slices: the one that J. Boyar and R. Peralta found
 * ("A new combinational logic minimization technique with applications to cryptology", SEA 2010), with its names. x0 and s0
 * are the highest bits there. A test compares it with FIPS 197 for every byte.
 *
 * The constant 63 of the affine map, four negations of the circuit, is left out: the round keys have it (aes-cipher.ts).
 */

import { Q } from "./slices.ts";

/** SUBBYTES (5.1.1) of all bytes, without the constant. */
export function subBytes(): void {
  const x0 = Q[7];
  const x1 = Q[6];
  const x2 = Q[5];
  const x3 = Q[4];
  const x4 = Q[3];
  const x5 = Q[2];
  const x6 = Q[1];
  const x7 = Q[0];

  // The linear map into the tower field.
  const y14 = x3 ^ x5;
  const y13 = x0 ^ x6;
  const y9 = x0 ^ x3;
  const y8 = x0 ^ x5;
  const t0 = x1 ^ x2;
  const y1 = t0 ^ x7;
  const y4 = y1 ^ x3;
  const y12 = y13 ^ y14;
  const y2 = y1 ^ x0;
  const y5 = y1 ^ x6;
  const y3 = y5 ^ y8;
  const t1 = x4 ^ y12;
  const y15 = t1 ^ x5;
  const y20 = t1 ^ x1;
  const y6 = y15 ^ x7;
  const y10 = y15 ^ t0;
  const y11 = y20 ^ y9;
  const y7 = x7 ^ y11;
  const y17 = y10 ^ y11;
  const y19 = y10 ^ y8;
  const y16 = t0 ^ y11;
  const y21 = y13 ^ y16;
  const y18 = x0 ^ y16;

  // Inversion in GF(2^8) by one in GF(2^4).
  const t2 = y12 & y15;
  const t4 = (y3 & y6) ^ t2;
  const t6 = (y4 & x7) ^ t2;
  const t7 = y13 & y16;
  const t9 = (y5 & y1) ^ t7;
  const t11 = (y2 & y7) ^ t7;
  const t12 = y9 & y11;
  const t14 = (y14 & y17) ^ t12;
  const t16 = (y8 & y10) ^ t12;
  const t21 = t4 ^ t14 ^ y20;
  const t22 = t6 ^ t16 ^ y19;
  const t23 = t9 ^ t14 ^ y21;
  const t24 = t11 ^ t16 ^ y18;
  const t25 = t21 ^ t22;
  const t26 = t21 & t23;
  const t27 = t24 ^ t26;
  const t29 = (t25 & t27) ^ t22;
  const t33 = ((t22 ^ t26) & (t23 ^ t24)) ^ t24;
  const t36 = t24 & (t27 ^ t33);
  const t37 = t36 ^ t23 ^ t33;
  const t40 = t25 ^ (t29 & (t27 ^ t36));
  const t41 = t40 ^ t37;
  const t42 = t29 ^ t33;
  const t43 = t29 ^ t40;
  const t44 = t33 ^ t37;
  const t45 = t42 ^ t41;
  const z0 = t44 & y15;
  const z1 = t37 & y6;
  const z2 = t33 & x7;
  const z3 = t43 & y16;
  const z4 = t40 & y1;
  const z5 = t29 & y7;
  const z6 = t42 & y11;
  const z7 = t45 & y17;
  const z8 = t41 & y10;
  const z9 = t44 & y12;
  const z10 = t37 & y3;
  const z11 = t33 & y4;
  const z12 = t43 & y13;
  const z13 = t40 & y5;
  const z14 = t29 & y2;
  const z15 = t42 & y9;
  const z16 = t45 & y14;
  const z17 = t41 & y8;

  // The linear map out of the tower field, and that of the S-box.
  const t46 = z15 ^ z16;
  const t48 = z5 ^ z13;
  const t53 = z0 ^ z3;
  const t54 = z6 ^ z7;
  const t57 = z2 ^ z12 ^ t53;
  const t58 = z4 ^ t46;
  const t59 = z3 ^ t54;
  const t62 = z7 ^ z8 ^ t58;
  const t63 = z9 ^ z10 ^ t58;
  const t64 = z4 ^ t59;
  const t65 = z14 ^ t57 ^ t62;
  const t66 = z1 ^ t63;
  const s3 = t53 ^ t66;
  Q[7] = t59 ^ t63;
  Q[6] = t64 ^ s3;
  Q[5] = z16 ^ z17 ^ t64 ^ t65;
  Q[4] = s3;
  Q[3] = z2 ^ z5 ^ t66;
  Q[2] = z10 ^ z11 ^ t65;
  Q[1] = z12 ^ t48 ^ t62;
  Q[0] = t48 ^ t46 ^ t57;
}

/** INVSUBBYTES (5.3.2) of the same: with L the S-box's linear map and I the inversion, L⁻¹ ∘ (L ∘ I) ∘ L⁻¹ is I ∘ L⁻¹. */
export function inverseSubBytes(): void {
  inverseLinear();
  subBytes();
  inverseLinear();
}

/** L⁻¹: bit i is the sum of the bits i + 2, i + 5 and i + 7. */
function inverseLinear(): void {
  const q0 = Q[0];
  const q1 = Q[1];
  const q2 = Q[2];
  const q3 = Q[3];
  const q4 = Q[4];
  const q5 = Q[5];
  const q6 = Q[6];
  const q7 = Q[7];
  Q[0] = q2 ^ q5 ^ q7;
  Q[1] = q3 ^ q6 ^ q0;
  Q[2] = q4 ^ q7 ^ q1;
  Q[3] = q5 ^ q0 ^ q2;
  Q[4] = q6 ^ q1 ^ q3;
  Q[5] = q7 ^ q2 ^ q4;
  Q[6] = q0 ^ q3 ^ q5;
  Q[7] = q1 ^ q4 ^ q6;
}
