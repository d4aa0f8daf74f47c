/** CK_ULONGs and byte strings as they stand in memory on the platforms of today: 64 bits, little-endian. */

/** Bytes of a CK_ULONG. */
export const ULONG_BYTES = 8;

/** A CK_ULONG, such as a handle, from a safe integer. */
export function ulong(value: number): Uint8Array {
  const bytes = new Uint8Array(ULONG_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}

/** The value of a CK_ULONG of 8 bytes, or of 4 as on Windows; `undefined` for any other length and beyond 2^53. */
export function readUlong(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length === 4) return view.getUint32(0, true);
  if (bytes.length !== ULONG_BYTES) return undefined;
  const value = Number(view.getBigUint64(0, true));
  return Number.isSafeInteger(value) ? value : undefined;
}

/** The bytes under a Buffer, a Uint8Array or any other view, without a copy; `undefined` for anything else. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : undefined;
}
