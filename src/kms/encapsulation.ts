/** Encapsulate and Decapsulate. */

import { wipe } from "../bytes/bytes.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { actionOf, checkAlgorithm, stopDryRun, useKey } from "./key-access.ts";
import { currentMaterial } from "./materials.ts";

export interface DecapsulateOutput {
  readonly KeyId: string;
  /** 32 bytes. */
  readonly SharedSecret: Uint8Array;
  readonly EncapsulationAlgorithm: string;
}

export interface EncapsulateOutput extends DecapsulateOutput {
  readonly SharedSecretCiphertextBlob: Uint8Array;
}

/**
 * Encapsulate (API reference, Encapsulate; FIPS 203, 7.2).
 * @throws KmsError in the order lookup, permission, usage, state, algorithm, dry run.
 */
export async function encapsulate(
  context: CallContext,
  input: OperationInput<"Encapsulate">,
): Promise<EncapsulateOutput> {
  const { EncapsulationAlgorithm } = input;
  const key = await kemKey(context, "Encapsulate", input);
  stopDryRun(input);
  const { sharedSecret, ciphertext } = context.vault.encapsulate(currentMaterial(key));
  return {
    KeyId: key.arn,
    SharedSecret: sharedSecret,
    SharedSecretCiphertextBlob: ciphertext,
    EncapsulationAlgorithm,
  };
}

/**
 * Decapsulate (API reference, Decapsulate; FIPS 203, 7.3). A damaged ciphertext gives another secret, not an exception:
 * that is ML-KEM's implicit rejection. A dry run looks at the ciphertext's length too.
 * @throws KmsError as {@link encapsulate}, and InvalidCiphertextException, without a message, for another length than
 * the key spec's.
 */
export async function decapsulate(
  context: CallContext,
  input: OperationInput<"Decapsulate">,
): Promise<DecapsulateOutput> {
  const { EncapsulationAlgorithm, SharedSecretCiphertextBlob } = input;
  const key = await kemKey(context, "Decapsulate", input);
  const secret = context.vault.decapsulate(currentMaterial(key), SharedSecretCiphertextBlob);
  if (secret === undefined) fail("InvalidCiphertextException");
  if (input.DryRun) wipe(secret);
  stopDryRun(input);
  return { KeyId: key.arn, SharedSecret: secret, EncapsulationAlgorithm };
}

async function kemKey(
  context: CallContext,
  operation: "Encapsulate" | "Decapsulate",
  { KeyId, EncapsulationAlgorithm }: OperationInput<"Encapsulate">,
): Promise<KeyRecord> {
  const key = await useKey(context, {
    keyId: KeyId,
    action: actionOf(operation),
    operation,
    usage: "ENCAPSULATE_DECAPSULATE",
  });
  checkAlgorithm(key, EncapsulationAlgorithm);
  return key;
}
