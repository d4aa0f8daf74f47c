/** Sign and Verify. */

import type { CallContext, KeyRecord } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { checkAlgorithm, stopDryRun, useKey } from "./key-access.ts";
import { SIGNING_ALGORITHMS } from "./key-specs.ts";
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
  const { key, isDigest } = await signingKey(context, "Sign", input);
  stopDryRun(input);
  const signature = context.vault.sign(currentMaterial(key), key.keySpec, SigningAlgorithm, Message, isDigest);
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
  const { key, isDigest } = await signingKey(context, "Verify", input);
  const material = currentMaterial(key);
  if (!context.vault.verify(material, key.keySpec, SigningAlgorithm, Message, isDigest, Signature)) {
    fail("KMSInvalidSignatureException");
  }
  stopDryRun(input);
  return { KeyId: key.arn, SignatureValid: true, SigningAlgorithm };
}

async function signingKey(
  context: CallContext,
  operation: "Sign" | "Verify",
  { KeyId, SigningAlgorithm, Message, MessageType = "RAW" }: OperationInput<"Sign">,
): Promise<{ readonly key: KeyRecord; readonly isDigest: boolean }> {
  const action = `kms:${operation}`;
  const key = await useKey(context, { keyId: KeyId, action, operation, usage: "SIGN_VERIFY" });
  checkAlgorithm(key, SigningAlgorithm);
  return { key, isDigest: isDigest(key, SigningAlgorithm, MessageType, Message.length) };
}

/** Whether the message is a digest. @throws KmsError ValidationException when algorithm, type and length do not fit. */
function isDigest(key: KeyRecord, algorithm: string, messageType: string, byteLength: number): boolean {
  const row = SIGNING_ALGORITHMS[algorithm];
  // EXTERNAL_MU is of ML-DSA keys alone (API reference, Sign, MessageType).
  if (row === undefined || messageType === "EXTERNAL_MU") {
    fail("ValidationException", `Message type ${messageType} is incompatible with key spec ${key.keySpec}.`);
  }
  const digested = messageType === "DIGEST";
  if ((digested ? row.digest : row.raw) === undefined) {
    fail("ValidationException", `Message type ${messageType} is incompatible with algorithm ${algorithm}.`);
  }
  if (digested && byteLength !== row.digestBytes) {
    fail("ValidationException", `Digest is invalid length for algorithm ${algorithm}.`);
  }
  return digested;
}
