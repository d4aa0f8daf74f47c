/** Ecdsa-Sig-Value (RFC 3279, 2.2.3): SEQUENCE of the INTEGERs r and s. */

import { DER } from "@noble/curves/abstract/der.js";
import { concat, equalBytes, fromHex, i2osp, os2ip } from "../bytes/bytes.ts";
import { demand } from "./der-error.ts";

/**
 * r ‖ s, both of the order's length, as Ecdsa-Sig-Value in DER.
 * @throws DerError when the two halves have not the same length of at least one byte.
 */
export function encodeEcdsaSignature(rs: Uint8Array): Uint8Array {
  demand(rs.length > 0 && rs.length % 2 === 0, `r and s together cannot have ${rs.length} bytes`);
  const half = rs.length / 2;
  return fromHex(DER.hexFromSig({ r: os2ip(rs.subarray(0, half)), s: os2ip(rs.subarray(half)) }));
}

/**
 * Reads an Ecdsa-Sig-Value into r ‖ s of `orderBytes` each, or `undefined` for anything but its DER encoding and for
 * an integer that is longer. Zero and integers not below the order get through: verification refuses them.
 */
export function decodeEcdsaSignature(der: Uint8Array, orderBytes: number): Uint8Array | undefined {
  try {
    const signByte = 1;
    const { r, s } = DER.toSig(der, orderBytes + signByte);
    const rs = concat(i2osp(r, orderBytes), i2osp(s, orderBytes));
    return equalBytes(encodeEcdsaSignature(rs), der) ? rs : undefined;
  } catch {
    return undefined;
  }
}
