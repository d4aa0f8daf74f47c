/** An attestation document that proves nothing; the message says why. */
export class AttestationError extends Error {
  override readonly name: string = "AttestationError";
}

/** @throws AttestationError with the message, unless the condition holds */
export function demand(holds: boolean, message: string): asserts holds {
  if (!holds) throw new AttestationError(message);
}
