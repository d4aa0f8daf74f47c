/** GenerateRandom. */

import { after, type Soon } from "../storage/soon.ts";
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
export function generateRandom(
  context: CallContext,
  input: OperationInput<"GenerateRandom">,
): Soon<GenerateRandomOutput> {
  const { NumberOfBytes, CustomKeyStoreId } = input;
  if (NumberOfBytes === undefined) fail("ValidationException", "NumberOfBytes is required.");
  const attested = attest(context, input.Recipient);
  return after(attested.context.authorize("kms:GenerateRandom", "*"), () =>
    after(CustomKeyStoreId === undefined ? undefined : requireCluster(context, CustomKeyStoreId), () =>
      attested.release({}, "Plaintext", context.vault.random(NumberOfBytes)),
    ),
  );
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
