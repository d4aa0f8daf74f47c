/** GenerateRandom. */

import type { CallContext } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { connectionOf, keyStoreById } from "./key-stores/record.ts";
import { attest, type Released } from "./recipients.ts";

export type GenerateRandomOutput = Released<"Plaintext">;

/**
 * GenerateRandom (API reference, GenerateRandom), in a CloudHSM key store where one is named.
 * @throws KmsError ValidationException, AccessDeniedException, and of the custom key store
 */
export async function generateRandom(
  context: CallContext,
  input: OperationInput<"GenerateRandom">,
): Promise<GenerateRandomOutput> {
  const { NumberOfBytes, CustomKeyStoreId } = input;
  if (NumberOfBytes === undefined) fail("ValidationException", "NumberOfBytes is required.");
  const attested = attest(context, input.Recipient);
  await attested.context.authorize("kms:GenerateRandom", "*");
  if (CustomKeyStoreId !== undefined) await requireCluster(context, CustomKeyStoreId);
  return attested.release("Plaintext", context.vault.random(NumberOfBytes));
}

/** @throws KmsError CustomKeyStoreNotFoundException, UnsupportedOperationException, CustomKeyStoreInvalidStateException */
async function requireCluster(context: CallContext, id: string): Promise<void> {
  const keyStore = await keyStoreById(context, id);
  if (keyStore.cluster === undefined) {
    fail("UnsupportedOperationException", `The custom key store ${id} is an external one, which has no random bytes.`);
  }
  const { state } = connectionOf(keyStore, context.now);
  if (state !== "CONNECTED") fail("CustomKeyStoreInvalidStateException", `The custom key store ${id} is ${state}.`);
}
