import { CkrError } from "../../cryptoki/error.ts";
import * as constants from "../../cryptoki/pkcs11t.ts";

/** A return value by its full name. */
export type ReturnValue = Extract<keyof typeof constants, `CKR_${string}`>;

const CODES: Readonly<Record<string, number>> = constants;

/** A return value that the token itself never gives, because it belongs to the C interface. */
export class ReturnedError extends Error {
  readonly code: number;

  constructor(name: ReturnValue, why: string) {
    super(`${name}: ${why}`);
    this.code = CODES[name] as number;
  }
}

/** The CK_RV that an error stands for; `undefined` for what is none. */
export function returnValueOf(error: unknown): number | undefined {
  return error instanceof CkrError || error instanceof ReturnedError ? error.code : undefined;
}

/** Throws a {@link ReturnedError} unless the condition holds. */
export function ensure(condition: unknown, name: ReturnValue, why: string): asserts condition {
  if (!condition) throw new ReturnedError(name, why);
}

/** How much the caller's buffer holds; without a buffer (NULL_PTR) the caller asks how long the output is. */
export type Room = number | undefined;

/** CKR_BUFFER_TOO_SMALL, or the answer to a caller without a buffer (PKCS #11 v3.1, 5.2): how long the output is. */
export class BufferTooSmall extends ReturnedError {
  readonly needed: number;

  constructor(needed: number, room: Room) {
    super("CKR_BUFFER_TOO_SMALL", `the output has ${needed} bytes, the buffer ${room ?? "is not there"}`);
    this.needed = needed;
  }
}

/** An output that fits. @throws BufferTooSmall */
export function fitting(output: Uint8Array, room: Room): Uint8Array {
  if (room === undefined || output.length > room) throw new BufferTooSmall(output.length, room);
  return output;
}
