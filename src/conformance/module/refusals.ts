/** How the answers of a PKCS #11 module that is not ours are read: what it lacks, and what it refuses. */

import { CkrError } from "../../cryptoki/error.ts";
import type { CkrName } from "../../cryptoki/return-values.ts";

/** The module, or the way to it, does not have what the case needs: the case is skipped for a reason of policy.ts. */
export class Lacking extends Error {
  override readonly name: string = "Lacking";
  readonly reason: string;

  constructor(reason: string, what: string) {
    super(what);
    this.reason = reason;
  }
}

/** A return value that says nothing about the input: of a session that ended, a memory that is full, a call gone wrong. */
export class ModuleError extends Error {
  override readonly name: string = "ModuleError";
}

/** The return values that say "I do not have this" (PKCS #11 v3.1, 5.1), with the code of the reason. */
const LACKS: Readonly<Partial<Record<CkrName, string>>> = {
  CURVE_NOT_SUPPORTED: "no-curve",
  DOMAIN_PARAMS_INVALID: "no-curve",
  KEY_SIZE_RANGE: "key-size",
  MECHANISM_INVALID: "no-mechanism",
  PARAMETER_SET_NOT_SUPPORTED: "no-mechanism",
};

/**
 * The code of the reason for which a case could not be run, if that is what was thrown. A key of a size that no key of
 * the algorithm may have is refused as an invalid vector has to be.
 */
export function lackOf(error: unknown, result: "valid" | "invalid" | "acceptable"): string | undefined {
  if (error instanceof Lacking) return error.reason;
  if (!(error instanceof CkrError)) return undefined;
  return error.ckr === "KEY_SIZE_RANGE" && result === "invalid" ? undefined : LACKS[error.ckr];
}

/** Modules refuse an input by general return values too, where the standard has special ones. */
export const GENERAL_REFUSALS: ReadonlySet<CkrName> = new Set([
  "ARGUMENTS_BAD",
  "FUNCTION_FAILED",
  "GENERAL_ERROR",
  "TEMPLATE_INCONSISTENT",
]);
