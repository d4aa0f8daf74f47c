/** GenerateRandom. */

import type { CallContext } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { connectionOf, keyStoreById } from "./key-stores/record.ts";
import { requireNoRecipient } from "./refusals.ts";

export interface GenerateRandomOutput {
  readonly Plaintext: Uint8Array;
}

/**
 * GenerateRandom (API reference, GenerateRandom), in a CloudHSM key store where one is named.
 * @throws KmsError ValidationException, AccessDeniedException, and of the custom key store
 */
export async function generateRandom(
  context: CallContext,
  input: OperationInput<"GenerateRandom">,
): Promise<GenerateRandomOutput> {
  const { NumberOfBytes, CustomKeyStoreId, Recipient } = input;
  if (NumberOfBytes === undefined) fail("ValidationException", "NumberOfBytes is required.");
  requireNoRecipient(Recipient);
  await context.authorize("kms:GenerateRandom", "*");
  if (CustomKeyStoreId !== undefined) await requireCluster(context, CustomKeyStoreId);
  return { Plaintext: context.vault.random(NumberOfBytes) };
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
