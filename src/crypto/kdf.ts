/**
 * Key derivation: SP 800-108 r1 in counter mode, HKDF (RFC 5869), the one-step KDF of SP 800-56C r2, ANSI X9.63.
 * All of them run on prepared keys or on the engine that is passed in, whichever engine that is.
 */

import { be32, concat, putBytes, wipe } from "../bytes/bytes.ts";
import { putWord } from "./block-cipher.ts";
import type { Engine, HashName, MacKey } from "./engine.ts";
import { hashBytes } from "./hash.ts";

/** A pseudorandom function under a prepared key: HMAC, or CMAC (SP 800-108 r1, 4). */
export type Prf = Pick<MacKey, "macBytes" | "mac">;

/** [L]_32 counts bits (SP 800-108 r1, 4.1). */
const MAX_COUNTED_BYTES = Math.floor(0xffff_ffff / 8);

/**
 * KDF in counter mode (SP 800-108 r1, 4.1): [i]_32 ‖ Label ‖ 00 ‖ Context ‖ [L]_32 through the PRF.
 * @throws RangeError when `byteLength` is not 1 to 2^29 − 1.
 */
export function counterKdf(prf: Prf, label: Uint8Array, context: Uint8Array, byteLength: number): Uint8Array {
  requireLength(byteLength, MAX_COUNTED_BYTES);
  const input = new Uint8Array(4 + label.length + 1 + context.length + 4);
  putBytes(label, input, 4);
  putBytes(context, input, 4 + label.length + 1);
  putWord(8 * byteLength, input, input.length - 4);
  return countedBlocks(prf, input, 4, 4, byteLength);
}

/**
 * The same with the fixed input data as the caller composed it, the 32-bit counter before it.
 * @throws RangeError when `byteLength` is not 1 to 2^29 − 1.
 */
export function counterKdfFixedInput(prf: Prf, fixedInput: Uint8Array, byteLength: number): Uint8Array {
  return counterKdfAround(prf, new Uint8Array(0), 32, fixedInput, byteLength);
}

/** Bits of the counter, r in the standard. */
export type CounterBits = 8 | 16 | 24 | 32;

/**
 * The same with a counter of r bits somewhere in the fixed input data: `before` ‖ [i]_r ‖ `after`.
 * @throws RangeError when `byteLength` is not 1 to 2^29 − 1, or takes more than 2^r − 1 blocks (step 2).
 */
export function counterKdfAround(
  prf: Prf,
  before: Uint8Array,
  counterBits: CounterBits,
  after: Uint8Array,
  byteLength: number,
): Uint8Array {
  requireLength(byteLength, Math.min(MAX_COUNTED_BYTES, (2 ** counterBits - 1) * prf.macBytes));
  const counterBytes = counterBits / 8;
  const input = concat(before, new Uint8Array(counterBytes), after);
  return countedBlocks(prf, input, before.length + counterBytes, counterBytes, byteLength);
}

/** Each block is the PRF of the input with the counter, big-endian, in the bytes before `counterEnd`. */
function countedBlocks(
  prf: Prf,
  input: Uint8Array,
  counterEnd: number,
  counterBytes: number,
  byteLength: number,
): Uint8Array {
  return blocks(prf.macBytes, byteLength, (i) => {
    for (let k = 1; k <= counterBytes; k++) input[counterEnd - k] = i >>> (8 * (k - 1));
    return prf.mac(input);
  });
}

/** HKDF-Extract (RFC 5869, 2.2). An absent salt is an empty one: HMAC pads both to the same zeros. */
export function hkdfExtract(
  engine: Pick<Engine, "hmac">,
  hash: HashName,
  salt: Uint8Array,
  inputKey: Uint8Array,
): Uint8Array {
  const key = engine.hmac(hash, salt);
  const pseudorandomKey = key.mac(inputKey);
  key.destroy();
  return pseudorandomKey;
}

/**
 * HKDF-Expand (RFC 5869, 2.3) under the prepared pseudorandom key.
 * @throws RangeError when `byteLength` is not 1 to 255 blocks of the MAC.
 */
export function hkdfExpand(pseudorandomKey: MacKey, info: Uint8Array, byteLength: number): Uint8Array {
  requireLength(byteLength, 255 * pseudorandomKey.macBytes);
  let previous: Uint8Array = new Uint8Array();
  return blocks(pseudorandomKey.macBytes, byteLength, (i) => {
    const input = concat(previous, info, Uint8Array.of(i));
    previous = pseudorandomKey.mac(input);
    wipe(input);
    return previous;
  });
}

/**
 * HKDF (RFC 5869, 2.1): extract, then expand.
 * @throws RangeError when `byteLength` is not 1 to 255 digests.
 */
export function hkdf(
  engine: Pick<Engine, "hmac">,
  hash: HashName,
  inputKey: Uint8Array,
  salt: Uint8Array,
  info: Uint8Array,
  byteLength: number,
): Uint8Array {
  const pseudorandomKey = hkdfExtract(engine, hash, salt, inputKey);
  const key = engine.hmac(hash, pseudorandomKey);
  wipe(pseudorandomKey);
  try {
    return hkdfExpand(key, info, byteLength);
  } finally {
    key.destroy();
  }
}

/**
 * One-step KDF with a hash (SP 800-56C r2, 4.1, option 1): H([i]_32 ‖ Z ‖ FixedInfo).
 * @throws RangeError when `byteLength` is not 1 to 2^32 − 1 digests.
 */
export function concatKdf(
  engine: Pick<Engine, "digest">,
  hash: HashName,
  z: Uint8Array,
  fixedInfo: Uint8Array,
  byteLength: number,
): Uint8Array {
  return hashedBlocks(engine, hash, concat(be32(0), z, fixedInfo), 0, byteLength);
}

/**
 * One-step KDF with HMAC (SP 800-56C r2, 4.1, option 2): HMAC(salt, [i]_32 ‖ Z ‖ FixedInfo). The default salt of the
 * standard, a block of zeros, is the same key as an empty one.
 * @throws RangeError when `byteLength` is not 1 to 2^29 − 1.
 */
export function concatKdfMac(salt: MacKey, z: Uint8Array, fixedInfo: Uint8Array, byteLength: number): Uint8Array {
  const input = concat(z, fixedInfo);
  try {
    return counterKdfFixedInput(salt, input, byteLength);
  } finally {
    wipe(input);
  }
}

/**
 * ANSI X9.63 KDF (SEC 1, 3.6.1): H(Z ‖ [i]_32 ‖ SharedInfo).
 * @throws RangeError when `byteLength` is not 1 to 2^32 − 1 digests.
 */
export function x963Kdf(
  engine: Pick<Engine, "digest">,
  hash: HashName,
  z: Uint8Array,
  sharedInfo: Uint8Array,
  byteLength: number,
): Uint8Array {
  return hashedBlocks(engine, hash, concat(z, be32(0), sharedInfo), z.length, byteLength);
}

/** H over the input with the counter written at an offset. The input holds a secret and is wiped. */
function hashedBlocks(
  engine: Pick<Engine, "digest">,
  hash: HashName,
  input: Uint8Array,
  counterOffset: number,
  byteLength: number,
): Uint8Array {
  try {
    requireLength(byteLength, 0xffff_ffff * hashBytes(hash));
    return blocks(hashBytes(hash), byteLength, (i) => {
      input.set(be32(i), counterOffset);
      return engine.digest(hash, input);
    });
  } finally {
    wipe(input);
  }
}

/** block(1) ‖ block(2) ‖ …, cut to `byteLength`. A block may be used by the next one, then it is wiped. */
export function blocks(blockBytes: number, byteLength: number, block: (index: number) => Uint8Array): Uint8Array {
  if (byteLength === blockBytes) return block(1);
  const output = new Uint8Array(byteLength);
  let last: Uint8Array | undefined;
  for (let offset = 0, i = 1; offset < byteLength; offset += blockBytes, i++) {
    const next = block(i);
    output.set(next.subarray(0, byteLength - offset), offset);
    wipe(last);
    last = next;
  }
  wipe(last);
  return output;
}

/** @throws RangeError */
export function requireLength(byteLength: number, max: number): void {
  if (!Number.isInteger(byteLength) || byteLength < 1 || byteLength > max) {
    throw new RangeError(`derived key must be 1 to ${max} bytes`);
  }
}
