/** EME-OAEP (RFC 8017, 7.1). */

import { wipe } from "../../bytes/bytes.ts";
import type { HashName, OaepParams, Rng } from "../engine.ts";
import { hashBytes } from "../hash.ts";
import { isZero } from "./branch-free.ts";
import { type Hashes, pureHashes } from "./hashes.ts";
import { maskWithMgf1 } from "./mgf1.ts";

/**
 * The encoded message of k bytes (7.1.1, step 2).
 * @throws RangeError when the message is longer than k − 2·hLen − 2.
 */
export function oaepEncode(
  params: OaepParams,
  message: Uint8Array,
  k: number,
  rng: Rng,
  hashes: Hashes = pureHashes,
): Uint8Array {
  const hLen = hashBytes(params.hash);
  const longest = k - 2 * hLen - 2;
  if (message.length > longest) {
    throw new RangeError(`OAEP takes at most ${Math.max(longest, 0)} bytes with this key and hash`);
  }
  const encoded = new Uint8Array(k);
  const seed = encoded.subarray(1, 1 + hLen);
  const db = encoded.subarray(1 + hLen);
  seed.set(rng(hLen));
  db.set(labelDigest(params, hashes));
  db[db.length - message.length - 1] = 1;
  db.set(message, db.length - message.length);
  maskWithMgf1(params.mgf, seed, db, hashes);
  maskWithMgf1(params.mgf, db, seed, hashes);
  return encoded;
}

/**
 * The message in an encoded message of k bytes, or `undefined` (7.1.2, step 3). Unmasks `encoded` in place.
 *
 * Every byte is looked at in the same way whatever was found before, and all failures are one: telling them apart is
 * Manger's attack.
 */
export function oaepDecode(
  params: OaepParams,
  encoded: Uint8Array,
  hashes: Hashes = pureHashes,
): Uint8Array | undefined {
  const hLen = hashBytes(params.hash);
  if (encoded.length < 2 * hLen + 2) return undefined;
  const seed = encoded.subarray(1, 1 + hLen);
  const db = encoded.subarray(1 + hLen);
  maskWithMgf1(params.mgf, db, seed, hashes);
  maskWithMgf1(params.mgf, seed, db, hashes);

  const labelHash = labelDigest(params, hashes);
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

/** Digests of the empty label, which is nearly every one. */
const ofEmptyLabel = new Map<HashName, Uint8Array>();

function labelDigest({ hash, label }: OaepParams, hashes: Hashes): Uint8Array {
  const known = label.length === 0 ? ofEmptyLabel.get(hash) : undefined;
  if (known !== undefined) return known;
  const digest = hashes.digest(hash, label);
  if (label.length === 0) ofEmptyLabel.set(hash, digest);
  return digest;
}
