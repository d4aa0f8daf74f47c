/** From the algorithms of AWS KMS to the mechanisms of the token. */

import { concat } from "../bytes/bytes.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import {
  ENCRYPTION_ALGORITHMS,
  MAC_ALGORITHMS,
  type MechanismChoice,
  type MessageType,
  SIGNING_ALGORITHMS,
} from "./algorithms.ts";
import { algorithmsOf, type KeySpec, type KeyUsage } from "./key-specs.ts";

/** The mechanisms that a backing key may be used with: those of its algorithms, and nothing else. */
export function mechanismsOf(spec: KeySpec, usage: KeyUsage): MechanismName[] {
  return [...new Set(algorithmsOf(spec, usage).flatMap(mechanismsFor))];
}

/** Algorithms that have one mechanism, whatever the request says. */
const PLAIN: Readonly<Record<string, MechanismName>> = {
  SYMMETRIC_DEFAULT: "PHSM_KMS_ENVELOPE",
  ECDH: "PHSM_ECDH_SHARED_SECRET",
  ML_KEM: "PHSM_ML_KEM_SHARED_SECRET",
};

function mechanismsFor(algorithm: string): MechanismName[] {
  if (Object.hasOwn(PLAIN, algorithm)) return [rowOf(PLAIN, algorithm)];
  if (Object.hasOwn(ENCRYPTION_ALGORITHMS, algorithm)) return [publicKeyEncryption(algorithm).mechanism];
  if (Object.hasOwn(MAC_ALGORITHMS, algorithm)) return [macOf(algorithm).mechanism];
  return Object.values(rowOf(SIGNING_ALGORITHMS, algorithm).by).map(({ mechanism }) => mechanism);
}

/** SYMMETRIC_DEFAULT; `aad` is the canonical encryption context, `owner` the KMS key's identifier as UTF-8. */
export function envelope(owner: Uint8Array, aad: Uint8Array, purpose: "ENCRYPT" | "DATAKEY"): MechanismChoice {
  return { mechanism: "PHSM_KMS_ENVELOPE", aad, purpose, owner };
}

export function publicKeyEncryption(algorithm: string): MechanismChoice {
  return rowOf(ENCRYPTION_ALGORITHMS, algorithm).by;
}

export function macOf(algorithm: string): MechanismChoice {
  return rowOf(MAC_ALGORITHMS, algorithm);
}

/** How a message of that type is signed, and what the mechanism is given. */
export function signing(
  algorithm: string,
  message: Uint8Array,
  type: MessageType,
): { readonly choice: MechanismChoice; readonly data: Uint8Array } {
  const { by, digestInfoPrefix } = rowOf(SIGNING_ALGORITHMS, algorithm);
  const choice = by[type];
  if (choice === undefined) throw new Error(`${algorithm} does not take this message type`);
  const data = type === "DIGEST" && digestInfoPrefix ? concat(digestInfoPrefix, message) : message;
  return { choice, data };
}

function rowOf<T>(table: Readonly<Record<string, T>>, algorithm: string): T {
  const row = Object.hasOwn(table, algorithm) ? table[algorithm] : undefined;
  if (row === undefined) throw new Error(`${algorithm} is not an algorithm of this kind`);
  return row;
}
