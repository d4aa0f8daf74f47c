/** Password hashing for PINs: scrypt (RFC 7914). */

import { scrypt } from "@noble/hashes/scrypt.js";
import { equalBytes } from "../bytes/bytes.ts";
import type { Rng } from "./engine.ts";

/** A hashed password with everything that checking it takes. */
export interface PasswordHash {
  readonly salt: Uint8Array;
  /** scrypt's N, a power of two; r = 8, p = 1. */
  readonly cost: number;
  readonly hash: Uint8Array;
}

/** 16 MiB and some 50 ms a guess on the machines we measured. */
const COST: number = 2 ** 14;

const derive = (password: Uint8Array, salt: Uint8Array, cost: number): Uint8Array =>
  scrypt(password, salt, { N: cost, r: 8, p: 1, dkLen: 32 });

export function hashPassword(password: Uint8Array, rng: Rng): PasswordHash {
  const salt = rng(16);
  return { salt, cost: COST, hash: derive(password, salt, COST) };
}

export function isPassword(password: Uint8Array, stored: PasswordHash): boolean {
  return equalBytes(derive(password, stored.salt, stored.cost), stored.hash);
}
