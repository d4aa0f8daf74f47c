/** GenerateRandom. */

import type { CallContext } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { attest, type Released } from "./recipients.ts";

export type GenerateRandomOutput = Released<"Plaintext">;

/**
 * GenerateRandom (API reference, GenerateRandom). There are no custom key stores, so none is ever found.
 * @throws KmsError ValidationException, AccessDeniedException, CustomKeyStoreNotFoundException
 */
export async function generateRandom(
  context: CallContext,
  input: OperationInput<"GenerateRandom">,
): Promise<GenerateRandomOutput> {
  const { NumberOfBytes, CustomKeyStoreId } = input;
  if (NumberOfBytes === undefined) fail("ValidationException", "NumberOfBytes is required.");
  const attested = attest(context, input.Recipient);
  await attested.context.authorize("kms:GenerateRandom", "*");
  if (CustomKeyStoreId !== undefined) fail("CustomKeyStoreNotFoundException");
  return attested.release("Plaintext", context.vault.random(NumberOfBytes));
}
