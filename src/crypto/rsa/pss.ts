/** EMSA-PSS (RFC 8017, 9.1) over a digest, for a modulus of k whole bytes: emBits = 8k − 1. */

import { concat, equalBytes } from "../../bytes/bytes.ts";
import type { PssParams, Rng } from "../engine.ts";
import { digest, hashBytes } from "../hash.ts";
import { maskWithMgf1 } from "./mgf1.ts";

const trailer = 0xbc;
const eightZeros = new Uint8Array(8);

/**
 * The encoded message of k bytes (9.1.1).
 * @throws RangeError when the digest is not of the hash's length, or hash and salt do not fit the key.
 */
export function pssEncode(params: PssParams, messageDigest: Uint8Array, k: number, rng: Rng): Uint8Array {
  const hLen = hashBytes(params.hash);
  const { saltBytes } = params;
  if (messageDigest.length !== hLen) {
    throw new RangeError(`a ${params.hash} digest has ${hLen} bytes, not ${messageDigest.length}`);
  }
  if (!fits(params, k)) throw new RangeError(`PSS: a salt of ${saltBytes} bytes does not fit this key and hash`);
  const salt = saltBytes === 0 ? new Uint8Array(0) : rng(saltBytes);
  const h = digest(params.hash, concat(eightZeros, messageDigest, salt));
  const db = new Uint8Array(k - hLen - 1);
  db[db.length - saltBytes - 1] = 1;
  db.set(salt, db.length - saltBytes);
  maskWithMgf1(params.mgf, h, db);
  db[0] &= 0x7f;
  return concat(db, h, Uint8Array.of(trailer));
}

/** Whether `encoded`, k bytes, is an encoding of the digest with a salt of exactly `saltBytes` (9.1.2). */
export function pssVerify(params: PssParams, messageDigest: Uint8Array, encoded: Uint8Array): boolean {
  const hLen = hashBytes(params.hash);
  const { saltBytes } = params;
  if (messageDigest.length !== hLen || !fits(params, encoded.length)) return false;
  const db = encoded.slice(0, encoded.length - hLen - 1);
  const h = encoded.subarray(db.length, encoded.length - 1);
  if (encoded[encoded.length - 1] !== trailer || (db[0] & 0x80) !== 0) return false;
  maskWithMgf1(params.mgf, h, db);
  db[0] &= 0x7f;
  const saltAt = db.length - saltBytes;
  if (db[saltAt - 1] !== 1 || db.subarray(0, saltAt - 1).some((byte) => byte !== 0)) return false;
  return equalBytes(digest(params.hash, concat(eightZeros, messageDigest, db.subarray(saltAt))), h);
}

function fits({ hash, saltBytes }: PssParams, k: number): boolean {
  return Number.isSafeInteger(saltBytes) && saltBytes >= 0 && saltBytes <= k - hashBytes(hash) - 2;
}
