import type { Template } from "../cryptoki/attributes.ts";
import { demand } from "../cryptoki/error.ts";

/**
 * The length of a secret key to generate, from a parameter or from CKA_VALUE_LEN.
 * @throws CkrError CKR_TEMPLATE_INCOMPLETE, CKR_TEMPLATE_INCONSISTENT, CKR_KEY_SIZE_RANGE
 */
export function valueLength(
  keyBytes: number | undefined,
  { VALUE_LEN }: Template,
  isAllowed: (length: number) => boolean,
): number {
  const length = keyBytes ?? VALUE_LEN;
  demand(length !== undefined, "TEMPLATE_INCOMPLETE", "CKA_VALUE_LEN is missing");
  demand(VALUE_LEN === undefined || VALUE_LEN === length, "TEMPLATE_INCONSISTENT", "keyBytes is not CKA_VALUE_LEN");
  demand(isAllowed(length), "KEY_SIZE_RANGE", `a key of this type cannot have ${length} bytes`);
  return length;
}
