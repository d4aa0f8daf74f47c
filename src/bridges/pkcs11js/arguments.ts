/** The arguments of a call: how many there must be, and what each must be, in pkcs11js's words. */

import { wipe } from "../../bytes/bytes.ts";
import type { Application } from "../c/application.ts";
import { bytesOf, readUlong, ULONG_BYTES } from "../c/memory.ts";
import type { Room } from "../c/returned.ts";
import { BUFFER } from "./bytes.ts";

/** From anything to an argument. @throws TypeError */
export type Reader<T> = (value: unknown, index: number) => T;

type Read<R> = { -readonly [I in keyof R]: R[I] extends Reader<infer T> ? T : never };

/** A function of the library after {@link call}. */
export type Call = (application: Application, values: readonly unknown[]) => unknown;

/** A {@link Call} for each function. */
export type Calls<F> = { readonly [N in keyof F]: Call };

/** A function with exactly the arguments that the readers say; `outward` is what its result becomes. */
export function call<const R extends readonly Reader<unknown>[], T>(
  readers: R,
  run: (application: Application, ...read: Read<R>) => T,
  outward: (result: T) => unknown = (result) => result,
): Call {
  return (application, values) => {
    requireCount(readers.length, values.length);
    return outward(run(application, ...(readers.map((read, i) => read(values[i], i)) as Read<R>)));
  };
}

/** The same for a function that fills a buffer of the caller's, its last argument; the filled part is returned. */
export function filling<const R extends readonly Reader<unknown>[]>(
  readers: R,
  run: (application: Application, ...read: [...Read<R>, room: Room]) => Uint8Array,
): Call {
  return call([...readers, bytes], (application, ...read) => {
    const out = read.pop() as Uint8Array;
    const output = run(application, ...(read as unknown as Read<R>), out.length);
    out.set(output);
    wipe(output);
    return out.subarray(0, output.length);
  });
}

/** @throws TypeError */
export function requireCount(expected: number, received: number): void {
  if (expected === received) return;
  throw new TypeError(`Parameters are required. Expected ${expected} arguments, but received ${received}.`);
}

export function wrongType(index: number, expected: string): TypeError {
  return new TypeError(`Argument ${index} has wrong type. Should be ${expected}`);
}

/** A byte string: the caller's own memory. */
export const bytes: Reader<Uint8Array> = (value, index) => {
  const found = bytesOf(value);
  if (found === undefined) throw wrongType(index, `a ${BUFFER}`);
  return found;
};

/** A handle of a slot, session or object. One beyond 2^53 names nothing, as 0 does. */
export const handle: Reader<number> = (value, index) => {
  const found = bytes(value, index);
  if (found.length === ULONG_BYTES) return readUlong(found) ?? 0;
  throw new TypeError(`Argument ${index} has wrong length. Should be ${ULONG_BYTES} bytes.`);
};

/** A CK_ULONG as pkcs11js takes it from a number: modulo 2^32. */
export const number: Reader<number> = (value, index) => {
  if (typeof value !== "number") throw wrongType(index, "a Number");
  return value >>> 0;
};

export const text: Reader<string> = (value, index) => {
  if (typeof value !== "string") throw wrongType(index, "a String");
  return value;
};
