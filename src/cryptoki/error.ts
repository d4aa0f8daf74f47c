import { CKR, type CkrName } from "./return-values.ts";

/**
 * The one error of the token. Its identity is the PKCS #11 return value: `ckr` by name, `code` by number.
 * Failures that could serve as an oracle carry one message and no cause.
 */
export class CkrError extends Error {
  readonly ckr: CkrName;
  readonly code: number;

  constructor(ckr: CkrName, why: string, options?: ErrorOptions) {
    super(`CKR_${ckr}: ${why}`, options);
    this.name = "CkrError";
    this.ckr = ckr;
    this.code = CKR[ckr];
  }
}

/** Throws a {@link CkrError} unless the condition holds. */
export function demand(condition: unknown, ckr: CkrName, why: string): asserts condition {
  if (!condition) throw new CkrError(ckr, why);
}

/** Runs an argument check and reports its failure as a {@link CkrError} (CKR_ARGUMENTS_BAD unless told otherwise). */
export function checked<T>(check: () => T, ckr: CkrName = "ARGUMENTS_BAD"): T {
  try {
    return check();
  } catch (error) {
    throw new CkrError(ckr, error instanceof Error ? error.message : "bad argument");
  }
}
