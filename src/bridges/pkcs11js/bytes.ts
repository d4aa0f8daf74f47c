/** Byte strings and CK_ULONGs as pkcs11js passes them. The only file of this folder that names Node's Buffer. */

import { ulong as ulongInMemory } from "../c/memory.ts";

/** What goes out: a Buffer, as programs written for pkcs11js expect; outside of Node a plain Uint8Array. */
export type Bytes = Buffer;

const fromNode: typeof Buffer | undefined = (globalThis as { Buffer?: typeof Buffer }).Buffer;

/** What error messages call it. */
export const BUFFER = "Buffer" as const;

/** The same memory as {@link Bytes}. */
export function toBytes(bytes: Uint8Array): Bytes {
  return (fromNode?.from(bytes.buffer, bytes.byteOffset, bytes.length) ?? bytes) as Bytes;
}

/** A CK_ULONG, such as a handle, from a safe integer. */
export function ulong(value: number): Bytes {
  return toBytes(ulongInMemory(value));
}
