/** Password hashing for PINs: scrypt (RFC 7914). */

import { be32, concat, equalBytes, utf8 } from "../bytes/bytes.ts";
import type { Rng } from "./engine.ts";
import { scrypt } from "./scrypt.ts";

/** Parameters of scrypt (RFC 7914, 2): N is a power of two. */
export interface PasswordCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** A hashed password with everything that checking it takes. The parameters are hashed with the salt: none can be exchanged. */
export interface PasswordHash {
  readonly salt: Uint8Array;
  readonly cost: PasswordCost;
  readonly hash: Uint8Array;
}

/** 32 MiB and 100 ms a guess on the machines we measured. */
export const PASSWORD_COST: PasswordCost = Object.freeze({ N: 2 ** 15, r: 8, p: 1 });

function derive(password: Uint8Array, salt: Uint8Array, { N, r, p }: PasswordCost): Uint8Array {
  const bound = concat(utf8("scrypt"), be32(N), be32(r), be32(p), salt);
  return scrypt(password, bound, { N, r, p }, 32);
}

export function hashPassword(password: Uint8Array, rng: Rng, cost: PasswordCost = PASSWORD_COST): PasswordHash {
  const salt = rng(16);
  return { salt, cost, hash: derive(password, salt, cost) };
}

export function isPassword(password: Uint8Array, { salt, cost, hash }: PasswordHash): boolean {
  return equalBytes(derive(password, salt, cost), hash);
}
