import { expect } from "vitest";
import { DerError } from "../../src/der/der-error.ts";
import { byteChanges, lengthChanges, structureChanges } from "./mutations.ts";

/** A decoder and the encoder that must undo it. */
export interface Codec<T> {
  readonly decode: (der: Uint8Array) => T;
  readonly encode: (value: T) => Uint8Array;
}

/** Whether the decoder takes the input; taking what does not encode to itself, or any error but DerError, fails. */
export function accepts<T>({ decode, encode }: Codec<T>, der: Uint8Array): boolean {
  let value: T;
  try {
    value = decode(Uint8Array.from(der));
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
  if (Buffer.compare(encode(value), der) !== 0) throw new Error(`accepted but not canonical: ${hex(der)}`);
  return true;
}

/** Single bytes: whatever is accepted encodes to itself. Every other length is refused. */
export function expectNoLaxByte<T>(codec: Codec<T>, der: Uint8Array): void {
  expect(accepts(codec, der)).toBe(true);
  let refused = 0;
  for (const mutant of byteChanges(der)) {
    if (!accepts(codec, mutant)) refused++;
  }
  expect(refused).toBeGreaterThan(0);
  for (const mutant of lengthChanges(der)) {
    if (accepts(codec, mutant)) throw new Error(`accepted with another length: ${hex(mutant)}`);
  }
}

/** Other BER encodings and changed structures are all refused, but for those that `allowed` names. */
export function expectNoLaxStructure<T>(codec: Codec<T>, der: Uint8Array, allowed: readonly string[] = []): void {
  const accepted: string[] = [];
  let count = 0;
  for (const mutant of structureChanges(der)) {
    count++;
    if (accepts(codec, mutant.der)) accepted.push(mutant.how);
  }
  expect(accepted).toEqual(allowed);
  expect(count).toBeGreaterThan(15);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
