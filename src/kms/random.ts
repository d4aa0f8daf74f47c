/** GenerateRandom. */

import type { CallContext } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { requireNoRecipient } from "./refusals.ts";

export interface GenerateRandomOutput {
  readonly Plaintext: Uint8Array;
}

/**
 * GenerateRandom (API reference, GenerateRandom). There are no custom key stores, so none is ever found.
 * @throws KmsError ValidationException, AccessDeniedException, CustomKeyStoreNotFoundException
 */
export async function generateRandom(
  context: CallContext,
  input: OperationInput<"GenerateRandom">,
): Promise<GenerateRandomOutput> {
  const { NumberOfBytes, CustomKeyStoreId, Recipient } = input;
  if (NumberOfBytes === undefined) fail("ValidationException", "NumberOfBytes is required.");
  requireNoRecipient(Recipient);
  await context.authorize("kms:GenerateRandom", "*");
  if (CustomKeyStoreId !== undefined) fail("CustomKeyStoreNotFoundException");
  return { Plaintext: context.vault.random(NumberOfBytes) };
}
