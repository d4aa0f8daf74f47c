/** GetParametersForImport: the wrapping key and the import token of one import. */

import type { CallContext } from "./context.ts";
import { fail } from "./errors.ts";
import type { OperationInput } from "./inputs.ts";
import { findAuthorized, requireNotPendingDeletion, requireOrigin } from "./key-access.ts";
import { KEY_SPECS, type KeySpec } from "./key-specs.ts";
import type { WrappingAlgorithm } from "./vault.ts";

type Input = OperationInput<"GetParametersForImport">;

/** Public key and import token are valid for 24 hours (API reference, GetParametersForImport). */
const VALID_MILLISECONDS = 24 * 3_600_000;

const MODULUS_BITS = { RSA_2048: 2048, RSA_3072: 3072, RSA_4096: 4096 } as const;

/**
 * GetParametersForImport (API reference, GetParametersForImport).
 * @throws KmsError in the order lookup, permission, origin, state, wrapping.
 */
export async function getParametersForImport(context: CallContext, input: Input): Promise<object> {
  const key = await findAuthorized(context, input.KeyId, "kms:GetParametersForImport", { aliases: false });
  requireOrigin(key, "EXTERNAL");
  requireNotPendingDeletion(key);
  const { algorithm, modulusBits } = wrappingOf(input, key.keySpec);
  const terms = { keyArn: key.arn, algorithm, validTo: context.now + VALID_MILLISECONDS };
  const { publicKey, token } = await context.vault.createImportKey(terms, key, modulusBits);
  return {
    KeyId: key.arn,
    ImportToken: token,
    PublicKey: publicKey,
    ParametersValidTo: new Date(terms.validTo),
  };
}

/**
 * Whether material of the key spec can be wrapped so (API reference, GetParametersForImport): RSA keys are too long
 * for RSA alone, symmetric keys need no AES key around them, and a P-521 key does not fit into RSA_2048.
 */
function wrappingOf(
  { WrappingAlgorithm: algorithm, WrappingKeySpec: spec }: Input,
  keySpec: KeySpec,
): { readonly algorithm: WrappingAlgorithm; readonly modulusBits: 2048 | 3072 | 4096 } {
  const { kind } = KEY_SPECS[keySpec].material;
  const isHybrid = algorithm.startsWith("RSA_AES_KEY_WRAP");
  const isSecret = kind === "AES" || kind === "HMAC";
  const isTooLong = kind === "RSA" || (keySpec === "ECC_NIST_P521" && spec === "RSA_2048");
  if (algorithm === "RSAES_PKCS1_V1_5" || algorithm === "SM2PKE" || spec === "SM2") {
    fail("UnsupportedOperationException", `Wrapping with ${algorithm} and ${spec} is not supported.`);
  }
  if (isHybrid ? isSecret : isTooLong) {
    fail("UnsupportedOperationException", `${algorithm} with ${spec} cannot wrap key material of ${keySpec}.`);
  }
  return { algorithm, modulusBits: MODULUS_BITS[spec] };
}
