/** EMSA-PSS (RFC 8017, 9.1) over a digest, in the k bytes of the modulus; emBits is one less than its bits (8.1.1). */

import { concat, equalBytes } from "../../bytes/bytes.ts";
import type { PssParams, Rng } from "../engine.ts";
import { digestBytes } from "../xof.ts";
import { digestBy, type Hashes, pureHashes } from "./hashes.ts";
import { maskWith } from "./mgf1.ts";

const trailer = 0xbc;
const eightZeros = new Uint8Array(8);

/**
 * The encoded message (9.1.1) in k bytes, of which the first is zero where emBits are whole bytes.
 * @throws RangeError when the digest is not of the hash's length, or hash and salt do not fit the key.
 */
export function pssEncode(
  params: PssParams,
  messageDigest: Uint8Array,
  emBits: number,
  k: number,
  rng: Rng,
  hashes: Hashes = pureHashes,
): Uint8Array {
  const hLen = digestBytes(params.hash);
  const { saltBytes } = params;
  if (messageDigest.length !== hLen) {
    throw new RangeError(`a ${params.hash} digest has ${hLen} bytes, not ${messageDigest.length}`);
  }
  const emLen = Math.ceil(emBits / 8);
  if (!fits(params, emLen)) throw new RangeError(`PSS: a salt of ${saltBytes} bytes does not fit this key and hash`);
  const salt = saltBytes === 0 ? new Uint8Array(0) : rng(saltBytes);
  const h = digestBy(hashes, params.hash, concat(eightZeros, messageDigest, salt));
  const db = new Uint8Array(emLen - hLen - 1);
  db[db.length - saltBytes - 1] = 1;
  db.set(salt, db.length - saltBytes);
  maskWith(params.mgf, h, db, hashes);
  db[0] &= 0xff >> (8 * emLen - emBits);
  return concat(new Uint8Array(k - emLen), db, h, Uint8Array.of(trailer));
}

/**
 * Whether `integer`, k bytes, is an encoding of the digest with a salt of exactly `saltBytes` (9.1.2). Unmasks `integer` in
 * place.
 */
export function pssVerify(
  params: PssParams,
  messageDigest: Uint8Array,
  integer: Uint8Array,
  emBits: number,
  hashes: Hashes = pureHashes,
): boolean {
  const emLen = Math.ceil(emBits / 8);
  if (integer.length > emLen && integer[0] !== 0) return false;
  const hLen = digestBytes(params.hash);
  const { saltBytes } = params;
  if (messageDigest.length !== hLen || !fits(params, emLen)) return false;
  const hashAt = integer.length - hLen - 1;
  const db = integer.subarray(integer.length - emLen, hashAt);
  const h = integer.subarray(hashAt, hashAt + hLen);
  const unused = ~(0xff >> (8 * emLen - emBits));
  if (integer[integer.length - 1] !== trailer || (db[0] & unused) !== 0) return false;
  maskWith(params.mgf, h, db, hashes);
  db[0] &= ~unused;
  const saltAt = db.length - saltBytes;
  let padding = db[saltAt - 1] ^ 1;
  for (let i = 0; i < saltAt - 1; i++) padding |= db[i];
  if (padding !== 0) return false;
  return equalBytes(digestBy(hashes, params.hash, concat(eightZeros, messageDigest, db.subarray(saltAt))), h);
}

function fits({ hash, saltBytes }: PssParams, emLen: number): boolean {
  return Number.isSafeInteger(saltBytes) && saltBytes >= 0 && saltBytes <= emLen - digestBytes(hash) - 2;
}
