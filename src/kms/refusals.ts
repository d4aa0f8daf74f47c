/** What several cryptographic operations refuse. */

import type { EncryptionContext } from "./encryption-context.ts";
import { fail } from "./errors.ts";

/** @throws KmsError ValidationException when there is a context: RSA-OAEP has no place for it. */
export function requireNoContext(context: EncryptionContext | undefined): void {
  if (context === undefined || context.size === 0) return;
  fail("ValidationException", "EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs.");
}
