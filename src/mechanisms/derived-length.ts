import { demand } from "../cryptoki/error.ts";
import { MAX_SECRET_BYTES } from "./keys/generic-secret.ts";

/**
 * How many bytes to derive: those asked for, or the natural length. What they may be as a key is the key type's to say.
 * @throws CkrError CKR_KEY_SIZE_RANGE
 */
export function derivedLength(byteLength: number | undefined, natural: number, max: number = MAX_SECRET_BYTES): number {
  const length = byteLength ?? natural;
  demand(
    Number.isInteger(length) && length >= 1 && length <= max,
    "KEY_SIZE_RANGE",
    `1 to ${max} bytes can be derived`,
  );
  return length;
}
