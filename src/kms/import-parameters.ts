/** GetParametersForImport: the wrapping key and the import token of one import. */

import type { CallContext } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { findAuthorized, requireNotPendingDeletion, requireOrigin } from "./key-access.ts";
import { isOffered, KEY_SPECS, type KeySpec } from "./key-specs.ts";
import type { WrappingAlgorithm } from "./vault.ts";

type Input = OperationInput<"GetParametersForImport">;

/** Public key and import token are valid for 24 hours (API reference, GetParametersForImport). */
const VALID_MILLISECONDS = 24 * 3_600_000;

/**
 * GetParametersForImport (API reference, GetParametersForImport).
 * @throws KmsError in the order lookup, permission, origin, state, wrapping.
 */
export async function getParametersForImport(context: CallContext, input: Input): Promise<object> {
  const key = await findAuthorized(context, input.KeyId, "kms:GetParametersForImport", { aliases: false });
  requireOrigin(key, "EXTERNAL");
  requireNotPendingDeletion(key);
  const algorithm = wrappingOf(context, input, key.keySpec);
  const terms = { keyArn: key.arn, algorithm, validTo: context.now + VALID_MILLISECONDS };
  const { publicKey, token } = await context.vault.createImportKey(terms, key, input.WrappingKeySpec);
  return {
    KeyId: key.arn,
    ImportToken: token,
    PublicKey: publicKey,
    ParametersValidTo: new Date(terms.validTo),
  };
}

/**
 * The algorithm, if material of the key spec can be wrapped so (API reference, GetParametersForImport): RSA keys are too
 * long for a public key alone, symmetric keys need no AES key around them, a P-521 key does not fit into RSA_2048, and
 * SM2 goes with itself.
 */
function wrappingOf(
  context: CallContext,
  { WrappingAlgorithm: algorithm, WrappingKeySpec: spec }: Input,
  keySpec: KeySpec,
): WrappingAlgorithm {
  const { kind } = KEY_SPECS[keySpec].material;
  const isHybrid = algorithm.startsWith("RSA_AES_KEY_WRAP");
  const isSecret = kind === "AES" || kind === "HMAC";
  const isTooLong = kind === "RSA" || (keySpec === "ECC_NIST_P521" && spec === "RSA_2048");
  const isPair = (algorithm === "SM2PKE") === (spec === "SM2") && (spec !== "SM2" || isOffered("SM2", context));
  if (algorithm === "RSAES_PKCS1_V1_5" || !isPair) {
    fail("UnsupportedOperationException", `Wrapping with ${algorithm} and ${spec} is not supported.`);
  }
  if (isHybrid ? isSecret : isTooLong) {
    fail("UnsupportedOperationException", `${algorithm} with ${spec} cannot wrap key material of ${keySpec}.`);
  }
  return algorithm;
}
