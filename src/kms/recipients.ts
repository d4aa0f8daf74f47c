/** `Recipient`: answers that only an enclave can read, when it has proven what it is. */

import { toHex, wipe } from "../bytes/bytes.ts";
import type { CallContext } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { AttestationError } from "./nitro/attestation-error.ts";
import type { AttestationDocument } from "./nitro/document.ts";
import { isRsa, verifyAttestation } from "./nitro/verify.ts";

/** Where a secret is put in an answer. */
export type Released<Member extends string> = { readonly [M in Member]?: Uint8Array } & {
  /** CMS EnvelopedData for the enclave, in place of the secret. */
  readonly CiphertextForRecipient?: Uint8Array;
};

/** A call that may be for an enclave. */
export interface Attested {
  /** The context of the call, in which the enclave's measurements are condition keys of every question. */
  readonly context: CallContext;
  /**
   * Puts a secret into the answer, which is the call's own: in the clear, as the member of that name, or for the enclave
   * alone; then the secret is wiped.
   */
  release<Output extends object, const Member extends string>(
    output: Output,
    member: Member,
    secret: Uint8Array,
  ): Output & Released<Member>;
}

/**
 * Verifies the attestation document of a request that has one.
 * @throws KmsError ValidationException for a document that does not prove anything, or that has no RSA key
 */
export function attest(context: CallContext, recipient: OperationInput<"Decrypt">["Recipient"]): Attested {
  if (recipient === undefined) {
    return { context, release: withMember };
  }
  const { KeyEncryptionAlgorithm, AttestationDocument } = recipient;
  if (KeyEncryptionAlgorithm === undefined || AttestationDocument === undefined) {
    fail("ValidationException", "Recipient must have a KeyEncryptionAlgorithm and an AttestationDocument.");
  }
  const document = verified(context, AttestationDocument);
  const { publicKey, moduleId, pcrs } = document;
  if (publicKey === undefined || !isRsa(publicKey)) {
    fail("ValidationException", "The attestation document must have an RSA public key of 2048 to 4096 bits.");
  }
  context.note("recipient", {
    attestationDocumentModuleId: moduleId,
    attestationDocumentEnclaveImageDigest: toHex(pcrs.get(0) ?? new Uint8Array(0)),
  });
  return {
    context: context.with(conditionsOf(document)),
    release(output, _member, secret) {
      try {
        return withMember(output, "CiphertextForRecipient", context.vault.sealFor(publicKey, secret));
      } finally {
        wipe(secret);
      }
    },
  };
}

/** By assignment: what the spread of objects costs is not small beside the work (docs/decisions.md, "What a layer costs"). */
function withMember<Output extends object, Member extends string>(
  output: Output,
  member: Member,
  value: Uint8Array,
): Output & { readonly [M in Member]?: Uint8Array } {
  (output as Record<string, unknown>)[member] = value;
  return output;
}

function verified(context: CallContext, bytes: Uint8Array): AttestationDocument {
  const { vault, nitro, now } = context;
  try {
    return verifyAttestation(bytes, nitro.save(), now, vault.verifyP384);
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error;
    return fail("ValidationException", `The attestation document is not valid: ${error.message}.`);
  }
}

/** kms:RecipientAttestation:ImageSha384 and :PCR<n> (developer guide, "Condition keys for attested platforms"). */
function conditionsOf({ pcrs }: AttestationDocument): ReadonlyMap<string, readonly string[]> {
  const prefix = "kms:RecipientAttestation:";
  const conditions = new Map<string, readonly string[]>();
  for (const [index, digest] of pcrs) conditions.set(`${prefix}PCR${index}`, [toHex(digest)]);
  const image = conditions.get(`${prefix}PCR0`);
  if (image !== undefined) conditions.set(`${prefix}ImageSha384`, image);
  return conditions;
}
