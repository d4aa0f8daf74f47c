import type { Template } from "../cryptoki/attributes.ts";
import type { KeyType } from "../cryptoki/constants.ts";
import { keyTypes } from "../mechanisms/key-types.ts";
import type { Context, NewKey } from "../mechanisms/mechanism.ts";

const CHECK_BYTES = 3;

/**
 * CKA_CHECK_VALUE (PKCS #11 v3.2, 4.6.3 and 4.10.2): the first three bytes of the SHA-1 of a certificate, or of a zero
 * block under the key of a block cipher. Other keys have none: a hash of a secret is a test for guesses.
 */
export function checkValueOf(
  context: Context,
  template: Template,
  { attributes, secrets }: NewKey,
): Uint8Array | undefined {
  const CLASS = template.CLASS ?? attributes.CLASS;
  if (CLASS === "CERTIFICATE")
    return template.VALUE && context.engine.digest("SHA1", template.VALUE).slice(0, CHECK_BYTES);
  if (CLASS !== "SECRET_KEY") return undefined;
  const blockOf = keyTypes[attributes.KEY_TYPE as KeyType].encryptZeros;
  return blockOf && secrets.VALUE?.use((value) => blockOf(value, context).slice(0, CHECK_BYTES));
}
