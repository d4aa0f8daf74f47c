import { expect } from "vitest";
import type { KmsErrorName } from "../../../src/kms/errors.ts";

/** Expects the answer to be an exception of that name; `message` is what goes over the wire, `undefined` for none. */
export async function expectRefusal(answer: Promise<unknown>, name: KmsErrorName, message?: string): Promise<void> {
  const error = await answer.then(
    () => expect.unreachable(`answered where ${name} was expected`),
    (reason: { name: string; wireMessage?: string }) => reason,
  );
  expect({ name: error.name, message: error.wireMessage }).toEqual({ name, message });
}

/** The texts of AWS that several operations share (facts, "Exact AWS behaviours"). */
export const DRY_RUN = "The request would have succeeded, but the DryRun option is set.";
export const INCORRECT_KEY = "The key ID in the request does not identify a CMK that can perform this operation.";
export const NO_SUCH_KEY =
  "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.";
export const CONTEXT_WITH_RSA = "EncryptionContext is not supported when encrypting/decrypting with asymmetric CMKs.";
