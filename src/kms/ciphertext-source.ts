/** The side of a request that opens a ciphertext: Decrypt, and the source of ReEncrypt. */

import { after, caught, type Soon } from "../storage/soon.ts";
import type { EncryptionAlgorithm } from "./ciphertext-destination.ts";
import type { CallContext, KeyRecord } from "./context.ts";
import { canonicalContext, type EncryptionContext } from "./encryption-context.ts";
import { fail, KmsError } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { checkAlgorithm, findAuthorized, requireUsable, useKey } from "./key-access.ts";
import { blobKeyId, open, requireAvailable } from "./key-stores/sealing.ts";
import { currentMaterial, type MaterialOwner, materialOwner, usable } from "./materials.ts";
import { requireNoContext } from "./refusals.ts";
import { registeredCiphertext } from "./registered-ciphertexts.ts";

export interface SourceRequest {
  readonly operation: "Decrypt" | "ReEncrypt";
  readonly action: "kms:Decrypt" | "kms:ReEncryptFrom";
  readonly ciphertext: Uint8Array | undefined;
  readonly keyId: string | undefined;
  readonly algorithm: EncryptionAlgorithm | undefined;
  readonly encryptionContext: EncryptionContext | undefined;
  readonly dryRun: boolean | undefined;
  readonly dryRunModifiers: OperationInput<"Decrypt">["DryRunModifiers"];
}

/** A key that may open this request's ciphertext. */
export interface Source {
  readonly key: KeyRecord;
  readonly algorithm: EncryptionAlgorithm;
  /** KeyMaterialId of the material that made the ciphertext, for symmetric keys. */
  readonly materialId: string | undefined;
  /**
   * The plaintext, which the caller wipes; empty when the request says IGNORE_CIPHERTEXT.
   * @throws KmsError InvalidCiphertextException, without a message and for every reason alike.
   */
  open(): Soon<Uint8Array>;
}

/**
 * What AWS answers when no key is named and the blob's key is unknown or out of the caller's reach: one text, so that
 * nobody learns from it which keys exist.
 */
const NO_SUCH_KEY =
  "The ciphertext refers to a customer master key that does not exist, does not exist in this region, " +
  "or you are not allowed to access.";
const CIPHERTEXT_MISSING =
  "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null";
const INCORRECT_KEY = "The key ID in the request does not identify a CMK that can perform this operation.";

/**
 * Finds the key and makes every check that comes before the ciphertext is opened.
 * @throws KmsError in the order lookup, permission, key of the ciphertext, usage, state, algorithm, encryption context.
 */
export function prepareSource(context: CallContext, request: SourceRequest): Soon<Source> {
  const ciphertext = ciphertextOf(request);
  const { keyId, algorithm = "SYMMETRIC_DEFAULT" } = request;
  if (ciphertext !== undefined && algorithm === "SYMMETRIC_DEFAULT") {
    return symmetricSource(context, request, ciphertext);
  }
  // Only a symmetric blob says whose it is.
  if (keyId === undefined) fail("ValidationException", "KeyId must not be null");
  return namedSource(context, request, keyId, algorithm, ciphertext);
}

/** The ciphertext, which only a dry run may leave out (API reference, Decrypt, DryRunModifiers). */
function ciphertextOf({ ciphertext, dryRun, dryRunModifiers }: SourceRequest): Uint8Array | undefined {
  if (dryRun === true && dryRunModifiers?.includes("IGNORE_CIPHERTEXT")) return undefined;
  return ciphertext ?? fail("ValidationException", CIPHERTEXT_MISSING);
}

function symmetricSource(context: CallContext, request: SourceRequest, ciphertext: Uint8Array): Soon<Source> {
  const { action, operation, keyId } = request;
  const canonical = canonicalContext(request.encryptionContext);
  return after(keyId === undefined ? undefined : findAuthorized(context, keyId, action), (named) =>
    after(ownerOf(context, ciphertext), (found) => {
      if (found === undefined) {
        if (named !== undefined) requireUsable(named, "ENCRYPT_DECRYPT", operation);
        fail("InvalidCiphertextException");
      }
      const { key, material } = found.owner ?? fail("AccessDeniedException", NO_SUCH_KEY);
      if (named !== undefined && named.arn !== key.arn) fail("IncorrectKeyException", INCORRECT_KEY);
      return after(named === undefined ? authorizeUnnamed(context, action, key) : undefined, () => {
        requireUsable(key, "ENCRYPT_DECRYPT", operation);
        return after(requireAvailable(context, key), () => {
          const sealing = { key, material: usable(key, material), canonical, operation };
          return {
            key,
            algorithm: "SYMMETRIC_DEFAULT",
            materialId: key.keyStore === undefined ? material.id : undefined,
            open: () => open(context, sealing, found.blob),
          };
        });
      });
    }),
  );
}

interface Owned {
  readonly blob: Uint8Array;
  readonly owner: MaterialOwner | undefined;
}

/**
 * Whose a blob is, when it is well-formed and its material is known; a registered ciphertext is the one that it stands
 * for. `undefined` for what is neither.
 */
function ownerOf(context: CallContext, blob: Uint8Array): Soon<Owned | undefined> {
  const identifier = blobKeyId(blob);
  return after(identifier && materialOwner(context, identifier), (owner) => {
    if (owner !== undefined) return { blob, owner };
    return after(registeredCiphertext(context, blob), (stands): Soon<Owned | undefined> => {
      if (stands !== undefined) return ownerOf(context, stands);
      return identifier && { blob, owner: undefined };
    });
  });
}

/** A key that the request must name: an asymmetric one, or any of a dry run without a ciphertext. */
function namedSource(
  context: CallContext,
  request: SourceRequest,
  keyId: string,
  algorithm: EncryptionAlgorithm,
  ciphertext: Uint8Array | undefined,
): Soon<Source> {
  const { action, operation } = request;
  return after(useKey(context, { keyId, action, operation, usage: "ENCRYPT_DECRYPT" }), (key) =>
    after(requireAvailable(context, key), () => {
      checkAlgorithm(key, algorithm);
      if (algorithm !== "SYMMETRIC_DEFAULT") requireNoContext(request.encryptionContext);
      const material = currentMaterial(key);
      return {
        key,
        algorithm,
        materialId: algorithm === "SYMMETRIC_DEFAULT" && key.keyStore === undefined ? material.id : undefined,
        open() {
          if (ciphertext === undefined) return new Uint8Array(0);
          return context.vault.privateDecrypt(material, algorithm, ciphertext) ?? fail("InvalidCiphertextException");
        },
      };
    }),
  );
}

function authorizeUnnamed(context: CallContext, action: string, key: KeyRecord): Soon<void> {
  return caught(
    () => context.authorize(action, key),
    (error) => {
      if (error instanceof KmsError && error.name === "AccessDeniedException") {
        throw new KmsError("AccessDeniedException", NO_SUCH_KEY, { cause: error });
      }
      throw error;
    },
  );
}
