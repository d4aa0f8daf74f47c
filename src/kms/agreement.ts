/** DeriveSharedSecret. */

import { wipe } from "../bytes/bytes.ts";
import type { CallContext } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { checkAlgorithm, stopDryRun, useKey } from "./key-access.ts";
import { currentMaterial } from "./materials.ts";
import { attest, type Released } from "./recipients.ts";

export type DeriveSharedSecretOutput = Released<"SharedSecret"> & {
  readonly KeyId: string;
  readonly KeyAgreementAlgorithm: string;
  readonly KeyOrigin: string;
};

/**
 * DeriveSharedSecret (API reference, DeriveSharedSecret): the raw ECDH secret, SP 800-56A, 5.7.1.2. A dry run looks at
 * the public key too.
 * @throws KmsError in the order recipient, lookup, permission, usage, state, algorithm, public key, dry run. A public key that is
 * garbage, of another curve or not on it gives a ValidationException with an empty message.
 */
export async function deriveSharedSecret(
  context: CallContext,
  input: OperationInput<"DeriveSharedSecret">,
): Promise<DeriveSharedSecretOutput> {
  const { KeyId, KeyAgreementAlgorithm, PublicKey } = input;
  const attested = attest(context, input.Recipient);
  const key = await useKey(attested.context, {
    keyId: KeyId,
    action: "kms:DeriveSharedSecret",
    operation: "DeriveSharedSecret",
    usage: "KEY_AGREEMENT",
  });
  checkAlgorithm(key, KeyAgreementAlgorithm);
  const secret = context.vault.deriveSharedSecret(currentMaterial(key), key.keySpec, PublicKey);
  if (secret === undefined) fail("ValidationException", "");
  if (input.DryRun) wipe(secret);
  stopDryRun(input);
  return attested.release({ KeyId: key.arn, KeyAgreementAlgorithm, KeyOrigin: key.origin }, "SharedSecret", secret);
}
