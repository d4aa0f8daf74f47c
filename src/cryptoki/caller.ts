/** What a caller hands over is read once and copied: its getters and proxies may answer otherwise the next time. */

import { CkrError, demand } from "./error.ts";

/**
 * Runs a read in which the caller's own code (a getter, a proxy) may throw whatever it likes.
 * @throws CkrError CKR_ARGUMENTS_BAD
 */
export function readFrom<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw new CkrError("ARGUMENTS_BAD", `${what} cannot be read`);
  }
}

/**
 * A frozen copy of an array, with `undefined` in its holes; `undefined` when it is no array or has more than `max` items.
 * @throws CkrError CKR_ARGUMENTS_BAD
 */
export function copyList(value: unknown, max: number): readonly unknown[] | undefined {
  return readFrom("the list", () => {
    if (!Array.isArray(value)) return undefined;
    const { length } = value;
    const fits = Number.isInteger(length) && length <= max;
    return fits ? Object.freeze(Array.from({ length }, (_, i) => value[i] as unknown)) : undefined;
  });
}

/** The options of a call, own ones only, each read once. @throws CkrError CKR_ARGUMENTS_BAD */
export function readOptions<T extends object>(options: T): T {
  demand(typeof options === "object" && options !== null, "ARGUMENTS_BAD", "the options must be an object");
  return readFrom("the options", () => Object.assign(Object.create(null), options));
}
