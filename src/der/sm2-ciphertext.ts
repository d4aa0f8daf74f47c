/** SM2Cipher (GM/T 0009-2012, 7.2): SEQUENCE of the INTEGERs x and y, and the OCTET STRINGs C3 and C2. */

import { concat } from "../bytes/bytes.ts";
import {
  encode,
  octets,
  parse,
  readOctets,
  readSequence,
  readUnsigned,
  requireRebuilt,
  sequence,
  unsigned,
} from "./asn1.ts";
import { DerError, demand } from "./der-error.ts";

const WHAT = "SM2Cipher";
const FIELD_BYTES = 32;
const HASH_BYTES = 32;
const Y = 1 + FIELD_BYTES;
const C3 = Y + FIELD_BYTES;
const C2 = C3 + HASH_BYTES;

/** @throws DerError unless the bytes have the shape of C1 ‖ C3 ‖ C2, C1 an uncompressed point. */
export function encodeSm2Ciphertext(raw: Uint8Array): Uint8Array {
  demand(raw[0] === 0x04 && raw.length > C2, "an SM2 ciphertext is C1 (04, x, y), C3 and C2, none of them empty");
  return encode(
    sequence(
      unsigned(raw.subarray(1, Y)),
      unsigned(raw.subarray(Y, C3)),
      octets(raw.subarray(C3, C2)),
      octets(raw.subarray(C2)),
    ),
  );
}

/**
 * Reads an SM2Cipher into C1 ‖ C3 ‖ C2, or `undefined` for anything but its DER encoding. Whether C1 is a point is for
 * decryption to say.
 */
export function decodeSm2Ciphertext(der: Uint8Array): Uint8Array | undefined {
  try {
    const [x, y, hash, text] = readSequence(parse(der, WHAT), WHAT, 4);
    const C1 = [readUnsigned(x, "x"), readUnsigned(y, "y")].map(coordinate);
    const [c3, c2] = [readOctets(hash, "C3"), readOctets(text, "C2")];
    demand(c3.length === HASH_BYTES, `C3 has ${HASH_BYTES} bytes, not ${c3.length}`);
    const raw = concat(Uint8Array.of(0x04), ...C1, c3, c2);
    requireRebuilt(der, encodeSm2Ciphertext(raw), WHAT);
    return raw;
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function coordinate(value: Uint8Array): Uint8Array {
  demand(value.length <= FIELD_BYTES, `a coordinate has at most ${FIELD_BYTES} bytes`);
  return concat(new Uint8Array(FIELD_BYTES - value.length), value);
}
