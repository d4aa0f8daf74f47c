/** Byte strings and CK_ULONGs as pkcs11js passes them. The only file of this folder that names Node's Buffer. */

/** What goes out: a Buffer, as programs written for pkcs11js expect; outside of Node a plain Uint8Array. */
export type Bytes = Buffer;

const fromNode: typeof Buffer | undefined = (globalThis as { Buffer?: typeof Buffer }).Buffer;

/** What error messages call it. */
export const BUFFER = "Buffer" as const;

/** The same memory as {@link Bytes}. */
export function toBytes(bytes: Uint8Array): Bytes {
  return (fromNode?.from(bytes.buffer, bytes.byteOffset, bytes.length) ?? bytes) as Bytes;
}

/** Bytes of a CK_ULONG on the platforms that pkcs11js is used on: 64 bits, little-endian. */
export const ULONG_BYTES = 8;

/** A CK_ULONG, such as a handle, from a safe integer. */
export function ulong(value: number): Bytes {
  const bytes = new Uint8Array(ULONG_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return toBytes(bytes);
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
