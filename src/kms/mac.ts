/** GenerateMac and VerifyMac. */

import { after, type Soon } from "../storage/soon.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { actionOf, checkAlgorithm, stopDryRun, useKey } from "./key-access.ts";
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
export function generateMac(context: CallContext, input: OperationInput<"GenerateMac">): Soon<GenerateMacOutput> {
  const { MacAlgorithm, Message } = input;
  return after(macKey(context, "GenerateMac", input), (key) => {
    stopDryRun(input);
    const mac = context.vault.mac(currentMaterial(key), MacAlgorithm, Message);
    return { Mac: mac, MacAlgorithm, KeyId: key.arn };
  });
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
export function verifyMac(context: CallContext, input: OperationInput<"VerifyMac">): Soon<VerifyMacOutput> {
  const { MacAlgorithm, Message, Mac } = input;
  return after(macKey(context, "VerifyMac", input), (key) => {
    if (!context.vault.verifyMac(currentMaterial(key), MacAlgorithm, Message, Mac)) fail("KMSInvalidMacException");
    stopDryRun(input);
    return { KeyId: key.arn, MacValid: true, MacAlgorithm };
  });
}

function macKey(
  context: CallContext,
  operation: "GenerateMac" | "VerifyMac",
  { KeyId, MacAlgorithm }: OperationInput<"GenerateMac">,
): Soon<KeyRecord> {
  const request = { keyId: KeyId, action: actionOf(operation), operation, usage: "GENERATE_VERIFY_MAC" } as const;
  return after(useKey(context, request), (key) => {
    checkAlgorithm(key, MacAlgorithm);
    return key;
  });
}
