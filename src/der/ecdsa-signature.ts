/**
 * Ecdsa-Sig-Value (RFC 3279, 2.2.3): SEQUENCE of the INTEGERs r and s.
 *
 * It is read and written without the values of asn1.ts between, which took eight times as long: every signature and
 * verification of the KMS passes here. What makes it strict is the same: what was read has to encode to the input.
 */

import { equalBytes } from "../bytes/bytes.ts";
import { demand } from "./der-error.ts";
import { TAG } from "./tlv.ts";

/** The length of a SEQUENCE above 127 bytes follows in one octet (X.690, 8.1.3.5); P-521's have up to 138. */
const LONG = 0x81;
const MAX_ORDER_BYTES = 66;

/** Where the last one was written: an array of its own, above 64 bytes, takes V8 as long as all the rest. Nothing in it is secret. */
const written: Uint8Array = new Uint8Array(2 * MAX_ORDER_BYTES + 9);

/**
 * r ‖ s, both of the order's length, as Ecdsa-Sig-Value in DER.
 * @throws DerError when the two halves have not the same length of 1 to 66 bytes.
 */
export function encodeEcdsaSignature(rs: Uint8Array): Uint8Array {
  return written.slice(0, write(rs));
}

/**
 * Reads an Ecdsa-Sig-Value into r ‖ s of `orderBytes` each, or `undefined` for anything but its DER encoding and for
 * an integer that is longer. Zero and integers not below the order get through: verification refuses them.
 */
export function decodeEcdsaSignature(der: Uint8Array, orderBytes: number): Uint8Array | undefined {
  const rs = new Uint8Array(2 * orderBytes);
  const r = der[1] === LONG ? 3 : 2;
  const s = takeInteger(der, r, rs, orderBytes, orderBytes);
  takeInteger(der, s, rs, 2 * orderBytes, orderBytes);
  return equalBytes(written.subarray(0, write(rs)), der) ? rs : undefined;
}

/** Writes r ‖ s to {@link written}, and gives the number of bytes. */
function write(rs: Uint8Array): number {
  const half = rs.length / 2;
  const isPair = Number.isInteger(half) && half > 0 && half <= MAX_ORDER_BYTES;
  demand(isPair, `r and s together cannot have ${rs.length} bytes`);
  const [r, s] = [contentBytes(rs, 0, half), contentBytes(rs, half, rs.length)];
  const length = 4 + r + s;
  const head = length < 0x80 ? 2 : 3;
  written[0] = TAG.SEQUENCE;
  written[1] = LONG;
  written[head - 1] = length;
  putInteger(rs, 0, half, head, r);
  putInteger(rs, half, rs.length, head + 2 + r, s);
  return head + length;
}

/** Contents of the INTEGER whose big-endian bytes stand from `from` to `to` (X.690, 8.3): the fewest octets, the first below 0x80. */
function contentBytes(bytes: Uint8Array, from: number, to: number): number {
  let first = from;
  while (first < to - 1 && bytes[first] === 0) first++;
  return to - first + ((bytes[first] as number) >> 7);
}

/** Writes that INTEGER to `at`; where it has one octet more than the bytes from `from` to `to`, that is zero. */
function putInteger(bytes: Uint8Array, from: number, to: number, at: number, length: number): void {
  written[at] = TAG.INTEGER;
  written[at + 1] = length;
  written[at + 2] = 0;
  const end = at + 2 + length;
  for (let i = 1; i <= length && to - i >= from; i++) written[end - i] = bytes[to - i] as number;
}

/**
 * The last bytes, `most` of them at most, of what stands at `at` if it is an INTEGER, to before `to`; gives the place behind
 * it. It checks nothing.
 */
function takeInteger(der: Uint8Array, at: number, rs: Uint8Array, to: number, most: number): number {
  const length = der[at + 1] ?? 0;
  const end = at + 2 + length;
  for (let i = 1; i <= length && i <= most; i++) rs[to - i] = der[end - i] ?? 0;
  return end;
}
