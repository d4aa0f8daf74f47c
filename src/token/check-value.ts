import type { Template } from "../cryptoki/attributes.ts";
import { keyTypes } from "../mechanisms/key-types.ts";
import type { Context, NewKey } from "../mechanisms/mechanism.ts";
import { merged } from "../objects/build.ts";

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
  const { CLASS, KEY_TYPE } = merged(template, attributes);
  if (CLASS === "CERTIFICATE")
    return template.VALUE && context.engine.digest("SHA1", template.VALUE).slice(0, CHECK_BYTES);
  const blockOf = CLASS === "SECRET_KEY" && KEY_TYPE !== undefined ? keyTypes[KEY_TYPE].encryptZeros : undefined;
  return blockOf && secrets.VALUE?.use((value) => blockOf(value, context).slice(0, CHECK_BYTES));
}
