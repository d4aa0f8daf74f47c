/** From the algorithms of AWS KMS to the mechanisms of the token. */

import { concat, utf8 } from "../bytes/bytes.ts";
import type { MechanismName } from "../cryptoki/constants.ts";
import {
  algorithmsOf,
  type KeySpec,
  type KeyUsage,
  MAC_ALGORITHMS,
  type MechanismChoice,
  OAEP_ALGORITHMS,
  SIGNING_ALGORITHMS,
} from "./key-specs.ts";

/** The mechanisms that a backing key may be used with: those of its algorithms, and nothing else. */
export function mechanismsOf(spec: KeySpec, usage: KeyUsage): MechanismName[] {
  return [...new Set(algorithmsOf(spec, usage).flatMap(mechanismsFor))];
}

function mechanismsFor(algorithm: string): MechanismName[] {
  if (algorithm === "SYMMETRIC_DEFAULT") return ["PHSM_KMS_ENVELOPE"];
  if (algorithm === "ECDH") return ["PHSM_ECDH_SHARED_SECRET"];
  if (Object.hasOwn(OAEP_ALGORITHMS, algorithm)) return [oaep(algorithm).mechanism];
  if (Object.hasOwn(MAC_ALGORITHMS, algorithm)) return [macOf(algorithm).mechanism];
  const { raw, digest } = rowOf(SIGNING_ALGORITHMS, algorithm);
  return [raw, digest].flatMap((choice) => (choice === undefined ? [] : [choice.mechanism]));
}

/** SYMMETRIC_DEFAULT; `aad` is the canonical encryption context, `keyId` the KMS key's identifier. */
export function envelope(keyId: string, aad: Uint8Array, purpose: "ENCRYPT" | "DATAKEY"): MechanismChoice {
  return { mechanism: "PHSM_KMS_ENVELOPE", aad, purpose, owner: utf8(keyId) };
}

export function oaep(algorithm: string): MechanismChoice {
  const { hash } = rowOf(OAEP_ALGORITHMS, algorithm);
  return { mechanism: "RSA_PKCS_OAEP", hash, mgf: hash };
}

export function macOf(algorithm: string): MechanismChoice {
  return rowOf(MAC_ALGORITHMS, algorithm);
}

/** How a message, or the digest of one, is signed, and what the mechanism is given. */
export function signing(
  algorithm: string,
  message: Uint8Array,
  isDigest: boolean,
): { readonly choice: MechanismChoice; readonly data: Uint8Array } {
  const row = rowOf(SIGNING_ALGORITHMS, algorithm);
  const choice = isDigest ? row.digest : row.raw;
  if (choice === undefined) throw new Error(`${algorithm} does not take this message type`);
  const data = isDigest && row.digestInfoPrefix ? concat(row.digestInfoPrefix, message) : message;
  return { choice, data };
}

function rowOf<T>(table: Readonly<Record<string, T>>, algorithm: string): T {
  const row = Object.hasOwn(table, algorithm) ? table[algorithm] : undefined;
  if (row === undefined) throw new Error(`${algorithm} is not an algorithm of this kind`);
  return row;
}
