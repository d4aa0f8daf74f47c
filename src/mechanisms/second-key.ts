import type { MechanismName } from "../cryptoki/constants.ts";
import { CkrError, demand } from "../cryptoki/error.ts";
import type { ObjectHandle } from "../cryptoki/handles.ts";
import type { TokenObject } from "../objects/object.ts";
import type { Context } from "./mechanism.ts";
import { integer, type Reader } from "./params.ts";

/** Reads the handle of a key among the parameters. */
export const keyHandle: Reader<ObjectHandle> = (value, name) =>
  integer(1, Number.MAX_SAFE_INTEGER)(value, name) as number as ObjectHandle;

/**
 * The second key of a derivation. It too is for derivation and for this mechanism, and no better protected than the
 * base key, whose protection is inherited.
 * @throws CkrError CKR_KEY_HANDLE_INVALID, CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_MECHANISM_INVALID
 */
export function secondKey(
  context: Context,
  mechanism: MechanismName,
  base: TokenObject,
  handle: ObjectHandle,
): TokenObject {
  const other = context.keyOf?.(handle);
  if (other === undefined) throw new CkrError("KEY_HANDLE_INVALID", "no such key");
  demand(other.isTrue("DERIVE"), "KEY_FUNCTION_NOT_PERMITTED", "CKA_DERIVE of the second key is false");
  const allowed = other.get("ALLOWED_MECHANISMS");
  const isAllowed = allowed === undefined || allowed.includes(mechanism);
  demand(isAllowed, "MECHANISM_INVALID", `the second key's CKA_ALLOWED_MECHANISMS does not name ${mechanism}`);
  const isSensitive = !other.isTrue("SENSITIVE") || base.isTrue("SENSITIVE");
  const isKept = other.isTrue("EXTRACTABLE") || !base.isTrue("EXTRACTABLE");
  demand(isSensitive && isKept, "KEY_FUNCTION_NOT_PERMITTED", "the second key is better protected than the base key");
  return other;
}
