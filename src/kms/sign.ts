/** Sign and Verify. */

import { after, type Soon } from "../storage/soon.ts";
import { type MessageType, SIGNING_ALGORITHMS } from "./algorithms.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { actionOf, checkAlgorithm, stopDryRun, useKey } from "./key-access.ts";
import { algorithmsOf } from "./key-specs.ts";
import { currentMaterial } from "./materials.ts";

export interface SignOutput {
  readonly KeyId: string;
  readonly Signature: Uint8Array;
  readonly SigningAlgorithm: string;
}

/**
 * Sign (API reference, Sign).
 * @throws KmsError in the order lookup, permission, usage, state, algorithm, message type, digest length, dry run.
 */
export function sign(context: CallContext, input: OperationInput<"Sign">): Soon<SignOutput> {
  const { SigningAlgorithm, Message, MessageType = "RAW" } = input;
  return after(signingKey(context, "Sign", input), (key) => {
    stopDryRun(input);
    const signature = context.vault.sign(currentMaterial(key), key.keySpec, SigningAlgorithm, Message, MessageType);
    return { KeyId: key.arn, Signature: signature, SigningAlgorithm };
  });
}

export interface VerifyOutput {
  readonly KeyId: string;
  readonly SignatureValid: true;
  readonly SigningAlgorithm: string;
}

/**
 * Verify (API reference, Verify). A dry run verifies too.
 * @throws KmsError as {@link sign}, and KMSInvalidSignatureException, without a message, for every wrong signature.
 */
export function verify(context: CallContext, input: OperationInput<"Verify">): Soon<VerifyOutput> {
  const { SigningAlgorithm, Message, MessageType = "RAW", Signature } = input;
  return after(signingKey(context, "Verify", input), (key) => {
    const material = currentMaterial(key);
    if (!context.vault.verify(material, key.keySpec, SigningAlgorithm, Message, MessageType, Signature)) {
      fail("KMSInvalidSignatureException");
    }
    stopDryRun(input);
    return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm };
  });
}

function signingKey(
  context: CallContext,
  operation: "Sign" | "Verify",
  { KeyId, SigningAlgorithm, Message, MessageType: type = "RAW" }: OperationInput<"Sign">,
): Soon<KeyRecord> {
  const request = { keyId: KeyId, action: actionOf(operation), operation, usage: "SIGN_VERIFY" } as const;
  return after(useKey(context, request), (key) => {
    checkAlgorithm(key, SigningAlgorithm);
    checkMessage(key, SigningAlgorithm, type, Message.length);
    return key;
  });
}

/** @throws KmsError ValidationException when algorithm, type and length of the message do not fit. */
function checkMessage({ keySpec }: KeyRecord, algorithm: string, type: MessageType, byteLength: number): void {
  if (!takes(algorithm, type)) {
    const someDoes = algorithmsOf(keySpec, "SIGN_VERIFY").some((other) => takes(other, type));
    const what = someDoes ? `algorithm ${algorithm}` : `key spec ${keySpec}`;
    fail("ValidationException", `Message type ${type} is incompatible with ${what}.`);
  }
  if (type !== "RAW" && byteLength !== SIGNING_ALGORITHMS[algorithm]?.digestBytes) {
    fail("ValidationException", `Digest is invalid length for algorithm ${algorithm}.`);
  }
}

function takes(algorithm: string, type: MessageType): boolean {
  return SIGNING_ALGORITHMS[algorithm]?.by[type] !== undefined;
}
