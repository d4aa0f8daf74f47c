import { copyBytes } from "../bytes/bytes.ts";
import type { HashName } from "../crypto/engine.ts";
import { Bare } from "../cryptoki/bare.ts";
import { CkrError } from "../cryptoki/error.ts";

/** Reads one parameter: from anything to a copy of the right type, or `CKR_MECHANISM_PARAM_INVALID`. */
export type Reader<T> = (value: unknown, name: string) => T;

/** The parameters of a mechanism that has none. */
export type NoParams = Readonly<Record<never, never>>;

/**
 * Makes the reader of a mechanism's parameters, each by its own. Only own properties count, on both sides: the result
 * inherits nothing. `mechanism` belongs to the choice itself; any other name without a reader is an error.
 * @returns a function that throws CkrError CKR_MECHANISM_PARAM_INVALID
 */
export function paramReader<P extends object>(
  readers: {
    readonly [K in keyof P]-?: Reader<P[K]>;
  },
): (choice: Readonly<Record<string, unknown>>) => P {
  const entries = Object.entries<Reader<unknown>>(readers);
  const known = new Set(["mechanism", ...Object.keys(readers)]);
  return (choice) => {
    for (const name of Object.keys(choice)) if (!known.has(name)) throw unknownParameter(readers);
    const params = new Bare() as Record<string, unknown>;
    for (const [name, read] of entries) {
      const value = read(Object.hasOwn(choice, name) ? choice[name] : undefined, name);
      if (value !== undefined) params[name] = value;
    }
    return params as P;
  };
}

/** `parse` of a mechanism without parameters. @throws CkrError CKR_MECHANISM_PARAM_INVALID when there is one. */
export const noParams: (choice: Readonly<Record<string, unknown>>) => NoParams = paramReader<NoParams>({});

function unknownParameter(readers: object): CkrError {
  const known = Object.keys(readers).join(", ") || "none";
  return invalid(`there is no such parameter; known are: ${known}`);
}

function invalid(why: string): CkrError {
  return new CkrError("MECHANISM_PARAM_INVALID", why);
}

/** A parameter that may be absent. */
export function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return (value, name) => (value === undefined ? undefined : read(value, name));
}

/** A byte string, copied before anything looks at it. */
export function bytes(min: number, max: number): Reader<Uint8Array> {
  return (value, name) => {
    const copy = copied(value, name);
    if (copy.length >= min && copy.length <= max) return copy;
    throw invalid(`${name} must have ${min === max ? min : `${min} to ${max}`} bytes, not ${copy.length}`);
  };
}

function copied(value: unknown, name: string): Uint8Array {
  try {
    return copyBytes(value, name);
  } catch (error) {
    throw invalid((error as TypeError).message);
  }
}

/** An integer from `min` to `max` that is a multiple of `step`. */
export function integer(min: number, max: number, step = 1): Reader<number> {
  return (value, name) => {
    if (
      Number.isInteger(value) &&
      (value as number) >= min &&
      (value as number) <= max &&
      (value as number) % step === 0
    )
      return value as number;
    throw invalid(`${name} must be an integer from ${min} to ${max}${step === 1 ? "" : `, a multiple of ${step}`}`);
  };
}

export function oneOf<T extends string | number>(...allowed: readonly T[]): Reader<T> {
  return (value, name) => {
    if (allowed.includes(value as T)) return value as T;
    throw invalid(`${name} must be one of ${allowed.join(", ")}`);
  };
}

export const flag: Reader<boolean> = (value, name) => {
  if (typeof value === "boolean") return value;
  throw invalid(`${name} must be true or false`);
};

/** The longest byte string that a parameter of free length may have. */
export const MAX_PARAM_BYTES = 65_536;

export const HASH_NAMES: readonly HashName[] = [
  "SHA1",
  "SHA224",
  "SHA256",
  "SHA384",
  "SHA512",
  "SHA512_224",
  "SHA512_256",
  "SHA3_224",
  "SHA3_256",
  "SHA3_384",
  "SHA3_512",
];
