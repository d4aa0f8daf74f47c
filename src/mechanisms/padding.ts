import { wipe } from "../bytes/bytes.ts";
import { isLess, isZero } from "../crypto/rsa/branch-free.ts";

/** Padded to whole blocks by RFC 5652, 6.3 (PKCS #7), with at least one byte. */
export function padTo(blockBytes: number, data: Uint8Array): Uint8Array {
  const padding = blockBytes - (data.length % blockBytes);
  const padded = new Uint8Array(data.length + padding).fill(padding, data.length);
  padded.set(data);
  return padded;
}

/** The data without its padding, or `undefined`; looks at every byte of the last block and wipes the padded data. */
export function unpadded(blockBytes: number, padded: Uint8Array): Uint8Array | undefined {
  const last = padded.subarray(padded.length - blockBytes);
  const padding = last[blockBytes - 1] as number;
  let wrong = isZero(padding) | isLess(blockBytes, padding);
  for (let i = 0; i < blockBytes; i++) {
    const isPadding = -isLess(blockBytes - i - 1, padding);
    wrong |= isPadding & ((last[i] as number) ^ padding);
  }
  const data = wrong === 0 ? padded.slice(0, padded.length - padding) : undefined;
  wipe(padded);
  return data;
}
