/** What several cryptographic operations refuse. */

import type { EncryptionContext } from "./encryption-context.ts";
import { fail } from "./errors.ts";

/** @throws KmsError ValidationException when there is a context: RSA-OAEP has no place for it. */
export function requireNoContext(context: EncryptionContext | undefined): void {
  if (context === undefined || context.size === 0) return;
  fail("ValidationException", "EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs.");
}

/**
 * Refuses an attestation document: answering without looking at it would hand out the plaintext that the caller asked
 * to be encrypted for an enclave.
 * @throws KmsError UnsupportedOperationException
 */
export function requireNoRecipient(recipient: object | undefined): void {
  if (recipient === undefined) return;
  fail("UnsupportedOperationException", "Recipient is not supported: attestation documents are not verified yet.");
}
