/** Encrypt, Decrypt and ReEncrypt. */

import { wipe } from "../bytes/bytes.ts";
import { after, ended, type Soon } from "../storage/soon.ts";
import { type Destination, type EncryptionAlgorithm, prepareDestination } from "./ciphertext-destination.ts";
import { prepareSource, type Source } from "./ciphertext-source.ts";
import type { CallContext } from "./context.ts";
import type { OperationInput } from "./inputs.ts";
import { stopDryRun } from "./key-access.ts";
import { attest, type Released } from "./recipients.ts";

export interface EncryptOutput {
  readonly CiphertextBlob: Uint8Array;
  readonly KeyId: string;
  readonly EncryptionAlgorithm: EncryptionAlgorithm;
}

/** Encrypt (API reference, Encrypt). */
export function encrypt(context: CallContext, input: OperationInput<"Encrypt">): Soon<EncryptOutput> {
  const { Plaintext } = input;
  return ended(
    () => {
      const prepared = prepareDestination(context, {
        operation: "Encrypt",
        action: "kms:Encrypt",
        usage: "ENCRYPT_DECRYPT",
        keyId: input.KeyId,
        algorithm: input.EncryptionAlgorithm,
        encryptionContext: input.EncryptionContext,
      });
      return after(prepared, (destination) => {
        destination.checkLength(Plaintext.length);
        stopDryRun(input);
        const { key, algorithm } = destination;
        return after(destination.seal(Plaintext), (CiphertextBlob) => ({
          CiphertextBlob,
          KeyId: key.arn,
          EncryptionAlgorithm: algorithm,
        }));
      });
    },
    () => wipe(Plaintext),
  );
}

export type DecryptOutput = Released<"Plaintext"> & {
  readonly KeyId: string;
  readonly EncryptionAlgorithm: EncryptionAlgorithm;
  /** Of symmetric keys only, as the two of ReEncrypt. */
  readonly KeyMaterialId: string | undefined;
};

/** Decrypt (API reference, Decrypt). A dry run opens the ciphertext too, unless it says IGNORE_CIPHERTEXT. */
export function decrypt(context: CallContext, input: OperationInput<"Decrypt">): Soon<DecryptOutput> {
  const attested = attest(context, input.Recipient);
  const prepared = prepareSource(attested.context, {
    operation: "Decrypt",
    action: "kms:Decrypt",
    ciphertext: input.CiphertextBlob,
    keyId: input.KeyId,
    algorithm: input.EncryptionAlgorithm,
    encryptionContext: input.EncryptionContext,
    dryRun: input.DryRun,
    dryRunModifiers: input.DryRunModifiers,
  });
  return after(prepared, (source) =>
    after(source.open(), (plaintext) => {
      if (input.DryRun) wipe(plaintext);
      stopDryRun(input);
      const { key, algorithm, materialId } = source;
      const output = { KeyId: key.arn, EncryptionAlgorithm: algorithm, KeyMaterialId: materialId };
      return attested.release(output, "Plaintext", plaintext);
    }),
  );
}

export interface ReEncryptOutput {
  readonly CiphertextBlob: Uint8Array;
  readonly SourceKeyId: string;
  readonly KeyId: string;
  readonly SourceEncryptionAlgorithm: EncryptionAlgorithm;
  readonly DestinationEncryptionAlgorithm: EncryptionAlgorithm;
  readonly SourceKeyMaterialId: string | undefined;
  readonly DestinationKeyMaterialId: string | undefined;
}

/** ReEncrypt (API reference, ReEncrypt): both sides are checked before the ciphertext is opened. */
export function reEncrypt(context: CallContext, input: OperationInput<"ReEncrypt">): Soon<ReEncryptOutput> {
  const prepared = prepareSource(context, {
    operation: "ReEncrypt",
    action: "kms:ReEncryptFrom",
    ciphertext: input.CiphertextBlob,
    keyId: input.SourceKeyId,
    algorithm: input.SourceEncryptionAlgorithm,
    encryptionContext: input.SourceEncryptionContext,
    dryRun: input.DryRun,
    dryRunModifiers: input.DryRunModifiers,
  });
  return after(prepared, (source) => {
    const other = prepareDestination(context, {
      operation: "ReEncrypt",
      action: "kms:ReEncryptTo",
      usage: "ENCRYPT_DECRYPT",
      keyId: input.DestinationKeyId,
      algorithm: input.DestinationEncryptionAlgorithm,
      encryptionContext: input.DestinationEncryptionContext,
    });
    return after(other, (destination) =>
      after(source.open(), (plaintext) => sealAgain(input, source, destination, plaintext)),
    );
  });
}

function sealAgain(
  input: OperationInput<"ReEncrypt">,
  source: Source,
  destination: Destination,
  plaintext: Uint8Array,
): Soon<ReEncryptOutput> {
  return ended(
    () => {
      destination.checkLength(plaintext.length);
      stopDryRun(input);
      return after(destination.seal(plaintext), (CiphertextBlob) => ({
        CiphertextBlob,
        SourceKeyId: source.key.arn,
        KeyId: destination.key.arn,
        SourceEncryptionAlgorithm: source.algorithm,
        DestinationEncryptionAlgorithm: destination.algorithm,
        SourceKeyMaterialId: source.materialId,
        DestinationKeyMaterialId: destination.materialId,
      }));
    },
    () => wipe(plaintext),
  );
}
