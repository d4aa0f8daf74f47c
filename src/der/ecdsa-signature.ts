/** Ecdsa-Sig-Value (RFC 3279, 2.2.3): SEQUENCE of the INTEGERs r and s. */

import { equalBytes } from "../bytes/bytes.ts";
import { encode, integer, parse, readInteger, readSequence, sequence } from "./asn1.ts";
import { DerError, demand } from "./der-error.ts";

const WHAT = "Ecdsa-Sig-Value";

/**
 * r ‖ s, both of the order's length, as Ecdsa-Sig-Value in DER.
 * @throws DerError when the two halves have not the same length of at least one byte.
 */
export function encodeEcdsaSignature(rs: Uint8Array): Uint8Array {
  demand(rs.length > 0 && rs.length % 2 === 0, `r and s together cannot have ${rs.length} bytes`);
  const half = rs.length / 2;
  return encode(sequence(integer(rs.subarray(0, half)), integer(rs.subarray(half))));
}

/**
 * Reads an Ecdsa-Sig-Value into r ‖ s of `orderBytes` each, or `undefined` for anything but its DER encoding and for
 * an integer that is longer. Zero and integers not below the order get through: verification refuses them.
 */
export function decodeEcdsaSignature(der: Uint8Array, orderBytes: number): Uint8Array | undefined {
  try {
    const [r, s] = readSequence(parse(der, WHAT), WHAT, 2).map((block) => readInteger(block, WHAT));
    const rs = new Uint8Array(2 * orderBytes);
    for (const [half, value] of [r, s].entries()) {
      if (value === undefined || value.length > orderBytes) return undefined;
      rs.set(value, (half + 1) * orderBytes - value.length);
    }
    return equalBytes(encodeEcdsaSignature(rs), der) ? rs : undefined;
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}
