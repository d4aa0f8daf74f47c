/** Return values of a module, as the binding throws them. */

import { CkrError } from "../../cryptoki/error.ts";
import { CKR, type CkrName } from "../../cryptoki/return-values.ts";
import { Lacking, ModuleError } from "./refusals.ts";

/** Of functions that a module has not implemented (PKCS #11 v3.1, 5.1). */
const FUNCTION_NOT_SUPPORTED = 0x54;

/** The return value; some functions of the binding tell it in the message only, as `CKR_…:208`. */
export function codeOf(error: unknown): number | undefined {
  const { code, message = "" } = error as { readonly code?: unknown; readonly message?: string };
  if (typeof code === "number" && code !== 0) return code;
  const told = /CKR_\w+:(\d+)/.exec(message)?.[1];
  return told === undefined ? undefined : Number(told);
}

const NAMES: ReadonlyMap<number, CkrName> = new Map(
  (Object.entries(CKR) as [CkrName, number][]).map(([name, code]) => [code, name]),
);

/** As our token would throw it; a return value that our token never gives is no refusal. */
export function translated(error: unknown): Error {
  if (error instanceof Lacking) return error;
  const code = codeOf(error);
  if (code === undefined) return error instanceof Error ? error : new ModuleError(String(error));
  const name = NAMES.get(code);
  if (name === "USER_NOT_LOGGED_IN") return new CkrError(name, "the token wants a login (--pin)");
  if (name !== undefined) return new CkrError(name, "returned by the module");
  if (code === FUNCTION_NOT_SUPPORTED) return new Lacking("no-mechanism", "CKR_FUNCTION_NOT_SUPPORTED");
  const told = /CKR_\w+/.exec((error as Error).message)?.[0] ?? "a return value";
  return new ModuleError(`the module returned ${told} (0x${code.toString(16)})`);
}
