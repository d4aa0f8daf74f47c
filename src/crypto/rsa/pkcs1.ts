/** The PKCS #1 v1.5 encodings: EMSA (RFC 8017, 9.2), EME (7.2.1), and decryption with implicit rejection. */

import { concat, equalBytes, putBytes, utf8, wipe } from "../../bytes/bytes.ts";
import type { HashName, MacKey, Rng } from "../engine.ts";
import { hashBytes } from "../hash.ts";
import { hmacKey } from "../hmac.ts";
import { isLess, isZero } from "./branch-free.ts";

/** 0x00, block type, at least 8 bytes of padding, 0x00. */
const overhead = 11;

/** The OIDs of other registers in DER: of SHA-1 (RFC 8017, B.1), of SM3 (GB/T 33560-2017). */
const otherOids = {
  SHA1: [0x06, 5, 0x2b, 14, 3, 2, 0x1a],
  SM3: [0x06, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x11],
} as const;

/** The last arc of each hash's OID under 2.16.840.1.101.3.4.2 (RFC 8017, B.1; NIST's register). */
const hashArcs: Readonly<Record<Exclude<HashName, keyof typeof otherOids>, number>> = {
  SHA256: 1,
  SHA384: 2,
  SHA512: 3,
  SHA224: 4,
  SHA512_224: 5,
  SHA512_256: 6,
  SHA3_224: 7,
  SHA3_256: 8,
  SHA3_384: 9,
  SHA3_512: 10,
};

/** DER of a DigestInfo up to the digest (RFC 8017, 9.2, note 1), with the NULL that the standard asks for. */
export function digestInfoPrefix(hash: HashName): Uint8Array {
  const oid =
    hash === "SHA1" || hash === "SM3"
      ? otherOids[hash]
      : [0x06, 9, 0x60, 0x86, 0x48, 0x01, 0x65, 3, 4, 2, hashArcs[hash]];
  const algorithm = [0x30, oid.length + 2, ...oid, 0x05, 0];
  const hLen = hashBytes(hash);
  return Uint8Array.of(0x30, algorithm.length + 2 + hLen, ...algorithm, 0x04, hLen);
}

/**
 * EMSA-PKCS1-v1_5 (9.2) of a digest, or of any bytes when there is no `hash`. A verifier builds this and compares; it
 * never parses what a signature holds.
 * @throws RangeError when the digest is not of the hash's length, or there is no room for 8 bytes of padding.
 */
export function pkcs1SignatureEncode(hash: HashName | undefined, digest: Uint8Array, k: number): Uint8Array {
  if (hash !== undefined && digest.length !== hashBytes(hash)) {
    throw new RangeError(`a ${hash} digest has ${hashBytes(hash)} bytes, not ${digest.length}`);
  }
  const content = hash === undefined ? digest : concat(digestInfoPrefix(hash), digest);
  const encoded = new Uint8Array(k).fill(0xff);
  requireRoom(content, k);
  encoded[0] = 0;
  encoded[1] = 1;
  encoded[k - content.length - 1] = 0;
  encoded.set(content, k - content.length);
  return encoded;
}

/**
 * The content of an encoded message of {@link pkcs1SignatureEncode} without `hash`, or `undefined`. What follows the first
 * zero byte after the block type is padded again and compared, so that no other padding passes.
 */
export function pkcs1SignatureDecode(encoded: Uint8Array): Uint8Array | undefined {
  const content = encoded.slice(encoded.indexOf(0, 2) + 1);
  if (content.length > encoded.length - overhead) return undefined;
  return equalBytes(pkcs1SignatureEncode(undefined, content, encoded.length), encoded) ? content : undefined;
}

/** One in a million draws of 1024 bytes has more zeros, and fewer of shorter ones. */
const spareBytes = 16;

/**
 * EME-PKCS1-v1_5 (7.2.1, step 2).
 * @throws RangeError when the message is longer than k − 11.
 */
export function pkcs1EncryptionEncode(message: Uint8Array, k: number, rng: Rng): Uint8Array {
  requireRoom(message, k);
  const encoded = new Uint8Array(k);
  encoded[1] = 2;
  const end = k - message.length - 1;
  // One byte in 256 is zero and left out: a few more than needed are drawn, so that one draw is nearly always enough.
  for (let at = 2; at < end; ) {
    const drawn = rng(end - at + spareBytes);
    for (let i = 0; i < drawn.length && at < end; i++) if (drawn[i] !== 0) encoded[at++] = drawn[i];
    wipe(drawn);
  }
  encoded.set(message, k - message.length);
  return encoded;
}

function requireRoom(content: Uint8Array, k: number): void {
  if (content.length > k - overhead) throw new RangeError(`this RSA key takes at most ${k - overhead} bytes`);
}

/**
 * The message in an encoded message of k bytes, or with bad padding a synthetic one of a plausible length
 * (draft-irtf-cfrg-rsa-guidance, section 7.2). Wipes `encoded`.
 *
 * `rejection` is an HMAC-SHA-256 key: the SHA-256 of d as k bytes. Both messages are always prepared, and one is taken byte by byte
 * with a mask; what the caller sees depends on key and ciphertext alone, so it tells nothing about the padding.
 */
export function pkcs1DecryptionDecode(encoded: Uint8Array, ciphertext: Uint8Array, rejection: MacKey): Uint8Array {
  const k = encoded.length;
  const derivationKey = rejection.mac(ciphertext);
  const prf = hmacKey("SHA256", derivationKey);
  const synthetic = expand(prf, "message", k);
  const lengths = expand(prf, "length", 2 * lengthCandidates);
  prf.destroy();

  let bad = encoded[0] | (encoded[1] ^ 2);
  let searching = 1;
  let start = 0;
  for (let i = 2; i < k; i++) {
    const found = searching & isZero(encoded[i]);
    start |= -found & (i + 1);
    searching ^= found;
  }
  // Without a separator, start is still 0.
  bad |= isLess(start, overhead);

  const useSynthetic = -(isZero(bad) ^ 1);
  const from = (start & ~useSynthetic) | ((k - syntheticLength(lengths, k)) & useSynthetic);
  for (let i = 0; i < k; i++) encoded[i] = (encoded[i] & ~useSynthetic) | (synthetic[i] & useSynthetic);
  const message = encoded.slice(from);
  wipe(encoded, synthetic, lengths, derivationKey);
  return message;
}

const lengthCandidates = 128;

const labels = { message: utf8("message"), length: utf8("length") } as const;

/** IRPRF of the draft: HMAC-SHA-256 over counter ‖ label ‖ length in bits, each number in two bytes. */
function expand(key: MacKey, label: keyof typeof labels, bytes: number): Uint8Array {
  const bits = 8 * bytes;
  const input = concat(new Uint8Array(2), labels[label], Uint8Array.of(bits >>> 8, bits));
  const expanded = new Uint8Array(Math.ceil(bytes / key.macBytes) * key.macBytes);
  for (let counter = 0; counter * key.macBytes < bytes; counter++) {
    input[0] = counter >>> 8;
    input[1] = counter;
    putBytes(key.mac(input), expanded, counter * key.macBytes);
  }
  return expanded;
}

/** The last of the candidates that is a possible length, at most k − 11 (the draft's step with 128 candidates). */
function syntheticLength(candidates: Uint8Array, k: number): number {
  const limit = k - overhead + 1;
  const mask = 2 ** (32 - Math.clz32(limit)) - 1;
  let length = 0;
  for (let i = 0; i < candidates.length; i += 2) {
    const candidate = ((candidates[i] << 8) | candidates[i + 1]) & mask;
    const fits = -isLess(candidate, limit);
    length = (candidate & fits) | (length & ~fits);
  }
  return length;
}
