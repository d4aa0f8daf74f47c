/** The arguments of a call: how many there must be, and what each must be, in pkcs11js's words. */

import type { SlotId } from "../../cryptoki/handles.ts";
import type { Application, OpenSession } from "./application.ts";
import { BUFFER, bytesOf, readUlong, ULONG_BYTES } from "./bytes.ts";

/** From anything to an argument. @throws TypeError, Pkcs11Error or CkrError */
export type Reader<T> = (value: unknown, index: number, application: Application) => T;

type Read<R> = { -readonly [I in keyof R]: R[I] extends Reader<infer T> ? T : never };

/** A function of the library after {@link call}. */
export type Call = (application: Application, values: readonly unknown[]) => unknown;

/** A {@link Call} for each function. */
export type Calls<F> = { readonly [N in keyof F]: Call };

/** A function with exactly the arguments that the readers say. */
export function call<const R extends readonly Reader<unknown>[]>(
  readers: R,
  run: (application: Application, ...read: Read<R>) => unknown,
): Call {
  return (application, values) => {
    requireCount(readers.length, values.length);
    return run(application, ...(readers.map((read, i) => read(values[i], i, application)) as Read<R>));
  };
}

/** The same for a function whose first argument is a session. */
export function inSession<const R extends readonly Reader<unknown>[]>(
  readers: R,
  run: (open: OpenSession, ...read: Read<R>) => unknown,
): Call {
  return call([session, ...readers], (_application, open, ...read) =>
    run(open as OpenSession, ...(read as unknown as Read<R>)),
  );
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

/** A handle. One beyond 2^53 names nothing, as 0 does. */
export const handle: Reader<number> = (value, index) => {
  const found = bytes(value, index, undefined as never);
  if (found.length === ULONG_BYTES) return readUlong(found) ?? 0;
  throw new TypeError(`Argument ${index} has wrong length. Should be ${ULONG_BYTES} bytes.`);
};

export const session: Reader<OpenSession> = (value, index, application) =>
  application.session(handle(value, index, application));

/** A slot; whether there is one of that number is the HSM's to say. */
export const slot: Reader<SlotId> = (value, index, application) => {
  const id = handle(value, index, application) as SlotId;
  application.requireInitialized();
  return id;
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
