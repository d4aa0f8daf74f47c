/** GenerateMac and VerifyMac. */

import type { CallContext, KeyRecord } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { checkAlgorithm, stopDryRun, useKey } from "./key-access.ts";
import { currentMaterial } from "./materials.ts";

export interface GenerateMacOutput {
  readonly Mac: Uint8Array;
  readonly MacAlgorithm: string;
  readonly KeyId: string;
}

/**
 * GenerateMac (API reference, GenerateMac).
 * @throws KmsError in the order lookup, permission, usage, state, algorithm, dry run.
 */
export async function generateMac(
  context: CallContext,
  input: OperationInput<"GenerateMac">,
): Promise<GenerateMacOutput> {
  const { MacAlgorithm, Message } = input;
  const key = await macKey(context, "GenerateMac", input);
  stopDryRun(input);
  const mac = context.vault.mac(currentMaterial(key), MacAlgorithm, Message);
  return { Mac: mac, MacAlgorithm, KeyId: key.arn };
}

export interface VerifyMacOutput {
  readonly KeyId: string;
  readonly MacValid: true;
  readonly MacAlgorithm: string;
}

/**
 * VerifyMac (API reference, VerifyMac). A dry run verifies too.
 * @throws KmsError as {@link generateMac}, and KMSInvalidMacException, without a message, for every wrong MAC.
 */
export async function verifyMac(context: CallContext, input: OperationInput<"VerifyMac">): Promise<VerifyMacOutput> {
  const { MacAlgorithm, Message, Mac } = input;
  const key = await macKey(context, "VerifyMac", input);
  if (!context.vault.verifyMac(currentMaterial(key), MacAlgorithm, Message, Mac)) fail("KMSInvalidMacException");
  stopDryRun(input);
  return { KeyId: key.arn, MacValid: true, MacAlgorithm };
}

async function macKey(
  context: CallContext,
  operation: "GenerateMac" | "VerifyMac",
  { KeyId, MacAlgorithm }: OperationInput<"GenerateMac">,
): Promise<KeyRecord> {
  const key = await useKey(context, {
    keyId: KeyId,
    action: `kms:${operation}`,
    operation,
    usage: "GENERATE_VERIFY_MAC",
  });
  checkAlgorithm(key, MacAlgorithm);
  return key;
}
