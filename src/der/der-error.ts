/** A byte string that is not the DER encoding that was asked for, or values that have none. */
export class DerError extends Error {
  override readonly name = "DerError";
}

/** @throws DerError with the message, unless the condition holds. */
export function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new DerError(message);
}
