/** EME-OAEP (RFC 8017, 7.1). */

import { wipe } from "../../bytes/bytes.ts";
import type { OaepParams, Rng } from "../engine.ts";
import { digest, hashBytes } from "../hash.ts";
import { isZero } from "./branch-free.ts";
import { maskWithMgf1 } from "./mgf1.ts";

/**
 * The encoded message of k bytes (7.1.1, step 2).
 * @throws RangeError when the message is longer than k − 2·hLen − 2.
 */
export function oaepEncode(params: OaepParams, message: Uint8Array, k: number, rng: Rng): Uint8Array {
  const hLen = hashBytes(params.hash);
  const longest = k - 2 * hLen - 2;
  if (message.length > longest) {
    throw new RangeError(`OAEP takes at most ${Math.max(longest, 0)} bytes with this key and hash`);
  }
  const encoded = new Uint8Array(k);
  const seed = encoded.subarray(1, 1 + hLen);
  const db = encoded.subarray(1 + hLen);
  seed.set(rng(hLen));
  db.set(digest(params.hash, params.label));
  db[db.length - message.length - 1] = 1;
  db.set(message, db.length - message.length);
  maskWithMgf1(params.mgf, seed, db);
  maskWithMgf1(params.mgf, db, seed);
  return encoded;
}

/**
 * The message in an encoded message of k bytes, or `undefined` (7.1.2, step 3). Unmasks `encoded` in place.
 *
 * Every byte is looked at in the same way whatever was found before, and all failures are one: telling them apart is
 * Manger's attack.
 */
export function oaepDecode(params: OaepParams, encoded: Uint8Array): Uint8Array | undefined {
  const hLen = hashBytes(params.hash);
  if (encoded.length < 2 * hLen + 2) return undefined;
  const seed = encoded.subarray(1, 1 + hLen);
  const db = encoded.subarray(1 + hLen);
  maskWithMgf1(params.mgf, db, seed);
  maskWithMgf1(params.mgf, seed, db);

  const labelHash = digest(params.hash, params.label);
  let bad = encoded[0];
  for (let i = 0; i < hLen; i++) bad |= db[i] ^ labelHash[i];

  let searching = 1;
  let start = 0;
  for (let i = hLen; i < db.length; i++) {
    const isOne = isZero(db[i] ^ 1);
    const isPadding = isZero(db[i]);
    start |= -(searching & isOne) & (i + 1);
    bad |= searching & (isOne ^ 1) & (isPadding ^ 1);
    searching &= isOne ^ 1;
  }
  bad |= searching;
  const message = bad === 0 ? db.slice(start) : undefined;
  wipe(encoded);
  return message;
}
