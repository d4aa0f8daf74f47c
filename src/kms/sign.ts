/** Sign and Verify. */

import { type MessageType, SIGNING_ALGORITHMS } from "./algorithms.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { checkAlgorithm, stopDryRun, useKey } from "./key-access.ts";
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
export async function sign(context: CallContext, input: OperationInput<"Sign">): Promise<SignOutput> {
  const { SigningAlgorithm, Message } = input;
  const { key, type } = await signingKey(context, "Sign", input);
  stopDryRun(input);
  const signature = context.vault.sign(currentMaterial(key), key.keySpec, SigningAlgorithm, Message, type);
  return { KeyId: key.arn, Signature: signature, SigningAlgorithm };
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
export async function verify(context: CallContext, input: OperationInput<"Verify">): Promise<VerifyOutput> {
  const { SigningAlgorithm, Message, Signature } = input;
  const { key, type } = await signingKey(context, "Verify", input);
  const material = currentMaterial(key);
  if (!context.vault.verify(material, key.keySpec, SigningAlgorithm, Message, type, Signature)) {
    fail("KMSInvalidSignatureException");
  }
  stopDryRun(input);
  return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm };
}

async function signingKey(
  context: CallContext,
  operation: "Sign" | "Verify",
  { KeyId, SigningAlgorithm, Message, MessageType: type = "RAW" }: OperationInput<"Sign">,
): Promise<{ readonly key: KeyRecord; readonly type: MessageType }> {
  const action = `kms:${operation}`;
  const key = await useKey(context, { keyId: KeyId, action, operation, usage: "SIGN_VERIFY" });
  checkAlgorithm(key, SigningAlgorithm);
  checkMessage(key, SigningAlgorithm, type, Message.length);
  return { key, type };
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
