/** The side of a request that makes a ciphertext: Encrypt, and the destination of ReEncrypt. */

import { after, type Soon } from "../storage/soon.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import { canonicalContext, type EncryptionContext } from "./encryption-context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { checkAlgorithm, type KeyRequest, useKey } from "./key-access.ts";
import { plaintextMaximum } from "./key-specs.ts";
import { requireAvailable, seal } from "./key-stores/sealing.ts";
import { currentMaterial } from "./materials.ts";
import { requireNoContext } from "./refusals.ts";

export type EncryptionAlgorithm = NonNullable<OperationInput<"Encrypt">["EncryptionAlgorithm"]>;

export interface DestinationRequest extends KeyRequest {
  readonly operation: "Encrypt" | "ReEncrypt";
  readonly action: "kms:Encrypt" | "kms:ReEncryptTo";
  readonly usage: "ENCRYPT_DECRYPT";
  readonly algorithm: EncryptionAlgorithm | undefined;
  readonly encryptionContext: EncryptionContext | undefined;
}

/** A key that may and can encrypt this request's data. */
export interface Destination {
  readonly key: KeyRecord;
  readonly algorithm: EncryptionAlgorithm;
  /** KeyMaterialId, for symmetric keys. */
  readonly materialId: string | undefined;
  /** @throws KmsError ValidationException when the algorithm cannot encrypt that many bytes. */
  checkLength(byteLength: number): void;
  /** @throws KmsError KMSInvalidStateException when an external key store proxy does not do its part. */
  seal(plaintext: Uint8Array): Soon<Uint8Array>;
}

/**
 * Finds the key and makes every check that needs no plaintext.
 * @throws KmsError in the order lookup, permission, usage, state, algorithm, encryption context.
 */
export function prepareDestination(context: CallContext, request: DestinationRequest): Soon<Destination> {
  const canonical = canonicalContext(request.encryptionContext);
  return after(useKey(context, request), (key) =>
    after(requireAvailable(context, key), () => destinationOf(context, request, key, canonical)),
  );
}

function destinationOf(
  context: CallContext,
  { operation, algorithm = "SYMMETRIC_DEFAULT", encryptionContext }: DestinationRequest,
  key: KeyRecord,
  canonical: Uint8Array,
): Destination {
  checkAlgorithm(key, algorithm);
  const material = currentMaterial(key);

  if (algorithm === "SYMMETRIC_DEFAULT") {
    return {
      key,
      algorithm,
      materialId: key.keyStore === undefined ? material.id : undefined,
      checkLength: () => {},
      seal: (plaintext) => seal(context, { key, material, canonical, operation }, plaintext, "ENCRYPT"),
    };
  }
  requireNoContext(encryptionContext);
  return {
    key,
    algorithm,
    materialId: undefined,
    checkLength(byteLength) {
      const maximum = plaintextMaximum(key.keySpec, algorithm);
      if (maximum === undefined || byteLength <= maximum) return;
      fail(
        "ValidationException",
        `Algorithm ${algorithm} and key spec ${key.keySpec} cannot encrypt data larger than ${maximum} bytes.`,
      );
    },
    seal: (plaintext) => context.vault.publicEncrypt(material, algorithm, plaintext),
  };
}
